"""Learns the points of word parts from labelled mail: python scripts/learn_wording.py [FILE.jsonl ...].

Without files it reads tests/triage/data/seen-*.jsonl; the unseen ones are never learned from. Writes
helpdesk/triage/starter/wording.json. The same mails give the same file.
"""

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from helpdesk.triage.engine import question_of
from helpdesk.triage.facts import said_words
from helpdesk.triage.rules import starter_rules
from helpdesk.triage.wording import features

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "helpdesk" / "triage" / "starter" / "wording.json"
_ROUNDS = 40
_PACE = 0.6
_SHRINK = 2e-4
_SEEN_AT_LEAST = 2
_KEPT = 12_000


class Lesson(NamedTuple):
    """The word parts of a mail, and whether people called it paid support."""

    parts: frozenset[str]
    support: bool


def lessons(files: Iterable[Path]) -> list[Lesson]:
    """One lesson a mail, of its own new text only."""
    reader = starter_rules().reader
    found = []
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            item = json.loads(line)
            words, asks = said_words(question_of(item), reader)
            parts = frozenset(features([w.folded for w in words], asks))
            found.append(Lesson(parts, item["label"] == "support"))
    return found


def learned(taught: Sequence[Lesson]) -> tuple[float, dict[str, float]]:
    """Logistic regression by small steps (AdaGrad), shrunk towards 0; a seed fixes the order."""
    counts = Counter(part for lesson in taught for part in lesson.parts)
    known = [
        (sorted(p for p in lesson.parts if counts[p] >= _SEEN_AT_LEAST), lesson.support) for lesson in taught
    ]
    weights: dict[str, float] = {}
    speed: dict[str, float] = {}
    bias = 0.0
    order = random.Random(4)  # noqa: S311 - an order, not a secret
    for _ in range(_ROUNDS):
        order.shuffle(known)
        for parts, support in known:
            if not parts:
                continue
            scale = 1 / math.sqrt(len(parts))
            raw = bias + scale * sum(weights.get(p, 0.0) for p in parts)
            wrong = 1 / (1 + math.exp(-raw)) - support
            bias -= 0.01 * wrong
            step = wrong * scale
            for p in parts:
                slope = step + _SHRINK * weights.get(p, 0.0)
                speed[p] = speed.get(p, 1e-3) + slope * slope
                weights[p] = weights.get(p, 0.0) - _PACE * slope / math.sqrt(speed[p])
    return bias, weights


def main(names: Sequence[str]) -> None:
    """Learns and writes the file."""
    files = [Path(n) for n in names] or sorted((ROOT / "tests" / "triage" / "data").glob("seen-*.jsonl"))
    taught = lessons(files)
    bias, weights = learned(taught)
    kept = sorted(weights, key=lambda p: -abs(weights[p]))[:_KEPT]
    points = {p: round(1000 * weights[p]) for p in sorted(kept) if round(1000 * weights[p])}
    data = {"mails": len(taught), "bias": round(1000 * bias), "points": points}
    TARGET.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(taught)} mails, {len(points)} word parts, {TARGET.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(sys.argv[1:])
