"""From rules that spoke to a label: each sentence is weighed alone, and the heaviest request decides."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from helpdesk.triage.facts import NOISE, Unit
from helpdesk.triage.rules import Rule

#: Shares and limits of the scale, set by hand and checked against labelled mail (docs/triage-rules.md).
_SECOND_VOICE = 0.3
_MOST_FROM_SECONDS = 1.0
_SAME_SENTENCE = 0.9
_HEAVY = 3.6
_LIGHT = 2.3
_HEAVY_SHARE = 0.2
_SUBJECT_SHARE = 0.75
_NO_LABEL_BELOW = 0.01
_SLOPES = {"support": (0.85, -0.9), "hotline": (0.85, 0.1)}
_UNSURE_LANGUAGE = 0.6
_NOISE_FROM = 1.4
_CAP = 0.99
#: What a question most often is when only its wording speaks.
_KIND_BY_WORDING = {"support": "error", "hotline": "usage_question"}

MAIL = -1


class Hit(NamedTuple):
    """A rule that spoke about the sentence number `unit`, or about the mail (MAIL)."""

    rule: Rule
    unit: int


class Weighed(NamedTuple):
    """The result of the scale: points for support minus points for the hotline is `margin`."""

    label: str | None
    kind: str
    margin: float
    confidence: float
    unit: int


class _Side(NamedTuple):
    points: float
    unit: int
    kind: str


def weigh(
    hits: Sequence[Hit], units: Sequence[Unit], language_confidence: float, wording: float = 0.0
) -> Weighed:
    """Which label the hits make, of which kind, and how sure (rule 5: the heaviest request decides).

    `wording` is the small voice of the learned wording, in points: above 0 for support.
    """
    by_unit = _by_unit(hits)
    support = _best_side(by_unit, units, "support", "hotline")
    hotline = _best_side(by_unit, units, "hotline", "support")
    noise = _noise(hits)
    if noise is not None and noise.points >= max(support.points, _NOISE_FROM):
        return Weighed(
            "hotline", noise.kind, -noise.points, _confidence("hotline", noise.points, 1.0), noise.unit
        )
    margin = support.points - _share(support.points) * hotline.points + wording
    if support.points <= 0 and hotline.points <= 0 and not wording:
        return Weighed(None, "other", 0.0, 0.0, MAIL)
    winner = support if margin > 0 else hotline
    label = "support" if margin > 0 else "hotline"
    kind = winner.kind if winner.kind != "other" or winner.points > 0 else _KIND_BY_WORDING[label]
    confidence = _confidence(label, abs(margin), language_confidence)
    if abs(margin) < _NO_LABEL_BELOW:
        return Weighed(None, kind, margin, confidence, winner.unit)
    return Weighed(label, kind, margin, confidence, winner.unit)


def effect_points(hits: Iterable[Hit], effect: str) -> float:
    """Points for urgent or quote: the strongest voice, and every voice against it."""
    given = [hit.rule.points.get(effect, 0.0) for hit in hits]
    return max((p for p in given if p > 0), default=0.0) + sum(p for p in set(given) if p < 0)


def _by_unit(hits: Iterable[Hit]) -> dict[int, list[Hit]]:
    """The hits of each sentence in order, then those of the mail."""
    found: dict[int, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: (h.unit == MAIL, h.unit)):
        found.setdefault(hit.unit, []).append(hit)
    return found


def _best_side(hits: Mapping[int, Sequence[Hit]], units: Sequence[Unit], own: str, other: str) -> _Side:
    best = _Side(0.0, MAIL, "other")
    general = [h for h in hits.get(MAIL, ()) if own in h.rule.points]
    for at, together in hits.items():
        local = [h for h in together if own in h.rule.points]
        if not local:
            continue
        against = _sum(h.rule.points[other] for h in together if other in h.rule.points)
        points = _sum(h.rule.points[own] for h in local) - _SAME_SENTENCE * against
        if at != MAIL:
            points += _SECOND_VOICE * sum(h.rule.points[own] for h in general)
            points *= _SUBJECT_SHARE if units[at].zone == "subject" and len(units) > 1 else 1.0
        if points > best.points:
            best = _Side(points, at, _kind([*local, *general]))
    return best


def _sum(points: Iterable[float]) -> float:
    """The strongest voice counts whole, the others a part: ten weak words are not one proof."""
    ordered = sorted(points, reverse=True)
    if not ordered:
        return 0.0
    return ordered[0] + min(_MOST_FROM_SECONDS, _SECOND_VOICE * sum(ordered[1:]))


def _kind(hits: Iterable[Hit]) -> str:
    named = [h.rule for h in hits if h.rule.kind]
    if not named:
        return "other"
    best = max(named, key=lambda rule: (max(rule.points.values()), rule.priority))
    return best.kind or "other"


def _noise(hits: Sequence[Hit]) -> _Side | None:
    given = [h for h in hits if h.rule.points.get("noise", 0.0) and h.rule.kind in NOISE]
    if not given:
        return None
    best = max(given, key=lambda h: h.rule.points["noise"])
    return _Side(_sum(h.rule.points["noise"] for h in given), best.unit, best.rule.kind or "spam")


def _share(support: float) -> float:
    """How much a light question beside it holds against the support side: all of it, or nearly nothing."""
    if support >= _HEAVY:
        return _HEAVY_SHARE
    if support <= _LIGHT:
        return 1.0
    return 1.0 - (1.0 - _HEAVY_SHARE) * (support - _LIGHT) / (_HEAVY - _LIGHT)


def _confidence(label: str, margin: float, language_confidence: float) -> float:
    """A charge needs more proof than a free answer for the same confidence."""
    steepness, offset = _SLOPES[label]
    sure = 1 / (1 + math.exp(-(steepness * margin + offset)))
    if language_confidence < _UNSURE_LANGUAGE:
        sure = 0.5 + (sure - 0.5) * 0.7
    return round(min(sure, _CAP), 3)
