"""Judging a question: facts, then rules, then the scale, with every reason kept. Pure (T1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from helpdesk.triage.deadlines import due
from helpdesk.triage.facts import NOISE, CustomerFacts, Evidence, Facts, Question, read, spoken
from helpdesk.triage.rules import Rule, RuleSet, starter_rules
from helpdesk.triage.verdict import Flip, Ignored, Reason, Verdict
from helpdesk.triage.weighing import MAIL, Hit, Weighed, effect_points, weigh
from helpdesk.triage.wording import Said, shipped_wording

ADMINISTRATION = ("licence", "billing_question", "feedback", "complaint", "cancellation")
_LIMITS = ("minutes_left", "clock_deadline", "tomorrow_deadline", "same_day", "day_deadline")
_URGENT_FROM = 1.0
_QUOTE_FROM = 1.0
_FLIPS_AT_MOST = 5
_WORTH_TELLING = 0.1
WORDING = "The wording resembles questions that people have labelled so."


def judge(question: Question, ruleset: RuleSet) -> Verdict:
    """The verdict of a rule set on a question; the same facts give the same verdict.

    A broken rule is no rule: it never stops a mail. Reads a bounded part of the text, whatever its size.
    """
    facts = read(question, ruleset.reader)
    hits = [hit for hit in matching(facts, ruleset) if hit.rule.in_force(question.received_at)]
    wording = shipped_wording()
    said = wording.hear(*spoken(facts))
    weighed = weigh(hits, facts.units, facts.language_confidence, said.points)
    noise = weighed.kind in NOISE
    urgent = not noise and effect_points(hits, "urgent") >= _URGENT_FROM
    entitled = None if question.customer is None else question.customer.subscription_active
    return Verdict(
        label=weighed.label,
        urgent=urgent,
        kind=weighed.kind,
        quote_needed=weighed.label != "hotline" and effect_points(hits, "quote") >= _QUOTE_FROM,
        confidence=weighed.confidence,
        language=facts.language,
        reasons=(*_reasons(hits, facts, entitled, weighed), *_wording_reasons(said, facts)),
        ignored=tuple(Ignored(*evidence, why) for evidence, why in facts.ignored),
        misses=_misses(hits, ruleset),
        missing_to_flip=_flips(hits, facts, weighed, said.points),
        ruleset_version=ruleset.version,
        wording_version=wording.version,
        urgency_accepted=urgent and any(h.rule.name == "surcharge_accepted" for h in hits),
        entitled=entitled,
        billable=_billable(weighed, entitled),
        customer=_customer_data(question.customer),
        deadline=None if noise else _deadline(facts, question),
    )


def matching(facts: Facts, ruleset: RuleSet) -> list[Hit]:
    """Every rule that applies, sentence by sentence and then to the whole mail."""
    by_sentence, by_mail = ruleset.by_scope["sentence"], ruleset.by_scope["mail"]
    found: list[Hit] = []
    anywhere = by_sentence.needing(facts.mail)
    for at, unit in enumerate(facts.units):
        known = unit.facts | facts.mail
        asked = by_sentence.candidates(anywhere | by_sentence.needing(unit.facts))
        found += [Hit(rule, at) for rule in asked if rule.when.holds(known, facts.numbers)]
    asked = by_mail.candidates(by_mail.needing(facts.mail))
    found += [Hit(rule, MAIL) for rule in asked if rule.when.holds(facts.mail, facts.numbers)]
    return found


def explain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The starter rules' verdict on {"subject", "body", "attachments"[, "customer"]}, as plain data.

    `customer` may hold subscription_active, plan and deployment.
    """
    verdict = judge(question_of(item), starter_rules())
    return {
        "label": verdict.label,
        "urgent": verdict.urgent,
        "kind": verdict.kind,
        "quote_needed": verdict.quote_needed,
        "confidence": verdict.confidence,
        "language": verdict.language,
        "reasons": [{"rule": r.rule, "words": r.words, "weight": r.weight} for r in verdict.reasons],
    }


def question_of(item: Mapping[str, Any]) -> Question:
    """A question out of plain data; what is missing is empty."""
    customer = item.get("customer")
    known = None
    if isinstance(customer, Mapping):
        known = CustomerFacts(
            bool(customer.get("subscription_active", False)),
            _text_or_none(customer.get("plan")),
            _text_or_none(customer.get("deployment")),
        )
    return Question(
        subject=str(item.get("subject") or ""),
        body=str(item.get("body") or ""),
        attachments=tuple(str(name) for name in item.get("attachments") or ()),
        customer=known,
        is_reply=bool(item.get("is_reply", False)),
        automatic=bool(item.get("automatic", False)),
    )


def failing_examples(ruleset: RuleSet) -> list[str]:
    """The rules whose own examples do not do what they say, in sentences."""
    found = []
    for rule in (rule for rule in ruleset.rules if rule.on):
        silent, loud = examples_of(rule, ruleset)
        found += [f"rule {rule.name} must match: {text}" for text in silent]
        found += [f"rule {rule.name} must not match: {text}" for text in loud]
    return found


