"""Every route with everybody who may knock; a new route without a row here fails."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from helpdesk.actions import (
    answer_offer,
    backtest_rules,
    charge_work,
    correct_credit,
    edit_rules,
    find_times,
    hold_slot,
    manage_absences,
    manage_authorisations,
    manage_invoices,
    manage_views,
    offer_times,
    offer_work,
    publish_rules,
    quote_work,
    share_calendar,
)
from helpdesk.actions.appointment_mail import manage_token
from helpdesk.actions.context import context
from helpdesk.actions.correct_credit import Wanted
from helpdesk.actions.send_letter import credit_link
from helpdesk.billing.correction_models import CreditCorrection
from helpdesk.billing.invoice_models import Payment
from helpdesk.booking.queries import newest_terms, services
from helpdesk.core import clock
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.money import chf
from helpdesk.db import db, insert_row, transaction
from helpdesk.triage.learning_models import RuleSuggestion
from helpdesk.triage.models import StoredVerdict
from helpdesk.triage.rule_queries import content, published
from helpdesk.triage.suggesting import Suggestion
from tests.booking.office import Office, an_office
from tests.support.desk import Desk
from tests.web.conftest import Browser
from tests.web.factories import a_macro, a_message, a_raw_mail, an_attachment, an_objection, an_outgoing_mail
from tests.web.stage import a_quote, contact, french_ticket, link_of_the_last_offer

pytestmark = pytest.mark.database("sqlite")

SIGN_IN = 303  # strangers are sent to the sign-in page
# endpoint: (method, stranger, agent, lead, admin). 303 is also what a successful form answers.
OPEN = (200, 200, 200, 200)
AGENTS = (SIGN_IN, 200, 200, 200)
ADMINS = (SIGN_IN, 403, 403, 200)
DONE = (SIGN_IN, 303, 303, 303)
LEADS = (SIGN_IN, 403, 200, 200)
LEADS_DO = (SIGN_IN, 403, 303, 303)
TABLE = {
    "GET assets": OPEN,
    "GET favicon": OPEN,
    "GET health.live": OPEN,
    "GET metrics.metrics": OPEN,  # for this machine
    "GET auth.sign_in": (200, 303, 303, 303),
    "POST auth.try_to_sign_in": (422, 422, 422, 422),
    "POST auth.sign_out": (303, 303, 303, 303),
    "POST auth.choose_language": DONE,
    "GET agent.home": DONE,
    "GET agent.queue": AGENTS,
    "GET agent.search": AGENTS,
    "GET agent.saved": AGENTS,
    "POST agent.keep_view": DONE,
    "POST agent.remove_view": (SIGN_IN, 303, 303, 303),
    "GET agent.ticket": AGENTS,
    "GET agent.message_html": AGENTS,
    "GET agent.attachment": AGENTS,
    "POST agent.reply": DONE,
    "POST agent.note": DONE,
    "POST agent.correct": DONE,
    "POST agent.assign": DONE,
    "POST agent.close": DONE,
    "POST agent.reopen": DONE,
    "POST agent.move": DONE,
    "POST agent.split": DONE,
    "POST agent.put_back": DONE,
    "POST agent.merge": DONE,
    "POST agent.unmerge": DONE,
    "GET agent.new_work": AGENTS,
    "GET agent.preview_work": AGENTS,
    "POST agent.log_work": DONE,
    "GET agent.new_offer": AGENTS,
    "POST agent.offer_urgent": DONE,
    "POST agent.offer_support": DONE,
    "POST agent.withdraw_offer": DONE,
    "POST agent.phone_answer": DONE,
    "GET agent.evidence": AGENTS,
    "GET agent.evidence_pdf": AGENTS,
    "POST agent.decide_objection": DONE,
    "POST agent.waive_surcharge": DONE,
    "GET agent.quotes_list": AGENTS,
    "GET agent.new_quote": AGENTS,
    "POST agent.start_quote": DONE,
    "GET agent.quote": AGENTS,
    "POST agent.save_quote": DONE,
    "POST agent.quote_step": DONE,
    "GET agent.quote_pdf": AGENTS,
    "GET agent.customers": AGENTS,
    "GET agent.customer": AGENTS,
    "POST agent.add_credit": (SIGN_IN, 403, 303, 303),
    "GET agent.credit": AGENTS,
    "GET agent.credit_statement": AGENTS,
    "GET agent.new_credit_sale": (SIGN_IN, 403, 200, 200),
    "GET agent.new_correction": (SIGN_IN, 403, 200, 200),
    "POST agent.correct_credit_by_hand": (SIGN_IN, 403, 200, 200),
    "GET agent.corrections_list": (SIGN_IN, 403, 200, 200),
    "POST agent.decide_correction": (SIGN_IN, 403, 303, 303),
    "GET agent.authorisations": (SIGN_IN, 403, 200, 200),
    "POST agent.grant_authorisation": (SIGN_IN, 403, 303, 303),
    "POST agent.end_authorisation": (SIGN_IN, 403, 303, 303),
    "POST agent.assign_payment": (SIGN_IN, 403, 303, 303),
    "POST agent.sell_credit": (SIGN_IN, 403, 303, 303),
    "POST agent.invoice_work": (SIGN_IN, 403, 303, 303),
    "POST agent.save_terms": (SIGN_IN, 403, 303, 303),
    "GET agent.invoices": AGENTS,
    "GET agent.invoice_document": AGENTS,
    "POST agent.pay_invoice": (SIGN_IN, 403, 303, 303),
    "POST agent.cancel_invoice": (SIGN_IN, 403, 303, 303),
    "POST agent.import_bank_file": (SIGN_IN, 403, 303, 303),
    "GET agent.journal_export": (SIGN_IN, 403, 200, 200),
    "GET agent.prices": (SIGN_IN, 403, 200, 200),
    "POST agent.add_price": (SIGN_IN, 403, 200, 200),
    "GET agent.correct_work": AGENTS,
    "POST agent.waive_case": DONE,
    "POST agent.start_timer": DONE,
    "POST agent.stop_timer": DONE,
    "GET public.credit": OPEN,
    "GET public.credit_statement": OPEN,
    "GET public.credit_invoice": OPEN,
    "GET public.credit_purchase": OPEN,
    "POST public.buy_credit": (422, 422, 422, 422),
    "GET agent.outbox": AGENTS,
    "GET agent.outgoing": AGENTS,
    "GET agent.outgoing_html": AGENTS,
    "POST agent.take_back": (SIGN_IN, 409, 409, 409),  # it has left already
    "POST agent.send_again": DONE,
    "POST agent.mail_arrived": DONE,
    "POST agent.drop_draft": (SIGN_IN, 404, 404, 404),  # somebody else's
    "POST agent.release_brake": (SIGN_IN, 403, 303, 303),
    "GET agent.quarantine": AGENTS,
    "GET agent.flight_record": AGENTS,
    "GET agent.raw": AGENTS,
    "POST agent.retry": DONE,
    "POST agent.make_ticket": DONE,
    "POST agent.take_mail_back": (SIGN_IN, 403, 303, 303),
    "POST agent.discard": (SIGN_IN, 403, 303, 303),
    "GET agent.mailboxes": ADMINS,
    "GET agent.new_mailbox": ADMINS,
    "GET agent.mailbox": ADMINS,
    "POST agent.add_mailbox": (SIGN_IN, 403, 403, 303),
    "POST agent.save_mailbox": (SIGN_IN, 403, 403, 303),
    "POST agent.pause_mailbox": (SIGN_IN, 403, 403, 404),  # nothing is fetched
    "POST agent.try_mailbox": (SIGN_IN, 403, 403, 404),
    "POST agent.connect_provider": (SIGN_IN, 403, 403, 404),
    "GET agent.provider_connected": (SIGN_IN, 403, 403, 303),  # nobody asked: told so
    "POST agent.allow_pictures": DONE,
    "GET agent.macros": LEADS,
    "GET agent.new_macro": LEADS,
    "GET agent.macro": LEADS,
    "POST agent.add_macro": (SIGN_IN, 403, 303, 303),
    "POST agent.save_macro": (SIGN_IN, 403, 303, 303),
    "GET agent.macro_text": AGENTS,
    "POST agent.insert_macro": AGENTS,
    "GET agent.profile": AGENTS,
    "POST agent.save_profile": DONE,
    "GET agent.keys": AGENTS,
    "GET agent.health": AGENTS,
    "GET agent.settings_list": AGENTS,
    "GET agent.why": AGENTS,
    "GET agent.rules": LEADS,
    "GET agent.new_rule": LEADS,
    "POST agent.add_rule": (SIGN_IN, 403, 303, 303),
    "GET agent.rule": LEADS,
    "POST agent.save_rule": (SIGN_IN, 403, 422, 422),
    "POST agent.switch_rule": LEADS_DO,
    "POST agent.remove_rule": LEADS_DO,
    "GET agent.concepts": LEADS,
    "GET agent.new_concept": LEADS,
    "POST agent.add_concept": (SIGN_IN, 403, 303, 303),
    "GET agent.concept": LEADS,
    "POST agent.save_concept": (SIGN_IN, 403, 422, 422),
    "GET agent.draft": LEADS,
    "POST agent.discard_draft": LEADS_DO,
    "POST agent.publish": LEADS_DO,
    "GET agent.rule_trial": LEADS,
    "POST agent.try_rules": LEADS,
    "GET agent.rule_versions": LEADS,
    "GET agent.rule_version": LEADS,
    "POST agent.restore_rules": LEADS_DO,
    "POST agent.take_starter": LEADS_DO,
    "POST agent.ask_backtest": LEADS_DO,
    "GET agent.backtest": LEADS,
    "GET agent.backtest_question": LEADS,
    "POST agent.stop_backtest": LEADS_DO,
    "GET agent.learning": LEADS,
    "GET agent.suggestion": LEADS,
    "POST agent.accept_suggestion": LEADS_DO,
    "POST agent.reject_suggestion": LEADS_DO,
    "GET agent.absences": AGENTS,
    "POST agent.add_absence": DONE,
    "POST agent.remove_absence": DONE,
    "GET agent.promise_settings": (SIGN_IN, 403, 200, 200),
    "GET agent.office_settings": (SIGN_IN, 403, 200, 200),
    "POST agent.save_office": (SIGN_IN, 403, 422, 422),  # nothing was typed
    "GET agent.policy_settings": (SIGN_IN, 403, 200, 200),
    "POST agent.save_policy": (SIGN_IN, 403, 422, 422),
    "GET agent.calendar": AGENTS,
    "POST agent.call_off": DONE,
    "GET agent.new_times": AGENTS,
    "POST agent.offer_times": (SIGN_IN, 422, 422, 422),  # no service was chosen
    "GET booking.offered": OPEN,
    "POST booking.take": (303, 303, 303, 303),
    "POST agent.calendar_address": DONE,
    "GET booking.feed": OPEN,
    "POST agent.no_show": (SIGN_IN, 409, 409, 409),  # it has not begun
    "GET agent.booking_settings": AGENTS,
    "GET agent.new_service": LEADS,
    "GET agent.service_settings": LEADS,
    "POST agent.add_service": (SIGN_IN, 403, 422, 422),  # nothing was typed
    "POST agent.save_service": (SIGN_IN, 403, 422, 422),
    "GET agent.hours": AGENTS,
    "POST agent.save_hours": (SIGN_IN, 422, 422, 422),
    "POST agent.save_day": DONE,
    "GET agent.terms": LEADS,
    "POST agent.publish_terms": (SIGN_IN, 403, 422, 422),
    "GET booking.services": OPEN,
    "GET booking.times": OPEN,
    "POST booking.hold": (303, 303, 303, 303),
    "GET booking.details": OPEN,
    "POST booking.describe": (303, 303, 303, 303),
    "GET booking.sent": OPEN,
    "POST booking.keep_longer": (303, 303, 303, 303),
    "GET booking.check": OPEN,
    "POST booking.confirm": (303, 303, 303, 303),
    "GET booking.appointment": OPEN,
    "POST booking.cancel": (303, 303, 303, 303),
    "GET booking.other_times": OPEN,
    "POST booking.move": (422, 422, 422, 422),  # no time was chosen
    "GET booking.invitation": OPEN,
    "GET public.offer": OPEN,
    "GET public.evidence": OPEN,
    "GET public.quote_pdf": OPEN,
    "POST public.accept": (422, 422, 422, 422),
    "POST public.decline": (422, 422, 422, 422),
}
QUOTE = {
    "title": "Import",
    "language": "fr",
    "basis": "fixed",
    "valid_days": "30",
    "text": "Import",
    "minutes": "",
    "price": "400",
}
FORMS = {
    "booking.describe": {"name": "Nina Neu", "email": "nina@fremd.example", "subject": "Import"},
    "agent.save_day": {"day": "2026-12-31", "hours": "09:00-10:00"},
    "agent.add_absence": {"first": "2026-12-24"},
    "agent.add_mailbox": {"address": "new@helpdesk.example", "name": "New", "language": "de", "active": "y"},
    "agent.save_mailbox": {
        "address": "support@helpdesk.example",
        "name": "S",
        "language": "de",
        "active": "y",
    },
    "agent.add_macro": {"name": "One more", "text-de": "Guten Tag {name}"},
    "agent.save_macro": {"name": "Changed", "text-de": "Guten Tag"},
    "auth.choose_language": {"language": "fr"},
    "agent.reply": {"text": "Good day"},
    "agent.keep_view": {"name": "French", "q": "lang:fr"},
    "agent.note": {"text": "Ask Lea"},
    "agent.correct": {"field": "label", "value": "support"},
    "agent.assign": {"agent": ""},
    "agent.log_work": {"minutes": "5", "activity": "support", "key": "walk"},
    "agent.offer_support": {"minutes": "30"},
    "agent.phone_answer": {"answer": "no", "name": "Carla Compta"},
    "agent.start_quote": QUOTE,
    "agent.save_quote": QUOTE,
    "agent.decide_objection": {"decision": "stands", "reason": "They called"},
    "agent.waive_surcharge": {"reason": "Our own fault"},
    "agent.add_credit": {"amount": "100.00", "reference": "R-1"},
    "agent.correct_credit_by_hand": {"kind": "bonus", "amount": "20", "reason": "walk", "key": "walk"},
    "agent.decide_correction": {"decision": "refuse"},
    "agent.grant_authorisation": {"amount": "90", "reference": "Contract 7", "granted_by": "Carla"},
    "agent.assign_payment": {"whose": "nobody"},
    "agent.sell_credit": {"product": "credit_5h", "key": "walk"},
    "agent.save_terms": {"policy": "ask", "limit": "0", "payment_days": "30"},
    "agent.pay_invoice": {"amount": "10.00", "reference": "R-1"},
    "agent.cancel_invoice": {"reason": "changed mind"},
    "agent.add_price": {"code": "support", "scope": "", "amount": "190.00", "valid_from": "2099-01-01"},
    "agent.waive_case": {"kind": "defect", "reason": "our fault"},
    "public.buy_credit": {"product": "credit_5h"},
    "agent.discard": {"reason": "spam"},
    "agent.add_rule": {"name": "walk", "all-0-fact": "where_is", "then-support": "1", "reason": "Walk"},
    "agent.add_concept": {"name": "walk", "means": "walking"},
    "agent.ask_backtest": {"questions": "200"},
    "agent.take_starter": {"then": "leave"},
    "agent.try_rules": {"text": "Where is it?"},
    "agent.save_profile": {"language": "en", "theme": "dark"},
}


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Each rule once for each method that it answers."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint != "agent.queue" or "name" in rule.arguments
    ]


def test_every_route_has_a_row(app):
    known = {f"{method} {rule.endpoint}" for method, rule in routes(app)}
    assert known == set(TABLE) & known, f"write a row for {sorted(known - set(TABLE))}"


@pytest.mark.timeout(400)  # a walk through the whole site
@pytest.mark.parametrize("who", ["stranger", "anna", "lea", "adam"])
def test_every_route_answers_as_the_table_says(
    app: Flask, desk: Desk, request: pytest.FixtureRequest, who: str
):
    browser: Browser = request.getfixturevalue(who)
    column = ["stranger", "anna", "lea", "adam"].index(who)
    wrong = {}
    for method, rule in sorted(routes(app), key=lambda route: route[1].endpoint == "auth.sign_out"):
        name = f"{method} {rule.endpoint}"
        path, page = fresh_path(app, desk, rule), "/profile" if column else "/sign-in"
        if method == "GET":
            answer = browser.get(path)
        else:
            answer = browser.post(path, FORMS.get(rule.endpoint), form_on=page)
        if answer.status_code != TABLE[name][column]:
            wrong[name] = (answer.status_code, TABLE[name][column])
        if column == 0 and TABLE[name] in (AGENTS, DONE) and inside(rule):
            assert answer.location.startswith("/sign-in"), name
    assert not wrong


def inside(rule: Rule) -> bool:
    """Whether only people who signed in come here; elsewhere a redirect is a form that went through."""
    return rule.endpoint != "auth.sign_out" and not rule.endpoint.startswith("booking.")


def fresh_path(app: Flask, desk: Desk, rule: Rule) -> str:
    """The address of a route with rows of its own, so that no form meets what another one did."""
    number = french_ticket(desk, label="hotline", status="open")
    values = {
        "number": number,
        "mailbox_id": desk.mailbox.id,
        "macro_id": a_macro(),
        "name": "open",
        "customer_id": desk.muster.id,
        "mail_id": an_outgoing_mail(number, "compta@muster.example", body_html="<p>Good day</p>"),
        "raw_id": a_raw_mail(state="quarantine"),
        "digest": "x",
        "key": "new",
    }
    values |= rule_values(desk, rule) | money_values(desk, rule, number)
    if rule.arguments & {"appointment_id", "service_id", "agent_id"} or rule.endpoint.startswith("booking."):
        return booking_path(app, desk, rule)
    if "view_id" in rule.arguments:
        anna, at = Actor("agent", desk.anna.id, "Anna"), clock.now()
        values["view_id"] = manage_views.keep("Walk", "lang:fr", shared=True, by=anna, now=at)
    if rule.endpoint == "assets":
        values["name"] = "app.css"
    if "message_id" in rule.arguments or "attachment_id" in rule.arguments:
        message = a_message(number, contact("compta@muster.example"), "Hello", html="<p>Hello</p>")
        sha256 = app_files().put(b"file")
        values |= {"message_id": message, "attachment_id": an_attachment(message, "a.txt", sha256)}
    if (
        {"token", "offer_id", "objection_id"} & rule.arguments and "credit" not in rule.endpoint
    ) or rule.endpoint == "agent.waive_surcharge":
        offer = offer_work.offer_urgent(number, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
        values |= {"offer_id": offer, "token": link_of_the_last_offer().rpartition("/")[2]}
    if rule.endpoint in ("agent.send_again", "agent.mail_arrived"):
        values["mail_id"] = an_outgoing_mail(number, "compta@muster.example", state="unknown", sent_at=None)
    if "quote_id" in rule.arguments or rule.endpoint == "public.quote_pdf":
        values |= {"quote_id": a_quote(desk, number), "step": "sending"}
    if rule.endpoint == "public.quote_pdf":
        quote_work.send(values["quote_id"], by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
        values["token"] = link_of_the_last_offer().rpartition("/")[2]
    if rule.endpoint in ("public.evidence", "agent.waive_surcharge", "agent.decide_objection"):
        by = Actor("agent", desk.anna.id, "Anna")
        answer_offer.by_phone(values["offer_id"], True, name="Carla", words="", by=by, now=clock.now())
    if rule.endpoint == "agent.decide_objection":
        values["objection_id"] = an_objection(values["offer_id"])
    if rule.endpoint == "agent.take_mail_back":
        values["raw_id"] = a_raw_mail(state="discarded")
    if rule.endpoint == "agent.remove_absence":
        day, lead = clock.now().date(), Actor("agent", desk.lea.id, "Lea")
        # The agent's own: leads may remove it as well.
        values["absence_id"] = manage_absences.add_absence(desk.anna.id, day, day, None, by=lead)
    if rule.endpoint == "agent.reopen":
        values["number"] = french_ticket(desk, status="closed", closed_at=clock.now(), due_in=None)
    with app.test_request_context():
        adapter = app.url_map.bind("")
        return adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def booking_path(app: Flask, desk: Desk, rule: Rule) -> str:
    """A page of the booking, with a slot of its own."""
    made = services()
    office = Office(desk, made[0], newest_terms("en")) if made else an_office(desk)
    FORMS["booking.confirm"] = {"terms_id": str(office.terms.id), "terms": "yes"}
    day = next(
        day
        for day in (clock.now().date() + timedelta(days=n) for n in range(7, 60))
        if (free := find_times.times(office.service, day, 1, now=clock.now()).slots)
    )
    FORMS["booking.hold"] = {"start": free[-1].start.isoformat()}
    values: dict[str, object] = {"service_id": office.service.id, "agent_id": desk.anna.id}
    if rule.endpoint in ("booking.offered", "booking.take"):
        number = french_ticket(desk)
        offer_times.offer(number, office.service.id, by=desk.actor(desk.lea), now=clock.now())
        mail = desk.mails_to("compta@muster.example")[-1].body_text
        return "/book/offered/" + mail.split("/book/offered/")[-1].split()[0]
    if rule.endpoint == "booking.feed":
        address = share_calendar.make_address(by=desk.actor(desk.anna), now=clock.now())
        return address.partition("/calendar/")[1] + address.partition("/calendar/")[2]
    if {"token", "appointment_id"} & rule.arguments:
        ip = f"192.0.2.{day.day}{free[0].start.hour % 5}"
        start = free[0].start
        values["token"] = hold_slot.hold(
            office.service.id, start, agent_id=None, language="en", ip=ip, now=clock.now()
        )
        email = f"walk-{day}-{start:%H%M}-{rule.endpoint}@fremd.example".replace("_", "-")
        if rule.endpoint not in ("booking.details", "booking.describe", "booking.keep_longer"):
            proof = office.describe(str(values["token"]), email, company="Fremd AG")
            if rule.endpoint in ("booking.check", "booking.confirm"):
                values["token"] = proof
            elif rule.endpoint != "booking.sent":
                row = office.confirm(proof)
                values |= {"token": manage_token(row), "appointment_id": row.id}
    with app.test_request_context():
        return app.url_map.bind("").build(rule.endpoint, {name: values[name] for name in rule.arguments})


def money_values(desk: Desk, rule: Rule, number: int) -> dict[str, object]:
    """An invoice, a work entry and a link to the credit page, for the routes that name them."""
    made: dict[str, object] = {"kind": "csv"}
    if "invoice_id" in rule.arguments:
        key = f"walk-{number}"
        made["invoice_id"] = manage_invoices.sell_credit(
            desk.muster.id, "credit_5h", None, key=key, by=SYSTEM, now=clock.now()
        ).id
    if "entry_id" in rule.arguments:
        by = Actor("agent", desk.anna.id, "Anna")
        made["entry_id"] = charge_work.log_work(
            number, 5, "support", text="", key=f"walk-{number}", by=by, now=clock.now()
        )
    if "correction_id" in rule.arguments:
        made["correction_id"] = a_correction(desk, number)
    if "authorisation_id" in rule.arguments:
        made["authorisation_id"] = manage_authorisations.grant(
            desk.muster.id, chf(90), month=None, valid_from=clock.now().date(), valid_until=None,
            reference="Contract 7", granted_by="Carla", by=Actor("agent", desk.lea.id, "Lea"),
            now=clock.now(),
        )  # fmt: skip
    if "payment_id" in rule.arguments:
        made["payment_id"] = a_payment(f"walk-{number}")
    if rule.endpoint.startswith("public.") and "credit" in rule.endpoint:
        with transaction():
            carla = contact("compta@muster.example")
            made["token"] = credit_link(carla, desk.muster.id, clock.now()).rpartition("/")[2]
    return made


def a_correction(desk: Desk, number: int) -> int:
    """A bonus above CHF 500 that Anna asked for and that waits for somebody else."""
    wanted = Wanted("bonus", desk.muster.id, chf(600), reason="walk")
    key = f"walk-{number}"
    correct_credit.ask(wanted, key=key, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    return db.session.scalars(select(CreditCorrection.id).where(CreditCorrection.key == key)).one()


def a_payment(key: str) -> int:
    """Money that named no invoice."""
    with transaction():
        return insert_row(
            Payment, key=key, source="camt", amount_minor=1000, currency="CHF",
            booked_on=clock.now().date(), created_at=clock.now(),
        )  # fmt: skip


def rule_values(desk: Desk, rule: Rule) -> dict[str, object]:
    """A rule, a concept and a version to name; one published version more than judges, and a draft."""
    publish_rules.seed_rules(clock.now())
    lead = Actor("agent", desk.lea.id, "Lea")
    first = published()[-1]
    edit_rules.discard(by=lead)
    if rule.endpoint in ("agent.publish", "agent.restore_rules"):
        one = content(first.id).rules[0]
        new = {**one, "name": f"walk_{len(published())}"}
        edit_rules.save("rule", new["name"], new, was=None, by=lead, now=clock.now())
        backtest_rules.ask_backtest(200, by=lead, now=clock.now())
        while backtest_rules.replay_some(clock.now()):
            pass
    if rule.endpoint == "agent.restore_rules":
        publish_rules.publish(by=lead, now=clock.now())
    about = str(rule.endpoint)
    if about == "agent.why":
        desk.mail_in("Où se trouve la liste ?")
        return {"number": desk.tickets()[-1].id}
    values: dict[str, object] = {}
    if "backtest" in about:
        walked = {"name": "walk", "all": ["where_is"], "then": {"support": 1}, "reason": "Walk"}
        edit_rules.save("rule", "walk", walked, was=None, by=lead, now=clock.now())
    if "suggestion_id" in rule.arguments:
        return {"suggestion_id": suggested()}
    if "backtest_id" in rule.arguments:
        desk.mail_in("Où se trouve la liste ?")
        values["backtest_id"] = backtest_rules.ask_backtest(200, by=lead, now=clock.now())
        values["verdict_id"] = db.session.scalar(select(func.max(StoredVerdict.id)))
    name = "where_is" if "concept" in about else "where_something_is"
    return (
        values | {"version_id": first.id} | ({"name": name} if "rule" in about or "concept" in about else {})
    )


def suggested() -> int:
    """A suggestion that nobody has decided yet."""
    with transaction():
        data = Suggestion(
            "word", "support", "training", (), (), "de", f"wort{uuid4().hex}", "where_is"
        ).as_data()
        row = RuleSuggestion(key=f"word:{data['term']}", state="open", data=data, made_at=clock.now())
        db.session.add(row)
    return row.id


def app_files():
    """The file store of the application under test."""
    return context().files


@pytest.mark.parametrize(
    "path",
    [
        "/tickets/999999",
        "/tickets/0",
        "/tickets/99999999999999999999999999",
        "/tickets/-1",
        "/tickets/1001/messages/999999/html",
        "/tickets/1001/attachments/999999",
        "/customers/999999",
        "/customers/4294967296",
        "/outbox/999999",
        "/mail/999999",
        "/offers/no-such-token",
        "/offers/" + "x" * 5000,
        "/queue/nonsense",
        "/outbox?state=nonsense",
        "/assets/x/../../settings.py",
        "/assets/x/passwd",
        "/console",
        "/static/",
        "/.env",
    ],
)
def test_what_is_not_there_is_a_plain_404(anna: Browser, path: str):
    answer = anna.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_files_and_messages_are_found_only_under_their_own_ticket(app, desk, anna):
    mine, other = french_ticket(desk), french_ticket(desk)
    message = a_message(other, contact("compta@muster.example"), "Hello", html="<p>x</p>")
    file = an_attachment(message, "a.txt", app_files().put(b"file"))
    assert anna.get(f"/tickets/{other}/attachments/{file}").status_code == 200
    assert anna.get(f"/tickets/{mine}/attachments/{file}").status_code == 404
    assert anna.get(f"/tickets/{other}/messages/{message}/html").status_code == 200
    assert anna.get(f"/tickets/{mine}/messages/{message}/html").status_code == 404


def test_an_offer_is_withdrawn_only_under_its_own_ticket(desk, anna):
    mine, other = french_ticket(desk), french_ticket(desk)
    offer = offer_work.offer_urgent(other, by=Actor("agent", desk.anna.id, "Anna"), now=clock.now())
    assert anna.post(f"/tickets/{mine}/offers/{offer}/withdrawal").status_code == 404
    assert anna.post(f"/tickets/{other}/offers/{offer}/withdrawal").status_code == 303


@pytest.mark.parametrize("path", ["/tickets/1001/closure", "/offers/x/acceptance", "/sign-out", "/language"])
def test_reading_an_address_that_changes_something_is_refused(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
