"""Making the word indexes anew; writers wait meanwhile."""

from sqlalchemy import text

from helpdesk.db import table_of, transaction
from helpdesk.db.transactions import connection, dialect
from helpdesk.tickets.search_models import TEXTS, rebuilding


def rebuild() -> None:
    """Reads every text again, all indexes or none."""
    with transaction():
        for model in TEXTS:
            connection().execute(text(rebuilding(table_of(model).name, dialect())))
