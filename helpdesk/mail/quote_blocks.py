"""The block of header lines ("From: ... Sent: ... To: ... Subject: ...") that programs put above a quote."""

import re

from helpdesk.mail.quote_words import LABELS

#: No heading is longer; a longer line is prose (or an attack) and is looked at only this far.
LINE_CAP = 320
#: Lines looked at below a first header line.
BLOCK_LINES = 14
#: Notes writes label and value on lines of their own, with blank lines between.
NOTES_LINES = 16

_LABEL = re.compile(r"[\s*_|>]*([^\W\d_][^:：<>@]{0,28}?)[\s*_]*[:：]")
ADDRESS = re.compile(r"[^\s<>@\[\]()\"]@[\w.-]")
TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}")
_MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\ufeff]")
_MOMENT = re.compile(
    r"[\w.,/ -]{0,24}\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? (?:um |at |à |"
    r"kl\.? )?\d{1,2}[:.]\d{2}(?::\d{2})?(?: [ap]m| uhr)?$",
    re.I,
)


def label(line: str) -> tuple[str, str]:
    """(meaning, value) of a header-like line, ("", "") for any other."""
    found = _LABEL.match(line[:LINE_CAP])
    if found is None:
        return "", ""
    kind = LABELS.get(found.group(1).strip(" \t*_\xa0\u200b").lower(), "")
    if not kind:
        return "", ""
    return kind, without_marks(line[found.end() : LINE_CAP]).strip(" \t*_\xa0")


def without_marks(text: str) -> str:
    """The text without the invisible marks of direction and width that programs put around addresses."""
    return text if text.isascii() else _MARKS.sub("", text)


def header_block(lines: list[str], at: int, *, after_rule: bool = False) -> int:
    """How many lines the header block that starts at line `at` has, 0 when it is none.

    Human text has "Von: ... An: ..." in lists and "From:" in prose, so a block needs a sender, two more
    fields, and a subject or an address among them.
    """
    first, value = label(lines[at])
    if not first or first == "other":
        return 0
    values, last, misses = {first: value}, at, 0
    for here in range(at + 1, min(len(lines), at + BLOCK_LINES)):
        kind, value = label(lines[here])
        if kind:
            if kind in values and kind in ("from", "subject"):
                break
            values.setdefault(kind, value)
            last, misses = here, 0
            continue
        misses += 1
        if misses > (3 if lines[here].strip() else 1) and len(values) >= 2:
            break
        if not lines[here].strip() and "subject" in values:
            break
    if first != "from" and not after_rule and not _certain(values):
        return 0
    return last - at + 1 if _is_block(values, after_rule=after_rule) else 0


def _certain(values: dict[str, str]) -> bool:
    """A form begins with any of its fields; a mail's has an address or a time of day."""
    when = values.get("date", "") + values.get("sent", "")
    return bool(ADDRESS.search(values.get("from", "") + values.get("to", "")) or _CLOCK.search(when))


def _is_block(values: dict[str, str], *, after_rule: bool) -> bool:
    if "from" not in values:
        return False
    if "sent" in values:
        values.setdefault("date", values["sent"])
    others = len(values.keys() - {"from", "other", "sent"})
    addressed = bool(ADDRESS.search(values["from"]))
    if (
        after_rule
        and others >= 1
        and (addressed or "subject" in values or TIME.search(values.get("date", "")))
    ):
        return True
    if others < 2:
        return addressed and "date" in values and bool(TIME.search(values["date"]))
    if "subject" in values and (addressed or any(c.isdigit() for c in values.get("date", ""))):
        return True
    if addressed and ("date" in values or "to" in values):
        return True
    return "to" in values and bool(TIME.search(values.get("sent", "")))


def notes_block(lines: list[str], at: int) -> int:
    """Lines of a heading of Lotus Notes: a name, a moment, "To" and "Subject" without colons; 0 for none."""
    below = at + 1
    if below >= len(lines) or _MOMENT.match(lines[below][:LINE_CAP].strip()) is None:
        return 0
    name = lines[at][:LINE_CAP].strip()
    if not 2 <= len(name) <= 120 or name.endswith((".", "!", "?", ":")):
        return 0
    addressed = False
    for here in range(below + 1, min(len(lines), below + NOTES_LINES)):
        line = lines[here][:LINE_CAP].strip()
        word, _, rest = line.partition("\t")
        kind = LABELS.get(word.strip().lower().rstrip(":"), "")
        if kind == "to":
            addressed = True
        elif kind == "subject" and addressed:
            after = here + 1
            while not rest.strip() and after < len(lines) - 1 and not lines[after].strip():
                after += 1
            return (here if rest.strip() else min(after, len(lines) - 1)) - at + 1
        elif not addressed and line and here > below + 3:
            return 0
    return 0
