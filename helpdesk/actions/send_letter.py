"""Writing to a customer about money: a mail that belongs to no ticket, in the contact's language (M6)."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from helpdesk import queue
from helpdesk.actions.context import context
from helpdesk.billing.terms_models import CreditLink
from helpdesk.core.addresses import domain
from helpdesk.core.tokens import link_token, token_hash
from helpdesk.customers.models import Contact
from helpdesk.db import insert_row, transaction
from helpdesk.mail.models import OutgoingMail
from helpdesk.mail.queries import mailboxes, was_written
from helpdesk.mail.render import render

#: How long a link to the credit page opens it.
LINK_LIFE = timedelta(days=90)
LINK_PURPOSE = "credit"


def write_letter(
    template: str,
    key: str,
    contact: Contact,
    *,
    attachments: Iterable[tuple[str, str, bytes]] = (),
    now: datetime,
    **values: Any,
) -> bool:
    """Queues one mail to one contact; the same `key` never writes twice. Returns whether it was queued now.

    `attachments` are (file name, type, content). Answers come to our first mailbox and open a ticket. Call
    inside transaction(): files lie on the disk before the row that names them.
    """
    return write_to(
        template,
        f"{key}:{contact.id}",
        email=contact.email,
        name=contact.name,
        language=contact.language,
        attachments=attachments,
        now=now,
        **values,
    )


def write_to(
    template: str,
    key: str,
    *,
    email: str,
    name: str,
    language: str,
    attachments: Iterable[tuple[str, str, bytes]] = (),
    now: datetime,
    **values: Any,
) -> bool:
    """The same to an address that need not be a contact's."""
    if was_written(key):
        return False
    sender = next(iter(mailboxes().values()), None)
    if sender is None:
        return False
    words = render(template, language, name=name, vendor=context().settings.vendor_name, **values)
    files = [
        {
            "filename": title,
            "content_type": kind,
            "sha256": context().files.put(content),
            "size": len(content),
        }
        for title, kind, content in attachments
    ]
    with transaction() as then:
        insert_row(
            OutgoingMail,
            key=key,
            message_id=f"{secrets.token_hex(12)}@{domain(sender.address)}",
            from_name=context().settings.vendor_name,
            from_address=sender.address,
            reply_to=sender.address,
            to_name=name[:160],
            to_address=email,
            subject=words.subject[:500],
            body_text=words.text,
            body_html=words.html,
            language=language,
            automatic=True,
            reference_ids=[],
            attachments=files,
            created_at=now,
            due_at=now,
        )
        then.after_commit(lambda: queue.wake(queue.Wake.DELIVER_MAIL))
    return True


def credit_link(contact: Contact, customer_id: int, now: datetime) -> str:
    """A fresh link to the customer's credit for this contact; the token itself stands in the mail only."""
    token = link_token()
    insert_row(
        CreditLink,
        token_hash=token_hash(token, LINK_PURPOSE),
        customer_id=customer_id,
        contact_id=contact.id,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
    return f"{context().settings.public_url}/credit/{token}"
