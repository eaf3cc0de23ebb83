"""The office's money in one process: charge, invoice, answers, objection; every step may be the last."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from helpdesk.actions import answer_offer, charge_work, manage_invoices
from helpdesk.actions.handle_mail import handle_due
from helpdesk.app import create_app
from helpdesk.billing import queries
from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.invoice_models import Invoice
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import OfferAnswer, Transfer, WorkEntry
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from helpdesk.settings import read_settings
from helpdesk.tickets.models import Event
from tests.faults.crash import Fuse
from tests.faults.office import arm


def work(job: dict[str, Any]) -> None:
    """Does the job's one deed, with a step before each write and around each commit."""
    settings = read_settings(job["environment"], Path(job["environment"]["HELPDESK_DATA_DIR"]))
    app = create_app(settings)
    with app.app_context():
        arm(Fuse(job["crash_at"], Path(job["trace"])), every_statement=job["every_statement"])
        _DEEDS[job["deed"]](job, datetime.fromisoformat(job["now"]))
        if "tell" in job:
            Path(job["tell"]).write_text(json.dumps(_standing(job["customer"])))
        db.session.remove()
        db.engine.dispose()


def _charge(job: dict[str, Any], now: datetime) -> None:
    charge_work.log_work(
        job["number"], 38, job.get("activity", "support"), text="Import", key="the form",
        by=Actor("agent", job["agent"], "Anna"), now=now,
    )  # fmt: skip


def _invoice(job: dict[str, Any], now: datetime) -> None:
    manage_invoices.invoice_work(job["customer"], by=SYSTEM, now=now)


def _page(job: dict[str, Any], now: datetime) -> None:
    answer_offer.by_page(job["token"], True, name="Carla Compta", ip="192.0.2.1", user_agent="", now=now)


def _mail(_job: dict[str, Any], now: datetime) -> None:
    while handle_due(now):
        pass


def _standing(customer: int) -> dict[str, Any]:
    """What the books say in the end; the same after every death."""

    def all_of(column: Any) -> list[Any]:
        return sorted(db.session.scalars(select(column)))

    credit = queries.credit_of(customer)
    return {
        "findings": [str(each) for each in check_ledger()],
        "credit": [credit.posted.minor, credit.held.minor] if credit else [],
        "transfers": all_of(Transfer.key),
        "entries": all_of(WorkEntry.key),
        "answers": all_of(OfferAnswer.offer_id),
        "objections": all_of(Objection.answer_id),
        "invoices": all_of(Invoice.number),
        "mails": all_of(OutgoingMail.key),
        "history": all_of(Event.code),
    }


_DEEDS = {"charge": _charge, "invoice": _invoice, "page": _page, "mail": _mail}
