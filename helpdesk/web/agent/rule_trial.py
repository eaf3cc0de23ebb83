"""Trying the rules out: a pasted text or a ticket, judged by the live rules and by the draft side by side."""

from flask import make_response, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from helpdesk.actions.triage_ticket import asked
from helpdesk.core.errors import NotFound
from helpdesk.i18n import gettext as _
from helpdesk.triage.facts import Question
from helpdesk.triage.queries import verdicts_of
from helpdesk.triage.rule_queries import content
from helpdesk.web.agent.blueprint import blueprint
from helpdesk.web.agent.frame import page
from helpdesk.web.agent.rules import edited
from helpdesk.web.agent.why import Why, marked_by, told
from helpdesk.web.errors import said

_TEXT_AT_MOST = 20_000


@blueprint.get("/rules/trial")
def rule_trial() -> str:
    """An empty form."""
    edited()
    return _page("", "", "", {}, [])


@blueprint.post("/rules/trial")
def try_rules() -> Response:
    """The verdicts; nothing is stored."""
    found = edited()
    form = {key: value.replace("\x00", "") for key, value in request.form.items()}
    number = form.get("number", "").strip().removeprefix("#")
    subject, text = form.get("subject", "")[:300], form.get("text", "")[:_TEXT_AT_MOST]
    question = Question(subject, text)
    try:
        if number:
            question = _question_of(number)
    except NotFound as error:
        return make_response(_page(number, subject, text, {"number": said(error)}, []), 422)
    sets = [(_("Rules that judge now"), content(found.live.id).compiled())]
    if found.draft is not None:
        sets.append((_("Draft"), found.content.compiled()))
    verdicts = []
    for title, rules in sets:
        verdict = asked(question, rules)
        verdicts.append((title, told(verdict), marked_by(question.body[:_TEXT_AT_MOST], verdict)))
    return make_response(_page(number, subject, text, {}, verdicts))


def _question_of(number: str) -> Question:
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotFound("There is no ticket with this number.")
    return verdicts_of(int(number))[0][1]


def _page(
    number: str,
    subject: str,
    text: str,
    problems: dict[str, str],
    verdicts: list[tuple[str, Why, Markup | str]],
) -> str:
    return page(
        "agent/rules/trial.html",
        section="settings",
        number=number,
        subject=subject,
        text=text,
        problems=problems,
        verdicts=verdicts,
    )
