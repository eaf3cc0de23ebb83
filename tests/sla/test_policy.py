"""Who comes first, and what is promised to them."""

from datetime import timedelta

import pytest

from helpdesk.sla.policy import NORMAL, ON_PREMISE, URGENT, Policy, Priority, policy_for


def test_accepted_urgency_comes_first_then_on_premise_then_the_rest() -> None:
    assert sorted([Priority.NORMAL, Priority.URGENT, Priority.ON_PREMISE]) == [
        Priority.URGENT,
        Priority.ON_PREMISE,
        Priority.NORMAL,
    ]
    assert [int(p) for p in Priority] == [0, 1, 2]


@pytest.mark.parametrize(
    ("urgent_accepted", "on_premise", "policy"),
    [(True, True, URGENT), (True, False, URGENT), (False, True, ON_PREMISE), (False, False, NORMAL)],
)
def test_the_policy_follows_from_what_was_accepted_and_who_asks(
    urgent_accepted: bool, on_premise: bool, policy: Policy
) -> None:
    assert policy_for(urgent_accepted=urgent_accepted, on_premise=on_premise) is policy


@pytest.mark.parametrize("within", [timedelta(), timedelta(hours=-1)])
def test_a_promise_within_no_time_is_refused(within: timedelta) -> None:
    with pytest.raises(ValueError, match="kept"):
        Policy(within=within)
