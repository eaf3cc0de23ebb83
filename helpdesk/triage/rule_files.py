"""Rules and concepts as files that people read and edit: TOML, the same form as the starter set."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from helpdesk.core.errors import InvalidInput
from helpdesk.core.languages import LANGUAGES
from helpdesk.triage.patterns import split_entries

CONCEPTS, RULES = "concepts.toml", "rules.toml"
_WIDE = 110
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FIRST = (
    "name",
    "on",
    "priority",
    "scope",
    "valid_from",
    "valid_until",
    "all",
    "any",
    "none",
    "then",
    "reason",
)
_HEAD = {
    CONCEPTS: "# Concepts: what people mean, with a list of words a language, between semicolons.\n",
    RULES: "# Rules: when their facts hold, points go to an effect, with a reason people read.\n",
}


def read_files(texts: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Concepts by name and rules out of TOML texts by file name; raises InvalidInput with file and place."""
    concepts: dict[str, dict[str, Any]] = {}
    rules: list[dict[str, Any]] = []
    for file, text in texts.items():
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput("%(file)s cannot be read: %(why)s", file=file, why=str(error)) from error
        found = data.pop("rule", [])
        if not isinstance(found, list) or not all(isinstance(rule, dict) for rule in found):
            raise InvalidInput("%(file)s cannot be read: %(why)s", file=file, why="[[rule]] makes a rule")
        rules.extend(found)
        for name, concept in data.items():
            if not isinstance(concept, dict):
                raise InvalidInput(
                    "%(file)s cannot be read: %(why)s", file=file, why=f"[{name}] makes a concept"
                )
            concepts[name] = concept
    return concepts, rules


def write_files(
    concepts: Mapping[str, Mapping[str, Any]], rules: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """The two files by name; read_files() gives the same content back."""
    words = "\n".join(_concept(name, data) for name, data in concepts.items())
    return {
        CONCEPTS: f"{_HEAD[CONCEPTS]}\n{words}",
        RULES: f"{_HEAD[RULES]}\n" + "\n".join(_rule(rule) for rule in rules),
    }


def _concept(name: str, data: Mapping[str, Any]) -> str:
    lines = [f"[{_key(name)}]", f"means = {_value(str(data.get('means', '')))}"]
    lines += [f"{key} = {_value(str(data[key]))}" for code in LANGUAGES if data.get(key := f"means_{code}")]
    if data.get("guards", ["quoted"]) != ["quoted"]:
        lines.append(f"guards = {_value(data['guards'])}")
    if data.get("where", "new") != "new":
        lines.append(f"where = {_value(data['where'])}")
    if data.get("list"):
        lines.append("list = true")
    lines += [f"{language} = {_column(str(data.get(language, '')))}" for language in LANGUAGES]
    return "\n".join(lines) + "\n"


def _rule(rule: Mapping[str, Any]) -> str:
    names = [name for name in _FIRST if name in rule] + sorted(rule.keys() - set(_FIRST))
    return "[[rule]]\n" + "".join(f"{_key(name)} = {_value(rule[name])}\n" for name in names)


def _column(text: str) -> str:
    """Entries on lines of a readable width, as a text of several lines where one is not enough."""
    entries = split_entries(text)
    whole = "; ".join(entries)
    if len(whole) <= _WIDE or '"' in whole or "\\" in whole:
        return _value(whole)
    lines = [""]
    for entry in entries:
        if lines[-1] and len(lines[-1]) + len(entry) > _WIDE:
            lines.append("")
        lines[-1] += f"{entry}; "
    return '"""\n' + "\n".join(line.rstrip() for line in lines).rstrip(";") + '"""'


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list([_value(each) for each in value])
    # A JSON text is a TOML text but for the one character that JSON lets through.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    whole = "[" + ", ".join(values) + "]"
    return whole if len(whole) <= _WIDE else "[\n" + "".join(f"  {each},\n" for each in values) + "]"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)
