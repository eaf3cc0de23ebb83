"""Who a mail really comes from: only our own border server's word counts, and doubt is a no."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.languages import LANGUAGES
from helpdesk.core.money import chf
from helpdesk.i18n import gettext, speaking
from helpdesk.mail.authentication import authenticate, contains_code, parse_results, without_code
from helpdesk.mail.consent import read_reply

OURS = "mx.helpdesk.example"
PASS = (
    f"{OURS}; dkim=pass (2048-bit key) header.d=muster.example header.s=s1;"
    " spf=pass smtp.mailfrom=muster.example; dmarc=pass (p=reject) header.from=muster.example"
)
GOOGLE = (
    "mx.google.com;\r\n       dkim=pass header.i=@muster.example header.s=20230601 header.b=abc1+/=;\r\n"
    "       spf=pass (google.com: domain of anna@muster.example designates 192.0.2.1 as permitted sender)"
    " smtp.mailfrom=anna@muster.example;\r\n"
    "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=muster.example"
)
MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=muster.example; dkim=pass (signature was verified)\r\n"
    " header.d=muster.example;dmarc=pass action=none\r\n header.from=muster.example;compauth=pass reason=100"
)


def code(*headers: str, authserv_id: str | None = OURS, from_domain: str | None = "muster.example") -> str:
    return authenticate(headers, authserv_id=authserv_id, from_domain=from_domain).code


def test_our_server_vouches_for_the_domain_in_from() -> None:
    result = authenticate([PASS], authserv_id=OURS, from_domain="muster.example")
    assert result.passed
    assert result.evidence() == {
        "code": "ok",
        "from_domain": "muster.example",
        "server": OURS,
        "dmarc": "pass",
        "header_from": "muster.example",
        "header": PASS,
    }


@pytest.mark.parametrize("spelling", ["MX.Helpdesk.Example", " mx.helpdesk.example "])
def test_case_and_version_of_the_server_name_do_not_matter(spelling: str) -> None:
    assert code(PASS, authserv_id=spelling) == "ok"
    assert code(PASS.replace(OURS, f"{OURS} 1")) == "ok"
    assert code(PASS.replace(OURS, f'"{OURS}"')) == "ok"
    assert code(PASS.replace(OURS, f"(added by us) {OURS} (really)")) == "ok"


def test_google_signs_with_its_own_name() -> None:
    assert code(GOOGLE, authserv_id="mx.google.com") == "ok"
    assert code(GOOGLE) == "not_ours"


def test_microsoft_names_no_server_so_it_could_be_anybody() -> None:
    read = parse_results(MICROSOFT)
    assert read is not None
    assert read.server == ""
    assert [(r.method, r.value) for r in read.results][:3] == [
        ("spf", "pass"),
        ("dkim", "pass"),
        ("dmarc", "pass"),
    ]
    assert code(MICROSOFT) == "not_ours"


def test_a_forged_header_below_ours_is_ignored() -> None:
    fail = f"{OURS}; dmarc=fail header.from=muster.example"
    assert code(fail, PASS) == "dmarc_failed"
    assert code(f"{OURS}; spf=pass smtp.mailfrom=muster.example", PASS) == "no_dmarc"


def test_when_somebody_else_wrote_the_topmost_nothing_counts() -> None:
    assert code("mx.elsewhere.example; dmarc=pass header.from=muster.example", PASS) == "not_ours"
    assert code(f"{OURS}.evil.example; dmarc=pass header.from=muster.example") == "not_ours"
    assert code("helpdesk.example; dmarc=pass header.from=muster.example") == "not_ours"


@pytest.mark.parametrize("unset", [None, ""])
def test_without_a_configured_name_nobody_is_ever_authenticated(unset: str | None) -> None:
    assert code(PASS, authserv_id=unset) == "not_configured"
    assert code(MICROSOFT, authserv_id=unset) == "not_configured"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{OURS}; dmarc=fail header.from=muster.example", "dmarc_failed"),
        (f"{OURS}; dmarc=none header.from=muster.example", "dmarc_failed"),
        (f"{OURS}; dmarc=bestguesspass header.from=muster.example", "dmarc_failed"),
        (f"{OURS}; dmarc=temperror header.from=muster.example", "dmarc_failed"),
        (f"{OURS}; dmarc=passed header.from=muster.example", "dmarc_failed"),
        (f"{OURS}; dmarc=pass", "not_aligned"),
        (f"{OURS}; dmarc=pass header.from=evil.example", "not_aligned"),
        (f"{OURS}; dmarc=pass header.from=sub.muster.example", "not_aligned"),
        (f"{OURS}; dmarc=pass header.from=muster.example header.from=evil.example", "not_aligned"),
        (f"{OURS}; dmarc=pass smtp.mailfrom=muster.example", "not_aligned"),
        (f"{OURS}; spf=pass smtp.mailfrom=muster.example; dkim=pass header.d=muster.example", "no_dmarc"),
        (f"{OURS}; none", "no_dmarc"),
        (OURS, "no_dmarc"),
        (f"{OURS}; spf=pass (dmarc=pass header.from=muster.example)", "no_dmarc"),
        (
            f'{OURS}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=muster.example"@evil.example',
            "no_dmarc",
        ),
        (f"{OURS}; spf=pass smtp.mailfrom=x; dmarc=pass header.from=muster.example; dmarc=fail", "no_dmarc"),
        (f"{OURS}; xdmarc=pass header.from=muster.example", "no_dmarc"),
        (f"{OURS}; dmarc = pass header.from = muster.example", "ok"),
        (f"{OURS};dmarc=pass header.from=MUSTER.example.", "ok"),
        (f"{OURS}; dmarc/1=pass (p=none) header.from=muster.example policy.dmarc=none", "ok"),
        (f"{OURS}; dmarc=pass (a (nested) comment; with \\) dmarc=fail) header.from=muster.example", "ok"),
        (f"{OURS}; dmarc=pass (open header.from=muster.example", "malformed"),
        (f'{OURS}; dmarc=pass header.from="muster.example', "malformed"),
        (f"{OURS}; dmarc=pass) header.from=muster.example", "malformed"),
        (f"{OURS}\x00; dmarc=pass header.from=muster.example", "malformed"),
        ("", "not_ours"),
        (";" * 100, "not_ours"),
        (PASS + " " * 20_000, "malformed"),
    ],
)
def test_everything_but_one_aligned_pass_fails(header: str, expected: str) -> None:
    assert code(header) == expected


@pytest.mark.parametrize("nobody", [None, "", "  ", ".", "a" * 300])
def test_a_mail_without_one_clear_from_is_nobodys(nobody: str | None) -> None:
    assert code(PASS, from_domain=nobody) == "no_from"


def test_a_mail_that_passed_no_server_of_ours_has_no_result() -> None:
    assert code() == "no_result"


def test_domains_with_umlauts_are_compared_in_their_wire_form() -> None:
    header = f"{OURS}; dmarc=pass header.from=xn--mller-kva.example"
    assert code(header, from_domain="müller.example") == "ok"


@given(st.text(max_size=300))
def test_no_text_of_strangers_passes_or_breaks_the_reading(text: str) -> None:
    assert code(text) != "ok"
    assert not contains_code(text, "")


@given(st.text(alphabet='dmarc=pass;()"\\ .x@', max_size=200))
def test_an_address_within_our_header_cannot_overrule_a_fail(address: str) -> None:
    header = f"{OURS}; dmarc=fail header.from=muster.example; spf=pass smtp.mailfrom={address}"
    assert code(header) != "ok"


@pytest.mark.parametrize("junk", ["(", '"', "\\", "a=b ", "dmarc=", 'x.y="', ";dkim=pass ", "(" + " "])
def test_long_headers_are_read_in_time(junk: str) -> None:
    started = time.perf_counter()
    code(f"{OURS}; " + junk * (16_000 // len(junk)))
    code(junk * 1_000_000)
    assert time.perf_counter() - started < 8


@pytest.mark.parametrize(
    "text",
    [
        "K7PW3QXM",
        "Code: k7pw-3qxm",
        "Ja, K7PW 3QXM.",
        "(K7PW-3QXM)",
        "AAAA-BBBB\nK7PW-3QXM",
        "Jag godkänner K7PW-3QXM",
        "take K7PW-3QXM",
    ],
)
def test_the_one_time_code_is_found_however_it_is_typed(text: str) -> None:
    assert contains_code(text, "K7PW-3QXM")


@pytest.mark.parametrize(
    "text",
    ["", "Ja", "K7PW-3QX", "K7PW-3QXMZ", "XK7PW3QXM", "K7PW3QXN", "K7PW--3QXM", "K7PW\n\n3QXM", "ÄK7PW3QXM"],
)
def test_another_code_or_a_piece_of_it_is_not(text: str) -> None:
    assert not contains_code(text, "K7PW-3QXM")


@pytest.mark.parametrize("expected", ["", "    ", "K7PW", "K7PW-3QX1"])
def test_a_broken_expectation_matches_nothing(expected: str) -> None:
    assert not contains_code(f"{expected} K7PW-3QXM AAAA", expected)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Ja, einverstanden 7KQ4-2MXR", "Ja, einverstanden "),
        ("Ja. Code: 7kq42mxr", "Ja. "),
        ("Ja. Kod 7KQ4 2MXR", "Ja. "),
        ("Ja, jag godkänner 7KQ4-2MXR", "Ja, jag godkänner "),
        ("Ja 7KQ4-2MXS", "Ja 7KQ4-2MXS"),
    ],
)
def test_only_the_right_code_is_taken_out_of_the_text(text: str, rest: str) -> None:
    assert without_code(text, "7KQ4-2MXR") == rest


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["K7PW-3QXM", "22AA-AA22", "TNRA-K5K3"])
def test_the_line_that_our_offers_propose_is_a_proven_yes(language: str, code: str) -> None:
    with speaking(language):
        line = f"{gettext('Yes, I accept')} {code}"
    assert contains_code(line, code)
    assert read_reply(without_code(line, code), offered=(chf(200),)).verdict == "yes"
