"""Published rules never change, whoever holds the pen: triggers for SQLite and PostgreSQL, as texts."""

_REFUSAL = "rules_published"

# table: (verb, when the change is refused)
_PUBLISHED = "EXISTS (SELECT 1 FROM rule_version v WHERE v.id = {row}.version_id AND v.state = 'published')"
_REFUSED = {
    "rule_version": (("UPDATE", "OLD.state = 'published'"), ("DELETE", "OLD.state = 'published'")),
    "rule_item": (("UPDATE", "TRUE"),),
    "rule_place": (
        ("INSERT", _PUBLISHED.format(row="NEW")),
        ("UPDATE", _PUBLISHED.format(row="OLD")),
        ("DELETE", _PUBLISHED.format(row="OLD")),
    ),
}


def statements(table: str, dialect: str) -> list[str]:
    """The triggers of a table in the words of `sqlite` or `postgresql`."""
    speak = _sqlite if dialect == "sqlite" else _postgresql
    return [s for verb, when in _REFUSED.get(table, ()) for s in speak(table, verb, when)]


def _sqlite(table: str, verb: str, when: str) -> list[str]:
    name = f"{table}_{verb.lower()}_published"
    return [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ]


def _postgresql(table: str, verb: str, when: str) -> list[str]:
    name = f"{table}_{verb.lower()}_published"
    row = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {when} THEN RAISE check_violation USING MESSAGE = '{_REFUSAL}'; END IF;"
        f" RETURN {row}; END $$",
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
