"""A raw message becomes data: headers decoded, parts told apart, nothing lost and nothing raised."""

import base64
from datetime import UTC, datetime

import pytest

from helpdesk.mail.parse import parse

HEAD = "From: Vera Muster <vera@kunde.example>\r\nTo: hilfe@a.example\r\nSubject: Test\r\n"


def text_mail(head="", body="Hallo"):
    return parse(f"{HEAD}{head}\r\n{body}".encode())


def sender(value):
    return parse(f"From: {value}\r\nSubject: x\r\n\r\nHallo".encode())


def test_an_ordinary_message():
    mail = parse(
        b"From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@kunde.example>\r\nTo: Hilfe <hilfe@a.example>, b@a.example\r\n"
        b"Cc: chef@kunde.example\r\nReply-To: buero@kunde.example\r\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\n"
        b"Date: Mon, 3 Feb 2025 14:05:00 +0100\r\nMessage-ID: <1@kunde.example>\r\nIn-Reply-To: <0@a.example>\r\n"
        b"References: <a@a.example>\r\n <0@a.example>\r\nDelivered-To: hilfe+t7@a.example\r\n"
        b"Authentication-Results: mx.a.example; dmarc=pass\r\nAuthentication-Results: forged; dmarc=pass\r\n\r\nHallo\r\n"
    )
    assert (mail.from_address, mail.from_name, mail.from_trustworthy) == (
        "joerg@kunde.example",
        "Jörg Müller",
        True,
    )
    assert [box.address for box in mail.to] == ["hilfe@a.example", "b@a.example"]
    assert [box.address for box in mail.cc] == ["chef@kunde.example"]
    assert [box.address for box in mail.reply_to] == ["buero@kunde.example"]
    assert mail.subject == "Grüße"
    assert mail.date == datetime(2025, 2, 3, 13, 5, tzinfo=UTC)
    assert mail.message_id == "1@kunde.example"
    assert mail.in_reply_to == ("0@a.example",)
    assert mail.references == ("a@a.example", "0@a.example")
    assert mail.delivered_to == ("hilfe+t7@a.example",)
    assert mail.authentication_results == ("mx.a.example; dmarc=pass", "forged; dmarc=pass")
    assert mail.text == "Hallo"
    assert not mail.is_auto
    assert not mail.defects


@pytest.mark.parametrize(
    "value",
    [
        "alice@victim.example <mallory@evil.example>",
        '"alice@victim.example" <mallory@evil.example>',
        "<alice@victim.example> <mallory@evil.example>",
        "alice (alice@victim.example) <mallory@evil.example>",
        "=?utf-8?Q?alice=40victim.example?= <mallory@evil.example>",
        "=?utf-8?Q?alice=40victim.example=2C?= <mallory@evil.example>",
    ],
)
def test_a_name_that_looks_like_an_address_is_not_the_address(value):
    mail = sender(value)
    assert mail.from_address == "mallory@evil.example"
    if "alice (" not in value:
        assert not mail.from_trustworthy


@pytest.mark.parametrize(
    "value",
    [
        "a@k.example, b@k.example",
        '"x" <>',
        "Undisclosed:;",
        "a@k.example\r\nFrom: b@k.example",
        "((((a@k.example",
        "",
    ],
)
def test_anything_but_one_address_is_not_trusted(value):
    assert not sender(value).from_trustworthy


