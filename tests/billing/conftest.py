"""The stage of all money stories: a vendor's books in a fresh database, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.billing.world import World, opened


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with opened(database_url) as made:
        yield made
