"""Recognise where a signature starts: the dash line, a phone's own line, a list footer, a legal notice."""

import re

from helpdesk.mail.phone_lines import is_phone_line

_DASHES = re.compile(r"(?:--|—|–|__|- -|\*--\*)\s*$")
_BAR = re.compile(r"[—–_]{3,}\s*$")
_LIST_FOOTER = re.compile(r"[\w.+-]+ mailing list\b|to unsubscribe\b|mailing-liste\b", re.I)
_LEGAL = re.compile(
    r"(?:this (?:e-?mail|message|communication|transmission)\b.{0,60}\b(?:confidential|privileged|intended)|"
    r"confidentiality (?:notice|note)|the information (?:contained )?in this (?:e-?mail|message)|"
    r"disclaimer\s*:|(?:legal )?disclaimer$|diese (?:e-?mail|nachricht)\b.{0,60}\bvertraulich|"
    r"der inhalt dieser (?:e-?mail|nachricht)|vertraulichkeitshinweis|"
    r"ce (?:message|courriel|mail|courrier)\b.{0,80}\bconfidentiel|avis de confidentialité|"
    r"detta (?:e-?post)?meddelande\b.{0,60}\b(?:konfidentiell|sekretess)|denna? (?:e-?post|"
    r"mejl).{0,60}konfidentiell|"
    r"este (?:mensaje|correo).{0,60}confidencial|questo messaggio.{0,60}(?:riservat|confidenzial)|"
    r"dit (?:e-?mail)?bericht.{0,60}vertrouwelijk|please consider the environment before printing)",
    re.I,
)


def starts_signature(lines: list[str], at: int) -> bool:
    """Whether a signature starts at this line; "----" as a rule inside a text is not one."""
    line = lines[at][:200]
    stripped = line.strip(" \t\xa0\r")
    if not stripped:
        return False
    if _DASHES.match(stripped):
        return line.rstrip("\r\n") == "-- " or not _goes_on(lines, at)
    return _BAR.match(stripped) is not None and _short_tail(lines, at)


def phone_line(lines: list[str], at: int) -> bool:
    """Whether this line is what a phone or a mail app adds on its own."""
    above = at == 0 or not lines[at - 1].strip()
    below = at + 1 >= len(lines) or not lines[at + 1].strip()
    return is_phone_line(lines[at], alone=above and below)


def _goes_on(lines: list[str], at: int) -> bool:
    """Whether sentences follow a line of dashes: then it parts a text and ends none."""
    tail = [line.strip() for line in lines[at + 1 : at + 40] if line.strip()]
    if any(len(line) > 110 and line.count(" ") >= 12 and not starts_disclaimer(line) for line in tail[:2]):
        return True
    return len(tail) > 30


def only_signature(lines: list[str], at: int) -> bool:
    """Whether below a signature's bar that opens the mail stands no more than a signature has."""
    tail = [line.strip() for line in lines[at + 1 : at + 13] if line.strip()]
    return len(tail) <= 8 and all(len(line) <= 70 and not line.endswith(("?", "!")) for line in tail)


def _short_tail(lines: list[str], at: int) -> bool:
    """Below a bar a signature has few, short lines; a text goes on in sentences."""
    tail = [line.strip() for line in lines[at + 1 : at + 13] if line.strip()]
    if not tail:
        return True
    if any(_LIST_FOOTER.search(line[:200]) for line in tail[:3]):
        return True
    return len(tail) <= 8 and all(len(line) <= 70 for line in tail) and len(lines) - at <= 14


def starts_disclaimer(line: str) -> bool:
    """Whether a legal notice that companies hang below every mail starts at this line."""
    return _LEGAL.match(line[:240].strip(" \t*_\xa0")) is not None
