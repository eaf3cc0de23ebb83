"""What each role may do; the one table that guards and templates ask. [pure]"""

from enum import StrEnum
from typing import Protocol


class Permission(StrEnum):
    """An act that not every role may do."""

    WORK_ON_TICKETS = "work_on_tickets"
    READ_MAIL_QUEUES = "read_mail_queues"
    DISCARD_MAIL = "discard_mail"
    RELEASE_MAIL = "release_mail"
    TOP_UP_CREDIT = "top_up_credit"
    EDIT_RULES = "edit_rules"
    EDIT_MACROS = "edit_macros"
    EDIT_SHARED_VIEWS = "edit_shared_views"
    MANAGE_MAILBOXES = "manage_mailboxes"
    EDIT_PROMISES = "edit_promises"
    MANAGE_PEOPLE = "manage_people"


_AGENT = frozenset({Permission.WORK_ON_TICKETS, Permission.READ_MAIL_QUEUES})
_LEAD = _AGENT | {
    Permission.TOP_UP_CREDIT,
    Permission.DISCARD_MAIL,
    Permission.RELEASE_MAIL,
    Permission.EDIT_RULES,
    Permission.EDIT_MACROS,
    Permission.EDIT_SHARED_VIEWS,
    Permission.EDIT_PROMISES,
}
_ADMIN = _LEAD | {Permission.MANAGE_PEOPLE, Permission.MANAGE_MAILBOXES}

_ROLES = {"agent": _AGENT, "lead": _LEAD, "admin": _ADMIN}


class HasRole(Protocol):
    """Anyone with a role and a way to be switched off."""

    @property
    def role(self) -> str: ...

    @property
    def active(self) -> bool: ...


def may(person: HasRole, permission: Permission) -> bool:
    """Whether this person may do it; a deactivated person and an unknown role may do nothing."""
    return person.active and permission in _ROLES.get(person.role, frozenset())
