"""Catalogues of texts: collected from Python, Jinja and the rules, merged into each .po file with Babel."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from helpdesk.i18n import DOMAIN, FOLDER

LANGUAGES = ("de", "fr", "sv")
TEMPLATE = f"{DOMAIN}.pot"
_SOURCE = FOLDER.parent / "helpdesk"
# The rules that a new installation starts with say reasons and meanings in the reader's language.
_RULES = _SOURCE / "triage" / "starter"

# The functions that speak, and the errors whose sentence people read in their own language.
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
    **dict.fromkeys(
        (
            "InvalidInput",
            "NotFound",
            "Forbidden",
            "Conflict",
            "NotAllowedYet",
            "InsufficientCredit",
            "TooManyTries",
            "Unavailable",
        )
    ),
}
_JINJA = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def collect() -> Catalog:
    """All texts of code, templates and starting rules, each with the files that use it."""
    found = _empty()
    for path in _files():
        python = path.suffix == ".py"
        method = "python" if python else "jinja2.ext:babel_extract"
        texts = extract_from_file(
            method, path, keywords=_KEYWORDS, comment_tags=("translators:",), options={} if python else _JINJA
        )
        for _line, text, comments, context in texts:
            found.add(text, locations=[(_place(path), 0)], auto_comments=comments, context=context)
    for path in sorted(_RULES.glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        said = [rule.get("reason") for rule in data.pop("rule", [])]
        for text in [*said, *(concept.get("means") for concept in data.values())]:
            if text:
                found.add(text, locations=[(_place(path), 0)])
    return found


def write_template(template: Catalog, folder: Path = FOLDER) -> None:
    """Writes messages.pot; the date inside stays as long as no text changes."""
    path = folder / TEMPLATE
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file)
        if {message.id for message in old} == {message.id for message in template}:
            template.creation_date = old.creation_date
    path.parent.mkdir(exist_ok=True)
    _write(path, template)


def bring_up_to_date(language: str, template: Catalog, folder: Path = FOLDER) -> int:
    """Merges new texts into one language's catalogue; returns how many are not translated in it."""
    path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalogue = _empty(language)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    # A guess from a similar text reads well and may say the opposite: better none.
    catalogue.update(template, no_fuzzy_matching=True)
    _remember(catalogue)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, catalogue)
    return sum(not _complete(message.string) for message in catalogue if message.id)


def _remember(catalogue: Catalog) -> None:
    """A text that was gone and has come back gets its translation back."""
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        old = catalogue.obsolete.pop(key, None) if key else None
        if old is not None and not _complete(message.string):
            message.string = old.string


def _empty(language: str | None = None) -> Catalog:
    words = f"# Texts of the helpdesk{f' in {language}' if language else ', to be translated'}."
    return Catalog(locale=language, project="helpdesk", version="1", charset="utf-8", header_comment=words)


def _complete(text: Any) -> bool:
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


def _write(path: Path, catalogue: Catalog) -> None:
    # Files without line numbers, in the order of files: a moved line is no change.
    scratch = path.with_suffix(f"{path.suffix}.new")
    with scratch.open("wb") as file:
        write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
    scratch.replace(path)


def _files() -> Iterator[Path]:
    for path in sorted(_SOURCE.rglob("*")):
        # Commands speak English to operators.
        if path.is_relative_to(_SOURCE / "cli"):
            continue
        if path.suffix == ".py" or (path.is_relative_to(_SOURCE / "templates") and path.is_file()):
            yield path


def _place(path: Path) -> str:
    return path.relative_to(FOLDER.parent).as_posix()
