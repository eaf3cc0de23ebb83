"""What Outlook wraps into a winmail.dat comes out whole: files, names, text; a broken end costs only itself."""

import random
import struct

import pytest

from helpdesk.mail.rtf_text import rtf_to_text, unpack_rtf
from helpdesk.mail.tnef import unwrap
from tests.mail import winmail as w

RTF = b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}Gr\\'fc\\'dfe\\par Zeile \\u8364?2 \\{x\\}}"
LONG_NAME = w.listed(
    w.value(3, 0x3705, b"\1\0\0\0"),
    w.value(w.WIDE_TEXT, 0x3707, "Langer Name äöü.pdf\0".encode("utf-16-le")),
    w.value(w.TEXT, 0x370E, b"application/pdf\0"),
)


def files(data):
    return [(file.name, file.content) for file in unwrap(data).files]


def packed(kind, rtf, body):
    return struct.pack("<II", len(body) + 12, len(rtf)) + kind + b"\0" * 4 + body


def test_files_keep_their_names_and_bytes():
    data = w.winmail(w.attached(b"AUTHORS", b"abc"), w.attached("Übersicht.doc".encode("cp1252"), b"de"))
    assert files(data) == [("AUTHORS", b"abc"), ("Übersicht.doc", b"de")]


def test_the_long_name_and_the_type_are_taken():
    [file] = unwrap(w.winmail(w.attached(b"LANGER~1.PDF", b"x", LONG_NAME))).files
    assert (file.name, file.content_type) == ("Langer Name äöü.pdf", "application/pdf")


def test_data_in_front_of_the_name_is_the_same_file():
    start = w.attribute(w.NEW_ATTACHMENT, b"\0" * 14, 2)
    data = w.winmail(start, w.attribute(w.DATA, b"abc", 2), w.attribute(w.TITLE, b"AUTO.BAT\0", 2))
    assert files(data) == [("AUTO.BAT", b"abc")]


@pytest.mark.parametrize("tail", [b"garbage at the end of the file", b"\1", b"\xff" * 100])
def test_garbage_at_the_end_costs_nothing(tail):
    assert files(w.winmail(w.attached(b"A", b"x")) + tail) == [("A", b"x")]


def test_a_file_cut_off_costs_only_its_last_part():
    data = w.winmail(w.attached(b"A", b"x"), w.attached(b"B", b"y" * 100))
    assert files(data[:-30])[0] == ("A", b"x")


def test_files_of_a_message_inside_are_found():
    inner = w.winmail(w.attached(b"innen.txt", b"i"))
    message = bytes.fromhex("0703020000000000c000000000000046") + inner
    start = w.attribute(w.NEW_ATTACHMENT, b"\0" * 14, 2)
    given = w.listed(w.value(w.TEXT, 0x3001, b"Weitergeleitet\0"), w.value(w.OBJECT, 0x3701, message))
    found = files(w.winmail(start, w.attribute(w.ATTACHMENT_PROPERTIES, given, 2)))
    assert found == [("Weitergeleitet", inner), ("innen.txt", b"i")]


def test_text_is_read_in_each_of_its_forms():
    plain = w.winmail(w.attribute(w.BODY, "Grüße\0".encode("cp1252")))
    assert unwrap(plain).text == "Grüße"
    values = (
        w.value(w.WIDE_TEXT, 0x1000, "Grüße\0".encode("utf-16-le")),
        w.value(w.BINARY, 0x1013, b"<p>Hi</p>"),
    )
    both = unwrap(w.winmail(w.attribute(w.MESSAGE_PROPERTIES, w.listed(*values))))
    assert (both.text, both.html) == ("Grüße", "<p>Hi</p>")


@pytest.mark.parametrize("kind", [b"MELA", b"LZFu"])
def test_a_letter_in_rtf_is_read(kind):
    runs = b"".join(b"\0" + RTF[at : at + 8] for at in range(0, len(RTF), 8))
    value = w.value(w.BINARY, 0x1009, packed(kind, RTF, RTF if kind == b"MELA" else runs))
    data = w.winmail(w.attribute(w.MESSAGE_PROPERTIES, w.listed(value)))
    assert unwrap(data).text == "Grüße\nZeile €2 {x}"


def test_packed_rtf_repeats_what_it_has_seen():
    sample = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542"
        "32 0af32068656c090020627705b06c647d0a800fa0".replace(" ", "")
    )
    assert unpack_rtf(sample) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_html_inside_rtf_is_not_read_twice():
    rtf = b"{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>}Hallo\\htmlrtf \\par \\htmlrtf0 Welt{\\*\\htmltag72 </p>}}"
    assert rtf_to_text(rtf) == "HalloWelt"
    assert rtf_to_text(b"no rtf") == ""


def test_damage_never_raises():
    rng = random.Random(1)
    base = w.winmail(w.attached(b"A", b"x", LONG_NAME), w.attribute(w.MESSAGE_PROPERTIES, LONG_NAME))
    for _ in range(3_000):
        data = bytearray(base)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        unwrap(bytes(data))
