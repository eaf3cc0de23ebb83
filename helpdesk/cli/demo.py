"""Demo data for a first look: invented customers, and two days of their mail, through the real doors."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from helpdesk.actions import (
    answer_offer,
    answer_ticket,
    charge_work,
    manage_accounts,
    manage_customers,
    manage_tickets,
    offer_work,
    triage_ticket,
)
from helpdesk.actions.deliver_mail import deliver_due
from helpdesk.actions.handle_mail import handle_due
from helpdesk.actions.live_promises import live_book
from helpdesk.actions.receive_mail import receive
from helpdesk.actions.top_up_credit import top_up
from helpdesk.cli import demo_booking, demo_sign_ins
from helpdesk.cli import demo_mails as mails
from helpdesk.cli.demo_people import AGENTS, ANNA, CUSTOMERS, LEA, SVEN, DemoAgent, DemoCustomer
from helpdesk.cli.demo_sign_ins import SignIn
from helpdesk.cli.output import put
from helpdesk.core.actors import SYSTEM, Actor
from helpdesk.core.business_hours import Calendar
from helpdesk.db import transaction
from helpdesk.mail.eml_folder import EmlFolder
from helpdesk.mail.models import OutgoingMail
from helpdesk.reports import customers, mail_queues
from helpdesk.settings import Settings

# Long enough ago that subscriptions and credit are nothing new.
_HISTORY = timedelta(days=60)


def seed(settings: Settings, now: datetime) -> None:
    """Adds the demo once: never beside customers that exist, never where mail would really leave."""
    entries, _mark = customers.customers_page("", now.date())
    if entries:
        return
    if settings.smtp_url is not None:
        put("No demo data: SMTP_URL is set, and their mails would be sent.")
        return
    put("Adding demo customers and their mail ...")
    # As one transaction: whoever interrupts it finds nothing half done the next time.
    with transaction():
        stage = _Stage(settings, now)
        stage.people()
        stage.play()
    demo_sign_ins.keep(settings.data_dir, stage.sign_ins)


class _Stage:
    """The office of the demo, and its clock."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self._settings = settings
        self._now = now
        self._office = live_book().main
        self._fresh_from = start_of_fresh_mail(self._office, now)
        self._sender = EmlFolder(settings.outbox_dir)
        self._agents: dict[str, Actor] = {}
        self._tickets: dict[str, int] = {}
        self.sign_ins: list[SignIn] = []

    # Who there is

    def people(self) -> None:
        """Agents and customers, as they were long before the first mail."""
        began = self._now - _HISTORY
        for agent in AGENTS:
            password = demo_sign_ins.new_password()
            agent_id = manage_accounts.create_agent(
                agent.email, agent.name, password, agent.role, agent.language, by=SYSTEM, now=began
            )
            manage_accounts.set_signature(agent_id, agent.signature)
            self._agents[agent.email] = Actor("agent", agent_id, agent.name)
            self.sign_ins.append(SignIn(agent.role, agent.language, agent.email, password))
        for customer in CUSTOMERS:
            self._customer(customer, began)
        demo_booking.seed([actor.id for actor in self._agents.values() if actor.id], began)

    def _customer(self, customer: DemoCustomer, began: datetime) -> None:
        by = self._agents[SVEN.email]
        customer_id = manage_customers.add_customer(
            customer.name,
            language=customer.language,
            country=customer.country,
            segment=customer.segment,
            place=customer.place,
            by=by,
            now=began,
        )
        for contact in customer.contacts:
            manage_customers.add_contact(
                customer_id,
                contact.email,
                contact.name,
                language=contact.language,
                order_limit=contact.order_limit,
                by=by,
                now=began,
            )
        if customer.subscription:
            kind, plan = customer.subscription
            assigned = self._agents[customer.assigned].id if customer.assigned else None
            manage_customers.add_subscription(
                customer_id, kind, plan, valid_from=began.date(), assigned_agent_id=assigned, by=by
            )
        if customer.credit:
            top_up(customer_id, customer.credit, reference=f"DEMO-{customer_id:03d}", by=by, now=began)
        if customer.standing:
            manage_customers.grant_standing_authorisation(
                customer_id,
                customer.standing,
                reference="Service contract 2026-17, section 4",
                granted_by=customer.contacts[0].name,
                valid_from=began.date(),
                by=by,
                now=began,
            )

    # What happened

    def play(self) -> None:
        """The working day before, mostly answered, and what has come since."""
        self._dunning(self._before(hours=7))
        self._vat(self._before(hours=6))
        self._logo(self._before(hours=4.5))
        self._period(self._before(hours=3))
        self._mail(mails.EXPORT, self._before(hours=0.7))

        self._mail(mails.USER, self._since(0.1))
        self._mail(mails.INTERFACE, self._since(0.25))
        self._mail(mails.TWO_QUESTIONS, self._since(0.4))
        self._mail(mails.NO_ACCESS, self._since(0.5))
        self._mail(mails.PAYROLL, self._since(0.6))
        self._mail(mails.USER_MORE, self._since(0.7), follows=mails.USER)
        self._mail(mails.PERIOD_REPLY, self._since(0.8), follows=mails.PERIOD)
        self._mail(mails.TRAINING, self._since(0.92))

    def _dunning(self, at: datetime) -> None:
        number = self._mail(mails.DUNNING, at)
        self._reply(number, ANNA, mails.DUNNING_ANSWER, at + timedelta(minutes=25))
        self._mail(mails.DUNNING_THANKS, at + timedelta(minutes=50), follows=mails.DUNNING)
        manage_tickets.close(number, by=self._agents[ANNA.email], now=at + timedelta(minutes=55))

    def _vat(self, at: datetime) -> None:
        lea = self._agents[LEA.email]
        number = self._mail(mails.VAT, at)
        triage_ticket.correct(number, "label", "support", by=lea, now=at + timedelta(minutes=8))
        manage_tickets.assign(number, lea.id, by=lea, now=at + timedelta(minutes=8))
        offer = offer_work.offer_support(number, 45, by=lea, now=at + timedelta(minutes=10))
        answer_offer.by_phone(
            offer,
            True,
            name=mails.VAT.sender.name,
            words=mails.VAT_YES,
            by=lea,
            now=at + timedelta(minutes=15),
        )
        charge_work.log_work(
            number,
            38,
            "support",
            text=mails.VAT_WORK,
            internal=mails.VAT_NOTE,
            key="demo-vat",
            by=lea,
            now=at + timedelta(minutes=58),
        )
        self._reply(number, LEA, mails.VAT_ANSWER, at + timedelta(minutes=60))

    def _logo(self, at: datetime) -> None:
        number = self._mail(mails.LOGO, at)
        self._reply(number, ANNA, mails.LOGO_ANSWER, at + timedelta(minutes=12))
        self._mail(mails.LOGO_AWAY, at + timedelta(minutes=13), follows=mails.LOGO)

    def _period(self, at: datetime) -> None:
        sven = self._agents[SVEN.email]
        number = self._mail(mails.PERIOD, at)
        answer_ticket.note(number, mails.PERIOD_NOTE, by=sven, now=at + timedelta(minutes=35))
        self._reply(number, SVEN, mails.PERIOD_ANSWER, at + timedelta(minutes=40))

    def _mail(self, letter: mails.Letter, at: datetime, follows: mails.Letter | None = None) -> int:
        """Takes the letter in and handles it; returns its ticket."""
        answered = _last_mail_to(letter.sender.email) if follows else None
        to = answered.reply_to if answered else self._settings.support_address
        stored = receive(
            written(letter, to, at, answered.message_id if answered else None),
            source="demo",
            source_key=f"{len(self._tickets)}:{letter.subject}",
            envelope_from="" if letter.automatic else letter.sender.email,
            envelope_to=[to],
            now=at,
        )
        self._work(at)
        number = mail_queues.ticket_of(stored) if stored else None
        if number is None or (follows and number != self._tickets[follows.subject]):
            raise RuntimeError(f"the demo's mail {letter.subject!r} did not become what it should")
        self._tickets[letter.subject] = number
        return number

    def _reply(self, number: int, agent: DemoAgent, text: str, at: datetime) -> None:
        answer_ticket.reply(number, text, by=self._agents[agent.email], now=at)
        self._work(at + answer_ticket.UNDO)

    def _work(self, at: datetime) -> None:
        while handle_due(at):
            pass
        while deliver_due(self._sender, at):
            pass

    # When it happened

    def _before(self, hours: float) -> datetime:
        return working_before(self._office, self._fresh_from, timedelta(hours=hours))

    def _since(self, part: float) -> datetime:
        return self._fresh_from + (self._now - self._fresh_from) * part


