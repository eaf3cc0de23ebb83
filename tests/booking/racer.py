"""Processes that race for the same slots; started by test_races.py, one start for all of them.

Usage: python -m tests.booking.racer URL RACERS TRIES SERVICE AGENT...
"""

import os
import sys
from datetime import timedelta
from random import Random

from helpdesk.booking import appointments, queries
from helpdesk.core.errors import Conflict
from helpdesk.core.tokens import token_hash
from helpdesk.db import db, transaction
from tests.billing.world import NOW, make_app

GRID = timedelta(minutes=15)
#: So few places that most tries meet somebody.
PLACES = 40


def race(url: str, racers: int, *rest: int) -> int:
    """Starts them all and returns how many failed."""
    started = []
    for number in range(racers):
        child = os.fork()
        if not child:
            run(url, number, *rest)
            os._exit(0)
        started.append(child)
    return sum(os.waitpid(child, 0)[1] != 0 for child in started)


def run(url: str, number: int, tries: int, service_id: int, *agents: int) -> None:
    dice = Random(number)
    with make_app(url).app_context():
        service = queries.service(service_id)
        for turn in range(tries):
            start = NOW + dice.randrange(PLACES) * GRID
            asked = dice.sample(agents, len(agents))
            # A third of the holds is over before it began: others may take the slot.
            held_until = NOW - GRID if turn % 3 == 0 else NOW + GRID
            try:
                with transaction():
                    appointments.hold(
                        service,
                        asked,
                        start,
                        now=NOW,
                        draft_hash=token_hash(f"{number}-{turn}"),
                        language="de",
                        held_until=held_until,
                    )
            except Conflict:
                pass
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    sys.exit(race(sys.argv[1], *map(int, sys.argv[2:])))
