"""Paying bought credit back: its net, its part of the VAT, and the credit note. In transaction()."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from helpdesk.billing import invoices, ledger
from helpdesk.billing.invoice_models import Invoice
from helpdesk.billing.lot_models import CreditLot
from helpdesk.billing.lots import vat_so_far
from helpdesk.billing.pricing import with_vat
from helpdesk.core.actors import Actor
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.core.money import Money
from helpdesk.db import db


class Refund(NamedTuple):
    """What goes back: net from the lot, and the VAT that was paid on it."""

    invoice: Invoice
    net: Money
    vat: Money

    @property
    def gross(self) -> Money:
        """What the customer gets."""
        return self.net + self.vat


def worked_out(lot: CreditLot, net: Money) -> Refund:
    """Raises Conflict for credit that cannot be paid back, InvalidInput for more than is left of it.

    Only paid, unused credit goes back, once a lot, by a credit note that names its invoice (B2).
    """
    bought = db.session.scalar(
        select(Invoice).where(Invoice.number == lot.transfer_key.removeprefix("top_up:"))
    )
    if lot.kind != "paid" or bought is None:
        raise Conflict("Only credit that was paid by invoice can be refunded.")
    if db.session.scalar(select(Invoice.id).where(Invoice.corrects_id == bought.id)) is not None:
        raise Conflict("A credit note for this invoice exists already.")
    if not Money(0, net.currency) < net <= lot.rest:
        raise InvalidInput("Write at most what is left of this credit.", field="amount")
    if lot.tax_point == "use":
        vat = vat_so_far(lot, lot.used_minor + net.minor) - vat_so_far(lot, lot.used_minor)
    else:
        vat = with_vat(net, bought.vat_bp).vat
    return Refund(bought, net, vat)


def book(note: Invoice, lot: CreditLot, refund: Refund, *, by: Actor, reason: str, now: datetime) -> None:
    """Takes the credit and its VAT back and pays the sum out."""
    ledger.lock_account(lot.account_id)
    debtor = ledger.open_account("debtor", note.currency, customer_id=note.customer_id, now=now)
    ledger.transfer(
        f"refund:{note.number}",
        debit=lot.account_id,
        credit=debtor,
        amount=refund.net,
        cause="refund",
        cause_ref=lot.transfer_key,
        by=by,
        now=now,
        reason=reason,
    )
    invoices.book_tax_back(note, debtor, by=by, now=now)
    ledger.transfer(
        f"refund:{note.number}:paid",
        debit=debtor,
        credit=ledger.open_account("cash", note.currency, now=now),
        amount=refund.gross,
        cause="payment",
        cause_ref=note.number,
        by=by,
        now=now,
        reason=reason,
    )
