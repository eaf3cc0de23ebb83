"""What a new installation needs before its first mail: mailbox, price list, rules; may be repeated."""

from datetime import datetime

from sqlalchemy import func, select

from helpdesk.actions.context import context
from helpdesk.actions.publish_rules import seed_rules
from helpdesk.billing.models import Price
from helpdesk.billing.price_list import DEFAULTS
from helpdesk.db import db, insert_new, transaction
from helpdesk.mail.models import Mailbox


def prepare(now: datetime) -> None:
    """Adds the mailbox of SUPPORT_ADDRESS, the default prices where there are none, and the starter rules."""
    settings = context().settings
    with transaction():
        insert_new(
            Mailbox,
            address=settings.support_address,
            name=settings.vendor_name,
            language=settings.default_language,
            active=True,
        )
        if not db.session.scalar(select(func.count()).select_from(Price)):
            for line in DEFAULTS:
                insert_new(
                    Price,
                    code=line.code,
                    amount_minor=line.price.amount.minor,
                    currency=line.price.amount.currency,
                    unit_minutes=line.price.unit_minutes,
                    minimum_minutes=line.price.minimum_minutes,
                    vat_bp=line.price.vat_bp,
                    valid_from=line.valid_from,
                )
    seed_rules(now)
