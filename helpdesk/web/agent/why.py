"""Why a mail was judged as it was: one sentence, the rules with their words, the words marked in the mail."""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from helpdesk.i18n import current_language
from helpdesk.triage import explain
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.verdict import Ignored, Reason, Verdict

_WORDS_MARKED = 60
_TEXT_MARKED = 200_000


@dataclass(frozen=True, slots=True)
class Line:
    """One rule that hit, or evidence that did not count: its words, what it means, the points, the side."""

    words: str
    text: str
    rule: str
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
    return None if stored is None else told(read_verdict(stored))


def told(verdict: Verdict) -> Why:
    """A verdict in the reader's language."""
    language = current_language()
    return Why(
        explain.sentence(verdict, language),
        round(100 * verdict.confidence),
        # A rule that hit in subject and text says the same twice.
        list(dict.fromkeys(_line(reason, language) for reason in verdict.reasons)),
        [_ignored(each, language) for each in verdict.ignored],
        [explain.flip_text(flip, language) for flip in verdict.missing_to_flip],
        verdict.ruleset_version,
    )


def marked(text: str, stored: StoredVerdict | None) -> Markup | str:
    """The mail's text with the words that led to the verdict marked; everything else is escaped."""
    return text if stored is None else marked_by(text, read_verdict(stored))


def marked_by(text: str, verdict: Verdict) -> Markup | str:
    """The same for a verdict that is not stored."""
    sides = _sides(verdict)
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


def read_verdict(stored: StoredVerdict) -> Verdict:
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


def _line(reason: Reason, language: str) -> Line:
    points = f"{reason.weight:+.1f}".replace("-", "−")
    return Line(reason.words, explain.reason_text(reason, language), reason.rule, points, _side(reason))


def _ignored(each: Ignored, language: str) -> Line:
    return Line(each.words, explain.ignored_text(each, language), each.concept, "", "unused")
