"""Whom a form on a web site names as its writer: the mail comes from the form, the person stands in it.

Anybody can type anybody's address into a form: what is found here is a suggestion and nothing more.
"""

import re

#: Fields looked for, each at the beginning of a line; a form is short.
TEXT_CAP = 4_000
LINE_CAP = 300

_FIELDS = {
    "name": "name|ihr name|vor- und nachname|vorname und name|ansprechpartner|kontaktperson|nom|votre nom|"
    "nom et prénom|nom complet|namn|ditt namn|för- och efternamn|navn|naam|uw naam|nome|nombre|full name|"
    "your name",
    "address": "e-?mail|e-?mail-?adresse|ihre e-?mail(?:-?adresse)?|mail|mailadresse|adresse e-?mail|"
    "votre (?:adresse )?e-?mail|courriel|adresse électronique|e-post|e-?postadress|din e-?post(?:adress)?|"
    "epost|e-mailadres|uw e-?mail(?:adres)?|your e-?mail|e-?mail address|correo(?: electrónico)?|"
    "indirizzo e-?mail",
    "message": "nachricht|ihre nachricht|mitteilung|anfrage|ihre anfrage|bemerkung(?:en)?|kommentar|message|"
    "votre message|"
    "demande|commentaire|meddelande|ditt meddelande|besked|melding|bericht|uw bericht|messaggio|mensaje|"
    "your message|comments?|question|frage|fråga",
}
_LINE = re.compile(
    r"[\s*_>•|-]{0,10}(?:" + "|".join(f"(?P<{kind}>{names})" for kind, names in _FIELDS.items()) + r")"
    r"[\s*_]{0,4}(?:\*|\((?:pflichtfeld|required|obligatoire)\))?[\s*_]{0,4}(?P<end>[:|\t]|$)",
    re.I,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def named_writer(text: str, from_address: str) -> tuple[str, str] | None:
    """(name, address) of the person whom a form's fields name, None for any other mail.

    A form has a field for an address that is not the sender's, and one for a name or a message.
    """
    found: dict[str, str] = {}
    lines = [line[:LINE_CAP].strip() for line in text[:TEXT_CAP].splitlines()]
    lines = [line for line in lines if line]
    for at, line in enumerate(lines):
        field = _LINE.match(line)
        if field is None or field.lastgroup is None:
            continue
        kind = next(kind for kind in _FIELDS if field[kind])
        below = lines[at + 1] if at + 1 < len(lines) and _LINE.match(lines[at + 1]) is None else ""
        found.setdefault(kind, line[field.end() :].strip(" \t|*_") or below)
    address = _ADDRESS.search(found.get("address", ""))
    if address is None or len(found) < 2 or address[0].lower() == from_address.lower():
        return None
    return found.get("name", "")[:100], address[0].lower()
