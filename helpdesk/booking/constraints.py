"""No two appointments of one agent overlap, whatever runs at once (B9): the database itself refuses them.

PostgreSQL has exclusion constraints; the agent stands there as a range of one number, so that no extension is
needed. SQLite has one writer at a time, so a trigger sees the truth. The same tests run against both.
"""

from typing import Any

from sqlalchemy import Connection, Table, event

#: In these states an appointment takes its agent's time.
OCCUPYING = ("hold", "confirmed")
#: What the databases say when they refuse one.
REFUSED = ("appointment_overlap", "ex_appointment_overlap")
_STATES = "('hold', 'confirmed')"

_OTHERS = f"""EXISTS (SELECT 1 FROM appointment a
    WHERE a.agent_id = NEW.agent_id AND a.id <> coalesce(NEW.id, -1) AND a.state IN {_STATES}
    AND a.starts_at < NEW.busy_until AND NEW.starts_at < a.busy_until)"""  # noqa: S608


def statements(dialect: str) -> list[str]:
    """The rule in the words of `sqlite` or `postgresql`, for a migration and for new tables."""
    if dialect == "postgresql":
        return [
            "ALTER TABLE appointment ADD CONSTRAINT ex_appointment_overlap EXCLUDE USING gist"
            " (int4range(agent_id, agent_id, '[]') WITH &&, tstzrange(starts_at, busy_until, '[)') WITH &&)"
            f" WHERE (state IN {_STATES})"
        ]
    made = []
    for verb in ("INSERT", "UPDATE"):
        name = f"appointment_{verb.lower()}_overlap"
        made += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"""CREATE TRIGGER {name} BEFORE {verb} ON appointment WHEN NEW.state IN {_STATES} BEGIN
  SELECT RAISE(ABORT, 'appointment_overlap') WHERE {_OTHERS};
END""",
        ]
    return made


def attach(table: Table) -> None:
    """Lets the table be created together with the rule."""
    event.listen(table, "after_create", _install)


def _install(_table: Table, connection: Connection, **_: Any) -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
