"""The customer clicks while their mail arrives and a colleague is on the phone: one answer, one hold (B3)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from helpdesk.actions import answer_offer
from helpdesk.actions.handle_mail import handle_due
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.models import Offer, OfferAnswer, Transfer
from helpdesk.core.money import chf
from helpdesk.db import db
from tests.journeys.test_urgent import asked, held, token_of
from tests.support.desk import Desk

PAGES = 3


def test_page_mail_and_phone_at_the_same_moment_make_one_hold(desk: Desk) -> None:
    mail = asked(desk)
    token, by, now = token_of(mail), desk.actor(desk.anna), desk.clock.now
    [offer] = db.session.scalars(db.select(Offer.id))
    desk.mail_in(desk.answer(mail, "D'accord."), envelope_to=[mail.reply_to], work=False)
    db.session.rollback()
    start = Barrier(PAGES + 2)

    def page(n: int) -> None:
        answer_offer.by_page(token, True, name=f"Carla {n}", ip="", user_agent="", now=now)

    def phone() -> None:
        answer_offer.by_phone(offer, True, name="Carla Compta", words="Oui", by=by, now=now)

    def at_once(act, *known: object) -> None:  # type: ignore[no-untyped-def]
        with desk.app.app_context():
            start.wait(30)
            act(*known)
            db.session.remove()

    with ThreadPoolExecutor(PAGES + 2) as pool:
        running = [pool.submit(at_once, page, n) for n in range(PAGES)]
        running += [pool.submit(at_once, phone), pool.submit(at_once, handle_due, now)]
        for each in running:
            each.result(60)
    desk.work()
    [answer] = db.session.scalars(db.select(OfferAnswer))
    assert answer.accepted
    assert [
        transfer.amount
        for transfer in db.session.scalars(db.select(Transfer).where(Transfer.kind == "pending"))
    ] == [chf(200)]
    assert (held(desk), desk.credit("Muster SA")) == (chf(200), chf(300))
    assert desk.history().count("offer_accepted") == 1
    assert check_ledger() == []
