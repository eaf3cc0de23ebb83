"""Figures of the starter rules on the labelled mails: python scripts/triage_figures.py [--svg FILE].

Prints, as the tables of docs/triage-rules.md, how often label, kind, urgency and quote are right for each
language, on the mails that the rules were made with (seen) and on those they were not (unseen), and whether
the confidence means what it says. With --svg it also draws the curve of the unseen mails.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from helpdesk.core.languages import LANGUAGES
from helpdesk.triage.engine import judge, question_of
from helpdesk.triage.facts import NOISE
from helpdesk.triage.rules import starter_rules
from helpdesk.triage.verdict import Verdict

DATA = Path(__file__).resolve().parents[1] / "tests" / "triage" / "data"
_BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


class Judged(NamedTuple):
    """A labelled mail and the verdict on it."""

    item: dict[str, Any]
    verdict: Verdict

    @property
    def answerable(self) -> bool:
        """Whether it asks for something: automatic mail, advertising and plain thanks do not."""
        return self.item["kind"] not in NOISE

    @property
    def right(self) -> bool:
        """Whether the label is the one that people gave."""
        return bool(self.verdict.label == self.item["label"])


def judged(part: str, language: str) -> list[Judged]:
    """All mails of a part ("seen" or "unseen") in a language, judged by the starter rules."""
    file = DATA / f"{part}-{language}.jsonl"
    items = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [Judged(item, judge(question_of(item), starter_rules())) for item in items]


def share(values: Iterable[bool]) -> str:
    """The share of true values as per cent, or a dash."""
    known = list(values)
    return f"{100 * sum(known) / len(known):.1f}" if known else "–"


def f1(mails: Sequence[Judged], truth: str, guess: Callable[[Verdict], bool]) -> str:
    """The F1 of a yes-or-no figure, in per cent."""
    hits = sum(m.item[truth] and guess(m.verdict) for m in mails)
    both = sum(bool(m.item[truth]) for m in mails) + sum(guess(m.verdict) for m in mails)
    return f"{200 * hits / both:.1f}" if both else "–"


def row(name: str, mails: Sequence[Judged]) -> str:
    """One line of the table."""
    asked = [m for m in mails if m.answerable]
    sure = [m for m in asked if m.verdict.sure]
    free = [m for m in mails if m.item["label"] == "hotline"]
    kinds = [m.verdict.kind in (m.item["kind"], *m.item["kind_alt"]) for m in mails]
    cells = (
        str(len(mails)),
        share(m.right for m in asked),
        share(m.verdict.sure for m in asked),
        share(m.right for m in sure),
        share(m.verdict.sure and m.verdict.label == "support" for m in free),
        share(kinds),
        f1(mails, "urgent", lambda v: v.urgent),
        f1(mails, "quote_needed", lambda v: v.quote_needed),
    )
    return f"| {name} | " + " | ".join(cells) + " |"


def curve(mails: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each band of confidence: its mean, the share that is right, and how many mails."""
    asked = sorted((m for m in mails if m.answerable and m.verdict.label), key=lambda m: m.verdict.confidence)
    found = []
    for _, group in groupby(asked, key=lambda m: sum(m.verdict.confidence >= b for b in _BANDS)):
        band = list(group)
        mean = sum(m.verdict.confidence for m in band) / len(band)
        found.append((mean, sum(m.right for m in band) / len(band), len(band)))
    return found


def drawn(points: Sequence[tuple[float, float, int]]) -> str:
    """The curve as SVG: confidence to the right, share of right labels upwards, both from 0.4 to 1."""

    def place(x: float, y: float) -> str:
        return f"{40 + 320 * (x - 0.4) / 0.6:.0f},{260 - 240 * (max(y, 0.4) - 0.4) / 0.6:.0f}"

    line = " ".join(place(x, y) for x, y, _ in points)
    dots = "".join(
        '<circle cx="{}" cy="{}" r="4" fill="#1f5fbf"/>'.format(*place(x, y).split(",")) for x, y, _ in points
    )
    start, end = place(0.4, 0.4).split(","), place(1, 1).split(",")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300" font-family="sans-serif" '
        'font-size="12" fill="#666"><title>Confidence and share of right labels</title>'
        f'<path d="M{start[0]} {start[1]}L{end[0]} {end[1]}" stroke="#999" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="#1f5fbf" stroke-width="2"/>{dots}'
        '<text x="40" y="280">0.4</text><text x="350" y="280">1</text><text x="150" y="295">confidence</text>'
        '<text x="10" y="262">0.4</text><text x="20" y="24">1</text><text x="60" y="24">right</text></svg>\n'
    )


def main(arguments: Sequence[str]) -> None:
    """Prints the tables."""
    names = (
        "mails,label right,decided alone,of these right,free but charged when sure,kind,urgent F1,quote F1"
    )
    head = "| | " + " | ".join(names.split(",")) + " |"
    unseen: list[Judged] = []
    for part in ("seen", "unseen"):
        print(f"\n{part}\n\n{head}\n|{' --- |' * 9}")
        mails = {language: judged(part, language) for language in LANGUAGES}
        for language, own in mails.items():
            print(row(language, own))
        unseen = [m for own in mails.values() for m in own]
        print(row("all", unseen))
    print("\n| mean confidence | right | mails |\n| --- | --- | --- |")
    points = curve(unseen)
    for mean, right, count in points:
        print(f"| {mean:.2f} | {100 * right:.0f} % | {count} |")
    if arguments[:1] == ["--svg"]:
        Path(arguments[1]).write_text(drawn(points), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
