"""The pages on which the desk itself is set up, in one table, and the page that lists them."""

from dataclasses import dataclass

from flask import url_for

from helpdesk.accounts.permissions import Permission, may
from helpdesk.i18n import lazy
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.guards import me


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One topic: where its page is, what it is called, what one does there, and who may see it."""

    endpoint: str
    name: str
    text: str
    icon: str
    permission: Permission


#: In the order in which the list shows them.
PAGES = (
    SettingsPage(
        "agent.rules",
        lazy("Rules"),
        lazy("What is free, what is paid and what is urgent: try changes out before they judge."),
        "list-checks",
        Permission.EDIT_RULES,
    ),
    SettingsPage(
        "agent.mailboxes",
        lazy("Mailboxes"),
        lazy("Which addresses we answer for, and where their mail is fetched."),
        "mail",
        Permission.MANAGE_MAILBOXES,
    ),
    SettingsPage(
        "agent.macros",
        lazy("Texts for answers"),
        lazy("What agents insert into answers, in each language."),
        "file-text",
        Permission.EDIT_MACROS,
    ),
    SettingsPage(
        "agent.promise_settings",
        lazy("Promises"),
        lazy("When which office is open, and until when which customers get an answer."),
        "alarm-clock",
        Permission.EDIT_PROMISES,
    ),
    SettingsPage(
        "agent.booking_settings",
        lazy("Appointments"),
        lazy("What customers can book, with whom and when, and the terms they accept."),
        "calendar-days",
        Permission.WORK_ON_TICKETS,
    ),
    SettingsPage(
        "agent.absences",
        lazy("Absences"),
        lazy("Who is away, and who stands in."),
        "calendar-clock",
        Permission.WORK_ON_TICKETS,
    ),
    SettingsPage(
        "agent.health",
        lazy("Health"),
        lazy("How many mails wait, since when, and what needs a look."),
        "activity",
        Permission.READ_MAIL_QUEUES,
    ),
    SettingsPage(
        "agent.prices",
        lazy("Prices"),
        lazy("What each thing costs, for everybody, a plan or a customer."),
        "coins",
        Permission.TOP_UP_CREDIT,
    ),
)


@blueprint.get("/settings")
def settings_list() -> str:
    """The topics that the agent's role includes."""
    shown = [(entry, url_for(entry.endpoint)) for entry in PAGES if may(me(), entry.permission)]
    return page("agent/settings.html", section="settings", pages=shown)
