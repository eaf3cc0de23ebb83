"""Catalogues are compiled when they changed, and whole."""

import os
from pathlib import Path

import pytest

from helpdesk.i18n import FOLDER, compile_catalogues

SMALL = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Yes"\nmsgstr "Ja"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One small catalogue."""
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.po").write_text(SMALL, encoding="utf-8")
    return tmp_path


def test_only_what_changed_is_compiled(folder: Path) -> None:
    assert compile_catalogues(folder) == 1
    assert compile_catalogues(folder) == 0
    source = folder / "de" / "LC_MESSAGES" / "messages.po"
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_catalogues(folder) == 1


def test_nothing_but_the_result_is_left_behind(folder: Path) -> None:
    compile_catalogues(folder)
    names = sorted(path.name for path in (folder / "de" / "LC_MESSAGES").iterdir())
    assert names == ["messages.mo", "messages.po"]


def test_the_catalogues_of_the_product_are_those_of_the_three_languages() -> None:
    assert sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/*.po")) == ["de", "fr", "sv"]
