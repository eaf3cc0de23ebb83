"""The form of a rule, without scripts: rows of conditions read into a rule's data, and what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import gettext as _
from helpdesk.triage.facts import KINDS, MAIL_FACTS, NUMBER_FACTS, OPEN_FACTS
from helpdesk.triage.rules import LIMIT, SCOPES
from helpdesk.web.agent.rule_words import EFFECTS, HOW

Data = Mapping[str, Any]

NAME = re.compile(r"[a-z][a-z0-9_]{1,49}")
ROWS_AT_MOST = 40
_SPARE = 2
_TEXT_AT_MOST = 300
_EXAMPLES_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as it stands in the form: where it is looked for, what, and the value of a number."""

    fact: str = ""
    anywhere: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under all, any or none; `inner` are groups of the second level, with the same three ways."""

    how: str
    rows: Sequence[Row]
    inner: Sequence["Group"] = ()


@dataclass(slots=True)
class Draft:
    """A rule as the form shows it, and what is wrong with it by field."""

    data: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)


def groups_of(rule: Data, spare: int = _SPARE) -> list[Group]:
    """The three groups of the form, each with some empty rows and one empty inner group."""
    return [_group(how, rule.get(how, ()), spare) for how in HOW]


def _group(how: str, items: Sequence[Any], spare: int) -> Group:
    rows = [_row(item) for item in items if isinstance(item, str)]
    inner = [
        Group(key, [*(_row(each) for each in value if isinstance(each, str)), Row()])
        for item in items
        if isinstance(item, Mapping)
        for key, value in item.items()
    ]
    blank = Group("any", [Row(), Row()])
    return Group(how, [*rows, *([Row()] * spare)], [*inner, blank])


def _row(fact: str) -> Row:
    for sign in (">=", "<="):
        name, found, limit = fact.partition(sign)
        if found:
            return Row(f"{name.strip()} {sign}", False, limit.strip())
    if fact.startswith("plan:"):
        return Row("plan:", False, fact.removeprefix("plan:"))
    return Row(fact.removeprefix("mail:"), fact.startswith("mail:"))


def read_rule(form: Mapping[str, str], known: Sequence[str], before: Data) -> Draft:
    """A rule out of the form's fields. `known` are the facts there are; `before` keeps what has no field."""
    draft = Draft({"name": form.get("name", "").strip(), "priority": 50, "scope": "sentence"})
    if before.get("name"):
        draft.data["name"] = before["name"]
    if not NAME.fullmatch(draft.data["name"]):
        draft.problems["name"] = _("Write the name in small letters, digits and _, beginning with a letter.")
    if form.get("on") != "y":
        draft.data["on"] = False
    _read_priority(form, draft)
    if form.get("scope") in SCOPES:
        draft.data["scope"] = form["scope"]
    _read_days(form, draft)
    for how in HOW:
        items = _read_group(form, how, known, draft)
        if items:
            # Groups stand below single conditions in the form: another order alone is no other rule.
            old = list(before.get(how, ()))
            same = len(old) == len(items) and all(item in old for item in items)
            draft.data[how] = old if same else items
    if not any(draft.data.get(how) for how in HOW):
        draft.problems["all-0-fact"] = _("A rule needs at least one condition.")
    _read_then(form, draft)
    _read_texts(form, draft)
    return draft


def _read_priority(form: Mapping[str, str], draft: Draft) -> None:
    written = form.get("priority", "50").strip()
    if written.isascii() and written.isdigit() and len(written) < 4 and int(written) <= 100:
        draft.data["priority"] = int(written)
    else:
        draft.problems["priority"] = _("The priority is a whole number from 0 to 100.")


def _read_days(form: Mapping[str, str], draft: Draft) -> None:
    for name in ("valid_from", "valid_until"):
        written = form.get(name, "").strip()
        if not written:
            continue
        try:
            draft.data[name] = date.fromisoformat(written).isoformat()
        except ValueError:
            draft.problems[name] = _("Write the day as 2027-03-09.")
    if draft.data.get("valid_until", "9999") < draft.data.get("valid_from", ""):
        draft.problems["valid_until"] = _("The last day lies before the first.")


def _read_group(form: Mapping[str, str], prefix: str, known: Sequence[str], draft: Draft) -> list[Any]:
    items: list[Any] = _read_rows(form, prefix, known, draft)
    for at in range(ROWS_AT_MOST):
        inner = f"{prefix}-in{at}"
        if f"{inner}-how" not in form:
            break
        rows = _read_rows(form, inner, known, draft)
        if rows and form[f"{inner}-how"] in HOW:
            items.append({form[f"{inner}-how"]: rows})
    return items


def _read_rows(form: Mapping[str, str], prefix: str, known: Sequence[str], draft: Draft) -> list[Any]:
    found: list[Any] = []
    for at in range(ROWS_AT_MOST):
        name = f"{prefix}-{at}-fact"
        fact = form.get(name)
        if fact is None:
            break
        if not fact:
            continue
        value = form.get(f"{prefix}-{at}-value", "").strip()
        said = _fact(fact, value, form.get(f"{prefix}-{at}-anywhere") == "y", known)
        if said is None:
            draft.problems[name] = _("This condition needs a value.")
            said = f"{fact} {value}"[:60]
        found.append(said)
    return list(dict.fromkeys(found))


def _fact(fact: str, value: str, anywhere: bool, known: Sequence[str]) -> str | None:
    name, _space, sign = fact.partition(" ")
    if sign:
        fine = name in NUMBER_FACTS and sign in (">=", "<=") and value.isascii() and value.isdigit()
        return f"{name} {sign} {int(value)}" if fine and len(value) < 7 else None
    if fact == "plan:":
        return f"plan:{value.lower()[:40]}" if value else None
    if fact not in known:
        return None
    # What is said of the whole mail anyway has no sentence to stand in.
    whole = fact in MAIL_FACTS or fact.startswith(OPEN_FACTS)
    return f"mail:{fact}" if anywhere and not whole else fact


def _read_then(form: Mapping[str, str], draft: Draft) -> None:
    then: dict[str, Any] = {}
    for effect in EFFECTS:
        written = form.get(f"then-{effect}", "").strip().replace(",", ".").replace("−", "-")
        if not written:
            continue
        try:
            points = float(written)
        except ValueError:
            points = LIMIT + 1
        if not -LIMIT <= points <= LIMIT:
            draft.problems[f"then-{effect}"] = _("Points are a number from −10 to 10.")
        elif points:
            then[effect] = int(points) if points.is_integer() else points
    if not then and not any(name.startswith("then-") for name in draft.problems):
        draft.problems["then-support"] = _("A rule without points does nothing.")
    if form.get("kind") in KINDS:
        then["kind"] = form["kind"]
    draft.data["then"] = then


def _read_texts(form: Mapping[str, str], draft: Draft) -> None:
    reason = form.get("reason", "").strip()[:_TEXT_AT_MOST]
    draft.data["reason"] = reason
    if not reason:
        draft.problems["reason"] = _("Say why the rule speaks, so that people can read it.")
    for code in LANGUAGES:
        written = form.get(f"reason_{code}", "").strip()[:_TEXT_AT_MOST]
        if written and code != "en":
            draft.data[f"reason_{code}"] = written
    for name in ("matches", "misses"):
        lines = [line.strip()[:1000] for line in form.get(name, "").splitlines() if line.strip()]
        if lines:
            draft.data[name] = lines[:_EXAMPLES_AT_MOST]