def examples_of(rule: Rule, ruleset: RuleSet) -> tuple[list[str], list[str]]:
    """The examples of a rule that it must match and does not, and those that it must not match and does."""
    return (
        [text for text in rule.matches if not _speaks(rule, text, ruleset)],
        [text for text in rule.misses if _speaks(rule, text, ruleset)],
    )


def _speaks(rule: Rule, text: str, ruleset: RuleSet) -> bool:
    facts = read(Question(subject="", body=text), ruleset.reader)
    return any(hit.rule.name == rule.name for hit in matching(facts, ruleset))


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _billable(weighed: Weighed, entitled: bool | None) -> bool | None:
    if weighed.label is None:
        return None
    if weighed.label == "support":
        return True
    if weighed.kind in ADMINISTRATION or weighed.kind in NOISE:
        return False
    return entitled is False


def _deadline(facts: Facts, question: Question) -> str | None:
    """The first moment that the mail names as a limit."""
    if question.received_at is None:
        return None
    named = [u.evidence[c] for u in facts.units for c in _LIMITS if c in u.evidence]
    moments = [m for e in named if (m := due(e.words, question.received_at)) is not None]
    return min(moments).isoformat() if moments else None


def _customer_data(customer: CustomerFacts | None) -> dict[str, Any] | None:
    if customer is None:
        return None
    return {
        "subscription_active": customer.subscription_active,
        "plan": customer.plan,
        "deployment": customer.deployment,
        "read_at": customer.read_at.isoformat() if customer.read_at else None,
    }


def _reasons(
    hits: Sequence[Hit], facts: Facts, entitled: bool | None, weighed: Weighed
) -> tuple[Reason, ...]:
    told: dict[tuple[str, str, int], Reason] = {}
    for hit in hits:
        seen = _seen(hit, facts)
        for effect, points in hit.rule.points.items():
            reason = _reason(hit.rule, seen, points, effect)
            told.setdefault((hit.rule.name, effect, reason.start), reason)
    ordered = sorted(told.values(), key=lambda r: -abs(r.weight))
    if entitled is False and weighed.label == "hotline" and _billable(weighed, entitled):
        ordered.insert(0, NO_SUBSCRIPTION)
    return tuple(ordered)


def _wording_reasons(said: Said, facts: Facts) -> Iterable[Reason]:
    """The words that made the small voice of the wording, loudest first."""
    for word, share in said.words:
        unit = next((u for u in facts.units if word in u.spoken), None)
        if unit is None or abs(share) < _WORTH_TELLING:
            continue
        effect = "support" if share > 0 else "hotline"
        points = round(abs(share), 2)
        yield Reason("wording", "", word.written, unit.zone, word.start, word.end, points, effect, WORDING)


NO_SUBSCRIPTION = Reason(
    "no_subscription",
    "",
    "",
    "",
    0,
    0,
    0.0,
    "billable",
    "No subscription is in force, so there is no free hotline.",
)


def _reason(rule: Rule, seen: Evidence | None, points: float, effect: str) -> Reason:
    if seen is None:
        return Reason(rule.name, "", "", "", 0, 0, points, effect, rule.reason, rule.texts)
    return Reason(
        rule.name,
        seen.concept,
        seen.words,
        seen.zone,
        seen.start,
        seen.end,
        points,
        effect,
        rule.reason,
        rule.texts,
    )


def _seen(hit: Hit, facts: Facts) -> Evidence | None:
    """The longest evidence that the rule wanted, in its sentence or anywhere in the mail."""
    wanted = {name.removeprefix("mail:") for name in hit.rule.when.wanted()}
    units = facts.units if hit.unit == MAIL else (facts.units[hit.unit],)
    found = [e for unit in units for name, e in unit.evidence.items() if name in wanted]
    return max(found, key=lambda e: e.end - e.start, default=None)


def _misses(hits: Iterable[Hit], ruleset: RuleSet) -> tuple[str, ...]:
    spoke = {hit.rule.name for hit in hits}
    return tuple(rule.name for rule in ruleset.rules if rule.name not in spoke)


def _flips(hits: Sequence[Hit], facts: Facts, weighed: Weighed, wording: float) -> tuple[Flip, ...]:
    """For each rule on the winning side: what the verdict would be without it."""
    side = "support" if weighed.margin > 0 else "hotline"
    speaking = {h.rule.name: h for h in hits if h.rule.points.get(side, 0.0) > 0}
    found = []
    for name, hit in list(speaking.items())[:_FLIPS_AT_MOST]:
        rest = [h for h in hits if h.rule.name != name]
        other = weigh(rest, facts.units, facts.language_confidence, wording)
        if other.label != weighed.label:
            seen = _seen(hit, facts)
            found.append(Flip(name, seen.words if seen else "", other.label, other.confidence))
    return tuple(found)
