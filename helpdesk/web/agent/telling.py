"""History and paths in words: codes and data become one sentence in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.billing.causes import CAUSES
from helpdesk.billing.models import Transfer
from helpdesk.core.money import Money
from helpdesk.i18n import amount, lazy, moment
from helpdesk.i18n import gettext as _
from helpdesk.mail.models import RawMail
from helpdesk.tickets.models import Event
from helpdesk.web.agent.reasons import told_reason, told_unread

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what happened, who did it (empty: the system), when."""

    sentence: str
    who: str
    at: datetime | None


LABELS = {"hotline": lazy("Hotline, free"), "support": lazy("Paid support")}
KINDS = {
    "usage_question": lazy("Question of use"),
    "explanation": lazy("Explanation"),
    "error": lazy("Error"),
    "training": lazy("Training"),
    "configuration": lazy("Configuration"),
    "custom_work": lazy("Custom work"),
    "appointment": lazy("Appointment"),
    "licence": lazy("Licence"),
    "billing_question": lazy("Question about an invoice"),
    "feedback": lazy("Feedback"),
    "complaint": lazy("Complaint"),
    "cancellation": lazy("Cancellation"),
    "spam": lazy("Spam"),
    "auto_reply": lazy("Automatic reply"),
    "thanks_only": lazy("Thanks only"),
    "other": lazy("Other"),
}
ACTIVITIES = {
    "support": lazy("Support by a specialist"),
    "training": lazy("Training"),
    "development": lazy("Custom development"),
}
_FIELDS: dict[str, Callable[[Data], str]] = {
    "label": lambda d: _("Class changed to “%(value)s”", value=label_name(d.get("after"))),
    "kind": lambda d: _("Kind changed to “%(value)s”", value=kind_name(d.get("after"))),
    "urgent": lambda d: _("Marked as urgent") if d.get("after") == "yes" else _("Marked as not urgent"),
}


def label_name(label: object) -> str:
    """Hotline, paid support, or undecided."""
    return _(LABELS.get(str(label), "Undecided"))


def kind_name(kind: object) -> str:
    """What kind of request it is."""
    return _(KINDS.get(str(kind), str(kind or "")))


def _money(data: Data, name: str = "net") -> str:
    value = data.get(name)
    return amount(Money(value, str(data.get("currency", "CHF")))) if isinstance(value, int) else ""


def _opened(data: Data) -> str:
    linked = data.get("linked_to")
    if data.get("passed_on_for"):
        return _("Opened by a mail that was passed on for %(address)s", address=data.get("passed_on_for"))
    if data.get("why") == "split":
        return _("Opened for a mail from ticket #%(number)s", number=linked)
    if linked:
        return _("Opened by mail; it names ticket #%(number)s", number=linked)
    return _("Opened by mail")


def _corrected(data: Data) -> str:
    say = _FIELDS.get(str(data.get("field")))
    sentence = say(data) if say else _("Corrected")
    if data.get("before") == data.get("after") and data.get("field") == "label":
        sentence = _("Class confirmed: %(value)s", value=label_name(data.get("after")))
    reason = str(data.get("reason") or "")
    return _("%(what)s: %(reason)s", what=sentence, reason=reason) if reason else sentence


def _worked(data: Data) -> str:
    if data.get("net"):
        return _(
            "%(minutes)s min worked, %(billed)s min charged: %(net)s",
            minutes=data.get("minutes"),
            billed=data.get("billed"),
            net=_money(data),
        )
    return _("%(minutes)s min worked, nothing charged", minutes=data.get("minutes"))


def _channel(data: Data) -> str:
    channels = {"page": _("on the page"), "reply": _("by mail"), "phone": _("on the phone")}
    return channels.get(str(data.get("channel")), "")


