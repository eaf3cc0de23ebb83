"""The index finds what each entry says, however many entries there are, and in any order of its words."""

import random

from helpdesk.triage.guards import guarded_hits
from helpdesk.triage.index import Found, build_index
from helpdesk.triage.lexicon import Concept
from helpdesk.triage.patterns import patterns
from helpdesk.triage.sentences import sentences
from helpdesk.triage.words import words

VOCABULARY = ("wo", "finde", "finden", "ich", "die", "liste", "nicht", "12", "befinde", "lista")
PARTS = ("wo", "find*", "*te", "*ind*", "ich|die", "<number>", "[nicht]", "nicht", "...", "liste|wo_ich")


class Counted(list):
    """Counts how often one of its items is looked at."""

    looks = 0

    def __getitem__(self, at):
        self.looks += 1
        return super().__getitem__(at)


def index_of(entries):
    concepts = [Concept(name, "", {"de": tuple(own)}) for name, own in entries.items()]
    return build_index(concepts, "de", set(entries))


def found_one_by_one(entries, index, text):
    """The same, each entry for itself: any place, then the nearest of all ways through the steps."""
    keys = [index.known(word).keys for word in text]
    hits, exceptions = set(), set()
    for concept, own in entries.items():
        for pattern in (pattern for entry in own for pattern in patterns(entry, {})):
            for at in range(len(keys)):
                ends = {at}
                for step in pattern.steps:
                    near = {p for e in ends for p in range(e, e + step.gap + 1) if p < len(keys)}
                    ends = {p + 1 for p in near if step.any_of & keys[p]}
                if ends:
                    (exceptions if pattern.exception else hits).add(Found(concept, at, min(ends)))
    return {
        h
        for h in hits
        if not any(e.concept == h.concept and e.first < h.last and h.first < e.last for e in exceptions)
    }


def an_entry(chance):
    parts = [chance.choice(PARTS) for _ in range(chance.randint(1, 4))]
    return chance.choice(("", "", "", "!")) + " ".join(["die", *parts, "ich"] if parts[0] == "..." else parts)


def test_entries_found_together_are_those_found_one_by_one():
    chance = random.Random(11)
    shown = 0
    for _ in range(150):
        entries = {f"concept{n}": [an_entry(chance) for _ in range(3)] for n in range(4)}
        entries["always"] = ["wo|ich [nicht] finde"]
        index = index_of(entries)
        text = words(" ".join(chance.choices(VOCABULARY, k=chance.randint(1, 14))))

        found = set(index.find(text))

        assert found == found_one_by_one(entries, index, text), (entries, text)
        shown += len(found)
    assert shown > 500


def looks_at(entries, text):
    index = index_of(entries)
    known = [index.known(word) for word in words(text)]
    keys = Counted(word.keys for word in known)
    for at, word in enumerate(known):
        list(word.way.follow((at + 1,), keys))
    return keys.looks


def test_more_entries_are_no_more_work():
    """Entries that begin alike share their way, and others are never looked at."""
    text = "wo finde ich hier nicht die liste"
    few = {"where": ["wo finde ich ... liste", "ich ... nicht die"]}
    many = {
        "where": [*few["where"], *(f"wo finde ich ... ding{n}" for n in range(2_000))],
        "else": [f"sonst{n} ... liste" for n in range(2_000)],
    }

    assert looks_at(many, text) == looks_at(few, text) > 0


def test_concepts_on_the_same_words_always_come_in_one_order():
    """T1: the hash seed of a process must not choose which of them a reason names."""
    names = [f"concept{n}" for n in "hbgcfdea"]
    index = index_of({name: ["wo finde"] for name in names})
    concepts = {name: Concept(name, "", {}) for name in names}
    text = "Wo finde ich das?"
    (sentence,) = sentences(text, [("new", 0, len(text))])

    hits = guarded_hits(text, sentence, (), [index], concepts)

    assert [hit.concept for hit in hits] == sorted(names)