def test_without_an_address_in_from_the_one_to_answer_to_is_taken_and_not_trusted():
    mail = parse(b'From: "Kim" <>\r\nReply-To: kim@k.example\r\n\r\nHallo')
    assert (mail.from_address, mail.from_name, mail.from_trustworthy) == ("kim@k.example", "Kim", False)


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("vera@k.example (Vera Muster)", "vera@k.example", "Vera Muster"),
        ('"Muster, Vera" <vera@k.example>', "vera@k.example", "Muster, Vera"),
        ("=?utf-8?Q?Muster,_Vera?= <vera@k.example>", "vera@k.example", "Muster, Vera"),
        ('"=?utf-8?B?TcO8bGxlcg==?=" <m@k.example>', "m@k.example", "Müller"),
        ("Müller Söhne <m@k.example>", "m@k.example", "Müller Söhne"),
        ("<@relay.example:m@k.example>", "m@k.example", ""),
        ("Team: vera@k.example;", "vera@k.example", ""),
        ("VERA@K.EXAMPLE", "VERA@K.EXAMPLE", ""),
        ("Vera Muster vera@k.example", "vera@k.example", "Vera Muster"),
        ('"Vera \\"die\\" Muster" <v@k.example>', "v@k.example", 'Vera "die" Muster'),
        ("=?utf-8?Q?Vera_=3Cvera=40k.example=3E?=", "vera@k.example", "Vera"),
        ("Vera <vera@k.example", "vera@k.example", "Vera"),
        ("O'Neil <o'neil@k.example>", "o'neil@k.example", "O'Neil"),
        ("=?utf-8?B?5pel5pys?= =?utf-8?B?6Kqe?= <j@k.example>", "j@k.example", "日本語"),
    ],
)
def test_senders_as_they_come(value, address, name):
    mail = sender(value)
    assert (mail.from_address, mail.from_name) == (address, name)


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?B?R3LDvMOf?= =?utf-8?B?ZQ==?=", "Grüße"),
        ("=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
        ("=?iso-8859-1?q?=80uro?=", "€uro"),
        ("=?unknown-8bit?Q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?UTF-8?Q?Sch=C3=B6ne Gr=C3=BC=C3=9Fe?=", "Schöne Grüße"),
        ("Re:\r\n long\r\n\tsubject", "Re: long subject"),
        ("=?utf-8?Q?a=0D=0ABcc:_x=00y?=", "a Bcc: x y"),
        ("=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=", "日本語"),
        ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("=?windows-1252?Q?=93ja=94?=", "“ja”"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?not closed", "=?not closed"),
        ("Grüße roh", "Grüße roh"),
    ],
)  # fmt: skip
def test_subjects_as_they_come(value, subject):
    assert (
        " ".join(
            parse(f"From: a@b.example\r\nSubject: {value}\r\n\r\n".encode())
            .subject.replace("\ufffd", " ")
            .split()
        )
        == subject
    )


def test_a_subject_in_raw_latin_1():
    assert parse("From: a@b.example\r\nSubject: Grüße\r\n\r\n".encode("latin-1")).subject == "Grüße"


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", b"200 \x80 \x84ja\x93", "200 € „ja“"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße aus Genf".encode("latin-1"), "Grüße aus Genf"),
        ("nope", "Grüße".encode("latin-1"), "Grüße"),
        ("", "Grüße".encode("latin-1"), "Grüße"),
        ("utf-7", b"Gr+APwA3w-e", "Grüße"),
        ("gb2312", "你好吗".encode("gb18030"), "你好吗"),
        ("", "我们需要一个新的系统".encode("gb18030"), "我们需要一个新的系统"),
        ("", "Здравствуйте, программа не работает".encode("cp1251"), "Здравствуйте, программа не работает"),
        ("", "ПРОГРАММА НЕ ПЕЧАТАЕТ СЧЕТА".encode("cp1251"), "ПРОГРАММА НЕ ПЕЧАТАЕТ СЧЕТА"),
        ("", "ПРОГРАММА НЕ ПЕЧАТАЕТ СЧЕТА".encode("koi8-r"), "ПРОГРАММА НЕ ПЕЧАТАЕТ СЧЕТА"),
        ("", "программа не печатает счета".encode("koi8-r"), "программа не печатает счета"),
        ("ks_c_5601-1987", "안녕하세요".encode("cp949"), "안녕하세요"),
        ("iso-2022-jp", "日本語".encode("iso-2022-jp"), "日本語"),
        ("utf-16", "Grüße".encode("utf-16"), "Grüße"),
        ("windows-1250", "příliš".encode("cp1250"), "příliš"),
        ("base64", b"abc", "abc"),
        ("unicode_escape", b"\\x41", "\\x41"),
    ],
)
def test_charsets_as_they_come(charset, data, text):
    label = f"; charset={charset}" if charset else ""
    raw = f"{HEAD}Content-Type: text/plain{label}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    assert parse(raw + base64.b64encode(data)).text == text
    if b"\n" not in data and b"\0" not in data:
        assert parse(raw.replace(b"base64\r\n", b"8bit\r\n") + data).text == text


