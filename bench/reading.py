"""How long one message takes to read: `inspect` over the corpus, or over the .eml files of a folder.

    python -m bench.reading
    python -m bench.reading --folder ../mails

CPU time, the best of three, so that a busy machine does not count. Messages that are read in a child process
because they are suspicious are left out; they have limits of their own.
"""

import json
import math
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from bench.corpus import Corpus
from bench.stage import MAILBOX
from helpdesk.mail import limits
from helpdesk.mail.inspection import inspect


def milliseconds(raw: bytes) -> float:
    """CPU milliseconds of one reading, the best of three."""
    best = math.inf
    for _ in range(3):
        began = time.process_time()
        inspect(raw)
        best = min(best, time.process_time() - began)
    return best * 1000


def measured(messages: list[bytes]) -> dict[str, float]:
    """Spread of the times in milliseconds, and the share of messages below 5."""
    times = sorted(milliseconds(raw) for raw in messages)
    return {
        "messages": len(times),
        "median": round(times[len(times) // 2], 2),
        "p99": round(times[int(len(times) * 0.99)], 2),
        "p999": round(times[int(len(times) * 0.999)], 2),
        "slowest": round(times[-1], 2),
        "below_5_ms_percent": round(100 * sum(took < 5 for took in times) / len(times), 2),
    }


@click.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--messages", type=click.IntRange(10), default=2_000)
def main(folder: Path | None, messages: int) -> None:
    """Prints one JSON object."""
    if folder is not None:
        raws = [file.read_bytes() for file in sorted(folder.glob("*.eml"))]
    else:
        corpus = Corpus(7, MAILBOX)
        raws = [sample.raw for sample in corpus.take(messages, datetime(2026, 11, 25, 8, tzinfo=UTC))]
    ordinary = [raw for raw in raws if limits.suspicious(raw) is None]
    click.echo(json.dumps(measured(ordinary)))


if __name__ == "__main__":
    main()
