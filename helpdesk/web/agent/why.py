"""Why a mail was judged as it was: one sentence, the rules with their words, the words marked in the mail."""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from helpdesk.i18n import gettext as _
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.verdict import Ignored, Reason, Verdict
from helpdesk.web.agent.telling import kind_name, label_name

_WORDS_MARKED = 60
_TEXT_MARKED = 200_000


@dataclass(frozen=True, slots=True)
class Line:
    """One rule that hit, or evidence that did not count: the words, the points, the side it speaks for."""

    rule: str
    words: str
    weight: str
    side: str


@dataclass(frozen=True, slots=True)
class Why:
    """The verdict in words."""

    sentence: str
    percent: int
    reasons: list[Line]
    ignored: list[Line]
    flips: list[str]
    version: str


def told_verdict(stored: StoredVerdict | None) -> Why | None:
    """The stored verdict in the reader's language; None for a ticket that no rule has seen."""
    if stored is None:
        return None
    verdict = _read(stored)
    return Why(
        _sentence(verdict),
        round(100 * verdict.confidence),
        [_line(reason) for reason in verdict.reasons],
        [Line(_why_ignored(each), each.words, "", "unused") for each in verdict.ignored],
        [_flip(flip.words, flip.label, flip.confidence) for flip in verdict.missing_to_flip],
        verdict.ruleset_version,
    )


def marked(text: str, stored: StoredVerdict | None) -> Markup | str:
    """The mail's text with the words that led to the verdict marked; everything else is escaped."""
    if stored is None:
        return text
    sides = _sides(_read(stored))
    # Longest first, so that "error message" is not marked as "error" with a rest.
    words = sorted((word for word in sides if len(word) > 1), key=len, reverse=True)[:_WORDS_MARKED]
    if not words:
        return text
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE)
    done, pieces = 0, []
    for match in pattern.finditer(text, 0, _TEXT_MARKED):
        pieces.append(escape(text[done : match.start()]))
        side = sides.get(match[0].lower(), "unused")
        pieces.append(Markup('<mark class="{}">{}</mark>').format(side, match[0]))
        done = match.end()
    return Markup("").join([*pieces, escape(text[done:])])


def _read(stored: StoredVerdict) -> Verdict:
    """The verdict as the rules gave it; its label and confidence stand in columns of their own."""
    plain = {"urgent": False, "kind": "other", "quote_needed": False, "language": "en"}
    columns = {
        "label": stored.label,
        "confidence": stored.confidence,
        "ruleset_version": stored.ruleset_version,
    }
    return Verdict.from_data(plain | stored.data | columns)


def _sides(verdict: Verdict) -> dict[str, str]:
    sides = {each.words.strip().lower(): "unused" for each in verdict.ignored}
    sides.update({each.words.strip().lower(): f"for-{_side(each)}" for each in verdict.reasons})
    return sides


def _side(reason: Reason) -> str:
    return reason.effect if reason.effect in ("hotline", "support", "urgent") else "other"


def _line(reason: Reason) -> Line:
    points = f"{reason.weight:+.1f}".replace("-", "−")
    return Line(reason.rule, reason.words or reason.text, points, _side(reason))


def _why_ignored(each: Ignored) -> str:
    words = {
        "quoted": _("stands between quote marks"),
        "negation": _("is negated"),
        "name": _("is part of a name"),
        "footer": _("stands in the footer"),
        "quote": _("stands in the quoted mail"),
    }
    return words.get(each.why, each.why)


def _sentence(verdict: Verdict) -> str:
    percent = round(100 * verdict.confidence)
    words = _quoted(verdict)
    if verdict.label is None:
        if words:
            return _(
                "The rules are not sure (%(percent)s %%): they saw %(words)s.", percent=percent, words=words
            )
        return _("No rule is sure: please decide.")
    values = {"label": label_name(verdict.label), "kind": kind_name(verdict.kind), "percent": percent}
    if words:
        return _("%(label)s (%(kind)s), sure to %(percent)s %%, because of %(words)s.", words=words, **values)
    return _("%(label)s (%(kind)s), sure to %(percent)s %%.", **values)


def _quoted(verdict: Verdict) -> str:
    """The strongest words for the verdict, three at most."""
    speaking = [each for each in verdict.reasons if each.effect == verdict.label or verdict.label is None]
    strongest = sorted(speaking, key=lambda each: -abs(each.weight))
    different = {each.words.lower(): f"“{each.words}”" for each in strongest if each.words}
    return ", ".join(list(different.values())[:3])


def _flip(words: str, label: str | None, confidence: float) -> str:
    return _(
        "Without “%(words)s”: %(label)s, %(percent)s %%.",
        words=words,
        label=label_name(label),
        percent=round(100 * confidence),
    )