def test_lone_surrogates_and_nul_bytes_are_replaced():
    mail = parse(HEAD.encode() + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-x\x00y")
    assert "\x00" not in mail.text
    mail.text.encode("utf-8")


@pytest.mark.parametrize(
    "value", ["7-bit", "8BIT ", "quoted-printable;", '"base64"', "base64 (x)", "binary", "unknown", ""]
)
def test_transfer_encodings_as_they_come(value):
    body = base64.b64encode(b"Hallo Welt").decode() if "base64" in value else "Hallo Welt"
    assert text_mail(f"Content-Transfer-Encoding: {value}\r\n", body).text == "Hallo Welt"


def multipart(kind, *parts, boundary="b", head=""):
    joined = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return parse(
        f'{HEAD}{head}Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{joined}--{boundary}--\r\n'.encode()
    )


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\nHallo"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hallo <b>Welt</b></p>"
FILE = 'Content-Type: application/pdf; name="a.pdf"\r\nContent-Disposition: attachment; filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg=='


def test_plain_text_and_html_of_the_same_content_are_one():
    mail = multipart("alternative", PLAIN, HTML)
    assert (mail.text, mail.html_source, mail.attachments) == ("Hallo", "<p>Hallo <b>Welt</b></p>", ())


def test_an_empty_text_part_gives_way_to_the_html():
    assert multipart("alternative", "Content-Type: text/plain\r\n\r\n \r\n", HTML).text == "Hallo Welt"


def test_several_text_parts_are_all_shown_and_a_text_file_is_not():
    note = 'Content-Type: text/plain; name="notes.txt"\r\nContent-Disposition: attachment; filename="notes.txt"\r\n\r\nGeheim'
    mail = multipart(
        "mixed", PLAIN, "Content-Type: image/png\r\n\r\nx", "Content-Type: text/plain\r\n\r\nund weiter", note
    )
    assert mail.text == "Hallo\n\nund weiter"
    assert [part.filename for part in mail.attachments] == ["attachment-1.png", "notes.txt"]


def test_parts_inside_a_signed_part_are_found():
    signed = f'Content-Type: multipart/mixed; boundary="i"\r\n\r\n--i\r\n{PLAIN}\r\n--i\r\n{FILE}\r\n--i--'
    signature = 'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n\r\nMIIx'
    mail = multipart("signed", signed, signature)
    assert mail.text == "Hallo"
    assert [part.filename for part in mail.attachments] == ["a.pdf", "smime.p7s"]
    assert mail.attachments[0].content == b"%PDF"


def test_an_inline_picture_keeps_its_content_id():
    picture = "Content-Type: image/png\r\nContent-ID: <logo@k>\r\nContent-Disposition: inline; filename=l.png\r\n\r\nx"
    [part] = multipart("related", HTML, picture).attachments
    assert (part.content_id, part.inline, part.filename) == ("logo@k", True, "l.png")


def test_an_attached_message_is_a_file_byte_for_byte():
    inner = "From: x@y.example\r\nSubject: inner\r\nContent-Type: text/plain\r\n\r\ninner text\r\n"
    mail = multipart("mixed", PLAIN, f"Content-Type: message/rfc822\r\n\r\n{inner}")
    [part] = mail.attachments
    assert (part.content_type, part.content) == ("message/rfc822", inner.encode())
    assert "inner" not in mail.text


def test_a_calendar_part_is_a_file_and_words_when_nothing_else_is_there():
    event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Schulung\r\nDTSTART:20250203T140500Z\r\nLOCATION:Bern\r\nEND:VEVENT\r\nEND:VCALENDAR"
    alone = parse(f"{HEAD}Content-Type: text/calendar; method=REQUEST\r\n\r\n{event}".encode())
    assert "Schulung" in alone.text
    assert "2025-02-03 14:05 UTC" in alone.text
    assert "BEGIN:VCALENDAR" not in alone.text
    with_text = multipart("alternative", PLAIN, f"Content-Type: text/calendar\r\n\r\n{event}")
    assert with_text.text == "Hallo"
    assert [part.filename for part in with_text.attachments] == ["attachment-1.ics"]


def test_a_uuencoded_file_in_the_text_becomes_an_attachment():
    mail = text_mail(body="Anbei.\r\n\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n\r\nGruss")
    assert [(part.filename, part.content) for part in mail.attachments] == [("a.txt", b"abc")]
    assert mail.text.split() == ["Anbei.", "Gruss"]


def test_a_sentence_with_begin_stays_text():
    body = "begin 644 times and the end is near"
    assert text_mail(body=body).text == body


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\bericht.pdf"', "bericht.pdf"),
        ('attachment; filename="a\r\n b.pdf"', "a b.pdf"),
        ("attachment; filename*=utf-8''%C3%BCber%20uns.pdf", "über uns.pdf"),
        ("attachment; filename*0*=utf-8''%C3%BCber; filename*1=\" uns\"; filename*2=.pdf", "über uns.pdf"),
        ('attachment; filename="=?utf-8?Q?=C3=BCber_uns.pdf?="', "über uns.pdf"),
        ("attachment; filename=über.pdf", "über.pdf"),
        ("attachment; filename=ohne anführung.pdf", "ohne anführung.pdf"),
        ('attachment; filename="rechnung\u202efdp.exe"', "rechnungfdp.exe"),
        ('attachment; filename=".."', "attachment-1.pdf"),
        ("attachment", "attachment-1.pdf"),
        ('attachment; filename="Angebot 1/2.pdf"', "Angebot 1_2.pdf"),
        ('attachment; filename="a.pdf"; filename="b.exe"', "a.pdf"),
        ('attachment; filename="' + "a" * 300 + '.pdf"', "a" * 146 + ".pdf"),
    ],
)
def test_file_names_are_decoded_and_safe(disposition, name):
    [part] = multipart(
        "mixed", PLAIN, f"Content-Type: application/pdf\r\nContent-Disposition: {disposition}\r\n\r\nx"
    ).attachments
    assert part.filename == name


