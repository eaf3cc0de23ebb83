"""One of several processes that number invoices and take the same payment in; started by test_invoices.py.

Usage: python -m tests.billing.invoice_racer URL CUSTOMER INVOICE NUMBER
"""

import sys
from datetime import date

from helpdesk.billing import invoices
from helpdesk.billing.invoices import Draft, InvoiceLine
from helpdesk.billing.qr_bill import Party
from helpdesk.core.actors import SYSTEM
from helpdesk.core.money import chf
from helpdesk.db import db, transaction
from tests.billing.world import NOW, make_app

NOBODY = Party("Muster SA", "", "", "", "", "CH")


class GaveUp(Exception):
    """This writer changed its mind with a number in its hand."""


def main(url: str, customer: int, invoice: int, racer: int) -> None:
    with make_app(url).app_context():
        for turn in range(6):
            try:
                with transaction():
                    _issue(f"race:{racer}:{turn}", customer)
                    if turn % 3 == 2:
                        raise GaveUp
            except GaveUp:
                pass
            _pay(invoice)
        db.session.remove()
        db.engine.dispose()


def _issue(key: str, customer: int) -> None:
    draft = Draft(
        key=key,
        kind="credit",
        customer_id=customer,
        language="de",
        issued_on=date(2026, 11, 25),
        payment_days=30,
        net=chf(10),
        vat_bp=810,
        vat_note="",
        iban="",
        creditor=NOBODY,
        debtor=NOBODY,
        lines=[InvoiceLine("Support", 1000)],
    )
    invoices.issue(draft, by=SYSTEM, now=NOW)


def _pay(invoice_id: int) -> None:
    with transaction():
        made = invoices.lock_invoice(invoice_id)
        payment = invoices.receive(
            "camt:race",
            "camt",
            made.total,
            invoice_id=invoice_id,
            reference=made.reference,
            payer="",
            booked_on=date(2026, 11, 25),
            now=NOW,
        )
        if payment is not None:
            invoices.pay(payment, made, by=SYSTEM, now=NOW)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
