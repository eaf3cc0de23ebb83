"""Numbers in addresses: what cannot be a row's number is no address, and never reaches the database."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class RowConverter(IntegerConverter):
    """A row number that fits the column (32 bits), without leading zeros."""

    regex = r"[1-9]\d{0,8}"


class TicketConverter(IntegerConverter):
    """A ticket number (64 bits)."""

    regex = r"[1-9]\d{0,17}"


def register(app: Flask) -> None:
    """Gives routes `<row:id>` and `<ticket:number>`."""
    app.url_map.converters.update(row=RowConverter, ticket=TicketConverter)