def test_a_wrong_boundary_still_shows_the_parts():
    raw = f'{HEAD}Content-Type: multipart/mixed; boundary="other"\r\n\r\n--b\r\n{PLAIN}\r\n--b\r\n{FILE}\r\n--b--\r\n'
    mail = parse(raw.encode())
    assert mail.text == "Hallo"
    assert [part.filename for part in mail.attachments] == ["a.pdf"]
    assert mail.defects == ("multipart without parts",)


def test_a_broken_line_in_the_header_does_not_hide_the_headers_below():
    mail = parse(b"Received: x\r\nthis is no header\r\nFrom: vera@k.example\r\nSubject: hi\r\n\r\nHallo")
    assert (mail.from_address, mail.subject, mail.text) == ("vera@k.example", "hi", "Hallo")
    assert mail.defects == ("broken line in the header",)


def test_a_missing_blank_line_below_the_header_loses_no_text():
    mail = parse(b"From: vera@k.example\r\nSubject: hi\r\nHallo, das ist der Text\r\n\r\nund mehr")
    assert mail.subject == "hi"
    assert "Hallo, das ist der Text" in mail.text
    assert "und mehr" in mail.text


@pytest.mark.parametrize(
    "start", [b"\xef\xbb\xbf", b"\r\n\r\n", b"From vera Mon Feb  3 14:05:00 2025\r\n", b">From vera x\r\n"]
)
def test_what_stands_before_the_header_is_skipped(start):
    assert parse(start + HEAD.encode() + b"\r\nHallo").from_address == "vera@kunde.example"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 3 Feb 2025 14:05:00 +0100 (MEZ)", "2025-02-03T13:05:00+00:00"),
        ("3 Feb 2025 14:05 MEZ", "2025-02-03T13:05:00+00:00"),
        ("Mon, 03 Feb 2025 14:05:00 GMT", "2025-02-03T14:05:00+00:00"),
        ("2025-02-03T14:05:00Z", "2025-02-03T14:05:00+00:00"),
        ("Mon, 3 Feb 2025 14:05:00 -0000", "2025-02-03T14:05:00+00:00"),
        ("gestern", None),
        ("Mon, 99 Feb 2025 14:05:00 +0100", None),
        ("Mon, 3 Feb 2025 14:05:00 +9999999", "2025-02-03T14:05:00+00:00"),
    ],
)
def test_dates_as_they_come(value, expected):
    date = text_mail(f"Date: {value}\r\n").date
    assert (date.astimezone(UTC).isoformat() if date else None) == expected


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b.example> <c@d.example>", ("a@b.example", "c@d.example")),
        ("a@b.example", ("a@b.example",)),
        ("Your message of Monday <a@b.example>", ("a@b.example",)),
        ("<a@b.example>,<a@b.example>", ("a@b.example",)),
        ("<a\r\n b@c.example>", ("ab@c.example",)),
        ("<[hex@x]>", ("[hex@x]",)),
        ("", ()),
        ("<>", ()),
    ],
)
def test_message_ids_as_they_come(value, ids):
    assert text_mail(f"In-Reply-To: {value}\r\n").in_reply_to == ids


