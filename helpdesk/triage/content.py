"""The content of a version as plain data: rules and concepts by name, in the order of their files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Any, Literal

from helpdesk.core.languages import LANGUAGES
from helpdesk.triage.lexicon import Concept
from helpdesk.triage.rule_files import read_files
from helpdesk.triage.rules import RuleSet, read_ruleset

Kind = Literal["rule", "concept"]
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A rule or a concept under its name."""

    kind: Kind
    name: str
    data: Data

    @property
    def sha256(self) -> str:
        """Of the wording; the order of keys makes no difference."""
        told = json.dumps(self.data, sort_keys=True, ensure_ascii=False)
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an item between two contents; `before` or `after` is None where there is none."""

    kind: Kind
    name: str
    before: Data | None
    after: Data | None


@dataclass(frozen=True, slots=True)
class Content:
    """All items of a version."""

    items: tuple[Item, ...]

    @classmethod
    def of(cls, concepts: Mapping[str, Data], rules: Iterable[Data]) -> "Content":
        """A content out of files; concepts are brought into one form, so that spaces make no difference."""
        words = [Item("concept", n, Concept.from_data(n, d).as_data() | _own(d)) for n, d in concepts.items()]
        return cls((*words, *(Item("rule", str(d.get("name", "")), dict(d)) for d in rules)))

    @property
    def rules(self) -> Sequence[Data]:
        """The rules in their order."""
        return [item.data for item in self.items if item.kind == "rule"]

    @property
    def concepts(self) -> dict[str, Data]:
        """The concepts by name, in their order."""
        return {item.name: item.data for item in self.items if item.kind == "concept"}

    def get(self, kind: Kind, name: str) -> Data | None:
        """One item's data."""
        return next((i.data for i in self.items if i.kind == kind and i.name == name), None)

    def put(self, kind: Kind, name: str, data: Data | None) -> "Content":
        """The content with one item changed, added at the end, or (None) taken out."""
        new = None if data is None else Item(kind, name, data)
        same = [i.kind == kind and i.name == name for i in self.items]
        kept = [new if here else item for here, item in zip(same, self.items, strict=True)]
        if not any(same):
            kept.append(new)
        return Content(tuple(item for item in kept if item is not None))

    def compiled(self) -> RuleSet:
        """Ready to judge; what cannot be read is left out and named in its `broken`."""
        return read_ruleset(self.concepts, self.rules)


def _own(concept: Data) -> dict[str, str]:
    """What a desk's own concept means in other languages; that of the starter set is in the catalogue."""
    return {key: str(concept[key]) for code in LANGUAGES if concept.get(key := f"means_{code}")}


def changes(before: Content, after: Content) -> list[Change]:
    """What is different, rules first, by name."""
    old = {(i.kind, i.name): i for i in before.items}
    new = {(i.kind, i.name): i for i in after.items}
    names = sorted(old.keys() | new.keys(), key=lambda key: (key[0] != "rule", key[1]))
    return [
        Change(kind, name, _data(old.get((kind, name))), _data(new.get((kind, name))))
        for kind, name in names
        if _wording(old.get((kind, name))) != _wording(new.get((kind, name)))
    ]


def _data(item: Item | None) -> Data | None:
    return item.data if item else None


def _wording(item: Item | None) -> str | None:
    return item.sha256 if item else None


def merged(base: Content, ours: Content, theirs: Content) -> tuple[Content, list[str]]:
    """Ours with what changed from `base` to `theirs`; items that both changed stay ours and are named."""
    mine = {(c.kind, c.name) for c in changes(base, ours)}
    result, kept = ours, []
    for change in changes(base, theirs):
        if (change.kind, change.name) in mine:
            kept.append(change.name)
        else:
            result = result.put(change.kind, change.name, change.after)
    return result, kept


def starter_content() -> Content:
    """What a new installation begins with, from the files beside this module."""
    folder = resources.files(__package__).joinpath("starter")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return Content.of(*read_files({file.name: file.read_text("utf-8") for file in files}))
