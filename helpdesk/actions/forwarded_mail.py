"""A customer's mail that one of our agents passes on: the ticket is the customer's, not the agent's."""

from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk.accounts.models import Agent
from helpdesk.accounts.queries import agent_by_email
from helpdesk.actions.context import context
from helpdesk.core.addresses import domain, normalise
from helpdesk.core.errors import InvalidInput
from helpdesk.mail.authentication import authenticate
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.recipients import our_addresses
from helpdesk.mail.subjects import is_forward


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Who passed a mail on for whom. `proven`: our border server vouches for the agent's address.

    Without that anybody could have us write to any address by forging an agent's: the ticket is opened, the
    customer hears nothing until an agent writes.
    """

    agent: Agent
    address: str
    proven: bool


def passed_on(parsed: ParsedMail, boxes: Mapping[str, object], *, through_border: bool) -> PassedOn | None:
    """Whose mail this really is, or None where it is the sender's own."""
    if not (parsed.forwarded_from and parsed.from_trustworthy and is_forward(parsed.subject)):
        return None
    try:
        sender, address = normalise(parsed.from_address), normalise(parsed.forwarded_from)
    except InvalidInput:
        return None
    agent = agent_by_email(sender)
    if agent is None or not agent.active or our_addresses([address], boxes) or agent_by_email(address):
        return None
    word = authenticate(
        parsed.authentication_results if through_border else (),
        authserv_id=context().settings.authserv_id,
        from_domain=domain(sender),
    )
    return PassedOn(agent, address, word.passed)
