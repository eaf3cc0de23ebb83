"""Accepting and declining an offer on a page (B5, reliability rule 6).

Opening the link only shows the offer, by GET and HEAD alike. To answer, somebody must send a form. Mail
scanners open links and some press buttons, so a bare form is not enough: the name is empty and needed, and a
second field that no person sees must stay empty. A scanner that sends the form as it is fails the first, one
that fills in every field fails the second, and one that fills in only what people see does not know who works
there: for a name of nobody that we know the code from the mail is asked. All of them get the page again.
Above CHF 1'000 a second page asks once more. The first answer counts; later ones show it.
"""

from dataclasses import dataclass

from flask import make_response, request
from werkzeug.wrappers import Response

from helpdesk.actions import answer_offer, quote_work
from helpdesk.actions.answer_offer import OfferView
from helpdesk.actions.context import settings
from helpdesk.core.clock import now
from helpdesk.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from helpdesk.core.money import chf
from helpdesk.i18n import current_language
from helpdesk.i18n import gettext as _
from helpdesk.reports.evidence import card
from helpdesk.reports.evidence_told import paper
from helpdesk.web.downloads import download
from helpdesk.web.errors import said
from helpdesk.web.forms import AnswerForm
from helpdesk.web.language import asked_language, speak
from helpdesk.web.login import current_agent
from helpdesk.web.pages import plain_page
from helpdesk.web.public.blueprint import blueprint

#: From here on a second page asks again (ui.md C6).
ASK_AGAIN_ABOVE = chf(1000)
MAX_TOKEN = 100


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page shows besides the offer."""

    form: AnswerForm
    problems: dict[str, str]
    refused: str | None = None
    again: bool = False
    needs_code: bool = False


@blueprint.get("/offers/<token>")
def offer(token: str) -> str:
    """The offer with its amounts, deadline and two forms; changes nothing."""
    view = _see(token)
    return _page(token, view, _Shown(AnswerForm(formdata=None), {}))


@blueprint.post("/offers/<token>/acceptance")
def accept(token: str) -> Response:
    """A person's yes, once; a machine gets the page again."""
    return _answer(token, accepted=True)


@blueprint.post("/offers/<token>/refusal")
def decline(token: str) -> Response:
    """A person's no, with a reason if they like."""
    return _answer(token, accepted=False)


@blueprint.get("/offers/<token>/evidence.pdf")
def evidence(token: str) -> Response:
    """The answered offer as a document for the customer's own books; changes nothing."""
    view = _see(token)
    if view.answer is None:
        raise NotFound("This link does not open anything.")
    content = paper(
        card(view.offer.id),
        vendor=settings().vendor_name,
        language=current_language(),
        inside=False,
        made_at=now(),
    )
    return download(content, f"{view.offer.number}.pdf", "application/pdf")


@blueprint.get("/offers/<token>/quote.pdf")
def quote_pdf(token: str) -> Response:
    """The quote on paper, as it was sent; changes nothing."""
    view = _see(token)
    if view.quote is None:
        raise NotFound("This link does not open anything.")
    name = f"{view.quote.name.replace(' ', '-')}.pdf"
    return download(quote_work.document(view.quote, now()), name, "application/pdf")


def _answer(token: str, *, accepted: bool) -> Response:
    _only_customers()
    view, form = _see(token), AnswerForm()
    if view.state != "open":
        return make_response(_page(token, view, _Shown(form, {})))
    problems = _problems(form, needs_name=True)
    if problems or form.website.data:
        return make_response(_page(token, view, _Shown(form, problems)), 422)
    if not answer_offer.is_known(view.offer, form.name.data or "", form.code.data or ""):
        return make_response(_page(token, view, _Shown(form, {}, needs_code=True)), 422)
    if accepted and view.offer.gross > ASK_AGAIN_ABOVE and form.confirmed.data != "yes":
        return make_response(_page(token, view, _Shown(form, {}, again=True)))
    try:
        view = answer_offer.by_page(
            token,
            accepted,
            name=form.name.data or "",
            reason=form.reason.data or "",
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            now=now(),
        )
    except InvalidInput as error:
        return make_response(_page(token, view, _Shown(form, {"name": said(error)})), 422)
    except Conflict as error:
        return make_response(_page(token, _see(token), _Shown(form, {}, refused=said(error))), 409)
    return make_response(_page(token, view, _Shown(form, {})))


def _only_customers() -> None:
    """Raises Forbidden for a signed-in agent: consent is the customer's alone (B4).

    Where no mail server is set up, nobody but the person trying the system out can be the customer.
    """
    if current_agent() is not None and settings().smtp_url is not None:
        raise Forbidden("Only the customer can answer an offer here. Record a call on the ticket instead.")


def _problems(form: AnswerForm, *, needs_name: bool) -> dict[str, str]:
    form.validate()
    problems = form.problems()
    letters = sum(map(str.isalpha, form.name.data or ""))
    if needs_name and letters < 2:
        problems["name"] = _("Write your first and last name, so that we know who decided.")
    return problems


def _see(token: str) -> OfferView:
    """The offer behind the link, and from now on its language; raises NotFound."""
    view = answer_offer.see(token[:MAX_TOKEN], now())
    if asked_language() is None:
        speak(view.offer.language)
    return view


def _page(token: str, view: OfferView, shown: _Shown) -> str:
    return plain_page("public/offer.html", token=token, view=view, shown=shown, asked=asked_language())
