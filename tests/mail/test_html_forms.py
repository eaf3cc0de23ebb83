"""HTML of all programs: shown without anything active, read as people see it, replies told from quotes."""

import re

import pytest

from helpdesk.mail.html_clean import clean_html, held_back
from helpdesk.mail.html_text import html_to_text
from helpdesk.mail.parse import parse

ATTACKS = [
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<table><td><svg><desc><td></desc></svg><img src=x onerror=alert(1)></table>',
    '<a href="javascript&colon;alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img src=x:x onerror=alert(1)>',
    '<img """><script>alert(1)</script>">',
    '<img src=`javascript:alert(1)`>',
    '<b style="x:expression(alert(1))">x</b>',
    '<b style="background:url(javascript:alert(1))">x</b>',
    '<b style="-moz-binding:url(x)">x</b>',
    '<b style="position:fixed;top:0;left:0;width:100%;height:100%">x</b>',
    '<b style="position:/**/fixed">x</b>',
    '<b style="p\\6fsition:fixed">x</b>',
    '<style>@import url(x)</style>',
    '<link rel=stylesheet href=x>',
    '<meta http-equiv=refresh content=0>',
    '<base href=x>',
    '<object data=x><embed src=x>',
    '<applet code=x>',
    '<frameset><frame src=x></frameset>',
    '<xml><x onload=1>',
    '<isindex action=x>',
    '<details open ontoggle=alert(1)>x</details>',
    '<video><source onerror=alert(1)></video>',
    '<audio src=x onerror=alert(1)>',
    '<body onload=alert(1)>x',
    '<input autofocus onfocus=alert(1)>',
    '<select autofocus onfocus=alert(1)>',
    '<marquee onstart=alert(1)>x</marquee>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><script>alert(1)</script></svg>',
    '<svg><use href="data:image/svg+xml,x"/></svg>',
    '<svg><animate attributeName=href values="javascript:alert(1)"/></svg>',
    '<math href="javascript:alert(1)">x</math>',
    '<div id="x" name="cookie">x</div>',
    '<a href="//evil.example">x</a>',
    '<a target=_blank href="https://x">x</a>',
    '<img srcset="//evil.example 1x">',
    '<img lowsrc="javascript:x">',
    '<table background="javascript:x">',
    '<td background="//evil">',
    '<p style="background-image:url(//evil)">x</p>',
    '<p style="list-style:url(//evil)">x</p>',
    '<p style="cursor:url(//evil)">x</p>',
    '<p style="content:url(//evil)">x</p>',
    '<p style="color:red;background:\\75rl(//evil)">x</p>',
    '<p style="color:image-set(\'//evil\' 1x)">x</p>',
    '<p style="background:image(\'//evil\')">x</p>',
    '<p style="width:calc(100% * 9)">x</p>',
    '<template><script>alert(1)</script></template>',
    '<dialog open>x</dialog>',
    '<portal src=x>',
    '<img src="cid:x" style="position:absolute">',
    '<a href="cid:x">x</a>',
    '<img src="https://track.example/p.gif">',
    '<img src="HTTP://track.example/p.gif">',
    '<img src="//track.example/p.gif">',
    '<img src="ftp://x">',
    '<img src="cid:x" onload=alert(1)>',
    '<form action="javascript:alert(1)"><button>x</button></form>',
    '<button form=x formaction=javascript:alert(1)>x</button>',
    '<p onclick=alert(1) onmouseover="x" ONLOAD=x>x</p>',
    '<p/onclick=alert(1)>x</p>',
    '<p\x0conclick=alert(1)>x</p>',
    '<<script>alert(1)//<</script>',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<script/x>alert(1)</script>',
    '<script\n>alert(1)</script\n>',
    '</script><script>alert(1)</script>',
    '<!--><script>alert(1)</script>-->',
    '<!--x--!><script>alert(1)</script>',
    '<![CDATA[<script>alert(1)</script>]]>',
    '<?php <script>alert(1)</script>?>',
    '<title><script>alert(1)</script></title>',
    '<textarea><script>alert(1)</script></textarea>',
    '<textarea></textarea><script>alert(1)</script>',
    '<iframe srcdoc="<script>alert(1)</script>">',
    '<iframe></iframe><script>alert(1)</script>',
    '<xmp><script>alert(1)</script></xmp>',
    '<plaintext><script>alert(1)</script>',
    '<noembed><script>alert(1)</script></noembed>',
    '<listing>&lt;script&gt;alert(1)&lt;/script&gt;</listing>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '<a href="mailto:x@y?body=<script>">x</a>',
    '<ruby><rt><script>alert(1)</script></rt></ruby>',
    '<h1 style="font-size:expression(1)">x</h1>',
]  # fmt: skip

