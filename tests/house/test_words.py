"""Every file says what it is for."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.code import FOLDERS, files, name_of, tree

# An empty __init__.py only makes a folder a package; there is nothing to say.
SPEAKING = [path for path in files(*FOLDERS) if path.name != "__init__.py" or path.stat().st_size]


@pytest.mark.parametrize("path", SPEAKING, ids=name_of)
def test_a_module_begins_with_one_line_about_itself(path: Path) -> None:
    words = ast.get_docstring(tree(path))
    assert words, "no docstring"
    assert len(words.splitlines()[0]) > 15


def test_public_functions_and_classes_say_what_they_do() -> None:
    silent = []
    for path in files("helpdesk"):
        for node in tree(path).body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{name_of(path)}: {node.name}")
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    left = [name_of(path) for path in files(*FOLDERS) if later.search(path.read_text(encoding="utf-8"))]
    assert [name for name in left if name != name_of(Path(__file__).resolve())] == []
