"""What agents type into the search field, read: words, “phrases” and filters such as `due:<2h`. [pure]"""

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from helpdesk.core.errors import InvalidInput
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import lazy
from helpdesk.tickets.words import forms, tokens

#: Letters of a question, and parts of it: more than anybody types, less than hurts.
LONGEST = 300
_MOST = 15

#: Filters with a fixed choice of values.
CHOICES = {
    "status": ("open", "waiting", "closed"),
    "class": ("hotline", "paid", "undecided"),
    "lang": LANGUAGES,
    "is": ("mine", "unassigned", "urgent", "overdue", "on-premise", "offered", "merged"),
}
#: Filters that take words.
WORDS = ("customer", "from", "subject", "file", "assigned", "mailbox")
#: Filters that take a length of time after < or >.
TIMES = ("due", "created", "changed")
DUE = ("today", "overdue", "none")
FILTERS = (*CHOICES, *WORDS, *TIMES)

_PART = re.compile(r'(-?)(?:([a-z]+):(?!//))?("[^"]*"?|\S+)')
_SPAN = re.compile(r"([<>])(\d{1,4})(min|h|d|w)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand in the ticket: one of the alternatives, each a row of neighbouring tokens.

    The last token of each is the beginning of a word, unless the term is `exact`.
    """

    alternatives: tuple[tuple[str, ...], ...]
    exact: bool = False
    negated: bool = False
    #: The ticket with this number is meant as well.
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: a choice, words, or a length of time on one side of `sign`."""

    name: str
    value: str = ""
    negated: bool = False
    term: Term | None = None
    sign: str = ""
    span: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Question:
    """All of it; everything must hold."""

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()

    def asks(self, *names: str) -> bool:
        """Whether one of these filters is in it."""
        return any(each.name in names for each in self.filters)


def read(text: str) -> Question:
    """The question; raises InvalidInput with a sentence that says which part cannot be used, and what can."""
    terms: list[Term] = []
    filters: list[Filter] = []
    parts = list(_PART.finditer(text.replace("\x00", "")[:LONGEST]))
    if len(parts) > _MOST:
        raise InvalidInput("Search for %(n)s words and filters at most.", n=_MOST)
    for part in parts:
        minus, name, value = part.groups()
        if name is None:
            term = _term(value, negated=minus == "-")
            terms += [term] if term else []
        else:
            filters.append(_filter(name, value.strip('"').strip(), negated=minus == "-"))
    return Question(tuple(terms), tuple(filters))


def _term(text: str, *, negated: bool = False) -> Term | None:
    words = tokens(text)
    if not words:
        return None
    if text.startswith('"'):
        return Term((tuple(words),), True, negated)
    if len(words) > 1:  # an address or a file name: its parts stand side by side
        return Term((tuple(words),), False, negated)
    number = int(words[0]) if words[0].isascii() and words[0].isdigit() and len(words[0]) <= 17 else None
    return Term(tuple((form,) for form in forms(text.lower())) or ((words[0],),), False, negated, number)


def _filter(name: str, value: str, *, negated: bool) -> Filter:
    if name not in FILTERS:
        near = get_close_matches(name, FILTERS, 1)
        if near:
            raise InvalidInput(
                "There is no filter “%(name)s”. Did you mean “%(near)s”?", name=f"{name}:", near=f"{near[0]}:"
            )
        known = ", ".join(f"{each}:" for each in FILTERS)
        raise InvalidInput(
            "There is no filter “%(name)s”. There are: %(known)s", name=f"{name}:", known=known
        )
    if name in CHOICES:
        return Filter(name, _one_of(name, value.lower(), CHOICES[name]), negated)
    if name in WORDS:
        term = _words(name, value)
        return Filter(name, value, negated, term)
    if name == "due" and value.lower() in DUE:
        return Filter(name, value.lower(), negated)
    return _timed(name, value.lower(), negated)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise InvalidInput(
            "“%(name)s” takes one of these: %(choices)s", name=f"{name}:", choices=", ".join(choices)
        )
    return value


def _words(name: str, value: str) -> Term:
    words = tokens(value)
    if not words:
        raise InvalidInput("Write a word after “%(name)s”.", name=f"{name}:")
    return Term((tuple(words),))


def _timed(name: str, value: str, negated: bool) -> Filter:
    found = _SPAN.fullmatch(value)
    if found is None:
        more = f", {name}:" + f", {name}:".join(DUE) if name == "due" else ""
        raise InvalidInput(
            "“%(name)s” takes a length of time: %(examples)s",
            name=f"{name}:",
            examples=f"{name}:<2h, {name}:>3d{more}",
        )
    sign, number, unit = found.groups()
    return Filter(name, value, negated, None, sign, timedelta(**{_UNITS[unit]: int(number)}))


#: What each filter finds, for the help beside the field: an example, what it does, and other values.
EXPLAINED = (
    ("customer:muster", lazy("Name or number of the customer"), ()),
    ("from:anna@", lazy("Name or address of who asks"), ()),
    ("subject:bilanz", lazy("Words of the subject"), ()),
    ("file:invoice.pdf", lazy("Name of an attachment"), ()),
    ("status:open", lazy("How it stands"), CHOICES["status"]),
    ("due:<2h", lazy("Due within two hours"), DUE),
    ("created:<7d", lazy("Received in the last seven days"), ("min", "h", "d", "w")),
    ("changed:>3d", lazy("Not changed for three days"), ()),
    ("is:urgent", lazy("Particular tickets"), CHOICES["is"]),
    ("class:paid", lazy("How it is classed"), CHOICES["class"]),
    ("assigned:lea", lazy("Who takes care of it"), ("me", "nobody")),
    ("lang:fr", lazy("Language of the customer"), LANGUAGES),
    ("mailbox:support", lazy("Where it came in"), ()),
    ("-is:mine", lazy("A minus turns a filter or a word round"), ()),
)
