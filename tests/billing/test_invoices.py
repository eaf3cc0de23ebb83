"""Credit that is sold, work that is invoiced, payments that arrive: booked once, numbered without gaps."""

import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from helpdesk.actions import charge_work, manage_invoices
from helpdesk.billing import invoices, ledger, queries
from helpdesk.billing.invoice_models import Invoice, Payment, Reminder
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import StandingAuthorisation
from helpdesk.billing.terms_models import BillingTerms
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.errors import Conflict, InvalidInput
from helpdesk.core.money import Money, chf
from helpdesk.db import db, insert_row, transaction
from helpdesk.mail.models import OutgoingMail
from tests.billing.test_camt import entry, statement
from tests.support.desk import Desk
from tests.web.stage import french_ticket

ROOT = Path(__file__).resolve().parents[2]
QR_IBAN = "CH4431999123000889012"
pytestmark = pytest.mark.settings(
    INVOICE_IBAN=QR_IBAN,
    VENDOR_STREET="Bahnhofstrasse",
    VENDOR_HOUSE_NUMBER="7",
    VENDOR_POSTCODE="8001",
    VENDOR_TOWN="Zürich",
    VENDOR_VAT_ID="CHE-123.456.788 MWST",
)


def sold(desk: Desk, code: str = "credit_10h", amount: Money | None = None, key: str = "1") -> Invoice:
    return manage_invoices.sell_credit(desk.muster.id, code, amount, key=key, by=SYSTEM, now=clock.now())


def camt(made: Invoice, amount: str | None = None, bank: str = "B-1") -> bytes:
    return statement(entry(amount=amount or str(made.total.decimal), reference=made.reference, bank=bank))


def mails(template_words: str) -> list[str]:
    query = select(OutgoingMail.body_text).where(OutgoingMail.subject.contains(template_words))
    return list(db.session.scalars(query))


def worked(desk: Desk, minutes: int) -> int:
    """A ticket of Muster SA with work that a contract allows; returns its number."""
    number = french_ticket(desk, label="support")
    with transaction():
        insert_row(
            StandingAuthorisation,
            customer_id=desk.muster.id,
            amount_minor=500_000,
            currency="CHF",
            valid_from=clock.now().date() - timedelta(days=30),
            valid_until=None,
            reference="Contrat 17",
            granted_by="Carla Compta",
            created_at=clock.now(),
        )
    charge_work.log_work(
        number,
        minutes,
        "support",
        text="Analyse",
        key=f"w{minutes}",
        by=Actor("agent", desk.anna.id, "Anna"),
        now=clock.now(),
    )
    return number


def test_credit_is_usable_only_when_its_invoice_is_paid(desk: Desk) -> None:
    made = sold(desk)
    assert (made.net, made.vat, made.total) == (chf(1620), chf("131.22"), chf("1751.22"))
    assert desk.credit("Muster SA") == chf(500)
    assert len(mails(made.number)) == 1
    result = manage_invoices.import_camt(camt(made), by=SYSTEM, now=clock.now())
    assert (result.booked, result.unknown, result.before) == (1, 0, 0)
    assert desk.credit("Muster SA") == chf(2120)
    account = queries.account_of(desk.muster.id)
    assert account is not None
    lot = queries.lots_of(account)[-1]
    assert (lot.name, lot.rate, lot.rest) == ("10 heures de support", chf(162), chf(1620))
    again = manage_invoices.import_camt(camt(made), by=SYSTEM, now=clock.now())
    assert (again.booked, again.unknown, again.before) == (0, 0, 1)
    assert desk.credit("Muster SA") == chf(2120)
    debtor = queries.account_of(desk.muster.id, "debtor")
    assert debtor is not None
    assert ledger.balance(debtor).posted == chf(0)
    assert check_ledger() == []


def test_a_part_payment_opens_nothing_yet_and_the_rest_does(desk: Desk) -> None:
    made = sold(desk, "credit_5h")
    manage_invoices.import_camt(camt(made, "100.00", "B-1"), by=SYSTEM, now=clock.now())
    assert (desk.credit("Muster SA"), invoices.invoice(made.id).state) == (chf(500), "open")
    rest = str((made.total - chf(100)).decimal)
    manage_invoices.import_camt(camt(made, rest, "B-2"), by=SYSTEM, now=clock.now())
    assert (desk.credit("Muster SA"), invoices.invoice(made.id).state) == (chf(1355), "paid")
    assert check_ledger() == []


