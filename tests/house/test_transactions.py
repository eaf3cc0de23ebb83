"""One place commits, so that an action happens as a whole or not at all (rule 3)."""

import ast

from tests.house.code import files, name_of, tree

COMMITS = {"helpdesk/db/transactions.py"}

# A request that failed leaves a broken session behind; the error page reads the signed-in agent with it.
ROLLBACKS = COMMITS | {"helpdesk/web/errors.py"}

DOORS = ("helpdesk/web", "helpdesk/jobs", "helpdesk/cli")
WRITING = {"add", "add_all", "delete", "merge", "bulk_save_objects", "insert_row", "insert_new"}


def _users(method: str) -> set[str]:
    return {
        name_of(path)
        for path in files("helpdesk")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    }


def test_only_transaction_commits() -> None:
    assert _users("commit") == COMMITS


def test_only_transaction_and_the_error_pages_roll_back() -> None:
    assert _users("rollback") - ROLLBACKS == set()


def test_only_the_database_room_begins_transactions() -> None:
    assert {user for user in _users("begin") if not user.startswith("helpdesk/db/")} == set()


def test_doors_write_no_rows() -> None:
    writers = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(*DOORS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (
            ast.unparse(node.func) in {f"db.session.{verb}" for verb in WRITING}
            or (isinstance(node.func, ast.Name) and node.func.id in {*WRITING, "insert", "update", "delete"})
        )
    ]
    assert writers == []
