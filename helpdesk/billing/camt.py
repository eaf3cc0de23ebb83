"""Payments out of a bank's file: camt.053 (statement) and camt.054 (notice), in any version. [pure]

The file comes from outside: no document types, no entities, at most a few megabytes, and a number that is no
amount stops the whole file instead of being guessed at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import Money

MAX_BYTES = 5_000_000
_KINDS = ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One payment that came in; `key` is the bank's own name for it and counts once."""

    key: str
    amount: Money
    reference: str
    payer: str
    booked_on: date


def read_payments(content: bytes) -> list[Incoming]:
    """The booked credits of the file; raises InvalidInput for what is no such file."""
    if len(content) > MAX_BYTES:
        raise InvalidInput("This file is too large.", field="file")
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InvalidInput("This is not a camt.053 or camt.054 file.", field="file") from error
    if not any(_local(child.tag) in _KINDS for child in root):
        raise InvalidInput("This is not a camt.053 or camt.054 file.", field="file")
    found: list[Incoming] = []
    for number, entry in enumerate(_all(root, "Ntry")):
        if (
            _text(entry, "CdtDbtInd") == "CRDT"
            and _status(entry) == "BOOK"
            and _text(entry, "RvslInd") != "true"
        ):
            found += _payments(entry, number)
    return found


def _payments(entry: Element, number: int) -> Iterator[Incoming]:
    booked = _day(_first(entry, "BookgDt"))
    name = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef") or f"{booked.isoformat()}:{number}"
    details = list(_all(entry, "TxDtls"))
    for place, detail in enumerate(details or [entry]):
        own = _text(detail, "Refs/AcctSvcrRef") if details else ""
        yield Incoming(
            f"camt:{own or f'{name}:{place}'}"[:120],
            _amount(_first(detail, "Amt") if _first(detail, "Amt") is not None else _first(entry, "Amt")),
            "".join(_text(detail, "RmtInf/Strd/CdtrRefInf/Ref").split()).upper()[:140],
            _payer(detail)[:140],
            booked,
        )


def _payer(detail: Element) -> str:
    return _text(detail, "RltdPties/Dbtr/Pty/Nm") or _text(detail, "RltdPties/Dbtr/Nm")


def _amount(element: Element | None) -> Money:
    if element is None:
        raise InvalidInput("An amount is missing in this file.", field="file")
    currency = element.get("Ccy") or ""
    try:
        minor = Decimal((element.text or "").strip()) * 100
    except InvalidOperation as error:
        raise InvalidInput("An amount in this file cannot be read.", field="file") from error
    if not minor.is_finite() or minor != int(minor) or not 0 < minor < 10**12:
        raise InvalidInput("An amount in this file cannot be read.", field="file")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise InvalidInput("An amount in this file cannot be read.", field="file")
    return Money(int(minor), currency)


def _day(element: Element | None) -> date:
    words = (_text(element, "Dt") or _text(element, "DtTm"))[:10] if element is not None else ""
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise InvalidInput("A date in this file cannot be read.", field="file") from error


def _status(entry: Element) -> str:
    """ "BOOK", as a word in older versions and inside `Cd` in newer ones."""
    return _text(entry, "Sts/Cd") or _text(entry, "Sts")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element.tag) == name)


def _first(element: Element, path: str) -> Element | None:
    here: Element | None = element
    for step in path.split("/"):
        here = (
            next((child for child in here if _local(child.tag) == step), None) if here is not None else None
        )
    return here


def _text(element: Element, path: str) -> str:
    found = _first(element, path)
    return (found.text or "").strip() if found is not None else ""