def test_a_long_thread_keeps_its_root_and_its_newest_ids():
    many = "\r\n ".join(f"<{n}@k.example>" for n in range(400))
    references = text_mail(f"References: {many}\r\n").references
    assert (references[0], references[-1], len(references)) == ("0@k.example", "399@k.example", 200)


def test_text_hidden_by_style_is_not_read():
    html = '<p>Hallo</p><div style="display:none">JA, ich akzeptiere</div><span style="font-size:0px">x</span><p hidden>y</p>'
    mail = parse(f"{HEAD}Content-Type: text/html\r\n\r\n{html}".encode())
    assert mail.text == "Hallo"


def test_the_title_is_kept_for_reading_but_nobody_said_it():
    mail = parse(f"{HEAD}Content-Type: text/html\r\n\r\n<title>Ja</title><p>Hallo</p>".encode())
    assert mail.text == "Ja\n\nHallo"
    assert mail.new_text == "Hallo"


def test_flowed_text_is_joined():
    head = "Content-Type: text/plain; format=flowed; delsp=no\r\n"
    assert (
        text_mail(head, "Das ist \r\nein Satz.\r\n> zitiert \r\n> weiter\r\n-- \r\nVera").text
        == "Das ist ein Satz.\n> zitiert weiter\n-- \nVera"
    )


def test_the_sender_of_a_forwarded_message_is_named():
    body = "FYI\n\n---------- Weitergeleitete Nachricht ---------\nVon: Kim <kim@k.example>\nDatum: Mo., 3. Feb. 2025\nBetreff: Hi\nAn: <v@k.example>\n\nText"
    assert text_mail(body=body).forwarded_from == "kim@k.example"
    assert text_mail(body="Von: Zürich\nNach: Bern").forwarded_from == ""


def test_the_language_of_the_text_is_known():
    assert text_mail(body="Guten Tag, können Sie mir bitte bei der Lohnabrechnung helfen?").language == "de"
    assert text_mail(body="").language == ""


def test_an_encrypted_message_keeps_its_ciphertext_as_a_file():
    mail = multipart(
        'encrypted; protocol="application/pgp-encrypted"',
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n-----BEGIN PGP MESSAGE-----',
    )
    assert [part.filename for part in mail.attachments] == ["attachment-1.txt", "encrypted.asc"]


@pytest.mark.parametrize(
    "attack",
    [
        "<svg><p>sichtbar",
        '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>"></svg><p>sichtbar</p>',
        "<math><mtext><table><mglyph><style><!--</style><p>sichtbar</p>",
        "<html><head><title>x</title><p>sichtbar",
        "<script>alert(1)</script><p>sichtbar</p>",
        "<style>p{color:red}</style><p>sichtbar</p>",
        "<!--[if mso]>geheim<![endif]--><p>sichtbar</p>",
        "<noscript><p>sichtbar</p></noscript>",
        "<object data=x><p>sichtbar</p>",
        "<p title='>'>sichtbar</p>",
        "<textarea>x</textarea><p>sichtbar</p>",
    ],
)
def test_visible_text_is_found_around_attacks(attack):
    text = parse(f"{HEAD}Content-Type: text/html\r\n\r\n{attack}".encode()).new_text
    assert "sichtbar" in text
    assert "alert" not in text
    assert "geheim" not in text
