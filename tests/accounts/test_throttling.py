"""When the next sign-in is allowed."""

from datetime import UTC, datetime, timedelta

from helpdesk.accounts.throttling import WINDOW, account_key, address_key, wait_until

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def minutes_ago(*minutes: int) -> list[datetime]:
    return [NOON - timedelta(minutes=n) for n in minutes]


def test_below_the_limit_nobody_waits():
    assert wait_until(minutes_ago(1, 2), 3, NOON) is None


def test_at_the_limit_one_waits_until_the_oldest_failure_that_fills_it_no_longer_counts():
    assert wait_until(minutes_ago(1, 5, 9), 3, NOON) == NOON - timedelta(minutes=9) + WINDOW


def test_more_failures_than_the_limit_wait_for_as_many_to_leave_as_exceed_it():
    assert wait_until(minutes_ago(1, 2, 3, 14), 3, NOON) == NOON - timedelta(minutes=3) + WINDOW


def test_old_failures_are_forgotten():
    assert wait_until(minutes_ago(15, 16, 17), 3, NOON) is None


def test_neighbours_in_one_ipv6_network_count_together():
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff") != address_key("2001:db8:0:1::1")


def test_ipv4_addresses_and_nonsense_have_keys_of_their_own():
    assert address_key("192.0.2.1") != address_key("192.0.2.2")
    assert address_key("not an address") == "address:unknown"


def test_an_account_key_fits_the_column():
    assert len(account_key("a" * 1000)) <= 300
