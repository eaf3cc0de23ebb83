"""Learning in the open: how often the rules were right, what drifts, and suggestions that a lead decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import learn_rules
from helpdesk.core.clock import now
from helpdesk.customers.queries import customer_names
from helpdesk.i18n import NAMES, lazy, percent, quoted
from helpdesk.i18n import gettext as _
from helpdesk.triage.content import Content
from helpdesk.triage.learning_models import RuleSuggestion
from helpdesk.triage.learning_queries import (
    decided_suggestions,
    open_suggestions,
    report,
    subjects_of,
    suggestion,
)
from helpdesk.triage.suggesting import Suggestion
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.rule_words import concept_name, reason_of
from helpdesk.web.agent.rules import edited
from helpdesk.web.agent.telling import kind_name
from helpdesk.web.guards import actor, require

_RULES_SHOWN = 60
_TICKETS_SHOWN = 100
_CLASSES = {"hotline": lazy("free hotline"), "support": lazy("paid support")}
_ALARMS = {
    "unsure_rises": lazy("%(about)s: a person is asked more often, %(now)s instead of %(before)s."),
    "corrected_rises": lazy("%(about)s: agents correct more often, %(now)s instead of %(before)s."),
    "rule_more": lazy("%(about)s speaks much more often, in %(now)s of all questions instead of %(before)s."),
    "rule_less": lazy("%(about)s speaks much less often, in %(now)s of all questions instead of %(before)s."),
    "rule_wrong": lazy("%(about)s was right in only %(now)s of %(number)s known cases."),
    "customer_corrected": lazy("%(about)s: every one of %(number)s tickets was corrected."),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the known ones were right; `told` is a share, or a dash where nothing is known."""

    right: int
    known: int

    @property
    def told(self) -> str:
        """98 %."""
        return percent(self.right / self.known) if self.known else "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A week or a language: questions, the share decided alone or corrected, and how right each class was."""

    name: str
    start: date | None
    questions: int
    alone: str
    corrected: str
    hotline: Rate
    support: Rate


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its hits and how often its class was right; `weeks` are hits, oldest first."""

    name: str
    sentence: str
    hits: int
    last: date | None
    rate: Rate
    before: Rate
    recent: Rate
    weeks: list[int]
    most: int


@dataclass(frozen=True, slots=True)
class Told:
    """A suggestion in words, with how many tickets speak for it and against it."""

    id: int
    sentence: str
    what: str
    speak_for: int
    speak_against: int
    state: str


@blueprint.get("/rules/learning")
def learning() -> str:
    """How often the rules were right, by week, language, class and rule; alarms; suggestions."""
    found = edited()
    made = report()
    data: Mapping[str, Any] = made.data if made else {}
    return page(
        "agent/rules/learning.html",
        section="settings",
        found=found,
        made_at=made.made_at if made else None,
        alarms=_alarms(data, found.content),
        suggested=[told_suggestion(each, found.content) for each in open_suggestions()],
        decided=[told_suggestion(each, found.content) for each in decided_suggestions()],
        weeks=[_row(each, "") for each in reversed(data.get("weeks", [])) if each["questions"]],
        languages=[_row(row, NAMES.get(code, code)) for code, row in data.get("languages", {}).items()],
        rules=_rules(data, found.content),
        blind=_row(data["blind"], "") if data.get("blind") else None,
        billed=Rate(data["billed"]["upheld"], data["billed"]["known"]) if data.get("billed") else None,
        questions=data.get("questions", 0),
    )


def _row(data: Mapping[str, Any], name: str) -> Row:
    n = data["questions"]
    return Row(
        name,
        date.fromisoformat(data["from"]) if "from" in data else None,
        n,
        percent((n - data["asked"]) / n) if n else "–",
        percent(data["corrected"] / n) if n else "–",
        Rate(data["hotline"]["right"], data["hotline"]["known"]),
        Rate(data["support"]["right"], data["support"]["known"]),
    )


def _rules(data: Mapping[str, Any], content: Content) -> list[RuleRow]:
    """Rules that speak, those that were wrong most often on top."""
    sentences = {str(rule.get("name")): reason_of(rule) for rule in content.rules}
    rows = [
        _rule(name, row, sentences[name]) for name, row in data.get("rules", {}).items() if name in sentences
    ]
    return sorted(rows, key=lambda row: (row.rate.right - row.rate.known, -row.hits))[:_RULES_SHOWN]


def _rule(name: str, row: Mapping[str, Any], sentence: str) -> RuleRow:
    weeks = row["weeks"]
    half = len(weeks) // 2
    hits = [week[0] for week in weeks]
    return RuleRow(
        name,
        sentence or name,
        row["hits"],
        date.fromisoformat(row["last"]) if row["last"] else None,
        Rate(row["right"], row["known"]),
        Rate(sum(week[2] for week in weeks[:half]), sum(week[1] for week in weeks[:half])),
        Rate(sum(week[2] for week in weeks[half:]), sum(week[1] for week in weeks[half:])),
        hits,
        max(hits),
    )


def _alarms(data: Mapping[str, Any], content: Content) -> list[str]:
    sentences = {str(rule.get("name")): reason_of(rule) for rule in content.rules}
    alarms = data.get("alarms", [])
    names = customer_names([int(each["about"]) for each in alarms if each["code"] == "customer_corrected"])
    told = []
    for each in alarms:
        about = each["about"]
        if each["code"].startswith("rule_"):
            about = quoted((sentences.get(about) or about).rstrip("."))
        elif each["code"] == "customer_corrected":
            about = " ".join(names.get(int(about), (about,)))
        else:
            about = NAMES.get(about, about)
        sentence = _ALARMS[each["code"]]
        told.append(
            _(
                sentence,
                about=about,
                before=percent(each["before"]),
                now=percent(each["now"]),
                number=each["number"],
            )
        )
    return told


def told_suggestion(row: RuleSuggestion, content: Content) -> Told:
    """What the suggestion would change, as a sentence."""
    each = Suggestion.from_data(row.data)
    if each.what == "word":
        sentence = _(
            "%(language)s: add %(word)s to the concept %(concept)s.",
            language=NAMES.get(each.language, each.language),
            word=quoted(each.term),
            concept=quoted(_concept(each.concept, content)),
        )
    else:
        one, other = (quoted(_concept(name, content)) for name in each.concepts)
        sentence = _("A new rule for mails in which both stand: %(one)s and %(other)s.", one=one, other=other)
    label = _CLASSES[each.label]
    then = _("It speaks for %(label)s, kind “%(kind)s”.", label=_(label), kind=kind_name(each.kind))
    return Told(
        row.id, f"{sentence} {then}", each.what, len(each.speak_for), len(each.speak_against), row.state
    )


def _concept(name: str, content: Content) -> str:
    data = content.get("concept", name)
    return concept_name(name, data) if data is not None else name


@blueprint.get("/rules/suggestions/<row:suggestion_id>", endpoint="suggestion")
def show_suggestion(suggestion_id: int) -> str:
    """The tickets that speak for a suggestion, and those against it."""
    found = edited()
    row = suggestion(suggestion_id)
    each = Suggestion.from_data(row.data)
    sides = each.speak_for[-_TICKETS_SHOWN:], each.speak_against[-_TICKETS_SHOWN:]
    subjects = subjects_of([*sides[0], *sides[1]])
    return page(
        "agent/rules/suggestion.html",
        section="settings",
        found=found,
        told=told_suggestion(row, found.content),
        sides=[[(n, subjects.get(n, "")) for n in reversed(side)] for side in sides],
    )


@blueprint.post("/rules/suggestions/<row:suggestion_id>/acceptance")
def accept_suggestion(suggestion_id: int) -> Response:
    """Puts it into the draft."""
    require(Permission.EDIT_RULES)
    wanted = learn_rules.accept(suggestion_id, by=actor(), now=now())
    flash(_("Kept in the draft. Mail is judged by the published rules until you publish."))
    if wanted.what == "word":
        return redirect(url_for("agent.concept", name=wanted.concept), 303)
    return redirect(url_for("agent.draft"), 303)


@blueprint.post("/rules/suggestions/<row:suggestion_id>/rejection")
def reject_suggestion(suggestion_id: int) -> Response:
    """Puts it away for good."""
    require(Permission.EDIT_RULES)
    learn_rules.reject(suggestion_id, by=actor(), now=now())
    flash(_("Rejected. It is not suggested again."))
    return redirect(url_for("agent.learning"), 303)
