"""Addresses: one spelling for each mailbox, and nothing hostile gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.addresses import domain, is_valid, normalise, split_tag, with_tag
from helpdesk.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Anna.Muster@Example.COM", "anna.muster@example.com"),
        ("  anna@example.com\r\n", "anna@example.com"),
        ("<anna@example.com>", "anna@example.com"),
        ("anna@example.com.", "anna@example.com"),
        ("anna@M\u00fcller.example", "anna@xn--mller-kva.example"),
        ("anna@mu\u0308ller.example", "anna@xn--mller-kva.example"),
        ("anna@XN--Mller-KVA.example", "anna@xn--mller-kva.example"),
        ("anna@stra\u00dfe.example", "anna@xn--strae-oqa.example"),
        ("J\u00d6RG@example.se", "j\u00f6rg@example.se"),
        ("Jo\u0308rg@example.se", "j\u00f6rg@example.se"),
        ("o'neil+news@example.ie", "o'neil+news@example.ie"),
        ("a..b.@example.jp", "a..b.@example.jp"),
        ('"Anna Muster"@example.com', '"anna muster"@example.com'),
        ('"a@b"@example.com', '"a@b"@example.com'),
        ("cron@db_server.example.com", "cron@db_server.example.com"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_each_mailbox_has_one_spelling(typed: str, normal: str) -> None:
    assert normalise(typed) == normal
    assert normalise(normal) == normal


HOSTILE = {
    "empty": "",
    "no at": "anna",
    "no host": "anna@",
    "no name": "@example.com",
    "header injection": "anna@example.com\r\nBcc: all@example.com",
    "line break in the name": "an\nna@example.com",
    "line break in quotes": '"an\r\nna"@example.com',
    "quote that never ends": '"anna@example.com',
    "nul": "anna\x00@example.com",
    "nul in the host": "anna@example.com\x00.evil.example",
    "delete": "anna\x7f@example.com",
    "space": "an na@example.com",
    "two addresses": "anna@example.com, eve@example.com",
    "two at": "anna@example.com@evil.example",
    "display name": "Anna <anna@example.com>",
    "angle": "anna>@example.com",
    "right-to-left": "anna\u202e@example.com",
    "zero width": "an\u200bna@example.com",
    "byte order mark": "\ufeffanna@example.com",
    "line separator": "an\u2028na@example.com",
    "no-break space": "an\u00a0na@example.com",
    "lone surrogate": "anna\udcff@example.com",
    "kelvin sign": "mi\u212ae@example.com",
    "dotted capital i": "m\u0130ke@example.com",
    "fullwidth letter": "\uff41nna@example.com",
    "fullwidth at": "anna\uff20evil.example@example.com",
    "ligature": "\ufb01nn@example.com",
    "small numeral in the host": "anna@e\u217fple.example",
    "host with a space": "anna@exa mple.com",
    "host with a slash": "anna@example.com/x",
    "host starts with a dash": "anna@-example.com",
    "empty label": "anna@example..com",
    "only a dot": "anna@.",
    "literal": "anna@[192.0.2.1]",
    "long name": "a" * 65 + "@example.com",
    "long name in octets": "\u00f6" * 33 + "@example.com",
    "long label": "anna@" + "a" * 64 + ".com",
    "long host": "anna@" + "a." * 125 + "com",
    "very long": "a@" + "b." * 500_000 + "com",
    "very long unicode": "a@" + "\u00f6." * 100_000 + "com",
    "broken punycode": "anna@xn--\u00fc.example",
}


@pytest.mark.parametrize("address", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_is_an_address(address: str) -> None:
    with pytest.raises(InvalidInput):
        normalise(address)
    assert not is_valid(address)


def test_the_complaint_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(InvalidInput) as complaint:
        normalise("<script>@")
    assert "script" not in str(complaint.value)


@pytest.mark.parametrize(
    "address", ["root@localhost", "cron@db_server.example.com", "a@10.0.0.1", "a@example.c"]
)
def test_a_machine_may_write_to_us_but_is_no_address_to_register(address: str) -> None:
    assert normalise(address) == address
    assert not is_valid(address)


@pytest.mark.parametrize(
    "address", ["anna@example.com", "j\u00f6rg@m\u00fcller.example", "a@xn--p1ai.xn--p1ai"]
)
def test_a_public_address_is_valid(address: str) -> None:
    assert is_valid(address)


def test_letters_that_look_alike_stay_different_mailboxes() -> None:
    cyrillic = "\u0430nna@example.com"
    assert normalise(cyrillic) != normalise("anna@example.com")


def test_the_domain_is_what_follows_the_last_at() -> None:
    assert domain('"x@evil.example"@Example.com') == "example.com"
    assert domain("a@M\u00fcller.example") == "xn--mller-kva.example"


def test_a_tag_goes_on_and_comes_off() -> None:
    assert with_tag("Support@desk.example", "x7") == "support+x7@desk.example"
    assert split_tag("Support+X7@desk.example") == ("support@desk.example", "x7")


def test_a_mailbox_that_itself_has_a_tag_keeps_it() -> None:
    tagged = with_tag("team+support@desk.example", "x7")
    assert split_tag(tagged) == ("team+support@desk.example", "x7")


@pytest.mark.parametrize(
    "address", ["support@desk.example", "+x@desk.example", "support+@desk.example", '"a+b"@desk.example']
)
def test_what_has_no_tag_is_left_alone(address: str) -> None:
    assert split_tag(address) == (address, None)


@pytest.mark.parametrize("tag", ["", "a b", "a@b", "x\r\n", "UPPER", "a+b", "\u00f6", "x" * 57])
def test_a_tag_that_breaks_the_address_is_refused(tag: str) -> None:
    with pytest.raises(InvalidInput):
        with_tag("support@desk.example", tag)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[^@]{1,8}@[a-zA-Z\u00e4\u00df.-]{1,12}", fullmatch=True))
def test_any_text_is_refused_or_has_a_stable_harmless_spelling(text: str) -> None:
    try:
        normal = normalise(text)
    except InvalidInput:
        return
    assert normalise(normal) == normal
    assert normal.isprintable()
    assert normal.encode()
    assert domain(text).isascii()
