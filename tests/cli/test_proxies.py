"""Forwarded headers are believed exactly as far as TRUSTED_PROXIES says."""

import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient

# What a client made up, then what one proxy added.
FORWARDED = {"X-Forwarded-For": "192.0.2.66, 198.51.100.7", "X-Forwarded-Proto": "https"}

pytestmark = pytest.mark.database("sqlite")


def seen(app: Flask, client: FlaskClient) -> tuple[str | None, bool]:
    """The address and the scheme that the application takes for the visitor's."""
    found = []

    def look(_sender: Flask, **_extra: object) -> None:
        found.append((request.remote_addr, request.is_secure))

    with request_started.connected_to(look, app):
        client.get("/healthz", headers=FORWARDED)
    [result] = found
    return result


def test_without_a_proxy_nobody_may_claim_an_address(app: Flask, client: FlaskClient) -> None:
    assert seen(app, client) == ("127.0.0.1", False)


@pytest.mark.settings(TRUSTED_PROXIES="1")
def test_behind_one_proxy_its_word_counts_and_not_the_clients(app: Flask, client: FlaskClient) -> None:
    assert seen(app, client) == ("198.51.100.7", True)
