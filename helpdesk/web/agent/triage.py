"""Why a ticket was judged as it was, in full; and how much of the free minutes is used."""

from dataclasses import dataclass

from helpdesk.actions.context import context
from helpdesk.billing.case_queries import Booked, booked
from helpdesk.billing.estimate import estimate_support
from helpdesk.contracts.queries import coverage
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound
from helpdesk.i18n import amount
from helpdesk.i18n import gettext as _
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.queries import ticket_by_number
from helpdesk.triage import explain
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.queries import earlier_of, verdicts_of
from helpdesk.triage.rule_queries import numbers
from helpdesk.triage.verdict import Verdict
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.office import calendar
from helpdesk.web.agent.telling import label_name
from helpdesk.web.agent.why import marked_by, read_verdict, told

_TEXT_SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class TimeBox:
    """How much of the free minutes a case has used, by the minutes logged."""

    used: int
    allowed: int

    @property
    def over(self) -> bool:
        """Whether the free minutes are used up."""
        return self.used >= self.allowed


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the same kind, with what it came to."""

    number: int
    subject: str
    label: str
    charged_minor: int


def hidden(ticket: Ticket, stored: StoredVerdict | None) -> bool:
    """Whether the proposal is not shown, because a person decides this one by themselves."""
    return stored is not None and stored.blind and ticket.label is None


def told_time_box(logged: int) -> TimeBox:
    """The time box of a case in which so many minutes were logged."""
    return TimeBox(logged, context().settings.hotline_minutes)


@blueprint.get("/tickets/<ticket:number>/why")
def why(number: int) -> str:
    """Everything that led to the class of a ticket, and everything that follows from it."""
    ticket = ticket_by_number(number)
    stored, question = verdicts_of(number)[0]
    if hidden(ticket, stored):
        raise NotFound("Decide first. The proposal of the rules is shown afterwards.")
    verdict = read_verdict(stored)
    return page(
        "agent/why.html",
        section="queue",
        ticket=ticket,
        why=told(verdict),
        text=marked_by(question.body[:_TEXT_SHOWN], verdict),
        subject=marked_by(question.subject, verdict),
        version=numbers().get(stored.ruleset_version),
        facts=_facts(verdict),
        consequences=_consequences(ticket, verdict),
        to_customer=explain.for_customer(verdict, ticket.language),
        earlier=_earlier(ticket),
        judged_at=stored.created_at,
    )


def _facts(verdict: Verdict) -> list[tuple[str, str]]:
    """What was known of the customer, and when it was read."""
    known = verdict.customer
    if not known:
        return [(_("Customer"), _("not known"))]
    active = known.get("subscription_active")
    found = [
        (
            _("Subscription"),
            _("a subscription is in force") if active else _("no subscription is in force"),
        )
    ]
    if known.get("plan"):
        found.append((_("Plan"), str(known["plan"])))
    if known.get("deployment"):
        on_premise = known["deployment"] == "on_premise"
        found.append((_("Deployment"), _("On-premise") if on_premise else _("Cloud")))
    return found


def _consequences(ticket: Ticket, verdict: Verdict) -> list[str]:
    """What this class means in money and time, before any of it happens."""
    lines = []
    if verdict.label == "support" or (verdict.label == "hotline" and verdict.billable):
        day = calendar().local_date(now())
        plan = coverage(ticket.customer_id, day).plan
        estimate = estimate_support(ticket.customer_id, day, plan=plan)
        lines.append(
            _(
                "As a rule %(minutes)s min, %(net)s excl. VAT; nothing is charged before "
                "the customer accepts.",
                minutes=estimate.minutes,
                net=amount(estimate.net),
            )
        )
        if verdict.label == "hotline":
            lines.append(_("Without a subscription there is no free hotline; one can be offered."))
    elif verdict.label == "hotline":
        lines.append(
            _(
                "Free up to %(n)s minutes; after that the customer is asked first.",
                n=context().settings.hotline_minutes,
            )
        )
    else:
        lines.append(_("A person decides; until then nothing is promised about the price."))
    if verdict.urgent:
        lines.append(
            _("Urgent handling is asked for: the surcharge is offered, and charged only if accepted.")
        )
    if verdict.quote_needed:
        lines.append(_("Work in the absence of the customer begins when a quote is accepted."))
    return lines


def _earlier(ticket: Ticket) -> list[Earlier]:
    rows = earlier_of(ticket)
    books = booked([row.id for row in rows])
    return [Earlier(row.id, row.subject, label_name(row.label), _charged(books.get(row.id))) for row in rows]


def _charged(books: Booked | None) -> int:
    return books.charged_minor if books else 0
