"""Editing one rule or one concept: forms that read like sentences, checked with their examples at saving."""

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.actions import edit_rules
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, InvalidInput, NotFound
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy
from helpdesk.triage.content import Content, Item
from helpdesk.triage.engine import examples_of
from helpdesk.triage.facts import KINDS
from helpdesk.triage.lexicon import Concept, word_lists
from helpdesk.triage.patterns import PatternError, patterns
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.rule_form import NAME, Draft, groups_of, read_rule
from helpdesk.web.agent.rule_words import (
    EFFECTS,
    HOW,
    SCOPES,
    concept_name,
    conflicts,
    fact_groups,
    told_fact,
)
from helpdesk.web.agent.rules import Edited, edited
from helpdesk.web.agent.telling import kind_name
from helpdesk.web.errors import said
from helpdesk.web.guards import actor

_COLUMN_AT_MOST = 20_000
_WHY = {
    "empty": lazy("an entry needs at least one word"),
    "long": lazy("an entry has 14 words at most"),
    "optional": lazy("an entry has three optional words at most"),
    "choices": lazy("too many choices of several words"),
    "not_a_word": lazy("this is not one word; write apostrophes and hyphens as spaces"),
    "short_stem": lazy("a stem has two letters at least"),
    "no_list": lazy("no list of words has this name"),
    "no_class": lazy("no kind of word has this name"),
}


@blueprint.get("/rules/new")
def new_rule() -> str:
    """An empty form."""
    empty: dict[str, Any] = {"priority": 50, "scope": "sentence", "then": {}}
    return _rule_page(edited(), None, Draft(empty))


@blueprint.get("/rules/<name>")
def rule(name: str) -> str:
    """The form of one rule."""
    found = edited()
    return _rule_page(found, name, Draft(dict(_existing(found, "rule", name))))


@blueprint.post("/rules/new")
def add_rule() -> Response:
    """Puts a new rule into the draft."""
    return _save_rule(None)


@blueprint.post("/rules/<name>")
def save_rule(name: str) -> Response:
    """Puts the changed rule into the draft, or says what is wrong with it."""
    return _save_rule(name)


@blueprint.post("/rules/<name>/removal")
def remove_rule(name: str) -> Response:
    """Takes a rule out of the draft."""
    edited()
    edit_rules.take_out("rule", name, by=actor(), now=now())
    flash(_("The rule is out of the draft. Earlier versions keep it."))
    return redirect(url_for("agent.rules"), 303)


def _save_rule(name: str | None) -> Response:
    found = edited()
    before = _existing(found, "rule", name) if name is not None else {}
    form = {key: value.replace("\x00", "") for key, value in request.form.items()}
    known = [c.code for _group, choices in fact_groups(found.content) for c in choices]
    known += [fact for each in _facts(before) for fact in (each, each.removeprefix("mail:"))]
    draft = read_rule(form, known, before)
    if form.get("then") == "more":
        return make_response(_rule_page(found, name, Draft(draft.data), spare=6), 200)
    if not draft.problems:
        draft.problems.update(_examples(draft.data, found.content))
    if not draft.problems:
        try:
            edit_rules.save(
                "rule", draft.data["name"], draft.data, was=form.get("was") or None, by=actor(), now=now()
            )
        except (InvalidInput, Conflict) as error:
            draft.problems[str(error.data.get("field", "name"))] = said(error)
    if draft.problems:
        return make_response(_rule_page(found, name, draft), 422)
    flash(_("Kept in the draft. Mail is judged by the published rules until you publish."))
    return redirect(url_for("agent.rule", name=draft.data["name"]), 303)


