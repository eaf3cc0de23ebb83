"""What is wrong with rules, in the lead's language: the sentences of the checks are English, with places.

A check says one of the sentences below with its own names in it; the names are found again by their places,
and the sentence is said in the reader's language. A sentence that is not listed stays as it is.
"""

import re

from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy

_SENTENCES = (
    lazy("rule %(name)s must match: %(text)s"),
    lazy("rule %(name)s must not match: %(text)s"),
    lazy("rule %(name)s: %(problem)s"),
    lazy("concept %(name)s (%(language)s): %(problem)s"),
    lazy("concept %(name)s: %(problem)s"),
    lazy("the name is used twice"),
    lazy("a rule needs a name"),
    lazy("the scope is one of %(known)s, not %(given)s"),
    lazy("a rule without points does nothing"),
    lazy("no effect is called %(given)s; known are %(known)s"),
    lazy("points lie between %(least)s and %(most)s, not %(given)s"),
    lazy("no kind is called %(given)s"),
    lazy("a rule needs a reason that people can read"),
    lazy("nothing is called %(given)s"),
    lazy("has no words in %(language)s"),
    lazy("no guard is called %(given)s; known are %(known)s"),
    lazy("words are looked for in %(known)s, not in %(given)s"),
    lazy("`then` takes effects with points"),
    lazy("a day looks like 2027-03-09, not %(given)s"),
    lazy("points are a number, not %(given)s"),
    lazy("a rule needs at least one condition"),
    lazy("`%(how)s` takes a list"),
    lazy("conditions may be nested two levels deep"),
    lazy("an inner condition has exactly one of all, any, none: %(given)s"),
    lazy("no number is called %(given)s; known are %(known)s"),
    lazy("an entry is empty: %(entry)s"),
    lazy("an entry has more than %(most)s words: %(entry)s"),
    lazy("an entry has more than %(most)s optional words: %(entry)s"),
    lazy("an entry has too many choices of several words: %(entry)s"),
    lazy("an entry needs at least one word: %(entry)s"),
    lazy("%(given)s is no kind of word; known are %(known)s"),
    lazy("%(given)s is not one word (write apostrophes and hyphens as spaces)"),
    lazy("%(given)s is too short for a stem"),
    lazy("no list of words is called %(given)s"),
)
_SHOWN = 500


def _shape(sentence: str) -> re.Pattern[str]:
    """The sentence as a pattern in which each place takes anything; what is short is tried first."""
    parts = re.split(r"%\((\w+)\)s", sentence)
    names = parts[1::2]
    made = re.escape(parts[0])
    for at, name in enumerate(names):
        greedy = "+" if at == len(names) - 1 else "+?"
        made += f"(?P<{name}>.{greedy}){re.escape(parts[2 * at + 2])}"
    return re.compile(made, re.DOTALL)


_SHAPES = [(sentence, _shape(sentence)) for sentence in _SENTENCES]


def told_problem(problem: str, depth: int = 2) -> str:
    """One problem in the reader's language."""
    for sentence, shape in _SHAPES:
        match = shape.fullmatch(problem[:_SHOWN])
        if match:
            values = match.groupdict()
            if "problem" in values and depth:
                values["problem"] = told_problem(values["problem"], depth - 1)
            return _(sentence, **values)
    return problem[:_SHOWN]
