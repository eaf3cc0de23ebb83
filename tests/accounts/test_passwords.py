"""Hashing and checking passwords."""

import pytest

from helpdesk.accounts.passwords import hash_password, needs_rehash, verify_password
from helpdesk.core.errors import InvalidInput


def test_the_right_password_fits_and_a_wrong_one_does_not():
    stored = hash_password("correct horse battery")
    assert verify_password(stored, "correct horse battery")
    assert not verify_password(stored, "correct horse batterY")


def test_the_same_password_never_has_the_same_hash():
    assert hash_password("correct horse battery") != hash_password("correct horse battery")


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_too_short_and_absurdly_long_passwords_are_refused(password):
    with pytest.raises(InvalidInput):
        hash_password(password)


def test_a_megabyte_is_not_hashed_but_refused():
    stored = hash_password("x" * 200)
    assert not verify_password(stored, "x" * 1_000_000)


def test_nobody_has_no_password_that_fits():
    assert not verify_password(None, "the password of nobody")
    assert not verify_password("", "anything at all")


def test_a_broken_hash_lets_nobody_in():
    assert not verify_password("$argon2id$nonsense", "anything at all")


def test_a_fresh_hash_needs_no_new_one():
    assert not needs_rehash(hash_password("correct horse battery"))
    assert needs_rehash("$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$KkmOGYr9bXqkQ+D+0jCOXw")
