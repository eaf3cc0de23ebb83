"""Random bytes, and random damage to real shapes: always a result, always clean."""

import itertools
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.mail.inspection import inspect
from helpdesk.mail.quotes import new_text, zones

PIECES = [
    b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--", b"\r\n\r\n", b"\n", b"=?utf-8?q?", b"?=",
    b"=?iso-2022-jp?B?", b"<", b">", b"@", b'"', b"(", b",", b";", b":", b"\0", b"\xff", b"\x1b$B", b"+2AA-", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n", b"Content-Type: message/delivery-status\r\n", b"name*0*=utf-8''%", b"begin 644 x\n", b"end\n",
    b"<div style='", b"<!--", b"Date: Mon, 99 ", b"Message-ID: <", b"On 1 Jan 2025 x wrote:", b"Von: ", b"> ", b"-- \n", b"BEGIN:VEVENT\n", b"DTSTART:2",
    b"Content-Type: application/ms-tnef\r\n", b"\x78\x9f\x3e\x22",
]  # fmt: skip
damaged = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=60).map(b"".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=400), damaged))
def test_any_bytes_give_a_clean_result(raw):
    result = inspect(raw)
    json.dumps(result).encode("utf-8")
    assert "\0" not in json.dumps(result, ensure_ascii=False)
    for name in ("from_address", "from_name", "subject", "message_id", "in_reply_to"):
        assert not set("\r\n") & set(str(result[name]))
    for part in result["attachments"]:
        assert not set("/\\\r\n\0") & set(part["filename"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from([p.decode("latin-1") for p in PIECES]), st.text(max_size=8)), max_size=40
    ).map("".join)
)
def test_zones_always_cover_the_text(text):
    found = zones(text)
    assert "".join(text[zone.start : zone.end] for zone in found) == text
    assert all(one.kind != two.kind for one, two in itertools.pairwise(found))
    assert len(new_text(text)) <= len(text)
