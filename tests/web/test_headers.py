"""What every answer tells the browser, and what the delivered files weigh."""

import gzip
import re

import pytest

from helpdesk.actions.context import context
from tests.web.factories import a_message, an_attachment
from tests.web.stage import contact, french_ticket

pytestmark = pytest.mark.database("sqlite")


@pytest.mark.parametrize("path", ["/sign-in", "/queue", "/offers/nothing", "/nothing", "/healthz"])
def test_every_answer_is_locked_down(anna, path):
    headers = anna.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_hold_no_inline_script_or_style(desk, anna):
    number = french_ticket(desk)
    for path in ("/sign-in", "/queue", f"/tickets/{number}", "/customers", "/profile", "/health"):
        page = anna.page(path)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(stranger, desk):
    cookie = stranger.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.settings(PUBLIC_URL="https://help.example")
def test_behind_https_cookies_and_browsers_stay_there(stranger, desk):
    answer = stranger.get("/sign-in")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def assets(page: str) -> list[str]:
    return re.findall(r"/assets/[0-9a-f]+/[a-z.]+", page)


@pytest.mark.parametrize(("name", "budget"), [("app.css", 14_000), ("app.js", 14_000), ("icons.svg", 7_000)])
def test_a_file_stays_within_its_budget_and_is_kept_for_a_year(anna, name, budget):
    path = next(path for path in assets(anna.page("/queue")) if path.endswith(name))
    answer = anna.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= budget
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    plain = anna.get(path, headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(answer.data) == plain.data


def test_an_old_address_of_a_file_still_answers_but_is_not_kept(anna):
    answer = anna.get("/assets/0123456789ab/app.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_a_queue_page_with_fifty_rows_stays_within_its_budget(desk, anna):
    for _ in range(50):
        french_ticket(desk)
    assert len(gzip.compress(anna.get("/queue").data, 9)) <= 12_000


def test_html_of_a_mail_stands_in_a_frame_that_can_do_nothing(desk, anna):
    number = french_ticket(desk)
    html = '<p>Hello <img src="cid:logo@x"> <img src="cid:unknown"></p>'
    message = a_message(number, contact("compta@muster.example"), "Hello", html=html)
    sha256 = context().files.put(b"\x89PNG")
    an_attachment(message, "logo.png", sha256, content_type="image/png", content_id="<logo@x>", inline=True)
    answer = anna.get(f"/tickets/{number}/messages/{message}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert 'src="data:image/png;base64,iVBORw=="' in answer.text
    assert "cid:" not in answer.text
    frame = re.search(r"<iframe[^>]*>", anna.page(f"/tickets/{number}"))
    assert frame is not None
    assert "sandbox=" in frame[0]
    assert "allow-scripts" not in frame[0]


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/xhtml+xml", "text/xml"])
def test_a_picture_that_can_hold_a_script_is_never_put_into_the_frame(desk, anna, kind):
    number = french_ticket(desk)
    message = a_message(number, contact("compta@muster.example"), "x", html='<img src="cid:a">')
    an_attachment(
        message, "a", context().files.put(b"<svg/>"), content_type=kind, content_id="a", inline=True
    )
    assert "data:" not in anna.get(f"/tickets/{number}/messages/{message}/html").text.partition("<body>")[2]


@pytest.mark.parametrize(
    ("filename", "plain", "full"),
    [
        ("report.pdf", "report.pdf", None),
        ("Übersicht März.pdf", "_bersicht M_rz.pdf", "UTF-8''%C3%9Cbersicht%20M%C3%A4rz.pdf"),
        ("../../etc/passwd", "passwd", None),
        ("C:\\Windows\\evil.exe", "evil.exe", None),
        ('a"; filename="b.html', "a_; filename=_b.html", None),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie: x=1", None),
        ("invoice\u202efdp.exe", "invoice_fdp.exe", None),
        (".htaccess\u200b", "htaccess_", None),
        ("", "file", None),
    ],
)
def test_a_file_is_saved_under_a_harmless_name(desk, anna, filename, plain, full):
    number = french_ticket(desk)
    message = a_message(number, contact("compta@muster.example"), "x")
    file = an_attachment(message, filename, context().files.put(b"<script>"), content_type="text/html")
    answer = anna.get(f"/tickets/{number}/attachments/{file}")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "\r" not in disposition
    assert "\n" not in disposition
    assert plain.replace('"', "") in disposition.replace('"', "")
    if full:
        assert f"filename*={full}" in disposition
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.data == b"<script>"


def test_a_file_that_is_gone_says_so(desk, anna):
    number = french_ticket(desk)
    file = an_attachment(a_message(number, contact("compta@muster.example"), "x"), "a.txt", "0" * 64)
    assert anna.get(f"/tickets/{number}/attachments/{file}").status_code == 404


def test_a_page_that_breaks_says_a_number_and_no_secret(app, anna, monkeypatch):
    def broken() -> str:
        raise RuntimeError("password=hunter2 in /etc/secret")

    monkeypatch.setitem(app.view_functions, "agent.customers", broken)
    answer = anna.get("/customers")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert re.search(r'class="mono">[0-9a-f]{8}<', answer.text)
