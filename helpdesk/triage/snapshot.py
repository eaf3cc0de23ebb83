"""The facts of a question besides its text, as data that is kept with the verdict and read back (T5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpdesk.triage.facts import CustomerFacts, Question


def snapshot(question: Question) -> dict[str, Any]:
    """Everything but subject and body, which stand on the message."""
    customer = question.customer
    return {
        "attachments": list(question.attachments),
        "is_reply": question.is_reply,
        "automatic": question.automatic,
        "received_at": _text(question.received_at),
        "customer": None
        if customer is None
        else {
            "subscription_active": customer.subscription_active,
            "plan": customer.plan,
            "deployment": customer.deployment,
            "version": customer.version,
            "read_at": _text(customer.read_at),
        },
    }


def question_from(subject: str, body: str, facts: Mapping[str, Any]) -> Question:
    """The question as it was asked then; what an older snapshot lacks is empty."""
    customer = facts.get("customer")
    return Question(
        subject=subject,
        body=body,
        attachments=tuple(str(name) for name in facts.get("attachments") or ()),
        customer=None
        if not customer
        else CustomerFacts(
            bool(customer.get("subscription_active")),
            customer.get("plan"),
            customer.get("deployment"),
            customer.get("version"),
            _moment(customer.get("read_at")),
        ),
        is_reply=bool(facts.get("is_reply")),
        automatic=bool(facts.get("automatic")),
        received_at=_moment(facts.get("received_at")),
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
