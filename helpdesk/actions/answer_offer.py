"""The customer's yes or no to an offer: by page, by mail, by phone; recorded once, then followed (B4, B5)."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.actions import credit_notices, notify_agents, offer_work, track_sla
from helpdesk.actions.context import context
from helpdesk.actions.send_mail import put_in_outbox
from helpdesk.billing import quote_hold
from helpdesk.billing.agreement import Approver, Decision, may_accept
from helpdesk.billing.models import Offer, OfferAnswer
from helpdesk.billing.offers import Evidence, Recorded, hold_surcharge, record_answer
from helpdesk.billing.pricing import Taxed
from helpdesk.billing.queries import answer_of, offer_by_token_hash, offers_of, seal_of
from helpdesk.billing.quote_models import Quote
from helpdesk.billing.quote_queries import quote_of_offer
from helpdesk.billing.vat_words import in_a_sentence
from helpdesk.core.actors import Actor
from helpdesk.core.addresses import domain
from helpdesk.core.errors import Conflict, InsufficientCredit, InvalidInput, NotFound
from helpdesk.core.money import Money
from helpdesk.core.tokens import token_hash
from helpdesk.customers.models import Contact
from helpdesk.customers.queries import who_may_order
from helpdesk.db import db, insert_new, transaction
from helpdesk.i18n import speaking
from helpdesk.mail.authentication import authenticate, contains_code, without_code
from helpdesk.mail.consent import Reading, read_reply
from helpdesk.mail.parsed import ParsedMail
from helpdesk.mail.path import Path
from helpdesk.mail.queries import box, raw_mail, was_written
from helpdesk.mail.render import Rendered, render
from helpdesk.sla.policy import Priority
from helpdesk.tickets.models import Participant, Ticket, locked, record, resume


@dataclass(frozen=True, slots=True)
class OfferView:
    """What the page of an offer shows; reading it changes nothing (B5)."""

    offer: Offer
    answer: OfferAnswer | None
    state: str
    quote: Quote | None = None


def see(token: str, now: datetime) -> OfferView:
    """The offer behind a link; raises NotFound for a token that opens nothing."""
    offer = offer_by_token_hash(token_hash(token, offer_work.LINK_PURPOSE))
    if offer is None:
        raise NotFound("This link does not open anything.")
    late = offer.state == "open" and now >= offer.valid_until
    quote = quote_of_offer(offer.id) if offer.kind == "quote" else None
    return OfferView(offer, answer_of(offer.id), "expired" if late else offer.state, quote)


def is_known(offer: Offer, name: str, code: str) -> bool:
    """Whether a person of the customer answers: by a name that we know, or by the code from the offer's mail.

    A machine that fills in forms knows neither; anybody at the customer has the mail at hand.
    """
    asked = db.session.get(Contact, offer.to_contact_id) if offer.to_contact_id else None
    if asked is not None and contains_code(code, offer_work.code_for(offer, asked.email)):
        return True
    names = db.session.scalars(
        select(Contact.name).where(Contact.customer_id == offer.customer_id).limit(_MOST_NAMES)
    )
    return not _words(name).isdisjoint(word for known in names for word in _words(known))


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", name.casefold()))


#: Of one customer, looked through for who signs.
_MOST_NAMES = 500


def by_page(
    token: str, accepted: bool, *, name: str, reason: str = "", ip: str, user_agent: str, now: datetime
) -> OfferView:
    """Records what a person decided on the page that only they were sent the link to.

    A second answer changes nothing and shows the first one. Raises InvalidInput without a name,
    InsufficientCredit when nobody could pay, Conflict when the offer has expired or was withdrawn.
    """
    if not name.strip():
        raise InvalidInput("Write your name, so that we know who decided.", field="name")
    with transaction():
        offer = see(token, now).offer
        ticket = locked(offer.ticket_id)
        contact = db.session.get(Contact, offer.to_contact_id) if offer.to_contact_id else None
        evidence = Evidence(
            "page",
            contact_id=contact.id if contact else None,
            name=name.strip()[:160],
            words=reason.strip()[:2000],
            ip=ip[:45],
            user_agent=user_agent[:300],
        )
        by = Actor("contact", contact.id if contact else None, name.strip()[:160])
        _answer(ticket, offer, accepted, evidence, by, now)
    return see(token, now)


def by_phone(offer_id: int, accepted: bool, *, name: str, words: str, by: Actor, now: datetime) -> None:
    """Records what a customer said on the phone, with their name and the agent who noted it."""
    if not name.strip() or by.kind != "agent":
        raise InvalidInput("Write who said so on the phone.", field="name")
    with transaction():
        offer = db.session.get(Offer, offer_id)
        if offer is None:
            raise NotFound("There is no such offer.")
        ticket = locked(offer.ticket_id)
        evidence = Evidence("phone", agent_id=by.id, name=name.strip()[:160], words=words.strip()[:2000])
        _answer(ticket, offer, accepted, evidence, by, now)


def by_mail(
    ticket: Ticket,
    contact: Contact,
    mail_id: int,
    parsed: ParsedMail,
    path: Path,
    *,
    through_border: bool,
    now: datetime,
) -> bool:
    """Reads a reply as an answer to the ticket's open offer; returns whether it was taken as one.

    Only a clear yes or no in the new text counts. A yes binds when its sender is proven, by our border
    server's word or by the code from the offer, and may order the amount; otherwise it is asked for once
    more, and an agent sees it either way.
    """
    offer = _meant(ticket, contact, parsed)
    if offer is None:
        return False
    code = offer_work.code_for(offer, contact.email)
    read = read_reply(
        without_code(_own_words(parsed.new_text, offer), code),
        offered=(offer.net, offer.gross),
        references=(offer.number, offer.number.partition(" ")[0], str(ticket.id)),
        names=(contact.name, parsed.from_name),
    )
    path.note("consent", offer=offer.id, verdict=read.verdict, why=read.why, words=read.words)
    if read.verdict == "unclear":
        record(ticket.id, "answer_unclear", _author(contact), now, offer=offer.number)
        return False
    proof = _proof(offer, contact, parsed, through_border)
    decision = _binding(offer, contact, proof)
    path.note("entitled", offer=offer.id, proof=proof.get("proof"), code=decision.code)
    if read.verdict == "yes" and not decision.allowed:
        _ask_again(ticket, offer, contact, mail_id, decision, now)
        return False
    evidence = _evidence(contact, mail_id, parsed, read, proof)
    try:
        with db.session.begin_nested():
            _answer(ticket, offer, read.verdict == "yes", evidence, _author(contact), now)
    except (InsufficientCredit, Conflict) as error:
        path.note("not_taken", offer=offer.id, why=error.message)
        record(ticket.id, "answer_not_taken", _author(contact), now, offer=offer.number, why=error.message)
        return False
    return True


def _meant(ticket: Ticket, contact: Contact, parsed: ParsedMail) -> Offer | None:
    """The open offer that the reply speaks of: the one whose code it carries, or the only one."""
    waiting = [offer for offer in offers_of(ticket.id) if offer.state == "open"]
    named = [offer for offer in waiting if _carries_code(offer, contact, parsed)]
    candidates = named or waiting
    return candidates[0] if len(candidates) == 1 else None


def _own_words(text: str, offer: Offer) -> str:
    """The sender's words: some programs quote our offer without any mark, and its "yes" must not count."""
    return text.split(offer.text[:40], 1)[0]


