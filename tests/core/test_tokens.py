"""Reply tags open one ticket for one person; link tokens are never stored."""

import hmac
import string
from base64 import b32encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.addresses import split_tag, with_tag
from helpdesk.core.errors import InvalidInput, SettingsError
from helpdesk.core.tokens import Signer, link_token, reply_tag_ticket, token_hash

SIGNER = Signer(b"a secret only for these tests...")
ANNA = "anna@muster.example"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 2**63 - 1))
def test_the_recipient_of_a_tag_is_let_in(ticket: int) -> None:
    tag = SIGNER.reply_tag(ticket, ANNA)
    assert SIGNER.verify_reply_tag(tag, ANNA) == ticket == reply_tag_ticket(tag)
    assert len(tag) <= 33
    assert set(tag) <= set(LETTERS)


def test_a_tag_survives_the_journey_through_an_address_in_capitals() -> None:
    tag = SIGNER.reply_tag(4711, ANNA)
    base, back = split_tag(with_tag("support@desk.example", tag).upper())
    assert base == "support@desk.example"
    assert SIGNER.verify_reply_tag((back or "").upper(), "Anna@MUSTER.example") == 4711


def test_somebody_else_with_the_tag_is_not_let_in() -> None:
    tag = SIGNER.reply_tag(4711, ANNA)
    for stranger in (
        "eve@muster.example",
        "anna@muster.example.evil.example",
        "",
        "anna@muster.example\n,x@y.example",
    ):
        assert SIGNER.verify_reply_tag(tag, stranger) is None


def test_every_single_changed_letter_is_noticed() -> None:
    tag = SIGNER.reply_tag(4711, ANNA)
    for place, letter in enumerate(tag):
        for other in LETTERS:
            if other != letter:
                assert SIGNER.verify_reply_tag(tag[:place] + other + tag[place + 1 :], ANNA) is None


def test_the_number_cannot_be_swapped_between_two_tags() -> None:
    mine, other = SIGNER.reply_tag(4711, ANNA), SIGNER.reply_tag(4712, ANNA)
    assert SIGNER.verify_reply_tag(other[:-20] + mine[-20:], ANNA) is None


HOSTILE = {
    "empty": "",
    "too short": "b" * 20,
    "too long": "b" * 34,
    "endless": "b" * 100_000,
    "number with a leading zero": "a" + SIGNER.reply_tag(4711, ANNA),
    "number beyond 63 bits": "7" * 13 + "a" * 20,
    "line break": SIGNER.reply_tag(4711, ANNA) + "\n",
    "letters outside base32": "0" * 24,
    "kelvin sign": "\u212a" + "b" * 23,
    "fullwidth": "\uff42" * 24,
    "surrogate": "\udcff" * 24,
}


@pytest.mark.parametrize("tag", HOSTILE.values(), ids=HOSTILE)
def test_nonsense_in_place_of_a_tag_is_nobody(tag: str) -> None:
    assert SIGNER.verify_reply_tag(tag, ANNA) is None
    assert reply_tag_ticket(tag) is None


def test_the_unproven_number_can_be_read_from_a_forged_tag() -> None:
    forged = SIGNER.reply_tag(4711, "eve@evil.example")
    assert reply_tag_ticket(forged) == 4711
    assert SIGNER.verify_reply_tag(forged, ANNA) is None


def test_another_installation_signs_differently() -> None:
    tag = Signer(b"the secret of another desk......").reply_tag(4711, ANNA)
    assert SIGNER.verify_reply_tag(tag, ANNA) is None


def test_running_conversations_outlive_a_change_of_the_secret() -> None:
    tag = SIGNER.reply_tag(4711, ANNA)
    renewed = Signer(b"a newer secret for these tests..", b"a secret only for these tests...")
    assert renewed.verify_reply_tag(tag, ANNA) == 4711
    assert renewed.reply_tag(4711, ANNA) != tag


def test_the_tag_is_not_the_bare_secret_at_work() -> None:
    """The key is derived for the purpose: the same secret used elsewhere for the same words signs otherwise."""

    bare = hmac.digest(b"a secret only for these tests...", f"4711\0{ANNA}".encode(), "sha256")
    assert SIGNER.reply_tag(4711, ANNA)[-20:] != b32encode(bare).decode().lower()[:20]


@pytest.mark.parametrize("ticket", [0, -1, 2**63])
def test_a_number_no_ticket_has_is_refused(ticket: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        SIGNER.reply_tag(ticket, ANNA)


def test_a_tag_for_no_address_is_refused() -> None:
    with pytest.raises(InvalidInput):
        SIGNER.reply_tag(4711, "anna")


def test_a_short_secret_is_refused_at_the_start() -> None:
    for secrets in ((b"short",), (b"a secret only for these tests...", b"")):
        with pytest.raises(SettingsError):
            Signer(*secrets)


def test_link_tokens_are_long_fit_a_url_and_never_repeat() -> None:
    tokens = {link_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(t) == 43 and set(t) <= set(string.ascii_letters + string.digits + "-_") for t in tokens)


def test_only_the_right_token_shown_for_the_right_purpose_finds_its_row() -> None:
    token = link_token()
    stored = token_hash(token, "acceptance")
    assert token_hash(token, "acceptance") == stored
    assert token not in stored
    assert token_hash(token, "sign-in") != stored
    assert token_hash(token + " ", "acceptance") != stored
    assert token_hash(token.swapcase(), "acceptance") != stored


@pytest.mark.parametrize("token", ["", "\x00", "\udcff", "x" * 100_000])
def test_any_text_shown_in_place_of_a_token_is_simply_not_found(token: str) -> None:
    assert len(token_hash(token)) == 64
