"""Placeholders in macros: names in braces and nothing else, so that a text can never become code. [pure]"""

import re
from collections.abc import Mapping

from helpdesk.core.errors import InvalidInput

#: What can stand in braces.
NAMES = ("name", "number", "subject", "agent", "vendor", "customer")
_PLACE = re.compile(r"\{([^{}\n]{1,40})\}")


def check(text: str) -> None:
    """Raises InvalidInput for a placeholder that there is not, so that none reaches a customer."""
    for place in _PLACE.finditer(text):
        if place[1] not in NAMES:
            raise InvalidInput("There is no placeholder {%(name)s}.", field="text", name=place[1])


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; what a value holds is never read again."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def variant(texts: Mapping[str, str], language: str, fallback: str) -> tuple[str, str]:
    """The text for a customer's language, and the language it really is in."""
    for code in (language, fallback, *sorted(texts)):
        if texts.get(code):
            return texts[code], code
    return "", language
