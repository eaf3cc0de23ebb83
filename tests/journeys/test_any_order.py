"""Any order of deliveries, copies, crashes, repairs and replays ends in the same tickets as a simple model says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import event

from helpdesk.actions import quarantine, replay_mail
from helpdesk.actions.handle_mail import handle_due
from helpdesk.app import create_app
from helpdesk.core.errors import Conflict
from helpdesk.db import db
from helpdesk.mail.outcome import Outcome
from helpdesk.settings import read_settings
from tests.support.databases import SqliteDatabases
from tests.support.desk import Desk
from tests.support.letters import letter


class PowerCut(BaseException):
    """The process dies here: no handler of ours may catch it."""


@contextmanager
def cut_at(statement: int) -> Iterator[None]:
    """Ends the work at the n-th statement that writes, as a crash does; the transaction is lost."""
    left = [statement]

    def count(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if sql.split(None, 1)[0] in ("INSERT", "UPDATE", "DELETE"):
            left[0] -= 1
            if left[0] < 0:
                raise PowerCut

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield
    except PowerCut:
        db.session.rollback()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


class Intake(RuleBasedStateMachine):
    """The model: which ticket each different mail belongs to. Everything else must not matter."""

    databases: SqliteDatabases

    @initialize()
    def open_the_office(self) -> None:
        self.folder = TemporaryDirectory()
        url = self.databases.new()
        environment = {
            "HELPDESK_DATA_DIR": self.folder.name,
            "DATABASE_URL": url,
            "SECRET_KEY": "a key for tests, long enough to be taken",
            "SMTP_LISTEN": "off",
            "AUTHSERV_ID": "mx.helpdesk.example",
        }
        self.url = url
        self.context = create_app(read_settings(environment, Path(self.folder.name))).app_context()
        self.context.push()
        self.desk = Desk(self.context.app)
        self.desk.__enter__()
        #: By Message-ID: the bytes, and the Message-ID of the mail that opened its ticket.
        self.mails: dict[str, tuple[bytes, str]] = {}
        self.deliveries = 0

    @rule()
    def a_new_question(self) -> None:
        n = len(self.mails)
        name = f"m{n}@mail.muster.example"
        raw = letter(f"Question {n} ?", subject=f"Sujet{n} numero{n}", message_id=f"<{name}>")
        self._deliver(raw)
        self.mails[name] = (raw, name)

    @rule(pick=st.integers(0, 50))
    def a_reply(self, pick: int) -> None:
        """To our acknowledgement of a mail, which is there once that one was handled."""
        ours = [mail for mail in self.desk.outbox() if mail.key.startswith("ack:") and mail.in_reply_to]
        if not ours:
            return
        mail = ours[pick % len(ours)]
        name = f"m{len(self.mails)}@mail.muster.example"
        raw = self.desk.answer(mail, f"Encore {len(self.mails)}.", message_id=f"<{name}>")
        self._deliver(raw)
        assert mail.in_reply_to is not None
        self.mails[name] = (raw, self.mails[mail.in_reply_to][1])

    @rule(pick=st.integers(0, 50), other_way=st.booleans())
    def a_copy(self, pick: int, other_way: bool) -> None:
        """The same mail again: fetched anew, or by another way with another header on top."""
        if self.mails:
            raw, _opener = list(self.mails.values())[pick % len(self.mails)]
            self._deliver(b"Received: from elsewhere.example\r\n" + raw if other_way else raw)

    @rule()
    def the_same_delivery_again(self) -> None:
        if self.mails:
            raw, _opener = next(iter(self.mails.values()))
            before = len(self.desk.raw_mails())
            self.desk.mail_in(raw, source_key="delivery 1", work=False)
            assert len(self.desk.raw_mails()) == before

    @rule(statement=st.integers(0, 40))
    def a_crash(self, statement: int) -> None:
        """In the middle of handling or sending; what was leased comes back after its lease."""
        with cut_at(statement):
            self.desk.work()
        self.desk.clock.move(minutes=2)

    @rule()
    def work(self) -> None:
        self.desk.work()
        self.desk.clock.move(minutes=11)

    @rule(says=st.sampled_from(["refused", "retry", "unknown"]))
    def a_bad_mail_server(self, says: str) -> None:
        self.desk.postman.says = Outcome(says, "no")  # type: ignore[arg-type]
        self.desk.work()
        self.desk.postman.says = Outcome("accepted")
        self.desk.clock.move(minutes=11)

    @rule(pick=st.integers(0, 50))
    def a_rehearsal(self, pick: int) -> None:
        mails = self.desk.raw_mails()
        if mails:
            replay_mail.rehearse(mails[pick % len(mails)].id, self.desk.clock.now)

    @rule(pick=st.integers(0, 50))
    def a_replay_or_a_retry(self, pick: int) -> None:
        """Refused wherever something would be doubled."""
        mails = self.desk.raw_mails()
        if not mails:
            return
        mail, by = mails[pick % len(mails)], self.desk.actor(self.desk.lea)
        for act in (replay_mail.replay, quarantine.retry):
            try:
                act(mail.id, by=by, now=self.desk.clock.now)
            except Conflict:
                continue

    @invariant()
    def what_is_there_is_what_the_model_says(self) -> None:
        """At any moment nothing is doubled and nothing on a wrong ticket; what is missing waits."""
        if not hasattr(self, "desk"):
            return
        raw = {mail.id: mail for mail in self.desk.raw_mails()}
        seen: dict[str, int] = {}
        for message in self.desk.messages():
            if message.kind != "incoming":
                continue
            assert message.raw_mail_id is not None
            name = raw[message.raw_mail_id].message_id
            assert name is not None
            assert name not in seen, "one mail on two messages"
            seen[name] = message.ticket_id
        for name, ticket in seen.items():
            opener = self.mails[name][1]
            assert seen.get(opener, ticket) == ticket, "a reply on another ticket"
        assert len(set(seen.values())) == len({self.mails[name][1] for name in seen})
        keys = [mail.key for mail in self.desk.outbox()]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        for _ in range(8):
            self.desk.clock.move(minutes=30)
            self.desk.work()
        assert handle_due(self.desk.clock.now) == 0
        assert {mail.state for mail in self.desk.raw_mails()} <= {"done"}
        found = {m.raw_mail_id for m in self.desk.messages() if m.kind == "incoming"}
        assert len(found) == len(self.mails), "a mail was lost"
        assert {mail.state for mail in self.desk.outbox()} <= {"sent", "failed", "unknown"}
        self.desk.__exit__(None, None, None)
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        self.databases.drop(self.url)
        self.folder.cleanup()

    def _deliver(self, raw: bytes) -> None:
        self.deliveries += 1
        self.desk.mail_in(raw, source_key=f"delivery {self.deliveries}", work=False)


@pytest.mark.timeout(300)
def test_any_order_ends_in_the_same_tickets(sqlite_databases: SqliteDatabases) -> None:
    Intake.databases = sqlite_databases
    machine: Any = Intake
    case = machine.TestCase
    case.settings = settings(
        max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    case("runTest").runTest()