def test_a_payment_that_names_nothing_waits_for_a_person(desk: Desk) -> None:
    sold(desk)
    file = statement(entry(reference="RF18539007547034"), entry(reference="", bank="B-2"))
    result = manage_invoices.import_camt(file, by=SYSTEM, now=clock.now())
    assert (result.booked, result.unknown) == (0, 2)
    assert desk.credit("Muster SA") == chf(500)


def test_a_payment_by_hand_counts_once_and_never_above_what_is_open(desk: Desk) -> None:
    made = sold(desk)
    day = clock.now().date()
    with pytest.raises(InvalidInput):
        manage_invoices.pay_by_hand(
            made.id, made.total + Money(1), booked_on=day, reference="R", by=SYSTEM, now=clock.now()
        )
    manage_invoices.pay_by_hand(made.id, made.total, booked_on=day, reference="R", by=SYSTEM, now=clock.now())
    with pytest.raises(InvalidInput):
        manage_invoices.pay_by_hand(
            made.id, made.total, booked_on=day, reference="R", by=SYSTEM, now=clock.now()
        )
    assert desk.credit("Muster SA") == chf(2120)


def test_credit_taxed_at_use_shows_no_vat_and_makes_the_same_total(desk: Desk) -> None:
    made = sold(desk, "amount", chf(1000))
    assert (made.total, made.vat_note) == (chf(1081), "at_use")
    words = PdfReader(BytesIO(manage_invoices.invoice_pdf(made.id)[1])).pages[0].extract_text()
    assert "8,1" not in words
    manage_invoices.import_camt(camt(made), by=SYSTEM, now=clock.now())
    assert desk.credit("Muster SA") == chf(1500)
    assert _balance("vat_deferred") == 8100
    worked(desk, 480)  # CHF 1440, of which 500 are from the older lot
    assert _balance("vat_due") == round(94000 * 0.081)
    assert _balance("vat_deferred") + _balance("vat_due") == 8100
    assert check_ledger() == []


def test_work_beyond_the_credit_is_invoiced_with_vat_once(desk: Desk) -> None:
    worked(desk, 240)
    assert desk.credit("Muster SA") == chf(0)
    made = manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now())
    assert made is not None
    assert (made.net, made.vat, made.total) == (chf(220), chf("17.82"), chf("237.82"))
    assert manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now()) is None
    receivable, debtor = (queries.account_of(desk.muster.id, kind) for kind in ("receivable", "debtor"))
    assert receivable is not None
    assert debtor is not None
    assert (ledger.balance(receivable).posted, ledger.balance(debtor).posted) == (chf(0), chf("-237.82"))
    manage_invoices.import_camt(camt(made), by=SYSTEM, now=clock.now())
    assert (ledger.balance(debtor).posted, invoices.invoice(made.id).state) == (chf(0), "paid")
    assert check_ledger() == []


def test_what_is_taken_back_after_the_invoice_is_a_credit_note(desk: Desk) -> None:
    number = worked(desk, 240)
    manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now())
    by = Actor("agent", desk.anna.id, "Anna")
    charge_work.waive_case(number, "defect", "Erreur de calcul dans le produit", by=by, now=clock.now())
    assert desk.credit("Muster SA") == chf(500)
    note = manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now())
    assert note is not None
    assert (note.kind, note.net, note.total) == ("credit_note", chf(220), chf("237.82"))
    debtor = queries.account_of(desk.muster.id, "debtor")
    assert debtor is not None
    assert ledger.balance(debtor).posted == chf(0)
    assert [entry.billing for entry in queries.work_of(number)] == ["charged", "waived"]
    assert check_ledger() == []


def test_rounding_to_five_is_a_line_of_its_own(desk: Desk) -> None:
    with transaction():
        insert_row(
            BillingTerms,
            customer_id=desk.muster.id,
            policy="invoice",
            limit_minor=200_000,
            payment_days=10,
            business=True,
            round_to_five=True,
        )
    made = sold(desk)
    assert (made.rounding, made.total) == (Money(-2), chf("1751.20"))
    assert (made.due_on - made.issued_on).days == 10
    manage_invoices.import_camt(camt(made), by=SYSTEM, now=clock.now())
    assert _balance("rounding") == -2
    assert check_ledger() == []


