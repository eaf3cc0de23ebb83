"""What a draft would change on past questions: asking for a replay, its progress, its findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from helpdesk.accounts.permissions import Permission
from helpdesk.actions import backtest_rules
from helpdesk.actions.live_rules import compiled
from helpdesk.core.clock import now
from helpdesk.core.errors import InvalidInput
from helpdesk.i18n import NAMES, lazy
from helpdesk.i18n import gettext as _
from helpdesk.triage.backtest import languages_that_lose
from helpdesk.triage.backtest_models import Backtest, BacktestChange
from helpdesk.triage.backtest_queries import backtest, changes_of, question_of
from helpdesk.triage.engine import judge
from helpdesk.triage.rule_queries import version
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.why import Why, marked_by, told
from helpdesk.web.guards import actor, require

_SHOWN = 100
_TEXT_SHOWN = 8_000

DECISIONS = {
    "hotline": lazy("free"),
    "support": lazy("paid"),
    "ask": lazy("ask a person"),
}


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """What changes in one language."""

    name: str
    counts: Mapping[str, int]
    loses: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One changed question in words."""

    verdict_id: int
    ticket_id: int
    language: str
    before: str
    after: str
    right: str
    rules: str
    moved_minor: int


@blueprint.post("/rules/backtests")
def ask_backtest() -> Response:
    """Asks for a replay, or starts the shadow beside the live rules."""
    require(Permission.EDIT_RULES)
    if request.form.get("then") == "shadow":
        made = backtest_rules.start_shadow(by=actor(), now=now())
    else:
        size = request.form.get("questions", "")
        if size not in map(str, backtest_rules.SIZES):
            raise InvalidInput("Choose how many questions.", field="questions")
        made = backtest_rules.ask_backtest(int(size), by=actor(), now=now())
    return redirect(url_for("agent.backtest", backtest_id=made), 303)


@blueprint.get("/rules/backtests/<row:backtest_id>", endpoint="backtest")
def show_backtest(backtest_id: int) -> str:
    """How far it is, and what it found so far; may be left and come back to."""
    require(Permission.EDIT_RULES)
    run = backtest(backtest_id)
    mark = request.args.get("after", "")
    after = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 10 else 0
    rows = changes_of(run.id, after, _SHOWN + 1)
    return page(
        "agent/rules/backtest.html",
        section="settings",
        run=run,
        **told_figures(run),
        rows=[_found(row) for row in rows[:_SHOWN]],
        more=rows[_SHOWN - 1].verdict_id if len(rows) > _SHOWN else None,
        version=version(run.version_id),
    )


def told_figures(run: Backtest) -> dict[str, Any]:
    """The figures of a replay for its page and for the draft's."""
    figures = run.figures
    losing = languages_that_lose(figures)
    moves = figures.get("moves", {})
    rules = figures.get("rules", {})
    return {
        "languages": [
            LanguageRow(NAMES.get(code, code), row, code in losing)
            for code, row in sorted(figures.get("languages", {}).items())
        ],
        "losing": [NAMES.get(code, code) for code in losing],
        "moves": [(told_move(*key.split(">")), n) for key, n in sorted(moves.items(), key=lambda kv: -kv[1])],
        "rules": sorted(rules.items(), key=lambda item: -item[1]["changed"])[:30],
        "moved_minor": int(figures.get("moved_minor", 0)),
    }


def told_move(before: str, after: str) -> str:
    """free → paid."""
    return f"{_(DECISIONS.get(before, before))} → {_(DECISIONS.get(after, after))}"


def _found(row: BacktestChange) -> Found:
    return Found(
        row.verdict_id,
        row.ticket_id,
        row.language,
        _(DECISIONS.get(row.before, row.before)),
        _(DECISIONS.get(row.after, row.after)),
        _right(row),
        ", ".join(map(str, row.rules)),
        row.moved_minor,
    )


def _right(row: BacktestChange) -> str:
    if row.truth is None or row.before == row.after:
        return ""
    if row.after == row.truth:
        return "better"
    return "worse" if row.before == row.truth else "still"


@blueprint.get("/rules/backtests/<row:backtest_id>/questions/<row:verdict_id>")
def backtest_question(backtest_id: int, verdict_id: int) -> str:
    """Both explanations of one question, made again from its facts."""
    require(Permission.EDIT_RULES)
    run, asked = backtest(backtest_id), question_of(verdict_id)
    sides: list[tuple[str, Why, Markup | str]] = []
    for title, version_id in ((_("Rules of then"), run.live_id), (_("Draft"), run.version_id)):
        verdict = judge(asked.question, compiled(version_id, version(version_id).fingerprint))
        sides.append((title, told(verdict), marked_by(asked.question.body[:_TEXT_SHOWN], verdict)))
    return page(
        "agent/rules/backtest_question.html",
        section="settings",
        run=run,
        ticket_id=asked.stored.ticket_id,
        subject=asked.question.subject,
        verdicts=sides,
    )


@blueprint.post("/rules/backtests/<row:backtest_id>/ending")
def stop_backtest(backtest_id: int) -> Response:
    """Ends a replay early."""
    require(Permission.EDIT_RULES)
    backtest_rules.stop_backtest(backtest_id, by=actor(), now=now())
    flash(_("The replay was ended. What it found stays."))
    return redirect(url_for("agent.backtest", backtest_id=backtest_id), 303)
