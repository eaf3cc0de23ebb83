"""A verdict in one sentence: for the agent with its reasons, for the customer with the published examples."""

from collections.abc import Sequence

from helpdesk.i18n import current_language, lazy, percent, quoted, speaking
from helpdesk.i18n import gettext as _
from helpdesk.triage.facts import NOISE
from helpdesk.triage.verdict import Flip, Ignored, Reason, Verdict

_TOLD_AT_MOST = 3

IGNORED = {
    "quoted": lazy("between quotation marks"),
    "negation": lazy("negated"),
    "name": lazy("only a name"),
    "footer": lazy("in the signature or footer"),
    "quote": lazy("in the quoted earlier message"),
    "closing": lazy("in the closing"),
}

EXAMPLES_FREE = (
    lazy("Where is the command to create a new financial year?"),
    lazy("I received a partial payment, how do I enter it?"),
    lazy("Can you recommend a QR reader?"),
)
EXAMPLES_PAID = (
    lazy("How do I manage receivables?"),
    lazy("I have a balance that I do not understand."),
    lazy("I get an error when I import the attached file."),
)

#: What the engine says beside the rules; marked here because the engine speaks no language.
ENGINE_REASONS = (
    lazy("No subscription is in force, so there is no free hotline."),
    lazy("The wording resembles questions that people have labelled so."),
)

_WHY_PAID = {
    "explanation": lazy(
        "You ask for a thorough explanation. The free hotline answers simple, short questions of current use."
    ),
    "error": lazy(
        "Something has to be looked into. Research into errors and figures is done by a specialist."
    ),
    "training": lazy("Training is held by a specialist."),
    "configuration": lazy("Setting up and configuring is done by a specialist."),
    "custom_work": lazy("Work made to measure is done by a specialist."),
    "appointment": lazy("You ask for time with a specialist."),
}
_WHY_FREE = {
    "licence": lazy("Questions about your licences are never charged."),
    "billing_question": lazy("Questions about our invoices and prices are never charged."),
    "feedback": lazy("Your ideas and wishes are never charged; thank you for them."),
    "complaint": lazy("A complaint is never charged; we look into it."),
    "cancellation": lazy("Questions about your contract are never charged."),
    "other": lazy("This is never charged."),
}


def sentence(verdict: Verdict, language: str) -> str:
    """What it is, how sure, and the strongest words: one sentence for the agent, in the agent's language."""
    with speaking(language):
        what = _outcome(verdict)
        because = _because(verdict)
        return _("%(what)s: %(because)s", what=what, because=because) if because else f"{what}."


def for_customer(verdict: Verdict, language: str) -> str:
    """Why this is free, paid or still open, in plain words of the customer's language (T1).

    A paid one and one without a subscription quote the published examples; noise and open ones are short.
    """
    with speaking(language):
        if verdict.label is None or verdict.kind in NOISE:
            return _("We read your message and tell you before anything costs.")
        if verdict.label == "support":
            return " ".join(
                [_(_WHY_PAID.get(verdict.kind, _WHY_PAID["error"])), _examples(), *_quote(verdict)]
            )
        if verdict.billable:
            return " ".join(
                [_("The free hotline belongs to a subscription, and none is in force today."), _how_to()]
            )
        return _(_WHY_FREE[verdict.kind]) if verdict.kind in _WHY_FREE else _free()


def published_examples(language: str) -> str:
    """What is free and what is paid, by the published examples, in the customer's language."""
    with speaking(language):
        return _examples()


def reason_text(reason: Reason, language: str) -> str:
    """Why a rule spoke, in the reader's language."""
    with speaking(language):
        return _said(reason)


def ignored_text(ignored: Ignored, language: str) -> str:
    """Which words did not count and why: "urgent" (in the signature or footer)."""
    with speaking(language):
        why = IGNORED.get(ignored.why, lazy("not counted"))
        return f"{quoted(_short(ignored.words))} ({_(why)})"


def flip_text(flip: Flip, language: str) -> str:
    """What the verdict would be without one reason."""
    with speaking(language):
        label = _label(flip.label)
        return _(
            "Without “%(words)s”: %(label)s, %(share)s",
            words=_short(flip.words) or flip.without,
            label=label,
            share=percent(flip.confidence),
        )


def _outcome(verdict: Verdict) -> str:
    if verdict.label is None:
        return _("Not decided, a person has to look")
    label = _label(verdict.label)
    parts = [_("%(label)s, %(share)s sure", label=label, share=percent(verdict.confidence))]
    if verdict.urgent:
        parts.append(_("urgent"))
    if verdict.quote_needed:
        parts.append(_("a quote is needed"))
    if verdict.label == "hotline" and verdict.billable:
        parts.append(_("but no subscription is in force"))
    return ", ".join(parts)


def _label(label: str | None) -> str:
    if label == "support":
        return _("Paid support")
    return _("Free hotline") if label == "hotline" else _("A person decides")


def _because(verdict: Verdict) -> str:
    side = "support" if verdict.label == "support" else "hotline"
    speaking_for = [r for r in verdict.reasons if r.weight > 0 and r.effect in (side, "noise")]
    told: dict[str, list[str]] = {}
    for reason in _strongest(speaking_for):
        words = told.setdefault(_said(reason), [])
        if reason.words:
            words.append(quoted(_short(reason.words)))
    return " ".join(f"{why} ({', '.join(words)})" if words else why for why, words in told.items())


def _strongest(reasons: Sequence[Reason]) -> Sequence[Reason]:
    return sorted(reasons, key=lambda r: -r.weight)[:_TOLD_AT_MOST]


def _said(reason: Reason) -> str:
    """A rule of the desk's own brings its words along; those of the starter set are in the catalogue."""
    return reason.texts.get(current_language()) or _(reason.text)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= 60 else plain[:57] + "…"


def _examples() -> str:
    free = " ".join(quoted(_(text)) for text in EXAMPLES_FREE[:2])
    paid = " ".join(quoted(_(text)) for text in EXAMPLES_PAID[:2])
    return _("Free are, for example: %(free)s Paid are, for example: %(paid)s", free=free, paid=paid)


def _quote(verdict: Verdict) -> Sequence[str]:
    if not verdict.quote_needed:
        return ()
    return (_("You receive a quote first; work begins when you have accepted it."),)


def _how_to() -> str:
    return _(
        "With a subscription, simple short questions are free; tell us if you would like an offer for one."
    )


def _free() -> str:
    return _("This is a simple, short question of current use; the hotline answers it free of charge.")