def _last_mail_to(address: str) -> OutgoingMail:
    mails_out, _mark = mail_queues.outbox_page()
    return next(mail for mail in mails_out if mail.to_address == address)


def start_of_fresh_mail(office: Calendar, now: datetime) -> datetime:
    """From when on mail is promised for a time ahead: the last closing, or an hour before today's opening.

    So the queue of a fresh demo is not overdue at whatever hour somebody tries it.
    """
    if office.is_open(now):
        opened = next(span.start for span in office.day(office.local_date(now)).open if span.end > now)
        return opened - timedelta(hours=1)
    return office.open_spans(now - timedelta(days=30), now)[-1].end


def working_before(office: Calendar, end: datetime, duration: timedelta) -> datetime:
    """The moment from which so much working time passed until `end`."""
    for span in reversed(office.open_spans(end - timedelta(days=60), end)):
        if span.length >= duration:
            return span.end - duration
        duration -= span.length
    return end - timedelta(days=60)


def written(letter: mails.Letter, to: str, at: datetime, answers: str | None) -> bytes:
    """The letter as bytes, as a mail program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{letter.sender.name} <{letter.sender.email}>"
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=letter.sender.email.rpartition("@")[2])
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(letter.text)
    if letter.attachment:
        name, content_type, content = letter.attachment
        maintype, _, subtype = content_type.partition("/")
        message.add_attachment(content.encode(), maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()