_EVENTS: dict[str, Callable[[Data], str]] = {
    "opened": _opened,
    "customer_replied": lambda d: _("The customer answered"),
    "reopened_by_reply": lambda d: _("Reopened by an answer of the customer"),
    "automatic_mail": lambda d: _("An automatic mail arrived; nothing changed"),
    "replied": lambda d: _("Answered"),
    "noted": lambda d: _("Internal note"),
    "assigned": lambda d: _("Assigned to %(name)s", name=d.get("to")),
    "unassigned": lambda d: _("Given back to all"),
    "closed": lambda d: _("Closed"),
    "promise_warning": lambda d: _("The promise is running out; told %(name)s", name=d.get("to") or "–"),
    "promise_broken": lambda d: _("The promise was not kept; told %(name)s", name=d.get("to") or "–"),
    "reopened": lambda d: _("Reopened"),
    "corrected": _corrected,
    "urgent_offered": lambda d: _("Urgent handling offered for %(net)s", net=_money(d)),
    "work_offered": lambda d: _(
        "Paid support offered: %(minutes)s min, %(net)s", minutes=d.get("minutes"), net=_money(d)
    ),
    "offer_accepted": lambda d: _(
        "Offer %(offer)s accepted %(channel)s", offer=d.get("offer"), channel=_channel(d)
    ),
    "offer_declined": lambda d: _(
        "Offer %(offer)s declined %(channel)s", offer=d.get("offer"), channel=_channel(d)
    ),
    "offer_withdrawn": lambda d: _("Offer %(offer)s withdrawn", offer=d.get("offer")),
    "offer_expired": lambda d: _("Offer %(offer)s expired", offer=d.get("offer")),
    "acceptance_objected": lambda d: _(
        "The customer says that the acceptance of offer %(offer)s is wrong; it is frozen until you decide",
        offer=d.get("offer"),
    ),
    "objection_refused": lambda d: _(
        "The acceptance of offer %(offer)s stands: %(reason)s", offer=d.get("offer"), reason=d.get("reason")
    ),
    "acceptance_cancelled": lambda d: _(
        "The acceptance of offer %(offer)s was cancelled: %(reason)s",
        offer=d.get("offer"),
        reason=d.get("reason"),
    ),
    "surcharge_waived": lambda d: _(
        "Surcharge of %(net)s waived: %(reason)s", net=_money(d), reason=d.get("reason")
    ),
    "quote_drafted": lambda d: _("Quote %(quote)s written, %(net)s", quote=d.get("quote"), net=_money(d)),
    "quote_discarded": lambda d: _("Quote %(quote)s discarded", quote=d.get("quote")),
    "quote_sent": lambda d: _("Quote %(quote)s sent, %(net)s", quote=d.get("quote"), net=_money(d)),
    "quote_reminded": lambda d: _("Reminded of quote %(quote)s", quote=d.get("quote")),
    "quote_nearly_used": lambda d: _(
        "%(net)s of quote %(quote)s used: more needs a supplement", net=_money(d), quote=d.get("quote")
    ),
    "quote_done": lambda d: _("Work of quote %(quote)s done, %(net)s", quote=d.get("quote"), net=_money(d)),
    "quote_billed": lambda d: _("Quote %(quote)s billed", quote=d.get("quote")),
    "late_yes": lambda d: _(
        "A yes to quote %(quote)s came after its deadline: renew it with one click", quote=d.get("quote")
    ),
    "answer_unclear": lambda d: _(
        "The answer to offer %(offer)s is not clear: read it and call", offer=d.get("offer")
    ),
    "answer_not_taken": lambda d: _("The answer to offer %(offer)s came too late", offer=d.get("offer")),
    "answer_not_binding": lambda d: _(
        "The yes to offer %(offer)s is not binding: %(why)s", offer=d.get("offer"), why=why_not(d.get("why"))
    ),
    "nobody_may_order": lambda d: _("Urgent handling was not offered: nobody of this customer may order it"),
    "work_logged": _worked,
    "work_corrected": lambda d: _("Corrected: %(work)s", work=_worked(d)),
    "case_waived": lambda d: (
        _("Not charged, a defect of the product: %(reason)s", reason=d.get("reason"))
        if d.get("kind") == "defect"
        else _("Not charged, goodwill: %(reason)s", reason=d.get("reason"))
    ),
    "mail_failed": lambda d: _("A mail could not be delivered: %(error)s", error=d.get("error")),
    "mail_in_doubt": lambda d: _("It is not known whether a mail arrived: %(error)s", error=d.get("error")),
    "mail_tried_again": lambda d: _("A mail to %(to)s is sent once more", to=d.get("to")),
    "mail_arrived": lambda d: _("A mail to %(to)s did arrive", to=d.get("to")),
    "mail_replaced": lambda d: _("A mail to %(to)s was corrected and sent anew", to=d.get("to")),
    "taken_back": lambda d: _("The answer was taken back before it left"),
    "mail_bounced": lambda d: _("A mail came back: %(to)s does not take it", to=_list(d.get("to"))),
    "mail_delayed": lambda d: _("A mail to %(to)s is delayed", to=_list(d.get("to"))),
    "message_moved_away": lambda d: _("A mail was moved to ticket #%(number)s", number=d.get("to")),
    "message_moved_here": lambda d: _("A mail came from ticket #%(number)s", number=d.get("origin")),
    "message_split": lambda d: _("A mail became ticket #%(number)s", number=d.get("to")),
    "message_put_back": lambda d: _("A mail was put back to ticket #%(number)s", number=d.get("to")),
    "message_came_back": lambda d: _("A mail came back from ticket #%(number)s", number=d.get("origin")),
    "closed_empty": lambda d: _(
        "Closed, because its only mail is on ticket #%(number)s now", number=d.get("to")
    ),
    "merged": lambda d: _("Merged into ticket #%(number)s", number=d.get("to")),
    "merged_here": lambda d: _("Ticket #%(number)s was merged into this one", number=d.get("origin")),
    "unmerged": lambda d: _("Taken out of ticket #%(number)s again", number=d.get("origin")),
    "unmerged_here": lambda d: _("Ticket #%(number)s was taken out again", number=d.get("to")),
    "times_offered": lambda d: _("Three times offered: %(when)s", when=_moments(d.get("times"))),
    "appointment_booked": lambda d: _(
        "Appointment booked: %(when)s with %(agent)s", when=_moment(d.get("starts")), agent=d.get("agent")
    ),
    "appointment_moved": lambda d: _(
        "Appointment moved from %(was)s to %(when)s", was=_moment(d.get("was")), when=_moment(d.get("starts"))
    ),
    "appointment_cancelled": lambda d: (
        _("Appointment on %(when)s cancelled late, the fee is charged", when=_moment(d.get("starts")))
        if d.get("late")
        else _("Appointment on %(when)s cancelled in time", when=_moment(d.get("starts")))
    ),
    "appointment_called_off": lambda d: _(
        "We called the appointment on %(when)s off: %(reason)s",
        when=_moment(d.get("starts")),
        reason=d.get("reason") or "-",
    ),
    "appointment_no_show": lambda d: _(
        "Nobody came on %(when)s, the fee is charged", when=_moment(d.get("starts"))
    ),
    "appointment_no_show_undone": lambda d: _(
        "The no-show of %(when)s was undone, the fee is given back", when=_moment(d.get("starts"))
    ),
    "appointment_done": lambda d: _("The appointment on %(when)s took place", when=_moment(d.get("starts"))),
    "pictures_allowed": lambda d: _("Pictures from elsewhere are loaded for one message"),
    "pictures_blocked": lambda d: _("Pictures from elsewhere are no longer loaded for one message"),
    "imported": lambda d: _("Imported from before the mailbox was connected"),
}


