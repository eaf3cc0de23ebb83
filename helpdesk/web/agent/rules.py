"""The rules: the list, the draft, publishing, the versions and the way back; for leads."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import edit_rules, publish_rules
from helpdesk.actions.backtest_rules import SIZES
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput, NotAllowedYet, NotFound
from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import NAMES
from helpdesk.i18n import gettext as _
from helpdesk.triage.backtest_queries import latest
from helpdesk.triage.content import Change, Content, Item, changes
from helpdesk.triage.learning_queries import rule_hits
from helpdesk.triage.rule_models import RuleVersion
from helpdesk.triage.rule_queries import content, live_version, published, unpublished, version
from helpdesk.web.agent.backtests import told_figures
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.rule_problems import told_problem
from helpdesk.web.agent.rule_words import (
    Data,
    concept_name,
    conflicts,
    reason_of,
    told_then,
    told_when,
)
from helpdesk.web.errors import said
from helpdesk.web.guards import actor, require


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of the list."""

    name: str
    sentence: str
    when: list[str]
    then: str
    priority: int
    on: bool
    changed: bool
    conflicts: int
    hits: int
    last: date | None


@dataclass(frozen=True, slots=True)
class ConceptLine:
    """One concept of the list, with how many entries each language has."""

    name: str
    means: str
    counts: list[tuple[str, int]]
    empty: list[str]
    is_list: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class Edited:
    """The rules as they are being edited: the draft where there is one, else those that judge."""

    content: Content
    draft: RuleVersion | None
    live: RuleVersion
    changes: list[Change]

    @property
    def changed(self) -> set[tuple[str, str]]:
        """Kind and name of what the draft changes."""
        return {(change.kind, change.name) for change in self.changes}


def edited() -> Edited:
    """What the editor shows; raises NotFound before `helpdesk setup` brought the starter set."""
    require(Permission.EDIT_RULES)
    found, draft = live_version(), unpublished("draft")
    if found is None:
        raise NotFound("There are no rules yet. Run `helpdesk setup` first.")
    live = version(found.id)
    judging = content(live.id)
    if draft is None:
        return Edited(judging, None, live, [])
    new = content(draft.id)
    return Edited(new, draft, live, changes(judging, new))


@blueprint.get("/rules")
def rules() -> str:
    """All rules, those told first on top."""
    found = edited()
    return _list(found)


def _list(found: Edited, refused: str | None = None) -> str:
    every = found.content.rules
    hits = rule_hits()
    ordered = sorted(every, key=lambda r: (-_priority(r), str(r.get("name", ""))))
    return page(
        "agent/rules/list.html",
        section="settings",
        found=found,
        lines=[_line(rule, found, hits.get(str(rule.get("name")), {})) for rule in ordered],
        counted=bool(hits),
        offered=unpublished("offered"),
        broken=[told_problem(what) for what in found.content.compiled().broken],
        refused=refused,
    )


def _line(rule: Data, found: Edited, hits: Data) -> Line:
    name = str(rule.get("name", ""))
    return Line(
        name,
        reason_of(rule),
        told_when(rule, found.content),
        told_then(rule),
        _priority(rule),
        rule.get("on") is not False,
        ("rule", name) in found.changed,
        len(conflicts(rule, found.content.rules)),
        hits.get("hits", 0),
        date.fromisoformat(hits["last"]) if hits.get("last") else None,
    )


def _priority(rule: Data) -> int:
    value = rule.get("priority", 50)
    return value if isinstance(value, int) else 50


@blueprint.get("/concepts")
def concepts() -> str:
    """All concepts with their words a language; an empty column stands out."""
    found = edited()
    lines = [_concept_line(name, data, found) for name, data in found.content.concepts.items()]
    return page(
        "agent/rules/concepts.html",
        section="settings",
        found=found,
        lines=sorted(lines, key=lambda line: line.means.casefold()),
    )


def _concept_line(name: str, data: Data, found: Edited) -> ConceptLine:
    counts = [(code, entries(data, code)) for code in LANGUAGES]
    return ConceptLine(
        name,
        concept_name(name, data),
        counts,
        [NAMES[code] for code, n in counts if not n],
        bool(data.get("list")),
        ("concept", name) in found.changed,
    )


def entries(data: Data, language: str) -> int:
    """How many entries a column has."""
    return sum(bool(part.strip()) for part in str(data.get(language, "")).replace("\n", ";").split(";"))


@blueprint.post("/rules/<name>/switch")
def switch_rule(name: str) -> Response:
    """Turns a rule on or off in the draft."""
    found = edited()
    rule = found.content.get("rule", name)
    if rule is None:
        raise NotFound("There is no such rule.")
    new = {key: value for key, value in rule.items() if key != "on"}
    if rule.get("on") is not False:
        new["on"] = False
    was = Item("rule", name, rule).sha256
    edit_rules.save("rule", name, new, was=was, by=actor(), now=now())
    flash(_("Kept in the draft. Mail is judged by the published rules until you publish."))
    return redirect(url_for("agent.rules") + f"#{name}", 303)


@blueprint.post("/rules/draft/discarding")
def discard_draft() -> Response:
    """Throws the draft away."""
    require(Permission.EDIT_RULES)
    edit_rules.discard(by=actor())
    flash(_("The draft was thrown away."))
    return redirect(url_for("agent.rules"), 303)


