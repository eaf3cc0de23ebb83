"""Replies in HTML only, in the shapes the usual programs write: what is new is found all the same."""

import pytest

from helpdesk.mail.parse import parse

REPLY = "Das passt.\n\nDanke\nVera"

SHAPES = {
    "gmail": '<div dir="ltr">Das passt.<div><br></div><div>Danke</div><div>Vera</div></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Am Mo., 3. Feb. 2025 um 14:05&nbsp;Uhr schrieb Support &lt;<a href="mailto:s@a.example">s@a.example</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">Passt der Termin?</blockquote></div>',
    "outlook 2016": '<html><head><style>p{margin:0}</style></head><body lang=DE><div class=WordSection1><p class=MsoNormal>Das passt.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Danke<br>Vera</p><div><div style=\'border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\'><p class=MsoNormal><b>Von:</b> Support &lt;s@a.example&gt; <br><b>Gesendet:</b> Montag, 3. Februar 2025 14:05<br><b>An:</b> Vera<br><b>Betreff:</b> Termin</p></div></div><p class=MsoNormal>Passt der Termin?</p></div></body></html>',
    "outlook web": '<html><body><div>Das passt.</div><div><br></div><div>Danke</div><div>Vera</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De&nbsp;:</b> Support &lt;s@a.example&gt;<br><b>Envoyé&nbsp;:</b> lundi 3 février 2025 14:05<br><b>À&nbsp;:</b> Vera<br><b>Objet&nbsp;:</b> Rendez-vous</font><div>&nbsp;</div></div><div>Passt der Termin?</div></body></html>',
    "outlook 2003": '<html><body><div>Das passt.</div><div>&nbsp;</div><div>Danke</div><div>Vera</div><br><div class=OutlookMessageHeader lang=de dir=ltr align=left><hr tabindex=-1><font face=Tahoma size=2><b>Von:</b> Support [mailto:s@a.example] <br><b>Gesendet:</b> Montag, 3. Februar 2025 14:05<br><b>An:</b> Vera<br><b>Betreff:</b> Termin<br></font><br></div><div>Passt der Termin?</div></body></html>',
    "apple": '<html><head></head><body>Das passt.<div><br></div><div>Danke</div><div>Vera<br><div><br><blockquote type="cite"><div>Am 03.02.2025 um 14:05 schrieb Support &lt;<a href="mailto:s@a.example">s@a.example</a>&gt;:</div><br><div>Passt der Termin?</div></blockquote></div></div></body></html>',
    "iphone": '<html><body dir="auto">Das passt.<div><br></div><div>Danke</div><div>Vera<br><br><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 03.02.2025 um 14:05 schrieb Support &lt;s@a.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">Passt der Termin?</div></blockquote></div></body></html>',
    "thunderbird": '<html><body text="#000000"><p>Das passt.</p><p>Danke<br>Vera</p><div class="moz-cite-prefix">Am 03.02.2025 um 14:05 schrieb\n      Support:<br></div><blockquote type="cite" cite="mid:1@a.example"><p>Passt der Termin?</p></blockquote></body></html>',
    "yahoo": '<html><body><div class="yahoo-style-wrap"><div dir="ltr">Das passt.</div><div><br></div><div>Danke</div><div>Vera</div></div><div id="y_quoted" class="yahoo_quoted"><div><div>Am Montag, 3. Februar 2025 um 14:05:10 MEZ hat Support &lt;s@a.example&gt; Folgendes geschrieben:</div><div><br></div><div>Passt der Termin?</div></div></div></body></html>',
    "gmx": '<html><body><div style="font-family: Verdana"><div>Das passt.</div><div>&nbsp;</div><div>Danke</div><div>Vera<div style="margin: 10px 5px 5px 10px; border-left: 2px solid #C3D9E5;"><div><b>Gesendet:</b>&nbsp;Montag, 03. Februar 2025 um 14:05 Uhr<br/><b>Von:</b>&nbsp;&quot;Support&quot; &lt;s@a.example&gt;<br/><b>An:</b>&nbsp;v@k.example<br/><b>Betreff:</b>&nbsp;Termin</div><div>Passt der Termin?</div></div></div></div></body></html>',
    "yandex": '<div>Das passt.</div><div> </div><div>Danke</div><div>Vera</div><div> </div><div>03.02.2025, 14:05, "Support" &lt;s@a.example&gt;:</div><blockquote type="cite"><p>Passt der Termin?</p></blockquote>',
    "mail.ru": '<HTML><BODY>Das passt.<br><br>Danke<br>Vera<br><br>Mon, 3 Feb 2025 14:05:51 +0100 от Support &lt;s@a.example&gt;:<br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Passt der Termin?</blockquote></BODY></HTML>',
    "aol": '<font face="arial"><div>Das passt.</div><div><br></div><div>Danke</div><div>Vera</div><div style="font-family:arial"><br>-----Original Message-----<br>From: Support &lt;s@a.example&gt;<br>To: v &lt;v@k.example&gt;<br>Sent: Mon, Feb 3, 2025 2:05 pm<br>Subject: Termin<br><br>Passt der Termin?</div></font>',
    "zimbra": '<html><body><div>Das passt.</div><div><br></div><div>Danke</div><div>Vera</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>"Support" &lt;s@a.example&gt;<br><b>À: </b>"Vera" &lt;v@k.example&gt;<br><b>Envoyé: </b>Lundi 3 Février 2025 14:05:10<br><b>Objet: </b>Termin<br></div><br><div>Passt der Termin?</div></body></html>',
    "proton": '<div>Das passt.<br></div><div><br></div><div>Danke<br></div><div>Vera<br></div><div class="protonmail_quote">On Monday, February 3rd, 2025 at 2:05 PM, Support &lt;s@a.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite"><p>Passt der Termin?</p></blockquote></div>',
    "notes": '<font size=2 face="sans-serif">Das passt.</font><br><br><font size=2>Danke<br>Vera</font><br><br><br><br><font size=1 color=#5f5f5f>Von: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Support &lt;s@a.example&gt;</font><br><font size=1 color=#5f5f5f>An: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Vera</font><br><font size=1>Datum: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>03.02.2025 14:05</font><br><font size=1>Betreff: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Termin</font><br><hr noshade><br>Passt der Termin?',
    "raw address": '<html><body><div>Das passt.</div><br><div>Danke<br>Vera</div><br>On Feb 3, 2025, at 2:05 PM, Support <s@a.example> wrote:<br><br><div>Passt der Termin?</div></body></html>',
    "windows phone": '<html><body><div>Das passt.<br><br>Danke<br>Vera</div><div dir="ltr"><hr><span style="font-weight: bold;">From: </span><span><a href="mailto:s@a.example">Support</a></span><br><span style="font-weight: bold;">Sent: </span><span>‎03.‎02.‎2025 14:05</span><br><span style="font-weight: bold;">To: </span><span>Vera</span><br><span style="font-weight: bold;">Subject: </span><span>Termin</span><br><br></div>Passt der Termin?</body></html>',
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_reply_is_all_that_is_new(shape):
    raw = f"From: v@k.example\r\nSubject: AW: Termin\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{SHAPES[shape]}".encode()
    mail = parse(raw)
    assert mail.new_text.split() == REPLY.split()
    assert "Passt der Termin?" in mail.text
