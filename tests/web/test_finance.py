"""Money as finance and customers see it: pages, statements that add up, tables without formulas."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from helpdesk.actions import charge_work, manage_invoices
from helpdesk.actions.send_letter import credit_link
from helpdesk.billing import queries
from helpdesk.billing.invoice_models import Invoice
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.tables import as_csv, harmless
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.money import chf
from helpdesk.customers.models import Customer
from helpdesk.db import db, transaction
from helpdesk.mail.models import OutgoingMail
from tests.billing.test_invoices import camt, worked
from tests.web.stage import contact, french_ticket
from tests.web.test_queue import statements

pytestmark = pytest.mark.database("sqlite")


def link(desk, address: str = "compta@muster.example") -> str:
    with transaction():
        return "/credit/" + credit_link(contact(address), desk.muster.id, clock.now()).rpartition("/")[2]


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_the_ledger_shows_balance_lots_and_entries_and_adds_up(desk, anna):
    worked(desk, 45)
    text = anna.page(f"/customers/{desk.muster.id}/credit")
    for words in ("CHF\u00a0365.00", "Analyse", "CHF\u00a0−135.00", "Opening balance"):
        assert words in text
    table = rows_of(anna.get(f"/customers/{desk.muster.id}/statement.csv").data)
    opening, *lines = table[1:]
    assert Decimal(opening[5]) + sum(Decimal(line[4]) for line in lines) == Decimal(lines[-1][5])
    assert desk.credit("Muster SA").decimal == Decimal(lines[-1][5])


def test_goodwill_stands_on_the_statement_with_nothing_charged(desk, anna):
    number = worked(desk, 45)
    answer = anna.post(
        f"/tickets/{number}/case-waiver", {"kind": "defect", "reason": "Erreur dans le produit"}
    )
    assert answer.status_code == 303
    assert desk.credit("Muster SA") == chf(500)
    table = rows_of(anna.get(f"/customers/{desk.muster.id}/statement.csv").data)
    assert any("Erreur dans le produit" in line[1] and Decimal(line[4]) == 0 for line in table[2:])
    assert check_ledger() == []


def test_a_paid_case_without_work_cannot_be_closed_unnoticed(desk, anna):
    number = french_ticket(desk, label="support")
    anna.post(f"/tickets/{number}/closure")
    waiver = queries.case_waiver(number)
    assert waiver is not None
    assert waiver.kind == "nothing"
    assert check_ledger() == []


def test_an_entry_is_corrected_on_the_page(desk, anna):
    number = worked(desk, 90)
    [wrong] = queries.work_of(number)
    page = anna.page(f"/tickets/{number}/work/{wrong.id}/correction")
    assert 'value="90"' in page
    form = {
        "minutes": "15",
        "activity": "support",
        "text": "Analyse",
        "key": "right",
        "corrects": str(wrong.id),
    }
    assert anna.post(f"/tickets/{number}/work", form).status_code == 422
    assert anna.post(f"/tickets/{number}/work", form | {"why": "mistyped"}).status_code == 303
    assert desk.credit("Muster SA") == chf(455)
    assert check_ledger() == []


def test_the_timer_gives_minutes_and_logs_nothing(desk, anna):
    number = french_ticket(desk, label="support")
    anna.post(f"/tickets/{number}/timer")
    desk.clock.move(minutes=12, seconds=30)
    answer = anna.post(f"/tickets/{number}/timer/end")
    assert answer.location.endswith(f"/tickets/{number}/work/new?minutes=13")
    assert 'value="13"' in anna.page(answer.location)
    assert queries.work_of(number) == []


def test_credit_runs_low_and_is_told_once_in_the_customers_language(desk):
    number = worked(desk, 120)
    by = Actor("agent", desk.anna.id, "Anna")
    for key, minutes in (("a", 15), ("b", 15)):
        charge_work.log_work(number, minutes, "support", text="", key=key, by=by, now=clock.now())
    low = list(db.session.scalars(select(OutgoingMail).where(OutgoingMail.key.startswith("credit-low"))))
    assert [mail.language for mail in low] == ["fr"]
    assert "/credit/" in low[0].body_text


def test_a_customer_sees_credit_and_buys_more_by_the_link(desk, stranger):
    path = link(desk)
    text = stranger.page(path)
    assert "CHF\u00a0500.00" in text
    assert 'lang="fr"' in text
    page = stranger.page(f"{path}/purchase?product=credit_10h")
    assert "CHF\u00a01’620.00" in page
    assert "CHF\u00a01’751.22" in page
    assert db.session.scalar(select(Invoice.id)) is None
    trap = {"product": "credit_10h", "name": "Carla Compta", "key": "k", "website": "x"}
    for form, status in (
        ({"product": "credit_10h", "name": "", "key": "k"}, 422),
        (trap, 422),
        ({"product": "credit_10h", "name": "Carla Compta", "key": "k"}, 200),
        ({"product": "credit_10h", "name": "Carla Compta", "key": "k"}, 200),
    ):
        assert (
            stranger.post(
                f"{path}/purchases", form, form_on=path + "/purchase?product=credit_10h"
            ).status_code
            == status
        )
    assert len(db.session.scalars(select(Invoice)).all()) == 1
    assert desk.credit("Muster SA") == chf(500)


def test_a_link_opens_its_own_customer_only_and_ends(desk, stranger):
    theirs = manage_invoices.sell_credit(
        desk.exempel.id, "credit_5h", None, key="x", by=SYSTEM, now=clock.now()
    )
    path = link(desk)
    assert stranger.get(f"{path}/invoices/{theirs.id}").status_code == 404
    assert stranger.get("/credit/nonsense").status_code == 404
    desk.clock.move(days=91)
    assert stranger.get(path).status_code == 404


def test_a_lead_uploads_a_bank_file_and_the_credit_counts(desk, lea):
    made = manage_invoices.sell_credit(
        desk.muster.id, "credit_10h", None, key="x", by=SYSTEM, now=clock.now()
    )
    upload = {"file": (BytesIO(camt(made)), "bank.xml")}
    assert lea.post("/bank-files", upload).status_code == 303
    assert desk.credit("Muster SA") == chf(2120)


def test_a_new_price_is_previewed_and_added_and_never_in_the_past(desk, lea):
    form = {"code": "support", "scope": "", "amount": "200.00", "valid_from": "2099-01-01"}
    answer = lea.post("/settings/prices", form)
    assert "180.00" in answer.text
    assert "200.00" in answer.text
    assert lea.post("/settings/prices", form | {"then": "save"}).status_code == 303
    past = lea.post("/settings/prices", form | {"then": "save", "valid_from": "2020-01-01"})
    assert past.status_code == 422
    today = clock.now().date()
    assert queries.price_on("support", today).price.amount == chf(45)
    assert queries.price_on("support", today.replace(year=2099)).price.amount == chf(50)


@pytest.mark.parametrize("language", ["de", "fr", "sv", "en"])
def test_a_statement_as_pdf_in_each_language(desk, anna, language):
    worked(desk, 45)
    with transaction():
        db.session.execute(update(Customer).where(Customer.id == desk.muster.id).values(language=language))
    pdf = anna.get(f"/customers/{desk.muster.id}/statement.pdf").data
    words = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "Analyse" in words
    assert "365" in words


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_no_cell_of_a_table_is_a_formula(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert rows_of(as_csv([(cell, Decimal("-1.50"))]))[0][1] == "-1.50"


def test_the_journal_balances(desk, lea):
    worked(desk, 240)
    manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now())
    table = rows_of(lea.get("/journal.csv").data)
    assert table[0][:5] == ["date", "key", "debit", "credit", "amount"]
    assert {"revenue_work", f"receivable:{desk.muster.number}", "vat_due"} <= {row[3] for row in table[1:]}


def test_the_pages_ask_the_database_twelve_times_at_most(desk, lea, stranger):
    worked(desk, 240)
    manage_invoices.invoice_work(desk.muster.id, by=SYSTEM, now=clock.now())
    path = link(desk)
    for page in (f"/customers/{desk.muster.id}/credit", "/invoices?which=all", "/settings/prices"):
        with statements() as asked:
            lea.page(page)
        assert len(asked) <= 12, (page, asked)
    with statements() as asked:
        stranger.page(path)
    assert len(asked) <= 12, asked


def test_a_running_timer_is_seen_on_every_page_and_stops_with_one_click(desk, anna):
    number = french_ticket(desk, label="support")
    assert "/timer/end" not in anna.page("/customers")
    anna.post(f"/tickets/{number}/timer")
    desk.clock.move(minutes=12)
    for path in ("/queue/open", "/customers", "/quotes", f"/customers/{desk.muster.id}/credit", "/profile"):
        page = anna.page(path)
        assert f'action="/tickets/{number}/timer/end"' in page, path
        assert "12 min" in page, path
    answer = anna.post(f"/tickets/{number}/timer/end", form_on="/customers")
    assert answer.location == f"/tickets/{number}/work/new?minutes=12"
    assert "/timer/end" not in anna.page("/customers")
