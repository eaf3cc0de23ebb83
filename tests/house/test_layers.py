"""The rooms import downwards only; the contracts are in pyproject.toml."""

import ast

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.house.code import FOLDERS, ROOT, belongs, files, imports, name_of, tree

# Each of these is spoken to in one place, so that it can be replaced there.
ADAPTERS = {
    "imaplib2": {"helpdesk/mail/imap_connection.py", "helpdesk/mail/imap.py"},
    "smtplib": {"helpdesk/mail/smtp.py"},
    "aiosmtpd": {"helpdesk/mail/listener.py", "helpdesk/mail/smtp_session.py"},
    "redis": {"helpdesk/queue.py"},
    "rq": {"helpdesk/queue.py"},
}

# An import inside a function hides a dependency; these have a reason.
LATE_IMPORTS = {
    "helpdesk/__main__.py": "commands that need no application (mail inspect) start without building one",
    "helpdesk/sla/holidays.py": "the holidays library takes 0.2 s to import, and few commands need a calendar",
    "tests/conftest.py": "tests of pure functions start without the whole application",
    "tests/faults/nursery.py": "the test needs the parent's side only, which loads nothing",
}


def test_imports_go_down_only_and_siblings_do_not_know_each_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) != EXIT_STATUS_SUCCESS
    assert not broken, capsys.readouterr().out


@pytest.mark.parametrize("library", ADAPTERS)
def test_a_library_that_talks_to_others_is_used_in_its_adapter_only(library: str) -> None:
    users = {
        name_of(path)
        for path in files("helpdesk")
        if any(belongs(i, (library,)) for i in imports(tree(path)))
    }
    strangers = {user for user in users - ADAPTERS[library] if not (library == "rq" and "/jobs/" in user)}
    assert not strangers


def test_imports_stand_at_the_top() -> None:
    late = {
        name_of(path)
        for path in files(*FOLDERS)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(imports(function))
    }
    assert late - LATE_IMPORTS.keys() == set()
    assert LATE_IMPORTS.keys() - late == set(), "listed without need"


def test_no_module_reaches_into_a_private_name_of_another() -> None:
    private = [
        f"{name_of(path)}: {name}"
        for path in files("helpdesk")
        for name in imports(tree(path))
        if belongs(name, ("helpdesk",)) and any(part.startswith("_") for part in name.split(".")[1:])
    ]
    assert [each for each in private if "__main__" not in each] == []
