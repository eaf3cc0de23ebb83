"""Noticing a connection that died with its server before it is used, without asking a live one each time.

The pool's own pre-ping asks before every transaction, which costs a mail more than several of its statements.
A server that ends a connection says so: its socket has something to read, though nobody asked. Only a network
that forgot a connection stays silent, and does so only to those that were not used for long.
"""

import select
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError

from helpdesk.core import clock

#: Milliseconds: a connection that was given back longer ago is asked, whatever its socket says.
_TRUSTED = 10_000.0
_IDLE = "helpdesk_idle"


def watch(engine: Engine) -> None:
    """Checks PostgreSQL connections when the pool hands them out; a dead one is replaced by a new one."""

    def check(connection: Any, record: Any, _proxy: Any) -> None:
        idle = record.info.get(_IDLE)
        if idle is None or (idle() < _TRUSTED and _silent(connection)):
            return  # new, or just used and nothing has happened to it
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            # All that are as old died with it; the pool connects anew, twice, before anybody hears of it.
            raise InvalidatePoolError from error

    event.listen(engine, "checkout", check)
    event.listen(engine, "checkin", _note)


def _note(_connection: Any, record: Any) -> None:
    record.info[_IDLE] = clock.stopwatch()


def _silent(connection: Any) -> bool:
    """Whether the connection is open and its server has said nothing unasked."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
