"""Credit corrected by hand: seen before it is booked, with a reason, by two people above CHF 500."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpdesk.actions import manage_credit, manage_invoices
from helpdesk.actions.credit_letters import send_statements, tell_of_expiry
from helpdesk.billing import queries
from helpdesk.billing.correction_models import CreditCorrection
from helpdesk.billing.invoice_models import Invoice, Payment
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import StandingAuthorisation
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.money import Money, chf
from helpdesk.db import db, transaction
from helpdesk.jobs.statements import mail_statements
from tests.billing.test_camt import entry, statement

pytestmark = pytest.mark.database("sqlite")


def correct(desk, who, kind: str, then: str = "save", **more: str):  # type: ignore[no-untyped-def]
    form = {"kind": kind, "reason": "Thanks for the patience", "key": f"{kind}-{more}", "then": then} | more
    path = f"/customers/{desk.muster.id}/credit/corrections"
    return who.post(path, form, form_on="/profile")


def bought(desk, code: str = "credit_5h") -> Invoice:  # type: ignore[no-untyped-def]
    made = manage_invoices.sell_credit(
        desk.muster.id, code, chf(1000) if code == "amount" else None, key=code, by=SYSTEM, now=clock.now()
    )
    manage_invoices.pay_by_hand(
        made.id, made.total, booked_on=clock.now().date(), reference="B-1", by=SYSTEM, now=clock.now()
    )
    return made


def lot_of(name: str):  # type: ignore[no-untyped-def]
    account = queries.account_of(1)
    assert account is not None
    return next(lot for lot in queries.lots_of(account, all_of_them=True) if lot.key.startswith(name))


def test_a_bonus_is_shown_before_it_is_booked_and_is_used_first(desk, lea):
    answer = correct(desk, lea, "bonus", then="preview", amount="120")
    assert "CHF\u00a0500.00 → CHF\u00a0620.00" in answer.text
    assert desk.credit("Muster SA") == chf(500)
    for _twice in range(2):
        assert correct(desk, lea, "bonus", amount="120", expires="2027-06-30").status_code == 303
    assert desk.credit("Muster SA") == chf(620)
    account = queries.account_of(desk.muster.id)
    assert account is not None
    first = queries.lots_of(account)[0]
    assert (first.kind, first.rest, str(first.expires_at)[:10]) == ("bonus", chf(120), "2027-06-30")
    assert check_ledger() == []


def test_above_five_hundred_somebody_else_books_it(desk, lea, adam):
    assert "zweite Person" in correct(desk, lea, "bonus", then="preview", amount="500.05").text
    correct(desk, lea, "bonus", amount="500.05")
    assert desk.credit("Muster SA") == chf(500)
    [asked] = db.session.scalars(select(CreditCorrection))
    path = f"/credit-corrections/{asked.id}/decision"
    assert "jemand anderes entscheidet" in lea.page("/credit-corrections")
    assert lea.post(path, {"decision": "book"}, form_on="/profile").status_code == 403
    assert desk.credit("Muster SA") == chf(500)
    assert "500.05" in adam.page("/credit-corrections")
    for _twice in range(2):
        adam.post(path, {"decision": "book"}, form_on="/profile")
    assert desk.credit("Muster SA") == Money(100005)
    assert check_ledger() == []


def test_the_database_knows_that_two_people_are_two(desk, lea):
    correct(desk, lea, "bonus", amount="600")
    for who in (None, desk.lea.id):
        with pytest.raises(Exception, match=r"second_person|two_persons"), transaction():
            db.session.execute(
                update(CreditCorrection).values(outcome="booked", decided_at=clock.now(), decided_by_id=who)
            )


@pytest.mark.parametrize(("code", "net", "vat"), [("credit_5h", "300", "24.30"), ("amount", "400", "32.40")])
def test_a_refund_is_a_credit_note_that_names_the_invoice(desk, lea, code, net, vat):
    made = bought(desk, code)
    lot = lot_of(f"top_up:{made.number}")
    before = desk.credit("Muster SA")
    seen = correct(desk, lea, "refund", then="preview", lot=str(lot.id), amount=net)
    gross = Money(int(net) * 100) + Money(int(vat.replace(".", "")))
    assert f"Zahlen Sie CHF\u00a0{gross.decimal}" in seen.text
    assert correct(desk, lea, "refund", lot=str(lot.id), amount=net).status_code == 303
    assert desk.credit("Muster SA") == before - Money(int(net) * 100)
    note = db.session.scalars(select(Invoice).where(Invoice.corrects_id == made.id)).one()
    assert (note.kind, note.total) == ("credit_note", gross)
    assert [mail for mail in desk.outbox() if mail.key.startswith(f"credit-note:{note.id}")]
    assert check_ledger() == []
    assert correct(desk, lea, "refund", lot=str(lot.id), amount="1", key="more").status_code == 409


def test_a_bonus_and_the_credit_of_others_are_not_refunded(desk, lea):
    correct(desk, lea, "bonus", amount="120")
    bonus = lot_of("correction:")
    assert correct(desk, lea, "refund", lot=str(bonus.id), amount="10").status_code == 409
    other = f"/customers/{desk.exempel.id}/credit/corrections"
    form = {"kind": "refund", "lot": str(bonus.id), "amount": "10", "reason": "x", "key": "y", "then": "save"}
    assert lea.post(other, form, form_on="/profile").status_code == 404


def test_credit_that_expired_comes_back_with_a_later_expiry(desk, lea):
    correct(desk, lea, "bonus", amount="120", expires="2026-12-01")
    lot = lot_of("correction:")
    desk.clock.move(days=10)
    assert manage_credit.expire_credit(clock.now()) == 1
    assert desk.credit("Muster SA") == chf(500)
    early = correct(desk, lea, "extension", lot=str(lot.id), expires="2026-11-30", key="early")
    assert early.status_code == 422
    seen = correct(desk, lea, "extension", then="preview", lot=str(lot.id), expires="2027-03-01")
    assert "→ CHF\u00a0620.00" in seen.text
    assert correct(desk, lea, "extension", lot=str(lot.id), expires="2027-03-01").status_code == 303
    assert manage_credit.expire_credit(clock.now()) == 0
    assert desk.credit("Muster SA") == chf(620)
    assert check_ledger() == []


def test_a_booking_is_reversed_once_and_work_is_not_reversed_here(desk, lea):
    correct(desk, lea, "bonus", amount="120")
    bonus = lot_of("correction:")
    page = lea.page(f"/customers/{desk.muster.id}/credit")
    assert re.search(r"kind=reversal&amp;transfer=correction", page)
    assert correct(desk, lea, "reversal", transfer=bonus.key).status_code == 303
    assert desk.credit("Muster SA") == chf(500)
    assert correct(desk, lea, "reversal", transfer=bonus.key, key="again").status_code == 409
    assert check_ledger() == []


def test_a_payment_without_a_reference_finds_its_invoice_once(desk, lea):
    made = manage_invoices.sell_credit(desk.muster.id, "credit_5h", None, key="k", by=SYSTEM, now=clock.now())
    manage_invoices.import_camt(
        statement(entry(amount=str(made.total.decimal), reference="", bank="B-9")),
        by=Actor("agent", desk.lea.id, "Lea"),
        now=clock.now(),
    )
    [payment] = db.session.scalars(select(Payment).where(Payment.invoice_id.is_(None)))
    path = f"/payments/{payment.id}/assignment"
    lea.post(path, {"whose": "99999"}, form_on="/profile")
    assert desk.credit("Muster SA") == chf(500)
    for _twice in range(2):
        lea.post(path, {"whose": desk.muster.number}, form_on="/profile")
    assert desk.credit("Muster SA") == chf(1355)
    assert check_ledger() == []


def test_a_standing_authorisation_is_recorded_with_its_paper_and_ends(desk, lea):
    path = f"/customers/{desk.muster.id}/authorisations"
    form = {"amount": "200", "month": "400", "reference": "Contract 7, page 2", "granted_by": "Carla Compta"}
    for missing in ("reference", "granted_by"):
        assert lea.post(path, form | {missing: " "}, form_on="/profile").status_code == 422
    assert lea.post(path, form, form_on="/profile").status_code == 303
    [word] = db.session.scalars(select(StandingAuthorisation))
    assert (word.amount_minor, word.month_minor, word.valid_until) == (20000, 40000, None)
    assert "Contract 7, page 2" in lea.page(path)
    lea.post(f"{path}/{word.id}/end", form_on="/profile")
    db.session.expire_all()
    assert word.valid_until == clock.now().date()


def test_expiry_is_told_sixty_thirty_and_seven_days_before_once_each(desk, lea):
    correct(desk, lea, "bonus", amount="120", expires="2027-02-10")
    told = []
    for _day in range(80):
        told.append(tell_of_expiry(clock.now()) + tell_of_expiry(clock.now()))
        desk.clock.move(days=1)
    mails = [mail for mail in desk.outbox() if mail.key.startswith("credit-expires:")]
    assert [mail.key.split(":")[3] for mail in mails] == ["60", "30", "7"]
    assert sum(told) == 3
    assert "10.02.2027" in mails[0].subject or "10 févr. 2027" in mails[0].subject
    assert {mail.language for mail in mails} == {"fr"}


def test_credit_sold_for_a_short_time_is_not_announced_as_expiring_the_same_day(desk, lea):
    correct(desk, lea, "bonus", amount="120", expires="2026-12-20")
    assert tell_of_expiry(clock.now()) == 0


def test_who_wants_it_gets_last_months_statement_once(desk, lea):
    terms = {"policy": "invoice", "limit": "500", "payment_days": "30", "business": "y"}
    path = f"/customers/{desk.muster.id}/billing-terms"
    lea.post(path, terms | {"statements": "y"}, form_on="/profile")
    assert "checked" in lea.page(f"/customers/{desk.muster.id}/credit").split('name="statements"')[1][:40]
    desk.clock.move(days=5, hours=12)  # 30 November, in the evening
    assert mail_statements(clock.now()) == 0  # in October there was no credit yet
    desk.clock.move(hours=10)
    before = len(desk.outbox())
    assert [mail_statements(clock.now() + timedelta(hours=h)) for h in (0, 1, 2)] == [1, 0, 0]
    [mail] = desk.outbox()[before:]
    assert mail.key.startswith(f"credit-statement:{desk.muster.id}:202611:")
    assert mail.attachments[0]["filename"] == f"{desk.muster.number}-2026-11.pdf"
    assert "CHF\u00a0500.00" in mail.body_text
    assert send_statements(lambda *_: None, now=clock.now()) == 0