def _carries_code(offer: Offer, contact: Contact, parsed: ParsedMail) -> bool:
    return contains_code(_own_words(parsed.new_text, offer), offer_work.code_for(offer, contact.email))


def _proof(offer: Offer, contact: Contact, parsed: ParsedMail, through_border: bool) -> dict[str, str]:
    """How we know that the sender is who the mail says; empty when we do not (reliability rule 5)."""
    if not parsed.from_trustworthy:
        return {}
    if _carries_code(offer, contact, parsed):
        return {"proof": "code"}
    word = authenticate(
        parsed.authentication_results if through_border else (),
        authserv_id=context().settings.authserv_id,
        from_domain=domain(parsed.from_address),
    )
    return {"proof": "dmarc", **word.evidence()} if word.passed else {}


def _binding(offer: Offer, contact: Contact, proof: dict[str, str]) -> Decision:
    approver = Approver(
        contact.customer_id, contact.may_order, Money(contact.order_limit_minor, offer.currency)
    )
    return may_accept(
        approver,
        offer.net,
        customer_id=offer.customer_id,
        authenticated=bool(proof),
        right_thread=True,
    )


def _evidence(
    contact: Contact, mail_id: int, parsed: ParsedMail, read: Reading, proof: dict[str, str]
) -> Evidence:
    return Evidence(
        "reply",
        contact_id=contact.id,
        name=(contact.name or contact.email)[:160],
        words=read.words[:2000],
        raw_mail_id=mail_id,
        raw_sha256=raw_mail(mail_id).sha256,
        auth_result=proof,
    )


