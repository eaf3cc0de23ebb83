"""Every text is translated, in the words and the manners that docs/words.md lays down."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import meta
from markupsafe import Markup

from helpdesk.cli.catalogues import collect
from helpdesk.core.languages import LANGUAGES
from helpdesk.core.money import Money, chf
from helpdesk.i18n import FOLDER, gettext, speaking
from helpdesk.mail import render as mails
from helpdesk.mail.consent import read_reply
from tests.house.code import ROOT

TRANSLATED = ("de", "fr", "sv")
COLUMNS = {"de": 1, "fr": 2, "sv": 3}
NARROW = "\u202f"
ABBREVIATED = ("Min.", "Tg.")
PLACE = re.compile(r"%\(\w+\)0?\d*[a-z]|%%")

FAMILIAR = {
    "de": re.compile(r"\b(du|dich|dir|dein\w*|ihr seid|euch|eure?[mnrs]?)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(tu|toi|te|ton|ta|tes)\b|\bt’", re.IGNORECASE),
    "sv": re.compile(r"\b(ni|er|ert|era|eder)\b", re.IGNORECASE),
}
MARKS = {
    "de": re.compile(r"[“”„\"]|« | »|ß"),
    "fr": re.compile(
        rf"[“”„\"']|(?<!{NARROW})[;!?»]|«(?!{NARROW})|(?<![{NARROW}\d]):|(?<=\d):(?!\d)|[ \u00a0][:;!?»]"
    ),
    "sv": re.compile(r"[“„«»\"]"),
}


class Text(NamedTuple):
    """One English form and what a language says for it."""

    english: str
    said: str


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text),)


@cache
def texts(language: str) -> tuple[Text, ...]:
    """Every form of every text: the singular beside the first form, the plural beside the others."""
    pairs = []
    for message in catalogue(language):
        if message.id:
            english = forms(message.id)
            pairs += [
                Text(english[min(n, 1) % len(english)], form) for n, form in enumerate(forms(message.string))
            ]
    return tuple(pairs)


@cache
def sources() -> Catalog:
    return collect()


def ids(catalog: Catalog) -> set[tuple[str, ...]]:
    return {forms(message.id) for message in catalog if message.id}


def words_of(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of docs/words.md."""
    document = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    section = document.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def listed(cell: str) -> list[str]:
    """The words of a cell, those in brackets too, in small letters."""
    return [word.strip().lower() for word in re.split(r"[,()]", cell) if word.strip()]


def english_forms(cell: str) -> list[str]:
    """The forms in brackets, else the word and its plural."""
    word, _, others = cell.partition("(")
    return listed(others) or [word, f"{word}s"]


def test_the_template_holds_the_texts_of_the_sources() -> None:
    with (FOLDER / "messages.pot").open("rb") as file:
        template = read_po(file)
    assert ids(template) == ids(sources()), "run: make translations"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_sources_is_translated(language: str) -> None:
    assert ids(catalogue(language)) == ids(sources()), "run: make translations"
    plurals = catalogue(language).num_plurals
    assert [
        message.id
        for message in catalogue(language)
        if message.id
        and (
            message.fuzzy
            or not all(forms(message.string))
            or (message.pluralizable and len(forms(message.string)) != plurals)
        )
    ] == []


