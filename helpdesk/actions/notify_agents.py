"""Mails to colleagues about what cannot wait: to whom the ticket is assigned, else to the whole team."""

from datetime import datetime

from helpdesk.accounts.models import Agent
from helpdesk.accounts.queries import active_agents
from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_beside_ticket
from helpdesk.billing.models import Offer
from helpdesk.billing.quote_models import Quote
from helpdesk.db import db
from helpdesk.mail.queries import box
from helpdesk.mail.render import render
from helpdesk.tickets.models import Ticket

#: A team that is larger than this reads the queue, where urgent tickets stand first.
_TEAM = 20


def urgent_accepted(ticket: Ticket, offer: Offer, now: datetime) -> None:
    """Says that a case has become urgent, and until when it is promised; once an offer and agent."""
    settings = context().settings
    for agent in _who_cares(ticket):
        put_beside_ticket(
            render(
                "agent-urgent",
                agent.language,
                number=ticket.id,
                name=agent.name,
                subject=ticket.subject,
                customer=ticket.customer.name if ticket.customer else "",
                due_at=ticket.due_at,
                now=now,
                net=offer.net,
                link=f"{settings.public_url}/tickets/{ticket.id}",
                vendor=settings.vendor_name,
            ),
            key=f"agent-urgent:{offer.id}:{agent.id}",
            ticket_id=ticket.id,
            mailbox=box(ticket.mailbox_id),
            to_address=agent.email,
            to_name=agent.name,
            language=agent.language,
            now=now,
        )


def quote_nearly_used(ticket: Ticket, quote: Quote, now: datetime) -> None:
    """Says that most of a quote's amount is used and more work needs a supplement; once a quote and agent."""
    settings, offer = context().settings, quote.offer
    assert offer is not None
    for agent in _who_cares(ticket):
        put_beside_ticket(
            render(
                "agent-quote",
                agent.language,
                number=ticket.id,
                name=agent.name,
                quote=quote.name,
                net=offer.net,
                left=offer.left,
                link=f"{settings.public_url}/quotes/{quote.id}",
                vendor=settings.vendor_name,
            ),
            key=f"agent-quote:{quote.id}:{agent.id}",
            ticket_id=ticket.id,
            mailbox=box(ticket.mailbox_id),
            to_address=agent.email,
            to_name=agent.name,
            language=agent.language,
            now=now,
        )


def _who_cares(ticket: Ticket) -> list[Agent]:
    assigned = db.session.get(Agent, ticket.assignee_id) if ticket.assignee_id else None
    if assigned is not None and assigned.active:
        return [assigned]
    return list(active_agents())[:_TEAM]
