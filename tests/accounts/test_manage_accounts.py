"""People coming and going, and the counting of guesses, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpdesk.accounts.models import Agent, SignInAttempt
from helpdesk.accounts.passwords import verify_password
from helpdesk.accounts.throttling import ACCOUNT_LIMIT, ADDRESS_LIMIT
from helpdesk.actions import manage_accounts
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, TooManyTries
from helpdesk.db import db

PASSWORD = "correct horse battery"


def create(email: str = "nina@helpdesk.example", *, by: Actor = SYSTEM, **values: str) -> int:
    person = {"name": "Nina", "password": PASSWORD, "role": "agent", "language": "de", **values}
    return manage_accounts.create_agent(email, **person, by=by, now=clock.now())  # type: ignore[arg-type]


def sign_in(email: str = "nina@helpdesk.example", password: str = PASSWORD, ip: str = "192.0.2.1") -> str:
    return manage_accounts.sign_in(email, password, ip=ip, now=clock.now())


def test_a_new_agent_signs_in_is_known_by_the_token_and_signs_out(app):
    number = create("Nina@Helpdesk.example")
    token = sign_in()
    agent = manage_accounts.agent_of(token, clock.now())
    assert agent is not None
    assert agent.id == number
    manage_accounts.sign_out(token, clock.now())
    assert manage_accounts.agent_of(token, clock.now()) is None
    manage_accounts.sign_out(token, clock.now())
    manage_accounts.sign_out("no token", clock.now())


@pytest.mark.parametrize(
    "values",
    [{"role": "owner"}, {"language": "xx"}, {"name": "  "}, {"password": "short"}, {"email": "no address"}],
)
def test_a_person_without_role_language_name_password_or_address_is_refused(app, values):
    with pytest.raises(InvalidInput):
        create(**values)
    assert db.session.scalar(select(func.count()).select_from(Agent)) == 0


def test_one_address_is_one_person(app):
    create()
    with pytest.raises(Conflict):
        create("NINA@helpdesk.example")


def test_only_administrators_hire_and_dismiss(app):
    agent = Actor("agent", create())
    admin = Actor("agent", create("adam@helpdesk.example", role="admin"))
    for act in (
        lambda by: create("new@helpdesk.example", by=by),
        lambda by: manage_accounts.deactivate(agent.id or 0, by=by, now=clock.now()),
    ):
        with pytest.raises(Forbidden):
            act(agent)
        with pytest.raises(Forbidden):
            act(Actor("contact", 1))
        act(admin)
    with pytest.raises(Conflict):
        manage_accounts.deactivate(admin.id or 0, by=admin, now=clock.now())


def test_a_dismissed_agents_sessions_end_at_once_and_none_begins(app):
    number = create()
    token = sign_in()
    manage_accounts.deactivate(number, by=SYSTEM, now=clock.now())
    assert manage_accounts.agent_of(token, clock.now()) is None
    with pytest.raises(Forbidden):
        sign_in()


def test_a_new_password_ends_every_session_and_needs_the_old_one(app):
    number = create()
    token = sign_in()
    with pytest.raises(Forbidden):
        manage_accounts.set_password(number, "wrong", "another good password", now=clock.now())
    manage_accounts.set_password(number, PASSWORD, "another good password", now=clock.now())
    assert manage_accounts.agent_of(token, clock.now()) is None
    db.session.expire_all()
    agent = db.session.get(Agent, number)
    assert agent is not None
    assert verify_password(agent.password_hash, "another good password")


def test_one_network_address_cannot_spray_many_accounts(app):
    create()
    for n in range(ADDRESS_LIMIT):
        with pytest.raises(Forbidden):
            sign_in(f"nobody{n}@helpdesk.example", "wrong")
    with pytest.raises(TooManyTries):
        sign_in()
    assert sign_in(ip="192.0.2.99")


def test_many_addresses_cannot_guess_one_account(app):
    create()
    for n in range(ACCOUNT_LIMIT):
        with pytest.raises(Forbidden):
            sign_in(password="wrong", ip=f"198.51.100.{n}")
    with pytest.raises(TooManyTries) as refused:
        sign_in(ip="203.0.113.1")
    assert refused.value.data["until"] > clock.now()


def test_old_tries_are_swept(app):
    with pytest.raises(Forbidden):
        sign_in()
    manage_accounts.sweep_attempts(clock.now() + timedelta(hours=23))
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 2
    manage_accounts.sweep_attempts(clock.now() + timedelta(days=1, seconds=1))
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_settings_of_ones_own_are_checked(app):
    number = create()
    for wrong in (
        lambda: manage_accounts.set_language(number, "xx"),
        lambda: manage_accounts.set_theme(number, "pink"),
        lambda: manage_accounts.set_signature(number, "x" * 2001),
    ):
        with pytest.raises(InvalidInput):
            wrong()
    manage_accounts.set_language(number, "sv")
    manage_accounts.set_theme(number, "dark")
    manage_accounts.set_keys(number, False)
    manage_accounts.set_signature(number, " Nina\r\nSupport ")
    db.session.expire_all()
    agent = db.session.get(Agent, number)
    assert agent is not None
    assert (agent.language, agent.theme, agent.keys_on, agent.signature) == (
        "sv",
        "dark",
        False,
        "Nina\nSupport",
    )
