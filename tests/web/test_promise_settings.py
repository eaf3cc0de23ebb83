"""Leads edit offices and policies, see which tickets would move, and only then save."""

import re

import pytest

from helpdesk.actions import track_sla
from helpdesk.actions.live_promises import live_book
from helpdesk.core import clock
from helpdesk.sla.book import MAIN
from tests.support.desk import Desk
from tests.web.conftest import Browser
from tests.web.stage import french_ticket
from tests.web.test_queue import statements

OFFICES = "/settings/promises/offices"
POLICIES = "/settings/promises/policies"


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send back from the page's own form."""
    form = page[page.index('<form method="post" class="fields"') :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        radio = 'type="radio"' in tag
        if name and (not radio or " checked" in tag):
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        found[name] = [(chosen[1] or chosen[2]) if chosen else ""]
    return found


def send(browser: Browser, path: str, typed: dict[str, object], then: str):
    return browser.post(path, {**fields(browser.page(path)), **typed, "then": then}, form_on=path)


def seen_and_saved(browser: Browser, path: str, typed: dict[str, object], then: str = "save"):
    shown = send(browser, path, typed, "remove" if then == "remove" else "preview")
    assert shown.status_code == 200, shown.text
    return browser.post(path, {**fields(shown.text), "then": then}, form_on=path), shown.text


def owed(desk: Desk) -> int:
    desk.mail_in("Where is the report?", sender="Carla Compta <compta@muster.example>")
    return desk.ticket().id


def test_what_would_move_is_shown_before_anything_is_saved(desk: Desk, adam: Browser, lea: Browser) -> None:
    number = owed(desk)
    hours = {f"day{n}": "09:00-12:00" for n in range(5)}
    answer, shown = seen_and_saved(lea, f"{OFFICES}/{MAIN}", hours)
    assert f"#{number}" in shown
    assert "17:00" in shown
    assert "12:00" in shown
    assert answer.status_code == 303
    assert live_book().number == 1
    assert track_sla.follow_book(clock.now()) == 1
    assert f"{desk.ticket().due_at:%H:%M}" == "11:00"
    assert "Version 1" in lea.page("/settings/promises")


def test_looking_saves_nothing_and_nothing_unseen_is_saved(desk: Desk, lea: Browser) -> None:
    path = f"{OFFICES}/{MAIN}"
    assert send(lea, path, {"day0": "10:00-12:00"}, "preview").status_code == 200
    unseen = send(lea, path, {"day0": "10:00-12:00"}, "save")
    assert unseen.status_code == 200
    shown = send(lea, path, {"day0": "10:00-12:00"}, "preview").text
    other = lea.post(path, {**fields(shown), "day1": "10:00-11:00", "then": "save"}, form_on=path)
    assert other.status_code == 200
    assert live_book().number == 0


def test_several_ranges_closures_and_special_days_are_kept_as_typed(desk: Desk, lea: Browser) -> None:
    typed = {
        "name": "Bern", "country": "ch", "subdivision": "be",
        "day0": "14:00-17:00, 09:00-12:00", "day4": "",
        "first": ["2026-12-28", "2026-12-05"], "last": ["2026-12-31", ""],
        "hours": ["", "10:00-14:00"], "why": ["Company holidays", "Open Saturday"],
    }  # fmt: skip
    answer, _shown = seen_and_saved(lea, f"{OFFICES}/new", typed)
    assert answer.status_code == 303
    bern = next(office for office in live_book().offices if office.name == "Bern")
    page = lea.page(f"{OFFICES}/{bern.key}")
    assert fields(page)["day0"] == ["09:00-12:00 14:00-17:00"]
    assert fields(page)["why"][:2] == ["Company holidays", "Open Saturday"]
    assert (bern.country, bern.subdivision) == ("CH", "BE")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"day2": "9-17"}, "day2"),
        ({"country": "XX"}, "name"),
        ({"first": ["yesterday"], "last": [""], "hours": [""], "why": ["x"]}, "special"),
        ({"first": ["2026-12-24"], "last": [""], "hours": ["9"], "why": ["x"]}, "special"),
        ({"first": ["2026-12-24"], "last": [""], "hours": [""], "why": [""]}, "special"),
    ],
)
def test_a_slip_is_told_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, adam: Browser, typed: dict[str, object], field: str
) -> None:
    answer = send(adam, f"{OFFICES}/{MAIN}", {"subdivision": "ZH", **typed}, "preview")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    if "first" in typed:
        assert typed["first"][0] in answer.text  # type: ignore[index]


def test_a_policy_for_a_customer_is_added_told_and_removed(desk: Desk, lea: Browser, anna: Browser) -> None:
    owed(desk)
    typed = {
        "name": "Muster first",
        "customer": desk.muster.number,
        "first": "minutes",
        "first_minutes": "60",
    }
    answer, shown = seen_and_saved(lea, f"{POLICIES}/new", typed)
    assert answer.status_code == 303
    assert "11:00" in shown
    track_sla.follow_book(clock.now())
    assert "Muster first" in anna.page(f"/tickets/{desk.ticket().id}")
    key = next(terms.key for terms in live_book().policies if terms.name == "Muster first")
    assert seen_and_saved(lea, f"{POLICIES}/{key}", {}, "remove")[0].status_code == 303
    assert [terms.name for terms in live_book().policies] == [""]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "x"}, "plan"),
        ({"name": "x", "plan": "gold", "first": "minutes", "first_minutes": "soon"}, "first"),
        ({"name": "x", "plan": "gold", "cut_off": "3 pm"}, "cut_off"),
        ({"name": "x", "plan": "gold", "urgent": "0"}, "urgent"),
        ({"name": "x", "customer": "K99999"}, "customer"),
        ({"name": "x", "plan": "gold", "mailbox_id": "x"}, "mailbox_id"),
        ({"name": "x", "plan": "gold", "office": "nowhere"}, "office"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_at_its_field(
    desk: Desk, adam: Browser, typed: dict[str, object], field: str
) -> None:
    answer = send(adam, f"{POLICIES}/new", typed, "preview")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_somebody_elses_change_is_not_overwritten(desk: Desk, lea: Browser, adam: Browser) -> None:
    path = f"{POLICIES}/everybody"
    shown = send(lea, path, {"cut_off": "15:00"}, "preview").text
    assert seen_and_saved(adam, path, {"cut_off": "12:00"})[0].status_code == 303
    late = lea.post(path, {**fields(shown), "then": "save"}, form_on=path)
    assert late.status_code == 200  # what is shown now is another effect: it has to be looked at first
    assert live_book().policies[0].cut_off == "12:00"


def test_an_office_or_policy_that_is_not_there_is_a_404(desk: Desk, adam: Browser) -> None:
    for path in (f"{OFFICES}/x", f"{POLICIES}/x"):
        assert adam.get(path).status_code == 404
        assert adam.post(path).status_code == 404


def test_the_settings_ask_the_database_twelve_times_at_most_however_many_tickets_move(
    desk: Desk, adam: Browser
) -> None:
    seen_and_saved(adam, f"{POLICIES}/new", {"name": "g", "plan": "gold", "team": "a"})
    for _n in range(30):
        french_ticket(desk)
    with statements() as asked:
        answer = send(adam, f"{OFFICES}/{MAIN}", {"day2": "09:00-12:00"}, "preview")
    assert "30" in answer.text
    # Two pages and the form.
    assert len([s for s in asked if s.startswith(("SELECT", "WITH"))]) <= 36