def test_a_business_abroad_pays_no_swiss_vat_and_reads_why(desk: Desk) -> None:
    made = manage_invoices.sell_credit(
        desk.exempel.id, "credit_10h", None, key="1", by=SYSTEM, now=clock.now()
    )
    assert (made.vat, made.total, made.vat_note) == (chf(0), chf(1620), "abroad")
    words = PdfReader(BytesIO(manage_invoices.invoice_pdf(made.id)[1])).pages[0].extract_text()
    assert "moms" in words.lower()


def test_an_invoice_is_cancelled_by_a_credit_note_and_only_while_unpaid(desk: Desk) -> None:
    made = sold(desk)
    note = manage_invoices.cancel_invoice(made.id, "changed mind", by=SYSTEM, now=clock.now())
    assert (note.corrects_id, note.total, note.kind) == (made.id, made.total, "credit_note")
    assert invoices.invoice(made.id).state == "cancelled"
    result = manage_invoices.import_camt(camt(made), by=SYSTEM, now=clock.now())
    assert (result.booked, result.unknown) == (0, 1)
    with pytest.raises(Conflict):
        manage_invoices.cancel_invoice(made.id, "again", by=SYSTEM, now=clock.now())
    assert check_ledger() == []


def test_each_reminder_leaves_once_in_the_customers_language(desk: Desk) -> None:
    worked(desk, 240)
    made = manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now())
    assert made is not None
    for days, sent in ((36, 0), (37, 1), (38, 0), (51, 1), (65, 1), (90, 0)):
        at = clock.now() + timedelta(days=days)
        assert (days, manage_invoices.remind_due(at)) == (days, sent)
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == 3
    assert len(mails("Deuxième rappel")) == len(mails("Dernier rappel")) == 1
    assert len(mails(f"acture {made.number}")) == 4


def test_the_same_document_makes_the_same_bytes_and_two_clicks_one_invoice(desk: Desk) -> None:
    made = sold(desk)
    assert sold(desk).id == made.id
    assert manage_invoices.invoice_pdf(made.id) == manage_invoices.invoice_pdf(made.id)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE invoice SET net_minor = 1, total_minor = 1 + vat_minor",
        "UPDATE invoice SET debtor = '{}'",
        "UPDATE invoice SET number = 'x'",
        "UPDATE invoice SET state = 'paid'",
        "UPDATE invoice SET paid_minor = -1",
        "DELETE FROM invoice",
        "UPDATE invoice_series SET last = last + 2",
        "UPDATE invoice_series SET last = last - 1",
        "DELETE FROM invoice_series",
    ],
)
def test_an_invoice_is_frozen(desk: Desk, harm: str) -> None:
    sold(desk)
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(harm))
    assert check_ledger() == []


@pytest.mark.settings
def test_eight_processes_number_without_gaps_and_pay_once(desk: Desk, database_url: str) -> None:
    """A third of the writers give up after they took a number: it was never given."""
    made = sold(desk)
    db.session.remove()
    command = [
        sys.executable,
        "-m",
        "tests.billing.invoice_racer",
        database_url,
        str(desk.muster.id),
        str(made.id),
    ]
    racers = [
        subprocess.Popen([*command, str(n)], cwd=ROOT, stderr=subprocess.PIPE, text=True) for n in range(8)
    ]
    ends = [(racer.communicate(timeout=100)[1], racer.returncode) for racer in racers]
    assert [end for end in ends if end != ("", 0)] == []
    numbers = sorted(db.session.scalars(select(Invoice.number_in_series)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == 1 + 8 * 4
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1
    assert desk.credit("Muster SA") == chf(2120)
    assert check_ledger() == []


def _balance(kind: str) -> int:
    query = text(
        "SELECT coalesce(sum(CASE WHEN c.kind = :k THEN t.amount_minor ELSE -t.amount_minor END), 0)"
        " FROM transfer t JOIN account c ON c.id = t.credit_account_id"
        " JOIN account d ON d.id = t.debit_account_id"
        " WHERE :k IN (c.kind, d.kind) AND t.kind IN ('single', 'post', 'reverse')"
    )
    return int(db.session.execute(query, {"k": kind}).scalar_one())