SEEN = [
    ('<p>a</p><p>b</p>', 'a b'),
    ('a<br>b<br/>c', 'a b c'),
    ('<!--[if gte mso 9]><xml><o:x>1</o:x></xml><![endif]--><p>a</p>', 'a'),
    ('<![if !vml]><p>a</p><![endif]>', 'a'),
    ('<o:p>&nbsp;</o:p><p class=MsoNormal>a<o:p></o:p></p>', 'a'),
    ('<p>unclosed <b>bold', 'unclosed bold'),
    ('<p>1 < 2 und 3 > 2</p>', '1 < 2 und 3 > 2'),
    ('<p>a<p>b', 'a b'),
    ('plain text only', 'plain text only'),
    ("<div style='mso-hide:all;display:none'>pre</div>a", 'a'),
    ('<div hidden>h</div>a', 'a'),
    ('<script>x</script>a', 'a'),
    ('<SCRIPT SRC=x></SCRIPT>a', 'a'),
    ('<p>a</p></body></html><p>b</p>', 'a b'),
    ('<html><body><div>a</div></body></html><html><body>b</body></html>', 'a b'),
    ('<form>a<input></form>', 'a'),
    ('a\r\nb', 'a b'),
    ('<p>\n a \n b </p>', 'a b'),
    ('<p title=\'a"b\'>x</p>', 'x'),
    ('<p/>x', 'x'),
    ('<div/>x', 'x'),
    ("<?xml version='1.0'?><p>x</p>", 'x'),
]  # fmt: skip

