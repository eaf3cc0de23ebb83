"""Whoever dies in the middle of a charge, an invoice, a yes or a "that was not us": once, and the books prove it."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from helpdesk.actions import answer_offer, charge_work, offer_work, quote_work
from helpdesk.actions.receive_mail import receive
from helpdesk.app import create_app
from helpdesk.db import db
from helpdesk.settings import read_settings
from tests.faults.nursery import Nursery
from tests.support.databases import Databases
from tests.support.desk import Desk
from tests.web.stage import a_quote, french_ticket

pytestmark = [pytest.mark.faults, pytest.mark.database("sqlite")]

Job = dict[str, Any]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


class Stage:
    """One database after another, all with the same story in it."""

    def __init__(self, databases: Databases, folder: Path, nursery: Nursery) -> None:
        self._databases, self._folder, self._nursery = databases, folder, nursery

    def tell(self, story: Callable[[Desk], Job]) -> None:
        """What happened before the deed; the story says which one it is."""
        self._told = self._databases.new()
        app = create_app(read_settings(self._environment(self._told), self._folder))
        with app.app_context():
            with Desk(app) as desk:
                job = story(desk)
                self._job = {"customer": desk.muster.id, "now": desk.clock.now.isoformat()} | job
            db.session.remove()
            db.engine.dispose()

    def dies_at_every_step(self) -> dict[str, Any]:
        """Kills it at each step, lets another process do it again; returns what was always true in the end."""
        expected = self._life(0)
        for step in count(1):
            ended = self._life(step)
            assert ended == expected, f"killed at step {step}"
            if self._survived:
                break
        assert step > 3  # before the first write, before and after the commit
        return expected

    def _life(self, step: int) -> dict[str, Any]:
        url = self._databases.new(self._told)
        tell = self._folder / "told.json"
        job = self._job | {
            "environment": self._environment(url),
            "trace": str(self._folder / "trace"),
            "every_statement": self._job.get("every_statement", False),
        }
        if not step:  # in the nursery itself: what it loads and compiles, no child has to
            self._nursery.warm_up(job | {"crash_at": 0, "tell": str(tell)})
        else:
            code = self._nursery.run(job | {"crash_at": step})
            assert code in (0, -9)
            self._survived = code == 0
            again = {"now": self._job.get("again", self._job["now"]), "crash_at": 0, "tell": str(tell)}
            assert self._nursery.run(job | again) == 0
        self._databases.drop(url)
        said: dict[str, Any] = json.loads(tell.read_text())
        return said

    def _environment(self, url: str) -> dict[str, str]:
        return {
            "HELPDESK_DATA_DIR": str(self._folder),
            "DATABASE_URL": url,
            "SECRET_KEY": "a key for tests, long enough to be taken",
            "SMTP_LISTEN": "off",
            "AUTHSERV_ID": "mx.helpdesk.example",
        }


@pytest.fixture
def stage(databases: Databases, tmp_path: Path, nursery: Nursery) -> Stage:
    return Stage(databases, tmp_path, nursery)


def agreed(desk: Desk, minutes: int = 60) -> int:
    """A ticket with paid support that was accepted on the phone."""
    number, by = french_ticket(desk, label="support"), desk.actor(desk.anna)
    offer = offer_work.offer_support(number, minutes, by=by, now=desk.clock.now)
    answer_offer.by_phone(offer, True, name="Carla", words="oui", by=by, now=desk.clock.now)
    return number


def quoted(desk: Desk) -> int:
    """A quote that was sent; returns its ticket."""
    number = french_ticket(desk, label="support")
    quote_work.send(a_quote(desk, number), by=desk.actor(desk.anna), now=desk.clock.now)
    return number


def arrives(desk: Desk, mail: bytes, recipient: str) -> Job:
    """The deed is to handle this mail."""
    receive(
        mail, source="test", source_key="the mail", through_border=True, now=desk.clock.now,
        envelope_from="compta@muster.example", envelope_to=[recipient],
    )  # fmt: skip
    # After the lease of whoever took it and died.
    return {"deed": "mail", "again": (desk.clock.now + timedelta(hours=1)).isoformat()}


def test_a_charge(stage: Stage) -> None:
    def story(desk: Desk) -> Job:
        number = agreed(desk)
        return {"deed": "charge", "number": number, "agent": desk.anna.id, "every_statement": True}

    stage.tell(story)
    told = stage.dies_at_every_step()
    assert (told["findings"], told["credit"], told["entries"]) == ([], [36500, 0], ["the form"])


def test_a_charge_under_a_quote_that_holds_credit(stage: Stage) -> None:
    def story(desk: Desk) -> Job:
        number = quoted(desk)
        [offer] = [mail for mail in desk.outbox() if mail.key.startswith("offer:")]
        token = offer.body_text.split("/offers/")[1].split()[0]
        answer_offer.by_page(token, True, name="Carla", ip="", user_agent="", now=desk.clock.now)
        return {"deed": "charge", "number": number, "agent": desk.anna.id, "activity": "development"}

    stage.tell(story)
    told = stage.dies_at_every_step()
    assert (told["findings"], told["credit"]) == ([], [35000, 25000])


def test_an_invoice(stage: Stage) -> None:
    def story(desk: Desk) -> Job:
        number = agreed(desk, 240)
        charge_work.log_work(
            number, 240, "support", text="", key="long", by=desk.actor(desk.anna), now=desk.clock.now
        )
        return {"deed": "invoice"}

    stage.tell(story)
    told = stage.dies_at_every_step()
    assert (told["findings"], told["invoices"]) == ([], ["2026-00001"])
    assert len([key for key in told["mails"] if key.startswith("invoice:")]) == 1


@pytest.mark.parametrize("channel", ["mail", "page"])
def test_a_yes_to_a_quote(stage: Stage, channel: str) -> None:
    def story(desk: Desk) -> Job:
        quoted(desk)
        desk.work()
        [offer] = [mail for mail in desk.outbox() if mail.key.startswith("offer:")]
        if channel == "page":
            return {"deed": "page", "token": offer.body_text.split("/offers/")[1].split()[0]}
        return arrives(desk, desk.answer(offer, "D'accord, j'accepte."), offer.reply_to)

    stage.tell(story)
    told = stage.dies_at_every_step()
    assert (told["findings"], told["credit"], len(told["answers"])) == ([], [50000, 40000], 1)
    assert told["history"].count("offer_accepted") == 1
    assert len([key for key in told["mails"] if key.startswith("offer-accepted:")]) == 1


def test_an_objection(stage: Stage) -> None:
    def story(desk: Desk) -> Job:
        agreed(desk)
        desk.work()
        [confirmed] = [mail for mail in desk.outbox() if mail.key.startswith("offer-accepted:")]
        answer = desk.answer(confirmed, "C'est faux, nous n'avons rien accepté.")
        return arrives(desk, answer, confirmed.reply_to)

    stage.tell(story)
    told = stage.dies_at_every_step()
    assert (told["findings"], len(told["objections"])) == ([], 1)
    assert told["history"].count("acceptance_objected") == 1
