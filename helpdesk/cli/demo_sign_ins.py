"""The sign-ins of the demo agents: passwords made by chance, kept in a file that only the owner reads."""

import os
import secrets
from pathlib import Path
from typing import NamedTuple

# Without the letters and digits that look like others; twelve of them are far beyond guessing.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SignIn(NamedTuple):
    """One demo agent."""

    role: str
    language: str
    email: str
    password: str


def new_password() -> str:
    """Three groups of four, easily typed: kx4m-7pqd-tn9w."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def keep(data_dir: Path, sign_ins: list[SignIn]) -> None:
    """Writes the file; only its owner may read it."""
    opened = os.open(_file(data_dir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(opened, "w", encoding="utf-8") as file:
        file.writelines("\t".join(each) + "\n" for each in sign_ins)


def lines(data_dir: Path) -> list[str]:
    """What people read; nothing without demo data. Whoever changes a password knows it is no longer this."""
    try:
        text = _file(data_dir).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    found = [SignIn(*line.split("\t")) for line in text.splitlines() if line.count("\t") == 3]
    return [f"{each.email:<28} {each.password:<16} {each.role}, {each.language}" for each in found]


def _file(data_dir: Path) -> Path:
    return data_dir / "demo-sign-ins.txt"
