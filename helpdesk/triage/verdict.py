"""What the rules say about a question, with everything that led to it; stored as plain data and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

#: From this confidence on a verdict stands without a person looking at it first (T4).
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that spoke: the words that made it, where they stand, and its points for `effect`.

    `start` and `end` count in the subject when `zone` is "subject", else in the body. `text` is an English
    msgid; `texts` holds what a desk's own rule says in other languages.
    """

    rule: str
    concept: str
    words: str
    zone: str
    start: int
    end: int
    weight: float
    effect: str
    text: str = ""
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Evidence that did not count: quoted, negation, name, footer or quote says why."""

    concept: str
    words: str
    zone: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Flip:
    """What the verdict would be if one rule had not spoken."""

    without: str
    words: str
    label: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Free hotline or paid support (None: ask a person), urgent or not, and why (T1).

    `label` is what the content is. Whether it costs is `billable`: support always, a question of use also
    without a subscription in force (`entitled` False; None when nothing is known of the customer); the
    vendor's own administration never (product rule 1, labelling rule 4). `deadline` is the moment the
    customer named, ISO 8601 in the zone of the question's `received_at`. `wording_version` names the learned
    points that broke ties.
    """

    label: str | None
    urgent: bool
    kind: str
    quote_needed: bool
    confidence: float
    language: str
    reasons: tuple[Reason, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    misses: tuple[str, ...] = ()
    missing_to_flip: tuple[Flip, ...] = ()
    ruleset_version: str = ""
    urgency_accepted: bool = False
    entitled: bool | None = None
    billable: bool | None = None
    customer: Mapping[str, Any] | None = None
    deadline: str | None = None
    wording_version: str = ""

    @property
    def sure(self) -> bool:
        """Whether it may stand without a person looking at it first (T4)."""
        return self.label is not None and self.confidence >= SURE

    def as_data(self) -> dict[str, Any]:
        """The verdict as JSON data; from_data() reads it back."""
        data = {name: getattr(self, name) for name in _PLAIN}
        lists = {name: [_plain(part) for part in getattr(self, name)] for name in _PARTS}
        return data | lists | {"misses": list(self.misses)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Verdict":
        """A verdict out of as_data(); what a later version added may be missing."""
        plain: dict[str, Any] = {name: data[name] for name in _PLAIN if name in data}
        parts: dict[str, Any] = {
            name: tuple(_part(kind, p) for p in data.get(name, ())) for name, kind in _PARTS.items()
        }
        return cls(**plain, **parts, misses=tuple(data.get("misses", ())))


def undecided(verdict: Verdict) -> Verdict:
    """The verdict as it looks to everybody while a person decides without seeing the class it proposes."""
    return replace(
        verdict, label=None, confidence=0.0, billable=None, quote_needed=False, kind="other", reasons=()
    )


_PLAIN = (
    "label", "urgent", "kind", "quote_needed", "confidence", "language", "ruleset_version",
    "urgency_accepted", "entitled", "billable", "customer",
    "deadline", "wording_version",
)  # fmt: skip
_PARTS: dict[str, type[Reason] | type[Ignored] | type[Flip]] = {
    "reasons": Reason,
    "ignored": Ignored,
    "missing_to_flip": Flip,
}


def _plain(part: Reason | Ignored | Flip) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


def _part(kind: type[Reason] | type[Ignored] | type[Flip], data: Mapping[str, Any]) -> Any:
    return kind(**{name: data[name] for name in kind.__slots__ if name in data})


def strongest(reasons: Sequence[Reason], effect: str) -> Reason | None:
    """The reason with the most points for an effect, or None."""
    speaking = [reason for reason in reasons if reason.effect == effect and reason.weight > 0]
    return max(speaking, key=lambda reason: reason.weight, default=None)
