"""Texts are found where people wrote them, and translations survive that texts come and go."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from helpdesk.cli import catalogues


def template(*texts: str) -> Catalog:
    """Texts to be translated."""
    made = Catalog()
    for text in texts:
        made.add(text, locations=[("helpdesk/somewhere.py", 0)])
    return made


def german(folder: Path) -> Catalog:
    """The German catalogue."""
    with (folder / "de/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="de")


def test_texts_of_code_templates_and_errors_are_found_and_those_of_commands_are_not() -> None:
    found = {message.id: message for message in catalogues.collect() if message.id}
    used_in = {path for message in found.values() for path, _line in message.locations}
    assert "today %(time)s" in found
    assert "There is no ticket with this number." in found
    assert any(path.endswith(".html") for path in used_in)
    assert any(path.endswith("body.txt") for path in used_in)
    assert not any(path.startswith("helpdesk/cli/") for path in used_in)


def test_translations_stay_when_texts_come_and_go(tmp_path: Path) -> None:
    assert catalogues.bring_up_to_date("de", template("Save", "Close"), tmp_path) == 2
    catalogue = german(tmp_path)
    catalogue["Save"].string = "Speichern"  # type: ignore[union-attr]
    with (tmp_path / "de/LC_MESSAGES/messages.po").open("wb") as file:
        catalogues.write_po(file, catalogue)

    assert catalogues.bring_up_to_date("de", template("Open"), tmp_path) == 1
    assert catalogues.bring_up_to_date("de", template("Save", "Open"), tmp_path) == 1

    assert german(tmp_path)["Save"].string == "Speichern"  # type: ignore[union-attr]


def test_a_similar_text_is_not_taken_for_a_translation(tmp_path: Path) -> None:
    catalogues.bring_up_to_date("de", template("You may do this."), tmp_path)
    catalogue = german(tmp_path)
    catalogue["You may do this."].string = "Sie dürfen das."  # type: ignore[union-attr]
    with (tmp_path / "de/LC_MESSAGES/messages.po").open("wb") as file:
        catalogues.write_po(file, catalogue)
    assert catalogues.bring_up_to_date("de", template("You may not do this."), tmp_path) == 1


def test_collecting_again_without_a_new_text_changes_no_byte(tmp_path: Path) -> None:
    catalogues.write_template(template("Save"), tmp_path)
    before = (tmp_path / "messages.pot").read_bytes().replace(b"Date: 20", b"Date: 19")
    (tmp_path / "messages.pot").write_bytes(before)
    catalogues.write_template(template("Save"), tmp_path)
    assert (tmp_path / "messages.pot").read_bytes() == before
