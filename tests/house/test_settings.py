"""The settings that exist are the settings that are explained."""

import re
from collections import UserDict
from itertools import pairwise
from pathlib import Path

import pytest

from helpdesk.settings import read_settings
from tests.house.code import ROOT

LINE = re.compile(r"^#([A-Z_]+)=(.*)$", re.MULTILINE)


class Watched(UserDict[str, str]):
    """An environment that notes what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.append(name)
        return super().get(name, default)


@pytest.fixture
def explained() -> dict[str, str]:
    """The settings of .env.example with the values it shows."""
    return dict(LINE.findall((ROOT / ".env.example").read_text(encoding="utf-8")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder in which `helpdesk setup` has written a key."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret_key").write_text("a key for tests, long enough to be taken")
    return tmp_path


def test_every_setting_is_explained_and_nothing_else(explained: dict[str, str], root: Path) -> None:
    environment = Watched()
    read_settings(environment, root)
    assert sorted(explained) == sorted(set(environment.asked))


def test_the_values_shown_are_the_ones_that_count_when_nothing_is_set(
    explained: dict[str, str], root: Path
) -> None:
    assert read_settings(explained, root) == read_settings({}, root)


def test_every_setting_has_words_above_it() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if LINE.match(line):
            assert before.startswith("# ") or LINE.match(before), f"{line} comes without an explanation"
