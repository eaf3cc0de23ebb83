"""A question as conditions on tickets: one small adapter for the full text of both databases."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, text, union_all
from sqlalchemy.sql.expression import TextClause

from helpdesk.accounts.models import Agent
from helpdesk.customers.models import Contact, Customer
from helpdesk.db import Base, table_of
from helpdesk.db.transactions import dialect
from helpdesk.mail.models import Mailbox
from helpdesk.tickets.models import Attachment, Ticket, TicketMessage
from helpdesk.tickets.question import Filter, Question, Term
from helpdesk.tickets.search_models import TEXTS, expression, name_of
from helpdesk.tickets.views import Asker

Condition = ColumnElement[bool]


def conditions(question: Question, asker: Asker) -> list[Condition]:
    """Everything that must hold for a ticket; `asker` says who “me” is and when “today” ends."""
    terms = [_turned(Ticket.id.in_(_tickets_with(term)), term.negated) for term in question.terms]
    return terms + [_turned(_FILTERS[each.name](each, asker), each.negated) for each in question.filters]


def _turned(condition: Condition, negated: bool) -> Condition:
    # What is unknown is not so: a ticket without a deadline is not due within two hours.
    return ~func.coalesce(condition, text("false")) if negated else condition


def _tickets_with(term: Term) -> Any:
    """The numbers of tickets with the term in subject, text, file names, customer, contact or number."""
    message = table_of(TicketMessage)
    files = select(Attachment.message_id).where(_has(Attachment, term))
    parts = [
        _ids(Ticket, term),
        select(message.c.ticket_id).where(_has(TicketMessage, term)),
        select(message.c.ticket_id).where(message.c.id.in_(files)),
        _numbers(Ticket.customer_id.in_(_ids(Customer, term))),
        _numbers(Ticket.contact_id.in_(_ids(Contact, term))),
    ]
    if term.number is not None:
        parts.append(_numbers(Ticket.id == term.number))
    return union_all(*parts)


def _numbers(condition: Condition) -> Select[Any]:
    # A list of its own, not a question about the ticket that is looked at outside.
    return select(Ticket.id).where(condition).correlate(None)


def _ids(model: Any, term: Term) -> Select[Any]:
    return select(model.id).where(_has(model, term)).correlate(None)


def _has(model: type[Base], term: Term) -> TextClause:
    """Whether the texts of a row have the term. Tokens are letters and digits alone, and yet a parameter."""
    table = table_of(model).name
    # ruff: noqa: S608  names of ours; the question is a parameter
    if dialect() == "postgresql":
        clause = f"{expression(table, TEXTS[model])} @@ to_tsquery('pg_catalog.simple'::regconfig, :question)"
        asked = " | ".join(_postgresql(tokens, term.exact) for tokens in term.alternatives)
    else:
        words = name_of(table)
        clause = f"{table}.id IN (SELECT rowid FROM {words} WHERE {words} MATCH :question)"
        asked = " OR ".join(_sqlite(tokens, term.exact) for tokens in term.alternatives)
    return text(clause).bindparams(bindparam("question", asked, unique=True))


def _postgresql(tokens: Sequence[str], exact: bool) -> str:
    return "(" + " <-> ".join(f"'{token}'" for token in tokens) + ("" if exact else ":*") + ")"


def _sqlite(tokens: Sequence[str], exact: bool) -> str:
    return '"' + " ".join(tokens) + ('"' if exact else '" *')


def _customer(asked: Filter, _asker: Asker) -> Condition:
    assert asked.term is not None
    return Ticket.customer_id.in_(_ids(Customer, asked.term))


def _from(asked: Filter, _asker: Asker) -> Condition:
    assert asked.term is not None
    return Ticket.contact_id.in_(_ids(Contact, asked.term))


def _subject(asked: Filter, _asker: Asker) -> Condition:
    assert asked.term is not None
    return Ticket.id.in_(_ids(Ticket, asked.term))


def _file(asked: Filter, _asker: Asker) -> Condition:
    assert asked.term is not None
    message = table_of(TicketMessage)
    files = select(Attachment.message_id).where(_has(Attachment, asked.term))
    return Ticket.id.in_(select(message.c.ticket_id).where(message.c.id.in_(files)))


def _assigned(asked: Filter, asker: Asker) -> Condition:
    who = asked.value.lower()
    if who == "me":
        return Ticket.assignee_id == asker.agent_id
    if who == "nobody":
        return Ticket.assignee_id.is_(None)
    people = select(Agent.id).where(or_(_contains(Agent.name, who), _contains(Agent.email, who)))
    return Ticket.assignee_id.in_(people)


def _mailbox(asked: Filter, _asker: Asker) -> Condition:
    boxes = select(Mailbox.id).where(
        or_(_contains(Mailbox.address, asked.value), _contains(Mailbox.name, asked.value))
    )
    return Ticket.mailbox_id.in_(boxes)


def _contains(column: Any, words: str) -> Condition:
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return column.ilike(pattern, escape="\\")  # type: ignore[no-any-return]


def _class(asked: Filter, _asker: Asker) -> Condition:
    label = {"hotline": "hotline", "paid": "support"}.get(asked.value)
    return Ticket.label == label if label else Ticket.label.is_(None)


def _due(asked: Filter, asker: Asker) -> Condition:
    open_ones = Ticket.status == "open"
    if asked.value == "none":
        return Ticket.due_at.is_(None)
    if asked.value == "overdue":
        return and_(open_ones, Ticket.due_at < asker.now)
    if asked.value == "today":
        return and_(open_ones, Ticket.due_at < asker.end_of_day)
    edge = asker.now + asked.span
    return and_(open_ones, Ticket.due_at < edge if asked.sign == "<" else Ticket.due_at > edge)


def _since(column: Any) -> Callable[[Filter, Asker], Condition]:
    """Less than so long ago with <, longer ago with >."""

    def condition(asked: Filter, asker: Asker) -> Condition:
        edge = asker.now - min(asked.span, timedelta(days=36500))
        return column > edge if asked.sign == "<" else column < edge  # type: ignore[no-any-return]

    return condition


def _is(asked: Filter, asker: Asker) -> Condition:
    conditions: dict[str, Condition] = {
        "mine": Ticket.assignee_id == asker.agent_id,
        "unassigned": Ticket.assignee_id.is_(None),
        "urgent": Ticket.priority == 0,
        "overdue": and_(Ticket.status == "open", Ticket.due_at < asker.now),
        "on-premise": Ticket.priority == 1,
        "offered": Ticket.offer_open.is_(True),
        "merged": Ticket.merged_into_id.is_not(None),
    }
    return conditions[asked.value]


_FILTERS: dict[str, Callable[[Filter, Asker], Condition]] = {
    "customer": _customer,
    "from": _from,
    "subject": _subject,
    "file": _file,
    "assigned": _assigned,
    "mailbox": _mailbox,
    "status": lambda asked, _: Ticket.status == asked.value,
    "class": _class,
    "lang": lambda asked, _: Ticket.language == asked.value,
    "due": _due,
    "created": _since(Ticket.created_at),
    "changed": _since(Ticket.updated_at),
    "is": _is,
}