@blueprint.get("/rules/draft")
def draft() -> str:
    """What the draft changes, and the way to publish it."""
    return draft_page()


def draft_page(refused: str | None = None) -> str:
    """The page of the draft, with what stands in its way."""
    found = edited()
    return page(
        "agent/rules/draft.html",
        section="settings",
        found=found,
        differences=[told_change(each, found.content) for each in found.changes],
        refused=refused,
        **_replays(found),
    )


def _replays(found: Edited) -> dict[str, Any]:
    """The replay of the draft as it is now, and the shadows that run."""
    runs = latest() if found.draft else ()
    mine = [run for run in runs if found.draft and run.fingerprint == found.draft.fingerprint]
    replay = next((run for run in mine if run.last_id is not None), None)
    figures = told_figures(replay) if replay else {"losing": []}
    shadows = [run for run in runs if run.ends_at is not None]
    return {**figures, "replay": replay, "shadows": shadows, "sizes": SIZES}


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed rule or concept in words."""

    kind: str
    name: str
    what: str
    before: list[str]
    after: list[str]


def told_change(change: Change, known: Content) -> Difference:
    """What a change does, as lines before and after."""
    what = "added" if change.before is None else "removed" if change.after is None else "changed"
    before, after = _told(change.kind, change.before, known), _told(change.kind, change.after, known)
    same = set(before) & set(after) if what == "changed" else set()
    return Difference(
        change.kind,
        change.name,
        what,
        [line for line in before if line not in same],
        [line for line in after if line not in same],
    )


def _told(kind: str, data: Data | None, known: Content) -> list[str]:
    if data is None:
        return []
    if kind == "concept":
        return [
            f"{code}: {entry.strip()}"
            for code in LANGUAGES
            for entry in str(data.get(code, "")).replace("\n", ";").split(";")
            if entry.strip()
        ]
    lines = [reason_of(data), *told_when(data, known), told_then(data)]
    if data.get("on") is False:
        lines.append(_("switched off"))
    lines += [_("valid from %(day)s", day=data["valid_from"])] if data.get("valid_from") else []
    lines += [_("valid until %(day)s", day=data["valid_until"])] if data.get("valid_until") else []
    lines += [_("must match: %(text)s", text=text) for text in data.get("matches", ())]
    lines += [_("must not match: %(text)s", text=text) for text in data.get("misses", ())]
    return [line for line in lines if line]


@blueprint.post("/rules/publication")
def publish() -> Response:
    """Makes the draft the rules that judge."""
    require(Permission.EDIT_RULES)
    try:
        number = publish_rules.publish(
            by=actor(),
            note=request.form.get("note", ""),
            despite=request.form.get("despite") == "y",
            now=now(),
        )
    except (InvalidInput, NotAllowedYet) as error:
        return make_response(draft_page(_refusal(error)), error.status)
    flash(_("Version %(number)s judges from now on.", number=number))
    return redirect(url_for("agent.rule_versions"), 303)


def _refusal(error: InvalidInput | NotAllowedYet) -> str:
    """Why nothing was published, with what is wrong in the lead's language."""
    wrong = error.data.get("wrong")
    if not isinstance(wrong, list):
        return said(error)
    return _(error.message, what="; ".join(map(told_problem, wrong)))


@blueprint.get("/rules/versions")
def rule_versions() -> str:
    """What was published when and by whom, and one click back to each."""
    require(Permission.EDIT_RULES)
    return page("agent/rules/versions.html", section="settings", versions=published(), live=live_version())


@blueprint.get("/rules/versions/<row:version_id>")
def rule_version(version_id: int) -> str:
    """What a version changed against the one before it."""
    require(Permission.EDIT_RULES)
    chosen = version(version_id)
    if chosen.number is None:
        raise NotFound("There is no such version of the rules.")
    before = next((v for v in published(limit=500) if v.number == chosen.number - 1), None)
    known = content(chosen.id)
    found = changes(content(before.id), known) if before else []
    return page(
        "agent/rules/version.html",
        section="settings",
        version=chosen,
        first=before is None,
        live=live_version(),
        differences=[told_change(each, known) for each in found],
    )


@blueprint.post("/rules/versions/<row:version_id>/restoration")
def restore_rules(version_id: int) -> Response:
    """Brings an earlier version back."""
    require(Permission.EDIT_RULES)
    number = publish_rules.restore(version_id, by=actor(), now=now())
    flash(_("Version %(number)s judges from now on.", number=number))
    return redirect(url_for("agent.rule_versions"), 303)


@blueprint.post("/rules/starter")
def take_starter() -> Response:
    """Puts the newer starter set into the draft, or leaves it."""
    require(Permission.EDIT_RULES)
    if request.form.get("then") == "leave":
        publish_rules.leave_starter(by=actor())
        flash(_("The newer starter set was left aside."))
    else:
        kept = publish_rules.take_starter(by=actor(), now=now())
        flash(_("The newer starter set is in the draft."))
        if kept:
            flash(_("Your own wording stayed in: %(names)s", names=", ".join(kept)))
    return redirect(url_for("agent.draft"), 303)
