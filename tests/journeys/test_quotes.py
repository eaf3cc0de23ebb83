"""Work in the customer's absence: quoted, accepted, done, billed; never begun or exceeded without a yes (B4, B6)."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from helpdesk.actions import answer_offer, charge_work, object_to_acceptance, offer_work, quote_work
from helpdesk.actions.context import context
from helpdesk.actions.expire_offers import expire_offers
from helpdesk.actions.watch_quotes import remind_of_quotes, reminder_day, warn_of_overruns
from helpdesk.billing.evidence_models import Objection
from helpdesk.billing.ledger_check import check_ledger
from helpdesk.billing.queries import credit_of, waiting_for_invoice, work_of
from helpdesk.billing.quote_models import Quote
from helpdesk.billing.quote_queries import standing_of_quote, standings
from helpdesk.billing.quotes import by_id
from helpdesk.core.errors import Conflict, NotAllowedYet
from helpdesk.core.money import Money, chf
from helpdesk.db import db
from helpdesk.mail.models import OutgoingMail
from tests.support.desk import Desk
from tests.web.stage import a_quote, french_ticket


def act(desk: Desk, verb, quote: int):
    return verb(quote, by=desk.actor(desk.anna), now=desk.clock.now)


def state(desk: Desk, quote: int) -> str:
    db.session.expire_all()
    return standing_of_quote(by_id(quote), desk.clock.now)


def the_mail(desk: Desk) -> OutgoingMail:
    return [mail for mail in desk.mails_to("compta@muster.example") if mail.key.startswith("offer:")][-1]


@pytest.fixture
def number(desk: Desk) -> int:
    return french_ticket(desk, label="support")


def sent(desk: Desk, number: int, net: Money | None = None, **more: object) -> int:
    quote = a_quote(desk, number, net, **more)  # type: ignore[arg-type]
    act(desk, quote_work.send, quote)
    desk.work()
    return quote


def work(desk: Desk, number: int, minutes: int, key: str) -> None:
    charge_work.log_work(
        number, minutes, "development", text="Import", key=key, by=desk.actor(desk.anna), now=desk.clock.now
    )


def test_a_quote_by_effort_from_draft_to_billed(desk: Desk, number: int) -> None:
    quote = a_quote(desk, number)
    assert state(desk, quote) == "draft"
    act(desk, quote_work.send, quote)
    assert state(desk, quote) == "sent"
    assert (desk.ticket().status, desk.ticket().waiting_for) == ("waiting", "acceptance")
    with pytest.raises(NotAllowedYet):
        work(desk, number, 60, "before")
    assert desk.credit("Muster SA") == chf(500)
    mail = the_mail(desk)
    assert (mail.language, by_id(quote).name) == ("fr", "Q-2026-0001 v1")
    desk.reply(mail, "Bonjour, nous acceptons le devis Q-2026-0001 v1. Cordialement, Carla Compta")
    assert (state(desk, quote), desk.ticket().status) == ("accepted", "open")
    work(desk, number, 60, "one")
    assert (state(desk, quote), desk.credit("Muster SA")) == ("in_work", chf(100))
    act(desk, quote_work.finish, quote)
    assert (state(desk, quote), desk.credit("Muster SA")) == ("done", chf(300))
    with pytest.raises(NotAllowedYet):
        work(desk, number, 60, "after")
    act(desk, quote_work.bill, quote)
    assert state(desk, quote) == "billed"
    assert check_ledger() == []


def test_a_fixed_price_is_charged_whole_when_the_work_is_done(desk: Desk, number: int) -> None:
    quote = sent(desk, number, basis="fixed")
    desk.reply(the_mail(desk), "D'accord.")
    work(desk, number, 15, "one")
    assert desk.credit("Muster SA") == chf(100)  # the rest of the 400 stays held
    act(desk, quote_work.finish, quote)
    assert (state(desk, quote), desk.credit("Muster SA")) == ("done", chf(100))
    with pytest.raises(Conflict):
        act(desk, quote_work.finish, quote)
    assert check_ledger() == []


def test_the_mail_has_the_text_the_code_the_link_and_the_paper(desk: Desk, number: int) -> None:
    sent(desk, number)
    mail = the_mail(desk)
    for said in (
        "Reprise des données",
        "CHF\u00a0400.00",
        "CHF\u00a0432.40",
        "/offers/",
        "Valable sur rendez-vous.",
    ):
        assert said in mail.body_text
    [file] = mail.attachments
    assert file["filename"] == "Q-2026-0001-v1.pdf"
    paper = PdfReader(BytesIO(context().files.get(file["sha256"]))).pages[0].extract_text()
    for said in ("Devis Q-2026-0001 v1", "Import des données", "432.40", "Muster SA", "25 déc. 2026"):
        assert said in paper, paper


def test_work_stops_at_the_accepted_amount_until_a_supplement_is_accepted(desk: Desk, number: int) -> None:
    quote = sent(desk, number)
    desk.reply(the_mail(desk), "D'accord.")
    work(desk, number, 90, "one")
    assert warn_of_overruns(desk.clock.now) == 0
    work(desk, number, 15, "two")
    assert warn_of_overruns(desk.clock.now) == 1
    assert warn_of_overruns(desk.clock.now) == 0
    assert [mail for mail in desk.outbox() if mail.key.startswith(f"agent-quote:{quote}:")]
    work(desk, number, 15, "three")
    with pytest.raises(NotAllowedYet):
        work(desk, number, 15, "four")
    by = desk.actor(desk.anna)
    more = quote_work.draft(
        number, quote_work.content_of(by_id(quote)), by=by, now=desk.clock.now, supplement_to=quote
    )
    act(desk, quote_work.send, more)
    assert by_id(more).name == "Q-2026-0002 v1"
    with pytest.raises(NotAllowedYet):
        work(desk, number, 15, "five")
    desk.reply(the_mail(desk), "D'accord.")
    work(desk, number, 15, "six")
    assert check_ledger() == []


def test_the_customer_declines_and_may_be_asked_anew(desk: Desk, number: int) -> None:
    quote = sent(desk, number)
    desk.reply(the_mail(desk), "Non merci, c'est trop cher.")
    assert state(desk, quote) == "declined"
    again = act(desk, quote_work.revise, quote)
    assert (by_id(again).name, state(desk, again)) == ("Q-2026-0001 v2", "draft")


def test_a_new_version_replaces_the_old_one_when_it_is_sent(desk: Desk, number: int) -> None:
    quote = sent(desk, number)
    first = the_mail(desk)
    second = act(desk, quote_work.revise, quote)
    assert state(desk, quote) == "sent"
    act(desk, quote_work.send, second)
    desk.work()
    assert (state(desk, quote), state(desk, second)) == ("superseded", "sent")
    desk.reply(first, "D'accord, j'accepte le devis Q-2026-0001 v1.")
    assert state(desk, second) == "sent"
    desk.reply(the_mail(desk), "J'accepte.")
    assert state(desk, second) == "accepted"
    with pytest.raises(Conflict):
        act(desk, quote_work.revise, second)


def test_a_late_yes_accepts_nothing_and_renewing_takes_one_click(desk: Desk, number: int) -> None:
    quote = sent(desk, number, days=10)
    mail = the_mail(desk)
    desk.clock.move(days=11)
    expire_offers(desk.clock.now)
    assert state(desk, quote) == "expired"
    with pytest.raises(Conflict):
        act(desk, quote_work.send, quote)
    desk.reply(mail, "Oui, nous acceptons votre offre.")
    assert state(desk, quote) == "expired"
    assert "late_yes" in desk.history()
    assert desk.credit("Muster SA") == chf(500)
    fresh = act(desk, quote_work.renew, quote)
    assert (by_id(fresh).name, state(desk, fresh)) == ("Q-2026-0001 v2", "sent")
    desk.work()
    desk.reply(the_mail(desk), "Oui, nous acceptons votre offre.")
    assert state(desk, fresh) == "accepted"


def test_a_question_after_the_deadline_is_no_late_yes(desk: Desk, number: int) -> None:
    sent(desk, number, days=10)
    mail = the_mail(desk)
    desk.clock.move(days=11)
    expire_offers(desk.clock.now)
    desk.reply(mail, "Oui, mais est-ce encore possible ?")
    assert "late_yes" not in desk.history()


def test_one_reminder_three_working_days_before_the_end(desk: Desk, number: int) -> None:
    sent(desk, number, days=30)  # until Friday, 25 December, a public holiday
    assert str(reminder_day(by_id(1).offer.valid_until)) == "2026-12-22"  # type: ignore[union-attr]
    desk.clock.move(days=26)
    assert remind_of_quotes(desk.clock.now) == 0
    desk.clock.move(days=1)
    assert [remind_of_quotes(desk.clock.now) for _ in range(2)] == [1, 0]
    [mail] = [mail for mail in desk.outbox() if mail.key.startswith("quote-reminder:")]
    assert (mail.to_address, mail.language) == ("compta@muster.example", "fr")
    # The code and the link are in the offer alone; a yes to the reminder counts all the same.
    desk.work()
    desk.reply(mail, "J'accepte.")
    assert state(desk, 1) == "accepted"


def test_nobody_is_reminded_of_what_was_short_or_is_answered(desk: Desk, number: int) -> None:
    sent(desk, number, days=1)
    assert remind_of_quotes(desk.clock.now) == 0
    other = french_ticket(desk, label="support")
    sent(desk, other)
    desk.reply(the_mail(desk), "Non merci.")
    desk.clock.move(days=28)
    assert remind_of_quotes(desk.clock.now) == 0


def test_a_quote_ends_at_the_end_of_its_last_day_in_the_vendors_zone(desk: Desk, number: int) -> None:
    quote = sent(desk, number, days=10)
    until = by_id(quote).offer.valid_until.astimezone(context().settings.zone)  # type: ignore[union-attr]
    assert (until.date() - desk.clock.now.date(), until.strftime("%H:%M")) == (timedelta(days=10), "23:59")


def test_a_draft_is_discarded_and_an_open_quote_withdrawn(desk: Desk, number: int) -> None:
    draft, open_one = a_quote(desk, number), sent(desk, number)
    act(desk, quote_work.withdraw, draft)
    act(desk, quote_work.withdraw, open_one)
    assert {each.state for each in standings(desk.clock.now)} == {"withdrawn"}
    desk.reply(the_mail(desk), "D'accord.")
    assert state(desk, open_one) == "withdrawn"


def test_who_may_not_order_that_much_is_not_asked(desk: Desk, number: int) -> None:
    quote = a_quote(desk, number, chf(5000))
    with pytest.raises(NotAllowedYet):
        act(desk, quote_work.send, quote)
    assert state(desk, quote) == "draft"


def test_a_page_accepts_a_quote_once_and_its_sums_are_the_offers(desk: Desk, number: int) -> None:
    quote = sent(desk, number)
    token = the_mail(desk).body_text.split("/offers/")[1].split()[0]
    for name in ("Carla Compta", "Somebody Else"):
        view = answer_offer.by_page(token, True, name=name, ip="", user_agent="", now=desk.clock.now)
    assert view.answer is not None
    assert view.answer.name == "Carla Compta"
    stored = db.session.get(Quote, quote)
    assert stored is not None
    assert (stored.net, stored.offer.net) == (chf(400), chf(400))  # type: ignore[union-attr]


def held(desk: Desk) -> Money:
    db.session.rollback()
    standing = credit_of(desk.muster.id)
    assert standing is not None
    return standing.held


def test_a_yes_holds_the_amount_until_the_work_is_done_and_gives_the_rest_back(
    desk: Desk, number: int
) -> None:
    quote = sent(desk, number)
    assert held(desk) == chf(0)
    desk.reply(the_mail(desk), "D'accord.")
    assert (held(desk), desk.credit("Muster SA")) == (chf(400), chf(100))
    seen = charge_work.preview(number, 60, "development", now=desk.clock.now)
    assert (seen.net, seen.pays, seen.left) == (chf(200), "credit", chf(100))
    work(desk, number, 60, "one")
    assert (held(desk), desk.credit("Muster SA")) == (chf(200), chf(100))
    [entry] = work_of(number)
    charge_work.log_work(
        number, 15, "development", text="Import", corrects=entry.id, why="typing", key="two",
        by=desk.actor(desk.anna), now=desk.clock.now,
    )  # fmt: skip
    assert (held(desk), desk.credit("Muster SA")) == (chf(350), chf(100))
    act(desk, quote_work.finish, quote)
    assert (held(desk), desk.credit("Muster SA")) == (chf(0), chf(450))
    assert check_ledger() == []


def test_what_credit_does_not_cover_is_invoiced_and_never_held(desk: Desk, number: int) -> None:
    quote = sent(desk, number, chf(700), basis="fixed")
    desk.reply(the_mail(desk), "D'accord.")
    assert (held(desk), desk.credit("Muster SA")) == (chf(500), chf(0))
    act(desk, quote_work.finish, quote)
    assert (held(desk), desk.credit("Muster SA")) == (chf(0), chf(0))
    assert waiting_for_invoice(desk.muster.id) == chf(200)
    assert check_ledger() == []


def test_an_acceptance_that_was_none_gives_the_hold_back(desk: Desk, number: int) -> None:
    sent(desk, number)
    desk.reply(the_mail(desk), "D'accord.")
    [confirmed] = [mail for mail in desk.outbox() if mail.key.startswith("offer-accepted:")]
    desk.reply(confirmed, "C'est faux, nous n'avons rien accepté.")
    objection = db.session.scalars(db.select(Objection)).one()
    assert held(desk) == chf(400)  # frozen until an agent decides
    object_to_acceptance.decide(
        objection.id, stands=False, reason="not theirs", by=desk.actor(desk.anna), now=desk.clock.now
    )
    assert (held(desk), desk.credit("Muster SA")) == (chf(0), chf(500))
    assert check_ledger() == []


def test_no_other_yes_covers_work_in_the_customers_absence(desk: Desk, number: int) -> None:
    by = desk.actor(desk.anna)
    offer = offer_work.offer_support(number, 120, by=by, now=desk.clock.now)
    answer_offer.by_phone(offer, True, name="Carla", words="oui", by=by, now=desk.clock.now)
    assert charge_work.preview(number, 15, "development", now=desk.clock.now).code == "quote_needed"
    with pytest.raises(NotAllowedYet):
        work(desk, number, 15, "one")
    charge_work.log_work(number, 15, "support", text="", key="two", by=by, now=desk.clock.now)
    assert desk.credit("Muster SA") == chf(455)
