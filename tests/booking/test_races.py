"""Eight processes at the same slots: no two appointments of one agent overlap (B9)."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from helpdesk.booking import appointments, queries
from helpdesk.booking.models import Appointment, Service
from helpdesk.core.errors import Conflict
from helpdesk.db import db, insert_row, transaction
from tests.billing.world import NOW, World, opened
from tests.support.builders import an_agent

ROOT = Path(__file__).resolve().parents[2]
RACERS, TRIES = 8, 15
HOUR = timedelta(hours=1)

_OVERLAPS = text(
    """SELECT count(*) FROM appointment a JOIN appointment b ON a.agent_id = b.agent_id AND a.id < b.id
    AND a.starts_at < b.busy_until AND b.starts_at < a.busy_until
    WHERE a.state IN ('hold', 'confirmed') AND b.state IN ('hold', 'confirmed')"""
)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with opened(database_url) as made:
        yield made


def a_service(**more: object) -> Service:
    values = {
        "names": {"en": "Session"},
        "texts": {"en": ""},
        "minutes": 60,
        "step": 15,
        "buffer": 15,
        "activity": "support",
    } | more
    with transaction():
        return db.session.get_one(Service, insert_row(Service, **values))


def hold(service: Service, agents: list[int], start: object, token: str, **more: object) -> int:
    with transaction():
        return appointments.hold(
            service,
            agents,
            start,
            now=NOW,
            draft_hash=token,
            language="de",
            **more,  # type: ignore[arg-type]
        )


def _change(appointment: int, **values: object) -> None:
    with transaction():
        db.session.execute(update(Appointment).where(Appointment.id == appointment).values(**values))


def _take_again(appointment: int, agent: int) -> None:
    with transaction():
        row = appointments.locked(appointment)
        appointments.take_again(row, [agent], NOW, now=NOW, state="hold", held_until=NOW + HOUR)


def test_eight_processes_never_book_one_agent_twice(world: World, database_url: str) -> None:
    service = a_service()
    staff = [an_agent(name).id for name in ("Berta B", "Cora C", "Dora D")]
    db.session.remove()
    numbers = map(str, (RACERS, TRIES, service.id, *staff))
    race = [sys.executable, "-m", "tests.booking.racer", database_url, *numbers]
    ended = subprocess.run(race, cwd=ROOT, stderr=subprocess.PIPE, text=True, timeout=100, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert db.session.scalar(_OVERLAPS) == 0
    live = db.session.query(Appointment).filter_by(state="hold").count()
    # Ten hours of three agents have room for 24 sessions with their rest; the race filled most of it.
    assert 9 <= live <= 27


def test_the_database_itself_refuses_an_overlap(world: World) -> None:
    service = a_service()
    first = hold(service, [world.agent], NOW, "a" * 64)
    # The rest after a session is taken as well; touching it is allowed.
    second = hold(service, [world.agent], NOW + HOUR + timedelta(minutes=15), "b" * 64)
    with pytest.raises(Conflict):
        hold(service, [world.agent], NOW + HOUR, "c" * 64)
    for change in ({"starts_at": NOW + HOUR}, {"busy_until": NOW + 2 * HOUR}):
        which = second if "starts_at" in change else first
        with pytest.raises(DBAPIError):
            _change(which, **change)


def test_a_hold_that_ran_out_gives_its_slot_away(world: World) -> None:
    service = a_service()
    stale = hold(service, [world.agent], NOW, "a" * 64, held_until=NOW)
    fresh = hold(service, [world.agent], NOW, "b" * 64)
    db.session.rollback()
    assert queries.appointment(stale).state == "expired"
    # It cannot come back over the other one.
    with pytest.raises(Conflict):
        _take_again(stale, world.agent)
    assert queries.appointment(fresh).state == "hold"


def test_any_specialist_means_the_next_who_is_free(world: World) -> None:
    service, other = a_service(), an_agent("Berta B").id
    hold(service, [world.agent], NOW, "a" * 64)
    second = hold(service, [world.agent, other], NOW, "b" * 64)
    assert queries.appointment(second).agent_id == other