def _facts(rule: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for how in HOW:
        for item in rule.get(how, ()):
            if isinstance(item, str):
                found.append(item)
            elif isinstance(item, Mapping):
                found += [each for items in item.values() for each in items if isinstance(each, str)]
    return found


def _examples(rule: Mapping[str, Any], content: Content) -> dict[str, str]:
    """Runs the examples of a rule as it would be in the draft."""
    if rule.get("on") is False:
        return {}
    rules = content.put("rule", str(rule["name"]), rule).compiled()
    made = next((each for each in rules.rules if each.name == rule["name"]), None)
    if made is None:
        return {"name": _("This rule cannot be read: %(why)s", why="; ".join(rules.broken))}
    silent, loud = examples_of(made, rules)
    problems = {}
    if silent:
        problems["matches"] = _("This example must match and does not: %(text)s", text=silent[0])
    if loud:
        problems["misses"] = _("This example must not match and does: %(text)s", text=loud[0])
    return problems


def _existing(found: Edited, kind: Any, name: str) -> Mapping[str, Any]:
    data = found.content.get(kind, name)
    if data is None:
        raise NotFound("There is no such rule.")
    return data


def _rule_page(found: Edited, name: str | None, draft: Draft, spare: int = 2) -> str:
    kept = found.content.get("rule", name) if name else None
    facts = fact_groups(found.content)
    return page(
        "agent/rules/rule.html",
        section="settings",
        found=found,
        name=name,
        rule=draft.data,
        problems=draft.problems,
        was=Item("rule", name or "", kept).sha256 if kept is not None else "",
        groups=groups_of(draft.data, spare),
        facts=facts,
        fact_names={c.code: c.name for _group, choices in facts for c in choices},
        told=lambda fact: told_fact(fact, found.content),
        how=[(code, _(word)) for code, word in HOW.items()],
        scopes=[(code, _(word)) for code, word in SCOPES.items()],
        effects=[(code, _(word)) for code, word in EFFECTS.items()],
        kinds=[(kind, kind_name(kind)) for kind in KINDS],
        languages=[code for code in LANGUAGES if code != "en"],
        rivals=[str(each["name"]) for each in conflicts(draft.data, found.content.rules)] if name else [],
    )


@blueprint.get("/concepts/new")
def new_concept() -> str:
    """An empty form."""
    return _concept_page(edited(), None, {}, {})


@blueprint.get("/concepts/<name>")
def concept(name: str) -> str:
    """The words of one concept, a column a language."""
    found = edited()
    return _concept_page(found, name, _existing(found, "concept", name), {})


@blueprint.post("/concepts/new")
def add_concept() -> Response:
    """Puts a new concept into the draft."""
    return _save_concept(None)


@blueprint.post("/concepts/<name>")
def save_concept(name: str) -> Response:
    """Puts the changed words into the draft, or says which entry is wrong, and where."""
    return _save_concept(name)


def _save_concept(name: str | None) -> Response:
    found = edited()
    before = _existing(found, "concept", name) if name is not None else {}
    form = {key: value.replace("\x00", "").replace("\r\n", "\n") for key, value in request.form.items()}
    named = name or form.get("name", "").strip()
    data: dict[str, Any] = {**before, "means": form.get("means", "").strip()[:200]}
    for code in LANGUAGES:
        data[code] = form.get(code, "")[:_COLUMN_AT_MOST]
        own = form.get(f"means_{code}", "").strip()[:200]
        if own and code != "en":
            data[f"means_{code}"] = own
        else:
            data.pop(f"means_{code}", None)
    problems = concept_problems(named, data, found.content)
    if not problems:
        # In the form of files, so that a line break makes no other wording.
        data = {
            **data,
            **{code: "; ".join(Concept.from_data(named, data).entries[code]) for code in LANGUAGES},
        }
        try:
            edit_rules.save("concept", named, data, was=form.get("was") or None, by=actor(), now=now())
        except (InvalidInput, Conflict) as error:
            problems[str(error.data.get("field", "name"))] = said(error)
    if problems:
        return make_response(_concept_page(found, name, {**data, "name": named}, problems), 422)
    flash(_("Kept in the draft. Mail is judged by the published rules until you publish."))
    return redirect(url_for("agent.concept", name=named), 303)


def concept_problems(name: str, data: Mapping[str, Any], content: Content) -> dict[str, str]:
    """What is wrong with a concept by field: the entry, the place of its first letter, and why."""
    problems: dict[str, str] = {}
    if not NAME.fullmatch(name):
        problems["name"] = _("Write the name in small letters, digits and _, beginning with a letter.")
    if not data.get("means"):
        problems["means"] = _("Say what the words mean.")
    every = content.put("concept", name, data).compiled().concepts
    for code in LANGUAGES:
        lists = word_lists(every.values(), code)
        for match in re.finditer(r"[^;\n]+", str(data.get(code, ""))):
            entry = match[0].strip()
            if not entry:
                continue
            try:
                patterns(entry, lists)
            except PatternError as error:
                problems[code] = _(
                    "Character %(at)s, “%(entry)s”: %(why)s",
                    at=match.start() + len(match[0]) - len(match[0].lstrip()) + 1,
                    entry=entry[:60],
                    why=_(_WHY.get(error.code, _WHY["not_a_word"])),
                )
                break
    return problems


def _concept_page(found: Edited, name: str | None, data: Mapping[str, Any], problems: dict[str, str]) -> str:
    kept = found.content.get("concept", name) if name else None
    return page(
        "agent/rules/concept.html",
        section="settings",
        found=found,
        name=name,
        concept=data,
        title=concept_name(name or "", data) if name else "",
        problems=problems,
        was=Item("concept", name or "", kept).sha256 if kept is not None else "",
        columns=[(code, str(data.get(code, ""))) for code in LANGUAGES],
        used_by=[str(r.get("name")) for r in found.content.rules if name and _uses(r, name)],
    )


def _uses(rule: Mapping[str, Any], name: str) -> bool:
    return any(fact.removeprefix("mail:") == name for fact in _facts(rule))
