"""The ceiling to compare with: parse with the quick parser and store three rows, one commit a message.

    python -m bench.limit --database postgres

No rules, no threading, no answer: nothing that keeps mail can be faster in one process on this machine.
"""

import json
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

import click
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text, insert

from bench.corpus import Corpus
from bench.stage import MAILBOX, stage
from helpdesk.db import db

_TABLES = MetaData()
_TICKET = Table("limit_ticket", _TABLES, Column("id", Integer, primary_key=True), Column("subject", Text))
_MESSAGE = Table(
    "limit_message",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", ForeignKey("limit_ticket.id")),
    Column("message_id", String(300), unique=True),
    Column("body", Text),
)
_RAW = Table(
    "limit_raw",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("limit_message.id")),
    Column("raw", LargeBinary),
)


def run(database: str, messages: int) -> float:
    """Messages a second."""
    with stage(database):
        _TABLES.create_all(db.engine)
        corpus = Corpus(7, MAILBOX)
        samples = [sample.raw for sample in corpus.take(messages, datetime(2026, 11, 25, 8, tzinfo=UTC))]
        with db.engine.connect() as connection:
            began = time.perf_counter()
            for raw in samples:
                parsed = message_from_bytes(raw)
                subject, body = str(make_header(decode_header(parsed["Subject"]))), _text(parsed)
                with connection.begin():
                    ticket = connection.execute(insert(_TICKET), {"subject": subject}).inserted_primary_key
                    assert ticket
                    row = {"ticket_id": ticket[0], "message_id": parsed["Message-ID"], "body": body}
                    message = connection.execute(insert(_MESSAGE), row).inserted_primary_key
                    assert message
                    connection.execute(insert(_RAW), {"message_id": message[0], "raw": raw})
            return messages / (time.perf_counter() - began)


def _text(message: Message) -> str:
    """The first text part; all others are decoded too, as they have to be."""
    texts = []
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and part.get_content_type() == "text/plain":
            texts.append(content.decode(part.get_content_charset() or "utf-8", "replace"))
    return texts[0] if texts else ""


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--messages", default=2000, help="Messages to store.")
def main(database: str, messages: int) -> None:
    """Measures once and prints the result as JSON."""
    click.echo(json.dumps({"database": database, "a_second": round(run(database, messages), 1)}))


if __name__ == "__main__":
    main()
