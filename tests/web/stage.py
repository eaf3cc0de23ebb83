"""Who is on the desk's stage, as rows that the factories need."""

from sqlalchemy import select

from helpdesk.actions import quote_work
from helpdesk.billing.models import Offer
from helpdesk.billing.quotes import Content, Line
from helpdesk.core import clock
from helpdesk.core.money import Money, chf
from helpdesk.customers.models import Contact
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from tests.support.desk import Desk
from tests.web.factories import a_ticket


def contact(address: str) -> Contact:
    """The contact with this address."""
    return db.session.scalars(select(Contact).where(Contact.email == address)).one()


def french_ticket(desk: Desk, **values: object) -> int:
    """A ticket of Muster SA, whose contact may order."""
    return a_ticket(desk.mailbox, contact("compta@muster.example"), **values)  # type: ignore[arg-type]


def german_ticket(desk: Desk, **values: object) -> int:
    """A ticket of Beispiel AG, whose contact may not order."""
    return a_ticket(desk.mailbox, contact("info@beispiel.example"), **values)  # type: ignore[arg-type]


def link_of_the_last_offer() -> str:
    """The path of the page that the newest offer's mail links to."""
    text = db.session.scalars(
        select(OutgoingMail.body_text)
        .where(OutgoingMail.body_text.contains("/offers/"))
        .order_by(OutgoingMail.id.desc())
    ).first()
    assert text is not None
    return "/offers/" + text.split("/offers/")[1].split()[0]


def the_offer() -> Offer:
    """The newest offer, as it stands in the database now."""
    db.session.expire_all()
    return db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()  # type: ignore[return-value]


def a_quote(
    desk: Desk, number: int, net: Money | None = None, *, basis: str = "effort", days: int = 30
) -> int:
    """The draft of a quote of one line on a ticket, in French."""
    lines = [Line("Import des données", net or chf(400), 120)]
    content = Content("Reprise des données", "fr", basis, days, lines, "Valable sur rendez-vous.")
    return quote_work.draft(number, content, by=desk.actor(desk.anna), now=clock.now())
