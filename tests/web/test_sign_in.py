"""Signing in and out through the door: what works, what is refused, and what nobody can tell from outside."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import Agent, AgentSession
from helpdesk.accounts.passwords import hash_password
from helpdesk.accounts.throttling import ACCOUNT_LIMIT
from helpdesk.actions import manage_accounts
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM
from helpdesk.db import db, transaction
from tests.support.desk import Desk
from tests.web.conftest import Browser

pytestmark = pytest.mark.database("sqlite")

PASSWORD = "correct horse battery"


@pytest.fixture
def home(desk: Desk) -> Agent:
    """Anna with a password."""
    with transaction():
        agent = db.session.get(Agent, desk.anna.id)
        assert agent is not None
        agent.password_hash = hash_password(PASSWORD)
    return desk.anna


def try_to_sign_in(browser: Browser, email: str, password: str, path: str = "/sign-in"):
    return browser.post(path, {"email": email, "password": password}, form_on="/sign-in")


def test_the_right_pair_leads_to_the_queue(home, stranger):
    answer = try_to_sign_in(stranger, "Anna@Helpdesk.example ", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/queue")
    assert "Anna Agent" in stranger.page("/queue")


def test_after_the_sign_in_one_is_where_one_wanted_to_go(home, stranger):
    wanted = stranger.get("/queue/mine?after=1.2.3").location
    assert try_to_sign_in(stranger, home.email, PASSWORD, wanted).location == "/queue/mine?after=1.2.3"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x",
        "evil",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(home, stranger, target):
    answer = stranger.post(
        "/sign-in",
        {"email": home.email, "password": PASSWORD},
        form_on="/sign-in",
        query_string={"next": target},
    )
    assert answer.status_code == 303
    assert re.fullmatch(r"/queue|/%250d%250aSet-Cookie:x|/%0d%0aSet-Cookie:x", answer.location)


def test_wrong_and_unknown_look_alike(home, stranger):
    wrong = try_to_sign_in(stranger, home.email, "not the password")
    unknown = try_to_sign_in(stranger, "nobody@helpdesk.example", "not the password")
    assert wrong.status_code == unknown.status_code == 403
    cleaned = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (wrong, unknown)]
    assert cleaned[0] == cleaned[1]
    assert "do not belong together" in wrong.text


def test_unknown_and_deactivated_accounts_are_checked_as_long_as_known_ones(home, stranger, monkeypatch):
    checked = []
    check = manage_accounts.verify_password
    monkeypatch.setattr(
        manage_accounts,
        "verify_password",
        lambda stored, given: checked.append(stored) or check(stored, given),
    )
    manage_accounts.deactivate(home.id, by=SYSTEM, now=clock.now())
    for email in (home.email, "nobody@helpdesk.example", "no address"):
        assert try_to_sign_in(stranger, email, PASSWORD).status_code == 403
    assert checked == [None, None, None]


def test_guessing_is_stopped_and_the_right_password_then_waits_too(home, stranger, desk):
    for _ in range(ACCOUNT_LIMIT):
        assert try_to_sign_in(stranger, home.email, "wrong").status_code == 403
    answer = try_to_sign_in(stranger, home.email, PASSWORD)
    assert answer.status_code == 429
    assert "Try again in 15 min" in answer.text
    assert answer.headers["Retry-After"] == "900"
    desk.clock.move(minutes=16)
    assert try_to_sign_in(stranger, home.email, PASSWORD).status_code == 303


def test_unknown_accounts_are_stopped_like_known_ones(home, stranger):
    for _ in range(ACCOUNT_LIMIT):
        try_to_sign_in(stranger, "nobody@helpdesk.example", "wrong")
    assert try_to_sign_in(stranger, "nobody@helpdesk.example", "wrong").status_code == 429


def test_a_success_forgets_earlier_mistakes(home, stranger):
    for _ in range(ACCOUNT_LIMIT - 1):
        try_to_sign_in(stranger, home.email, "wrong")
    assert try_to_sign_in(stranger, home.email, PASSWORD).status_code == 303
    stranger.post("/sign-out", form_on="/profile")
    assert try_to_sign_in(stranger, home.email, "wrong").status_code == 403


def test_empty_fields_are_named(stranger, desk):
    answer = try_to_sign_in(stranger, "", "")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert 'href="#email"' in answer.text
    assert answer.text.count("Write your password.") == 2


def test_the_session_of_before_the_sign_in_is_gone_after_it(home, stranger):
    token = stranger.token("/sign-in")
    with stranger.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    try_to_sign_in(stranger, home.email, PASSWORD)
    with stranger.client.session_transaction() as cookie:
        assert "planted" not in cookie
    assert stranger.client.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_signing_out_ends_every_copy_of_the_cookie(app: Flask, home, stranger):
    try_to_sign_in(stranger, home.email, PASSWORD)
    with stranger.client.session_transaction() as cookie:
        stolen = dict(cookie)
    thief = Browser(app.test_client())
    with thief.client.session_transaction() as cookie:
        cookie.update(stolen)
    assert thief.get("/queue").status_code == 200
    assert stranger.post("/sign-out", form_on="/profile").location == "/sign-in"
    assert thief.get("/queue").status_code == 303


def test_a_deactivated_agent_is_out_at_once(desk, anna):
    assert anna.get("/queue").status_code == 200
    manage_accounts.deactivate(desk.anna.id, by=SYSTEM, now=clock.now())
    assert anna.get("/queue").status_code == 303


def test_a_session_ends_by_itself(desk, anna):
    desk.clock.move(days=15)
    assert anna.get("/queue").status_code == 303


def test_the_database_holds_no_token_that_opens_anything(home, stranger):
    try_to_sign_in(stranger, home.email, PASSWORD)
    with stranger.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    stored = db.session.scalars(select(AgentSession.token_hash)).all()
    assert token not in stored
    assert all(len(value) == 64 for value in stored)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language"])
def test_a_form_without_the_token_of_its_page_is_refused(home, stranger, path):
    answer = stranger.client.post(path, data={"email": home.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert "Reload the page" in answer.text


def test_a_form_that_another_site_sends_is_refused(anna):
    answer = anna.post("/language", {"language": "fr"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("language", "title"), [("de", "de"), ("fr", "fr"), ("sv", "sv"), ("en", "en")])
def test_the_sign_in_page_speaks_the_language_that_was_asked_for(stranger, desk, language, title):
    assert f'<html lang="{title}"' in stranger.page(f"/sign-in?lang={language}")


def test_the_sign_in_page_speaks_the_browsers_language(stranger, desk):
    page = stranger.get("/sign-in", headers={"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.5"}).text
    assert '<html lang="sv"' in page


def test_agents_read_their_own_language_whatever_the_browser_wants(desk, lea):
    assert '<html lang="de"' in lea.get("/queue", headers={"Accept-Language": "fr"}).text


def test_an_agent_changes_the_language_and_stays_on_the_page(desk, anna):
    answer = anna.post("/language", {"language": "sv"}, headers={"Referer": "http://localhost/customers?q=a"})
    assert answer.location == "/customers?q=a"
    assert '<html lang="sv"' in anna.page("/customers")


def test_a_language_that_nobody_speaks_is_refused(anna):
    assert anna.post("/language", {"language": "xx"}).status_code == 422
