"""Reading our own source: files, their syntax trees, and what they import."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("helpdesk", "tests", "bench", "scripts", "migrations")


def files(*folders: str) -> list[Path]:
    """All Python files below these folders of the repository."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """The path as people write it: helpdesk/core/money.py."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(node: ast.AST) -> Iterator[str]:
    """The modules and names that are imported anywhere below `node`, in full: helpdesk.db.transaction."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: write imports in full"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def calls(node: ast.AST) -> Iterator[tuple[str, int]]:
    """What is called below `node`, as it is written (`datetime.now`, `open`), and in which line."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            yield ast.unparse(child.func), child.lineno


def belongs(name: str, modules: tuple[str, ...]) -> bool:
    """Whether the imported `name` is one of `modules` or lies in one."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)