REPLIES = {
    'gmail sv': '<div dir="auto">Das passt.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Den mån 3 feb. 2025 14:05Support &lt;<a href="mailto:s@a.example">s@a.example</a>&gt; skrev:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>Passt Ihnen der Termin?</div></blockquote></div>',
    'gmail fr': '<div dir="ltr">Das passt.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le&nbsp;lun. 3 févr. 2025 à&nbsp;14:05, Support &lt;<a>s@a.example</a>&gt; a écrit&nbsp;:<br></div><blockquote class="gmail_quote">Passt Ihnen der Termin?</blockquote></div>',
    'outlook new': '<div class="elementToProof">Das passt.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>Från:</b> Support &lt;s@a.example&gt;<br><b>Skickat:</b> den 3 februari 2025 14:05<br><b>Till:</b> Vera<br><b>Ämne:</b> Tid</font><div>&nbsp;</div></div><div>Passt Ihnen der Termin?</div>',
    'outlook mobile': '<div dir="ltr">Das passt.</div><div id="ms-outlook-mobile-signature"><div>Hämta <a href="https://aka.ms/o0ukef">Outlook för iOS</a></div></div><hr><div id="divRplyFwdMsg"><b>Från:</b> Support<br><b>Skickat:</b> måndag, februari 3, 2025 2:05 em<br><b>Till:</b> Vera<br><b>Ämne:</b> x</div>Passt Ihnen der Termin?',
    'outlook mac': '<p class="MsoNormal">Das passt.</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b><span>Von: </span></b><span>Support &lt;s@a.example&gt;<br><b>Datum: </b>Montag, 3. Februar 2025 um 14:05<br><b>An: </b>Vera &lt;v@k.example&gt;<br><b>Betreff: </b>Termin</span></p></div><p>Passt Ihnen der Termin?</p>',
    'thunderbird': '<p>Das passt.</p><div class="moz-signature">-- <br>Vera</div><div class="moz-cite-prefix">Am 03.02.25 um 14:05 schrieb Support:<br></div><blockquote type="cite" cite="mid:x">Passt Ihnen der Termin?</blockquote>',
    'yahoo': '<div class="ydp1"><div dir="ltr">Das passt.</div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div><div>On Monday, February 3, 2025 at 02:05:10 PM GMT+1, Support &lt;s@a.example&gt; wrote: </div><div><br></div><div>Passt Ihnen der Termin?</div></div></div>',
    'apple': '<div>Das passt.</div><br><div><blockquote type="cite"><div>On 3 Feb 2025, at 14:05, Support &lt;s@a.example&gt; wrote:</div><br><div>Passt Ihnen der Termin?</div></blockquote></div>',
    'ox': '<p>Das passt.</p><blockquote type="cite"><div>Support &lt;s@a.example&gt; hat am 03.02.2025 14:05 CET geschrieben:</div><div>Passt Ihnen der Termin?</div></blockquote>',
    'roundcube': '<p>Das passt.</p><p id="reply-intro">Am 2025-02-03 14:05, schrieb Support:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div>Passt Ihnen der Termin?</div></blockquote>',
    'proton': '<div style="font-family: Arial">Das passt.</div><div class="protonmail_signature_block"></div><div class="protonmail_quote">Le lundi 3 février 2025 à 14:05, Support &lt;s@a.example&gt; a écrit :<br><br><blockquote class="protonmail_quote" type="cite">Passt Ihnen der Termin?</blockquote></div>',
    'groupwise': '<div>Das passt.</div><br>&gt;&gt;&gt; "Support" &lt;s@a.example&gt; 03.02.2025 14:05 &gt;&gt;&gt;<br><div>Passt Ihnen der Termin?</div>',
    'zimbra': '<div>Das passt.</div><hr id="zwchr"><div><b>Von: </b>"Support" &lt;s@a.example&gt;<br><b>An: </b>"Vera"<br><b>Gesendet: </b>Montag, 3. Februar 2025 14:05:10<br><b>Betreff: </b>x<br></div><div>Passt Ihnen der Termin?</div>',
    'blockquote plain after attr': '<div>Das passt.</div><div>On Feb 3, 2025, Support wrote:</div><blockquote>Passt Ihnen der Termin?</blockquote>',
    'tutanota': '<div>Das passt.</div><br><div>3. Feb. 2025, 14:05 von s@a.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: 10px;">Passt Ihnen der Termin?</blockquote>',
    'spark': '<div name="messageBodySection"><div dir="auto">Das passt.</div></div><div name="messageReplySection">Am 3. Feb. 2025, 14:05 +0100 schrieb Support &lt;s@a.example&gt;:<br><blockquote type="cite" style="border-left-color: grey; border-left-width: thin; border-left-style: solid; margin: 5px 5px;padding-left: 10px;">Passt Ihnen der Termin?</blockquote></div>',
    'outlook.com table': '<div>Das passt.</div><table><tr><td>From:</td><td>Support &lt;s@a.example&gt;</td></tr><tr><td>Sent:</td><td>Monday, February 3, 2025 2:05 PM</td></tr><tr><td>To:</td><td>Vera</td></tr><tr><td>Subject:</td><td>x</td></tr></table><div>Passt Ihnen der Termin?</div>',
    'notes table': '<div>Das passt.</div><br><br><table><tr><td>Von:</td><td>Support/A/CH</td></tr><tr><td>An:</td><td>Vera/K/CH@K</td></tr><tr><td>Datum:</td><td>03.02.2025 14:05</td></tr><tr><td>Betreff:</td><td>x</td></tr></table><hr><div>Passt Ihnen der Termin?</div>',
}  # fmt: skip

ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed|form|meta|base|link|style|svg|math|input|button|select|textarea|video|audio|source|template|"
    r"noscript|frame|frameset|applet|portal|dialog|body|html|title|xmp|plaintext|marquee|details|use|animate)\b|"
    r"<[^>]*\s(?:on\w+|srcset|background|formaction|target|id|class|srcdoc|xlink:href)\s*=|"
    r"(?:href|src)=[\"']?\s*(?:javascript|vbscript|data|ftp|file)|"
    r"style=[^>]*(?:url\(|expression|position|image-set|-moz|@import|\\)",
    re.I,
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("frame", ["{}", "<p>{}</p>", "<div><table><tr><td>{}</table>", "{0}{0}"])
def test_nothing_active_survives(attack, frame):
    cleaned = clean_html(frame.format(attack)).html
    assert ACTIVE.search(cleaned) is None
    assert ACTIVE.search(clean_html(cleaned).html) is None
    assert "track.example" not in cleaned


@pytest.mark.parametrize(("source", "text"), SEEN)
def test_html_is_read_as_people_see_it(source, text):
    assert " ".join(html_to_text(source).split()) == text


@pytest.mark.parametrize("program", REPLIES)
def test_a_reply_in_html_is_told_from_its_quote(program):
    raw = (
        f"From: v@k.example\r\nSubject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{REPLIES[program]}"
    )
    found = parse(raw.encode())
    assert " ".join(found.new_text.split()) == "Das passt."
    assert "Passt Ihnen der Termin?" in found.text


PICTURES = '<img src="https://t.example/a.png" alt="a"><img src="http://t.example/b.png"><img src="cid:c">'


def test_remote_pictures_come_only_when_a_person_allows_them_and_only_over_https():
    held = clean_html(PICTURES)
    assert "t.example" not in held.html
    assert (held.blocked_images, held_back(held.html)) == (2, 2)
    allowed = clean_html(PICTURES, remote_allowed=True)
    assert 'src="https://t.example/a.png"' in allowed.html
    assert "http://t.example" not in allowed.html
    assert 'src="cid:c"' in allowed.html
    assert (allowed.blocked_images, held_back(allowed.html)) == (1, 1)


@pytest.mark.parametrize("attack", ATTACKS)
def test_allowing_pictures_allows_nothing_else(attack):
    assert ACTIVE.search(clean_html(attack, remote_allowed=True).html) is None
