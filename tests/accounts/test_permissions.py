"""Which role may do what."""

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.accounts.permissions import Permission, may
from helpdesk.core.clock import now


def person(role: str, active: bool = True) -> Agent:
    return Agent(role=role, deactivated_at=None if active else now())


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        ("agent", Permission.WORK_ON_TICKETS, True),
        ("agent", Permission.TOP_UP_CREDIT, False),
        ("agent", Permission.DISCARD_MAIL, False),
        ("lead", Permission.TOP_UP_CREDIT, True),
        ("lead", Permission.MANAGE_PEOPLE, False),
        ("admin", Permission.MANAGE_PEOPLE, True),
        ("nobody", Permission.WORK_ON_TICKETS, False),
    ],
)
def test_a_role_allows_what_the_table_says(role, permission, allowed):
    assert may(person(role), permission) is allowed


def test_a_deactivated_administrator_may_do_nothing():
    assert not any(may(person("admin", active=False), permission) for permission in Permission)
