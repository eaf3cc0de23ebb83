"""Credit that runs out and is bought anew, told through the doors that customers, agents and finance use."""

from io import BytesIO

import pytest
from sqlalchemy import select

from helpdesk.actions import charge_work
from helpdesk.actions.manage_invoices import pay_by_hand, remind_due
from helpdesk.billing.invoice_models import Invoice
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.queries import waiting_for_invoice
from helpdesk.core.errors import InsufficientCredit
from helpdesk.core.money import chf
from helpdesk.db import db
from tests.billing.test_invoices import camt
from tests.web.stage import contact, french_ticket, the_offer

pytestmark = pytest.mark.database("sqlite")


def a_case(desk, anna, stranger, minutes: int = 240) -> int:  # type: ignore[no-untyped-def]
    """Paid support that an agent offered and the customer accepted on the page."""
    contact("compta@muster.example").order_limit_minor = 500_000
    db.session.commit()
    number = french_ticket(desk, label="support")
    anna.post(f"/tickets/{number}/offers/support", {"minutes": str(minutes)})
    mail = next(mail for mail in desk.outbox() if mail.key == f"offer:{the_offer().id}")
    link = "/offers/" + mail.body_text.split("/offers/")[1].split()[0]
    stranger.post(f"{link}/acceptance", {"name": "Carla Compta"}, form_on=link)
    return number


def log(anna, number: int, minutes: int, key: str):  # type: ignore[no-untyped-def]
    form = {"minutes": str(minutes), "activity": "support", "text": "Import", "key": key, "then": "save"}
    return anna.post(f"/tickets/{number}/work", form, form_on=f"/tickets/{number}/work/new")


def agree(desk, lea, policy: str, limit: str = "2000") -> None:  # type: ignore[no-untyped-def]
    terms = {"policy": policy, "limit": limit, "payment_days": "30", "business": "y"}
    lea.post(f"/customers/{desk.muster.id}/billing-terms", terms, form_on="/profile")


def test_from_the_low_notice_to_credit_that_can_be_used(desk, anna, lea, stranger):
    number = a_case(desk, anna, stranger)
    assert log(anna, number, 135, "one").status_code == 303
    [low] = [mail for mail in desk.outbox() if mail.key.startswith("credit-low:")]
    link = "/credit/" + low.body_text.split("/credit/")[1].split()[0]
    assert "CHF\u00a095.00" in stranger.page(link)
    page = f"{link}/purchase?product=credit_5h"
    form = {"product": "credit_5h", "name": "Carla Compta", "key": "k"}
    assert stranger.post(f"{link}/purchases", form, form_on=page).status_code == 200
    made = db.session.scalars(select(Invoice)).one()
    [invoice] = [mail for mail in desk.outbox() if mail.key.startswith(f"invoice:{made.id}:")]
    assert (invoice.language, invoice.attachments[0]["filename"]) == ("fr", f"{made.number}.pdf")
    assert desk.credit("Muster SA") == chf(95)  # nothing before it is paid
    lea.post("/bank-files", {"file": (BytesIO(camt(made)), "bank.xml")})
    assert desk.credit("Muster SA") == chf(950)
    assert [mail for mail in desk.outbox() if mail.key.startswith(f"credit-ready:{made.id}:")]
    assert log(anna, number, 60, "two").status_code == 303
    # CHF 45 more at the list's rate use up the old lot's hour part; the rest costs the package's rate.
    assert desk.credit("Muster SA") > chf(950 - 180)
    assert check_ledger() == []


def test_credit_runs_out_in_the_middle_and_the_customer_wants_to_be_asked(desk, anna, lea, stranger):
    number = a_case(desk, anna, stranger)
    agree(desk, lea, "ask")
    assert log(anna, number, 120, "one").status_code == 303
    refused = log(anna, number, 60, "two")
    assert refused.status_code == 409
    assert desk.credit("Muster SA") == chf(140)
    assert waiting_for_invoice(desk.muster.id) == chf(0)
    assert check_ledger() == []


def test_credit_runs_out_in_the_middle_and_the_rest_is_invoiced(desk, anna, lea, stranger):
    number = a_case(desk, anna, stranger)
    agree(desk, lea, "invoice")
    assert log(anna, number, 180, "one").status_code == 303
    assert desk.credit("Muster SA") == chf(0)
    assert waiting_for_invoice(desk.muster.id) == chf(40)
    lea.post(f"/customers/{desk.muster.id}/invoices", form_on="/profile")
    made = db.session.scalars(select(Invoice)).one()
    assert (made.net, made.kind) == (chf(40), "work")
    assert check_ledger() == []


def test_credit_runs_out_in_the_middle_and_goes_below_zero_as_agreed(desk, anna, lea, stranger):
    number = a_case(desk, anna, stranger)
    agree(desk, lea, "minus", "40")
    assert log(anna, number, 180, "one").status_code == 303
    assert log(anna, number, 15, "two").status_code == 409  # no further below
    lea.post(
        f"/customers/{desk.muster.id}/credit-sales", {"product": "credit_5h", "key": "k"}, form_on="/profile"
    )
    made = db.session.scalars(select(Invoice)).one()
    lea.post("/bank-files", {"file": (BytesIO(camt(made)), "bank.xml")})
    assert desk.credit("Muster SA") == chf(855 - 40)
    assert waiting_for_invoice(desk.muster.id) == chf(0)
    assert check_ledger() == []


def test_after_the_last_reminder_nothing_is_done_on_account_until_it_is_paid(desk, anna, lea, stranger):
    number, by = a_case(desk, anna, stranger), desk.actor(desk.anna)
    log(anna, number, 180, "one")
    lea.post(f"/customers/{desk.muster.id}/invoices", form_on="/profile")
    made = db.session.scalars(select(Invoice)).one()

    def work(key: str) -> None:
        charge_work.log_work(number, 15, "support", text="", key=key, by=by, now=desk.clock.now)

    for days in (37, 14, 14):
        desk.clock.move(days=days)
        assert remind_due(desk.clock.now) == 1
    work("ten days to pay, as the reminder says")
    desk.clock.move(days=11)
    with pytest.raises(InsufficientCredit):
        work("too late")
    paid = {"booked_on": desk.clock.now.date(), "reference": "B-1", "by": by, "now": desk.clock.now}
    pay_by_hand(made.id, made.total, **paid)
    work("paid")
    assert check_ledger() == []