def test_no_text_has_blanks_that_nobody_sees() -> None:
    assert [id_ for id_ in ids(sources()) for form in id_ if form != " ".join(form.split())] == []
    for language in TRANSLATED:
        assert [text for text in texts(language) if text.said != text.said.strip() or "  " in text.said] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_same_places_are_filled_in(language: str) -> None:
    assert [
        text
        for text in texts(language)
        if sorted(PLACE.findall(text.english)) != sorted(PLACE.findall(text.said))
    ] == []
    assert [
        text for text in texts(language) if PLACE.search(text.english) and "%" in PLACE.sub("", text.said)
    ] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_sentences_end_as_the_english_ones_do(language: str) -> None:
    def end(text: str) -> str:
        return text[-1:] if text.endswith((".", ":", "?")) and not text.endswith(ABBREVIATED) else ""

    assert [text for text in texts(language) if end(text.english) != end(text.said)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_people_are_addressed_in_one_way(language: str) -> None:
    assert [text for text in texts(language) if FAMILIAR[language].search(text.said)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_marks_are_those_of_the_language(language: str) -> None:
    assert [text for text in texts(language) if MARKS[language].search(text.said)] == []


def test_nobody_is_shouted_at() -> None:
    assert [id_ for id_ in ids(sources()) if "!" in "".join(id_)] == []
    for language in TRANSLATED:
        assert [text for text in texts(language) if "!" in text.said] == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "row", [*words_of("Things"), *words_of("Acts")], ids=lambda row: row[0].split(" (")[0].replace(" ", "_")
)
def test_one_thing_has_one_word(row: list[str], language: str) -> None:
    english = re.compile(rf"(?<![\w-])(?:{'|'.join(english_forms(row[0]))})(?![\w-])", re.IGNORECASE)
    allowed = listed(row[COLUMNS[language]])
    assert [
        text
        for text in texts(language)
        if english.search(PLACE.sub("", text.english))
        and not any(word in text.said.lower() for word in allowed)
    ] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_that_we_avoid_are_avoided(language: str) -> None:
    [row] = words_of("Words that we avoid")
    avoided = [re.compile(rf"\b{re.escape(word)}\b") for word in listed(row[COLUMNS[language] - 1])]
    assert [text for text in texts(language) if any(word.search(text.said.lower()) for word in avoided)] == []


# What the templates of mails ask for. The values are such that a slip shows: Markup would not be escaped.
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
VALUES = {
    "accepted_at": NOW,
    "customer": "Muster SA",
    "kind": "work",
    "broken": True,
    "resolution": False,
    "quote": "Q-2027-0042 v1",
    "sums": "Net CHF 200.00, VAT 8.1 % CHF 16.20, total CHF 216.20.",
    "seal": "1f" * 32,
    "amount_due": chf(90),
    "authorised": False,
    "bought": chf(1620),
    "closing": chf(365),
    "expires_at": datetime(2026, 12, 25, 22, 59, tzinfo=UTC),
    "first": date(2026, 11, 1),
    "last": date(2026, 11, 30),
    "closed": datetime(2026, 11, 26, 8, 0, tzinfo=UTC),
    "code": "K7P2-9QXD",
    "cost": "paid",
    "credit": chf(500),
    "examples": "Free are, for example: “Where?”",
    "due_on": date(2026, 12, 25),
    "due_at": datetime(2026, 11, 26, 16, 0, tzinfo=UTC),
    "estimate": chf(90),
    "gross": Money(21620),
    "left": chf(50),
    "level": 1,
    "link": "https://help.example.com/offers/abc",
    "minutes": 30,
    "name": "Anna Muster",
    "net": chf(200),
    "now": NOW,
    "number": 1042,
    "policy": "invoice",
    "prepaid": True,
    "rate": 0.081,
    "signature": "Muster Software AG",
    "subject": "Saldo",
    "text": "Text",
    "total": Money(175122),
    "valid_until": datetime(2026, 12, 25, 8, 0, tzinfo=UTC),
    "size": 57,
    "limit": 41,
    "vat": Money(1620),
    "vendor": "Muster Software AG",
    "what": "Support 1042",
    "who": "Anna Muster",
    "why": "",
    "agent": "Lea Lead",
    "charged": True,
    "choices": [NOW],
    "fee": chf(90),
    "free_until": datetime(2026, 11, 27, 9, 0, tzinfo=UTC),
    "held_until": NOW,
    "invoice": False,
    "reason": "",
    "service": "Support",
    "times": [(NOW, "https://help.example.com/book/offered/abc")],
    "starts_at": datetime(2026, 11, 28, 9, 0, tzinfo=UTC),
}


def mail_names() -> list[str]:
    return sorted(path.parent.name for path in mails.FOLDER.glob("*/body.txt"))


def asked_for(name: str) -> Iterator[str]:
    """The values that a mail's templates need."""
    environment = mails._environment()
    for part in ("subject.txt", "body.txt"):
        source = Path(mails.FOLDER, name, part).read_text(encoding="utf-8")
        yield from meta.find_undeclared_variables(environment.parse(source)) - set(environment.globals)


@pytest.mark.parametrize("cost", ["free", "paid", "no_subscription", "open"])
@pytest.mark.parametrize("name", mail_names())
def test_every_mail_can_be_said_in_every_language(name: str, cost: str) -> None:
    needed = set(asked_for(name))
    assert needed <= set(VALUES), f"add a value for {needed - set(VALUES)}"
    values = {key: VALUES[key] for key in needed} | ({"cost": cost} if "cost" in needed else {})
    said = {language: mails.render(name, language, **values) for language in LANGUAGES}
    for mail in said.values():
        assert mail.subject.strip()
        assert "\n" not in mail.subject
        assert mail.text.strip()
        assert mail.text.strip().splitlines()[0] in Markup(mail.html).striptags()
        assert not PLACE.search(mail.subject + mail.text)
        assert "None" not in mail.text
    own_words = {language: mail.text for language, mail in said.items()}
    assert name == "reply" or len(set(own_words.values())) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_that_accepts_an_offer_is_read_as_a_yes(language: str) -> None:
    with speaking(language):
        line = gettext("Yes, I accept")
    assert read_reply(line).verdict == "yes"
