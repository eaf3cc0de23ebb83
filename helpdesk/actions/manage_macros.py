"""Texts for answers: written once for each language, by leads; inserted by agents."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_id
from helpdesk.actions.context import settings
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from helpdesk.core.languages import LANGUAGES
from helpdesk.db import db, transaction
from helpdesk.tickets import macros as placeholders
from helpdesk.tickets.models import Macro, Ticket

LONGEST = 20_000


def save(macro_id: int | None, name: str, texts: Mapping[str, str], *, by: Actor) -> int:
    """Adds a macro (None) or changes one; returns its id.

    Raises InvalidInput for a missing name or text and for an unknown placeholder, Conflict for a name that
    is taken, Forbidden for anybody who may not edit macros.
    """
    _only_leads(by)
    name = " ".join(name.split())[:80]
    if not name:
        raise InvalidInput("Write a name.", field="name")
    kept = {}
    for code in LANGUAGES:
        text = texts.get(code, "").replace("\x00", "").replace("\r\n", "\n").strip()
        if len(text) > LONGEST:
            raise InvalidInput("This text is too long to be sent.", field=f"text-{code}")
        try:
            placeholders.check(text)
        except InvalidInput as error:
            raise InvalidInput(error.message, **{**error.data, "field": f"text-{code}"}) from None
        if text:
            kept[code] = text
    if not kept:
        raise InvalidInput("Write the text in one language at least.", field="text-de")
    with transaction():
        if db.session.scalar(select(Macro.id).where(Macro.name == name, Macro.id != (macro_id or 0))):
            raise Conflict("There is a text with this name already.")
        macro = macro_by_id(macro_id) if macro_id else Macro()
        macro.name, macro.texts = name, kept
        db.session.add(macro)
        db.session.flush()
        return macro.id


def delete(macro_id: int, *, by: Actor) -> None:
    """Removes a macro; answers that were written with it stay as they are."""
    _only_leads(by)
    with transaction():
        db.session.delete(macro_by_id(macro_id))


def macros() -> Sequence[Macro]:
    """All macros by name."""
    return db.session.scalars(select(Macro).order_by(Macro.name)).all()


def macro_by_id(macro_id: int) -> Macro:
    """One macro; raises NotFound."""
    found = db.session.get(Macro, macro_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such text.")
    return found


def filled(macro_id: int, ticket: Ticket, agent_name: str) -> str:
    """The macro for this ticket's customer: in their language, with the placeholders filled."""
    text, _language = placeholders.variant(
        macro_by_id(macro_id).texts, ticket.language, settings().default_language
    )
    values = {
        "name": ticket.contact.name,
        "number": str(ticket.id),
        "subject": ticket.subject,
        "agent": agent_name,
        "vendor": settings().vendor_name,
        "customer": ticket.customer.name if ticket.customer else "",
    }
    return placeholders.fill(text, values)


def _only_leads(by: Actor) -> None:
    if by.kind == "agent" and by.id is not None and may(agent_by_id(by.id), Permission.EDIT_MACROS):
        return
    raise Forbidden("Your role does not include this. Ask a lead or an administrator.")
