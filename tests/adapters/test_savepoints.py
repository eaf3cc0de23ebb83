"""A refused row inside begin_nested() leaves the transaction around it whole."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from helpdesk.core import clock
from helpdesk.customers.models import Contact, ensure_contact
from helpdesk.db import connection, db, insert_row, table_of, transaction


def test_the_first_statement_of_a_savepoint_may_fail(app: Flask) -> None:
    address = table_of(Contact).c.email
    with transaction():
        ensure_contact("a@muster.example", "A", "de", clock.now())
        with pytest.raises(IntegrityError), db.session.begin_nested():
            insert_row(Contact, email="a@muster.example", language="de", created_at=clock.now())
        ensure_contact("b@muster.example", "B", "de", clock.now())
        assert connection().execute(select(address).order_by(address)).scalars().all() == [
            "a@muster.example",
            "b@muster.example",
        ]
