"""Replays of rules, in the clock's process: mail and its workers never wait for them."""

import threading

from helpdesk.actions.backtest_rules import replay_some
from helpdesk.jobs.loop import Enter, Loop

# How soon a replay that a lead asked for begins.
PAUSE_SECONDS = 1.0


def start(enter: Enter, stop: threading.Event) -> threading.Thread:
    """A thread that does what is due until `stop` is set; a piece under way is finished first."""
    loop = Loop("replay rules", replay_some, enter, lambda: PAUSE_SECONDS)
    thread = threading.Thread(target=loop.run, args=(stop,), name=loop.name, daemon=True)
    thread.start()
    return thread