def _answer(
    ticket: Ticket, offer: Offer, accepted: bool, evidence: Evidence, by: Actor, now: datetime
) -> Recorded:
    """Keeps the answer and lets follow what follows, once."""
    recorded = record_answer(offer.id, accepted, evidence, now=now)
    if not recorded.fresh:
        return recorded
    if accepted and offer.kind == "surcharge":
        hold_surcharge(offer.id, by=by, now=now)
        ticket.priority, ticket.urgent_since = Priority.URGENT, now
    if accepted and offer.kind == "quote":
        quote_hold.hold(recorded.answer_id, by=by, now=now)
    if accepted and offer.kind != "work":
        credit_notices.tell_if_low(offer.customer_id, now=now)
    if ticket.status == "waiting":
        resume(ticket, now)
    offer_work.still_open(ticket)
    track_sla.update(ticket)
    ticket.updated_at = now
    code = "offer_accepted" if accepted else "offer_declined"
    record(ticket.id, code, by, now, offer=offer.number, kind=offer.kind, channel=evidence.channel)
    if accepted and offer.kind == "surcharge":
        notify_agents.urgent_accepted(ticket, offer, now)
    if accepted:
        _confirm(ticket, offer, recorded.answer_id, evidence.name, now)
    else:
        _acknowledge_no(ticket, offer, now)
    return recorded


def _confirm(ticket: Ticket, offer: Offer, answer_id: int, who: str, now: datetime) -> None:
    """Tells everybody who may order: a yes that was none comes to light at once (B5).

    They belong to the ticket from now on, so that their "that is wrong" finds its way.
    """
    seal = seal_of(answer_id)
    for person in who_may_order(offer.customer_id, asked=offer.to_contact_id):
        insert_new(Participant, ticket_id=ticket.id, address=person.email, added_at=now)
        rendered = render(
            "offer-accepted",
            person.language,
            number=ticket.id,
            name=person.name,
            what=offer.subject,
            who=who,
            accepted_at=now,
            text=offer.text,
            sums=_sums(offer, person.language),
            seal=seal,
            vendor=context().settings.vendor_name,
        )
        _write(ticket, person, f"offer-accepted:{offer.id}:{person.id}", rendered, now)


def _sums(offer: Offer, language: str) -> str:
    with speaking(language):
        return in_a_sentence(Taxed(offer.net, offer.vat, offer.gross), offer.vat_bp)


def _acknowledge_no(ticket: Ticket, offer: Offer, now: datetime) -> None:
    """Says to the person who was asked that nothing happens and nothing is charged."""
    person = db.session.get(Contact, offer.to_contact_id) if offer.to_contact_id else None
    if person is None:
        return
    rendered = render(
        "offer-declined",
        person.language,
        number=ticket.id,
        name=person.name,
        what=offer.subject,
        kind=offer.kind,
        vendor=context().settings.vendor_name,
    )
    _write(ticket, person, f"offer-declined:{offer.id}", rendered, now)


def _ask_again(
    ticket: Ticket, offer: Offer, contact: Contact, mail_id: int, decision: Decision, now: datetime
) -> None:
    """Says once, to the person the offer went to, what is still missing; agents read the reason."""
    record(ticket.id, "answer_not_binding", _author(contact), now, offer=offer.number, why=decision.code)
    if decision.code != "not_authenticated" or contact.id != offer.to_contact_id:
        return
    rendered = render(
        "offer-confirm",
        contact.language,
        number=ticket.id,
        name=contact.name,
        what=offer.subject,
        vendor=context().settings.vendor_name,
    )
    _write(ticket, contact, f"offer-confirm:{offer.id}", rendered, now)


def _write(ticket: Ticket, person: Contact, key: str, rendered: Rendered, now: datetime) -> None:
    """Queues one automatic mail for one cause; the same cause never writes twice."""
    if was_written(key):
        return
    put_in_outbox(
        rendered,
        key=key,
        ticket_id=ticket.id,
        mailbox=box(ticket.mailbox_id),
        to_address=person.email,
        to_name=person.name,
        language=person.language,
        now=now,
        automatic=True,
    )


def _author(contact: Contact) -> Actor:
    return Actor("contact", contact.id, contact.name or contact.email)
