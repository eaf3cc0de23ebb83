"""A fuzzer of `inspect`: damages messages of every shape we know and looks whether the reading holds.

`make fuzz ARGS="--minutes 30"`; the same `--seed` gives the same inputs. What breaks a rule is written to `--out`.
"""

import argparse
import json
import random
import re
import resource
import signal
import sys
import time
from pathlib import Path

from helpdesk.mail.inspection import inspect
from helpdesk.mail.quotes import new_text, zones
from tests.mail.seeds import PIECES, seeds

#: Seconds of CPU an input of at most SIZE_CAP bytes may take here; the child has limits of its own.
CPU_LIMIT = 10.0
SIZE_CAP = 300_000
#: Bytes of memory the whole run may take.
MEMORY_LIMIT = 1 << 30

_ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed|form|meta|base|link|style|svg|math|input|button|video|audio|template|noscript)\b|"
    r"<[^>]*\son\w+\s*=|(?:href|src)\s*=\s*[\"']?\s*(?:javascript|vbscript|data):",
    re.I,
)


class TooSlow(Exception):
    """An input that did not end within its wall time."""


def mutate(rng: random.Random, corpus: list[bytes]) -> bytes:
    """A seed with one to eight pieces of damage, each of a kind that mail meets on its way."""
    raw = bytearray(rng.choice(corpus))
    for _ in range(rng.randint(1, 8)):
        rng.choice(DAMAGE)(rng, raw, corpus)
        del raw[SIZE_CAP:]
    return bytes(raw)


def _span(rng: random.Random, raw: bytearray) -> tuple[int, int]:
    start = rng.randrange(len(raw) + 1)
    return start, min(len(raw), start + int(2 ** rng.uniform(0, 10)))


def _flip(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    for _ in range(rng.randint(1, 6)):
        if raw:
            raw[rng.randrange(len(raw))] = rng.choice(
                (0, 9, 10, 13, 27, 32, 34, 60, 61, 128, 255, rng.randrange(256))
            )


def _delete(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    start, end = _span(rng, raw)
    del raw[start:end]


def _repeat(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    start, end = _span(rng, raw)
    times = int(2 ** rng.uniform(1, 12))
    raw[end:end] = (raw[start:end] * times)[:60_000]


def _insert(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    at = rng.randrange(len(raw) + 1)
    raw[at:at] = rng.choice(PIECES) * rng.choice((1, 1, 1, 2, 40))


def _splice(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    other = bytearray(rng.choice(corpus))
    start, end = _span(rng, other)
    at, to = _span(rng, raw)
    raw[at:to] = other[start:end]


def _lines(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    lines = raw.split(b"\n")
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    raw[:] = b"\n".join(lines)


def _words(rng: random.Random, raw: bytearray, corpus: list[bytes]) -> None:
    swaps = ((b"utf-8", b"utf-7"), (b"utf-8", b"iso-2022-jp"), (b"base64", b"quoted-printable"), (b"\r\n", b"\n"), (b"\n\n", b"\n"),
             (b"plain", b"html"), (b"mixed", b"alternative"), (b"8bit", b"base64"), (b"text/", b"message/"), (b'"', b""))  # fmt: skip
    old, new = rng.choice(swaps)
    raw[:] = raw.replace(old, new, rng.choice((1, -1)))


DAMAGE = (_flip, _delete, _repeat, _insert, _splice, _lines, _words)


def broken_rule(raw: bytes) -> str:
    """Which rule of the reading this message breaks, "" for none. Lets exceptions through."""
    result = inspect(raw)
    shown = json.dumps(result, ensure_ascii=False)
    shown.encode("utf-8")
    if "\0" in shown:
        return "NUL in the result"
    for name in ("from_address", "from_name", "subject", "message_id", "in_reply_to"):
        if set("\r\n") & set(str(result[name])):
            return f"line break in {name}"
    if any(
        set("/\\\r\n") & set(part["filename"]) or not part["filename"].strip(". ")
        for part in result["attachments"]
    ):
        return "file name that is a path"
    if _ACTIVE.search(result["html"]):
        return "active HTML"
    text = result["text"]
    squeezed = "".join(text.split())
    if any("".join(line.split()) not in squeezed for line in result["new_text"].split("\n")):
        return "new text that the full text has not"
    if "".join(text[zone.start : zone.end] for zone in zones(text)) != text or len(new_text(text)) > len(
        text
    ):
        return "zones that do not cover the text"
    return ""


def _alarm(*_: object) -> None:
    raise TooSlow


def run(seconds: float, seed: int, out: Path | None) -> tuple[int, list[str]]:
    """(inputs tried, what was found) within that many seconds of wall time."""
    rng, corpus = random.Random(seed), seeds()
    found: list[str] = []
    tried, end = 0, time.monotonic() + seconds
    signal.signal(signal.SIGALRM, _alarm)
    while time.monotonic() < end:
        raw = mutate(rng, corpus)
        tried += 1
        started = time.process_time()
        signal.alarm(60)
        try:
            what = broken_rule(raw)
        except Exception as error:  # whatever it is, it is a finding
            what = f"{type(error).__name__}: {error}"[:200]
        signal.alarm(0)
        took = time.process_time() - started
        if not what and took > CPU_LIMIT:
            what = f"{took:.1f} s of CPU"
        if what:
            found.append(what)
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                (out / f"{seed}-{tried}.eml").write_bytes(raw)
    return tried, found


def main() -> int:
    """0 when nothing was found within the time and the memory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    tried, found = run(given.minutes * 60, given.seed, given.out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{tried} inputs in {given.minutes:g} min, seed {given.seed}, peak {peak >> 20} MB, {len(found)} findings"
    )
    for what in sorted(set(found)):
        print(f"{found.count(what):6} {what}")
    return 1 if found or peak > MEMORY_LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
