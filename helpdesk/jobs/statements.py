"""Last month's statements of credit, drawn and handed over to be mailed."""

from datetime import date, datetime, time

from helpdesk.actions.context import context
from helpdesk.actions.credit_letters import Monthly, send_statements
from helpdesk.actions.live_promises import live_book
from helpdesk.customers.models import Customer
from helpdesk.reports.statement import statement_of
from helpdesk.reports.statement_paper import as_pdf


def mail_statements(now: datetime) -> int:
    """Mails those that are due; harmless when repeated."""
    return send_statements(_drawn, now=now)


def _drawn(customer: Customer, first: date, last: date) -> Monthly | None:
    """None for a month in which nothing moved on an empty credit."""
    zone = live_book().main.zone
    found = statement_of(customer, first, last, zone)
    if not found.lines and not found.closing:
        return None
    made_at = datetime.combine(last, time(), zone)
    pdf = as_pdf(found, customer.language, vendor=context().settings.vendor_name, made_at=made_at)
    return Monthly(f"{customer.number}-{first:%Y-%m}.pdf", pdf, found.closing)
