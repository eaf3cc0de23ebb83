"""Who comes first, and what is promised to them."""

from datetime import timedelta

import pytest

from helpdesk.sla.policy import Policy, Priority


def test_accepted_urgency_comes_first_then_on_premise_then_the_rest() -> None:
    assert sorted([Priority.NORMAL, Priority.URGENT, Priority.ON_PREMISE]) == [
        Priority.URGENT,
        Priority.ON_PREMISE,
        Priority.NORMAL,
    ]
    assert [int(p) for p in Priority] == [0, 1, 2]


@pytest.mark.parametrize("within", [timedelta(), timedelta(hours=-1)])
def test_a_promise_within_no_time_is_refused(within: timedelta) -> None:
    with pytest.raises(ValueError, match="kept"):
        Policy(within=within)