def why_not(code: object) -> str:
    """Why a yes does not bind, in words."""
    words = {
        "not_authenticated": _("the sender is not proven"),
        "other_customer": _("the sender does not belong to this customer"),
        "may_not_order": _("the sender may not order"),
        "above_limit": _("the amount is above the sender's limit"),
        "wrong_thread": _("it answers something else"),
    }
    return words.get(str(code), str(code))


def told_booking(transfer: Transfer) -> str:
    """What a booking is for, and what a hold became."""
    cause = _(CAUSES.get(transfer.cause, transfer.cause))
    said = {
        "pending": _("%(what)s, held", what=cause),
        "void": _("%(what)s, hold released", what=cause),
        "expire": _("%(what)s, hold expired", what=cause),
        "reverse": _("%(what)s, reversed", what=cause),
    }.get(transfer.kind, cause)
    return f"{said} · {transfer.cause_ref}" if transfer.cause_ref else said


def _list(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _once(value: object) -> object:
    """Each entry of a list once: a rule that several words speak for counts as one."""
    return list(dict.fromkeys(value)) if isinstance(value, list) else value


def _moments(value: object) -> str:
    return "; ".join(map(_moment, value)) if isinstance(value, list) else ""


def _moment(value: object) -> str:
    return moment(datetime.fromisoformat(value)) if isinstance(value, str) else ""


def told_event(event: Event) -> Told:
    """One line of a ticket's history; a code that is not known yet is shown as it is."""
    say = _EVENTS.get(event.code)
    return Told(say(event.data) if say else event.code, event.actor_name, event.at)


_STEPS: dict[str, Callable[[Data], str]] = {
    "stored": lambda d: _stored(d),
    "read": lambda d: _read(d),
    "unread": lambda d: told_unread(d.get("why")),
    "reused_id": lambda d: _("Its Message-ID was used before, by mail %(number)s", number=d.get("of")),
    "passed_on": lambda d: told_reason({**d, "reason": "passed_on"}),
    "told_too_large": lambda d: _("The sender was told that it is too large"),
    "moved": lambda d: _(
        "Moved from ticket #%(origin)s to #%(number)s", origin=d.get("from"), number=d.get("to")
    ),
    "moved_back": lambda d: _(
        "Put back from ticket #%(origin)s to #%(number)s", origin=d.get("from"), number=d.get("to")
    ),
    "taken_back": lambda d: _("Taken back; it waits in quarantine again"),
    "made_a_ticket": lambda d: _("Made ticket #%(number)s, with the mail as it came", number=d.get("ticket")),
    "handled": lambda d: _("Done") if d.get("state") != "discarded" else _("Put away"),
    "copy": lambda d: _("Recognised as a copy of message %(number)s; nothing followed", number=d.get("of")),
    "mailbox": lambda d: _("Addressed to %(address)s", address=d.get("address")),
    "own_mail": lambda d: _("It is our own mail that came back; put away"),
    "placed": lambda d: _placed(d),
    "sender": lambda d: _sender(d),
    "form": lambda d: _(
        "A web form names %(name)s as its writer. Nobody has checked that.",
        name=f"{d.get('name') or ''} <{d.get('address')}>".strip(),
    ),
    "opened": lambda d: _("Opened ticket #%(number)s", number=d.get("ticket")),
    "imported": lambda d: _("Imported quietly into ticket #%(number)s", number=d.get("ticket")),
    "joined": lambda d: _("Joined ticket #%(number)s", number=d.get("ticket")),
    "automatic": lambda d: _("Recognised as automatic: %(why)s", why=_list(d.get("why"))),
    "triaged": lambda d: _(
        "Judged as “%(label)s”, kind “%(kind)s”, sure to %(percent)s %%, by the rules %(rules)s",
        label=label_name(d.get("label")),
        kind=kind_name(d.get("kind")),
        percent=round(100 * float(d.get("confidence") or 0)),
        rules=_list(_once(d.get("rules"))) or "-",
    ),
    "promised": lambda d: _("Promised until %(due)s", due=_moment(d.get("due"))),
    "acknowledged": lambda d: _("Acknowledged with outgoing mail %(number)s", number=d.get("mail")),
    "not_acknowledged": lambda d: _("Not acknowledged: %(why)s", why=_unanswered(d.get("why"))),
    "urgent_offered": lambda d: _("Urgent handling offered"),
    "urgent_not_offered": lambda d: _unoffered(d.get("why")),
    "bounce": lambda d: _(
        "A bounce of our mail %(number)s to %(to)s", number=d.get("mail"), to=_list(d.get("to"))
    ),
    "bounce_of_unknown": lambda d: _("A bounce of a mail that is not ours"),
    "consent": lambda d: _(
        "Read as an answer to an offer: %(answer)s (“%(words)s”)",
        answer=d.get("answer"),
        words=d.get("words"),
    ),
    "entitled": lambda d: _("Right to answer: %(why)s", why=why_not(d.get("code"))),
    "not_taken": lambda d: _("The answer was not taken: %(why)s", why=d.get("why")),
    "retried": lambda d: _("Tried again"),
    "discarded": lambda d: _("Put away: %(reason)s", reason=d.get("reason")),
    "failed": lambda d: _("Failed: %(error)s", error=told_failure(d.get("error"))),
}


def told_failure(reason: object) -> str:
    """Why handling a mail failed; what the program said stays in its own words."""
    if reason == "died":
        return _("The process ended each time this mail was handled, probably for lack of memory.")
    return str(reason) if reason else _("No reason was recorded")


def told_kept(mail: RawMail) -> str:
    """Why a mail waits in quarantine, or why it was put away."""
    if mail.state != "discarded":
        return told_failure(mail.error)
    told = [step for step in mail.path if step.get("step") in ("own_mail", "bounce_of_unknown", "discarded")]
    return "; ".join(told_step(step).sentence for step in told[-1:]) or told_failure(mail.error)


def _placed(data: Data) -> str:
    sentence = told_reason(data)
    if data.get("ticket_id"):
        sentence = _("Ticket #%(number)s: %(why)s", number=data.get("ticket_id"), why=sentence)
    score = data.get("score")
    if isinstance(score, int | float):
        sentence += " " + _("Sure to %(percent)s %%.", percent=round(100 * score))
    return sentence


def _stored(data: Data) -> str:
    if data.get("key"):
        return _(
            "Stored from %(source)s, delivery %(key)s, %(size)s bytes",
            source=data.get("source"),
            key=data.get("key"),
            size=data.get("size"),
        )
    return _("Stored, %(size)s bytes from %(source)s", size=data.get("size"), source=data.get("source"))


def _read(data: Data) -> str:
    if data.get("defects"):
        return _("Taken apart, with defects: %(what)s", what=_list(data.get("defects")))
    return _("Taken apart")


def _sender(data: Data) -> str:
    if data.get("address"):
        what = {"contact": data.get("contact"), "address": data.get("address")}
        if data.get("customer"):
            return _(
                "The sender is contact %(contact)s of a customer, known by the address %(address)s", **what
            )
        return _("The sender %(address)s belongs to no customer", **what)
    if data.get("customer"):
        return _("The sender is contact %(contact)s", contact=data.get("contact"))
    return _("The sender belongs to no customer")


def _unoffered(code: object) -> str:
    if code == "brake":
        return _("Urgent handling not offered: this address was written to often enough just now")
    return _("Urgent handling not offered: nobody to ask")


def _unanswered(code: object) -> str:
    words = {
        "automatic": _("automatic mail is never answered"),
        "already": _("it was acknowledged before"),
        "forward_unproven": _("it is not proven that an agent passed it on"),
        "sender_unclear": _("the sender is not clear"),
        "brake": _("this address was written to often enough just now"),
    }
    return words.get(str(code), str(code))


def told_step(step: Data) -> Told:
    """One step of a message's path."""
    say = _STEPS.get(str(step.get("step")))
    at = step.get("at")
    return Told(
        say(step) if say else str(step.get("step")),
        # The path says by what a sender was known, the others by whom something was done.
        str(step.get("by") or "") if step.get("step") != "sender" else "",
        datetime.fromisoformat(at) if isinstance(at, str) else None,
    )


def told_steps(path: Sequence[object]) -> list[tuple[Told, float | None]]:
    """A message's path, each step with the milliseconds since the one before it in the same run."""
    told: list[tuple[Told, float | None]] = []
    before: float | None = None
    for step in path:
        if not isinstance(step, dict):
            continue
        ms = step.get("ms")
        since = ms - before if isinstance(ms, int | float) and before is not None and ms >= before else None
        before = ms if isinstance(ms, int | float) else None
        told.append((told_step(step), since))
    return told
