"""The book of promises: offices and policies of one version, and which of them hold for a ticket. [pure]"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from helpdesk.core.business_hours import Calendar
from helpdesk.core.errors import InvalidInput
from helpdesk.core.week_hours import Opening
from helpdesk.sla.offices import Office
from helpdesk.sla.terms import Place, Terms, Whose

MAIN, EVERYBODY = "main", "everybody"
_PLACED = f"{MAIN}@"
#: More are not set up by hand; a form with thousands is an attack.
MAX_ENTRIES = 200
_ZURICH = ZoneInfo("Europe/Zurich")
_ANY_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Book:
    """Offices and policies; `number` is the version's, 0 for what the environment says before any was saved.

    The office `main` and the policy `everybody` are always there.
    """

    number: int
    offices: tuple[Office, ...]
    policies: tuple[Terms, ...]

    def check(self) -> None:
        """Raises InvalidInput for a book that could not judge every ticket."""
        for office in self.offices:
            office.check()
        for terms in self.policies:
            terms.check()
            if terms.office not in self._calendars:
                raise InvalidInput("There is no such office.", field="office")
        everybody = self._policy.get(EVERYBODY)
        if MAIN not in self._calendars or everybody is None or everybody.conditions:
            raise InvalidInput("One office and one policy for everybody have to stay.")
        scopes = {(t.customer_id, t.plan.casefold(), t.team.casefold(), t.mailbox_id) for t in self.policies}
        if len(scopes) < len(self.policies):
            raise InvalidInput("Another policy is for exactly the same tickets.", field="plan")
        if max(len(self.offices), len(self.policies)) > MAX_ENTRIES:
            raise InvalidInput("There are too many offices or policies.")
        for office in self.offices:
            self._opens(office)

    def _opens(self, office: Office) -> None:
        """Raises InvalidInput for an office that does not open again after one of its closures."""
        calendar = self._calendars[office.key]
        for day in [_ANY_DAY, *(each.first for each in office.special)]:
            calendar.next_open(calendar.day(day).starts)

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        return {office.key: office.calendar() for office in self.offices}

    @cached_property
    def _policy(self) -> dict[str, Terms]:
        return {terms.key: terms for terms in self.policies}

    @cached_property
    def _by_weight(self) -> tuple[Terms, ...]:
        return tuple(sorted(self.policies, key=lambda terms: terms.weight, reverse=True))

    @property
    def main(self) -> Calendar:
        """The calendar of the main office."""
        return self._calendars[MAIN]

    @cached_property
    def asks_plan(self) -> bool:
        """Whether any policy depends on the plan: only then it is looked up."""
        return any(terms.plan for terms in self.policies)

    @cached_property
    def asks_team(self) -> bool:
        """Whether any policy depends on the team."""
        return any(terms.team for terms in self.policies)

    def calendar(self, office: str) -> Calendar:
        """The calendar of an office; of one that was closed down, the main one's."""
        known = self._calendars.get(office)
        if known is None:
            made = self.office(office).calendar()
            if len(self._calendars) > 4 * MAX_ENTRIES:
                return made
            known = self._calendars.setdefault(office, made)
        return known

    def office(self, key: str) -> Office:
        """The office with this key, else the main one, at the place that a key of office_key() names."""
        found = {office.key: office for office in self.offices}
        main = found[MAIN]
        if not key.startswith(_PLACED):
            return found.get(key) or main
        zone, country, subdivision = key.removeprefix(_PLACED).split("|")
        return replace(
            main,
            key=key,
            zone=zone or main.zone,
            country=country or main.country,
            subdivision=subdivision if country else main.subdivision,
        )

    def office_key(self, terms: Terms, place: Place) -> str:
        """Whose days count: those of the terms' office; the main one takes over a mailbox's place."""
        if terms.office != MAIN or not any(place):
            return terms.office
        return _PLACED + "|".join(place)

    def terms(self, whose: Whose) -> Terms:
        """The most specific policy that fits; the one for everybody fits always."""
        return next((terms for terms in self._by_weight if terms.fits(whose)), self._policy[EVERYBODY])

    def with_office(self, office: Office) -> Self:
        """The book with this office put in the place of the one with its key, or added."""
        others = [each for each in self.offices if each.key != office.key]
        at = next((n for n, each in enumerate(self.offices) if each.key == office.key), len(others))
        return replace(self, offices=(*others[:at], office, *others[at:]))

    def with_terms(self, terms: Terms) -> Self:
        """The book with this policy put in the place of the one with its key, or added."""
        others = [each for each in self.policies if each.key != terms.key]
        at = next((n for n, each in enumerate(self.policies) if each.key == terms.key), len(others))
        return replace(self, policies=(*others[:at], terms, *others[at:]))

    def without(self, key: str) -> Self:
        """The book without the office or policy of this key; policies of that office go to the main one."""
        return replace(
            self,
            offices=tuple(each for each in self.offices if each.key != key),
            policies=tuple(
                replace(each, office=MAIN) if each.office == key else each
                for each in self.policies
                if each.key != key
            ),
        )

    def as_data(self) -> dict[str, Any]:
        """Plain data for a database row."""
        return {
            "offices": [office.as_data() for office in self.offices],
            "policies": [terms.as_data() for terms in self.policies],
        }

    @property
    def fingerprint(self) -> str:
        """Stands for the whole content, number included: equal only for the same version."""
        written = json.dumps([self.number, self.as_data()], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()

    @classmethod
    def from_data(cls, number: int, data: Mapping[str, Any]) -> Self:
        """The book whose as_data() this is."""
        offices = tuple(Office.from_data(each) for each in data["offices"])
        return cls(number, offices, tuple(Terms.from_data(each) for each in data["policies"]))


def first_book(
    name: str,
    zone: ZoneInfo = _ZURICH,
    country: str = "CH",
    subdivision: str | None = "ZH",
    opens: time = time(9),
    closes: time = time(17),
) -> Book:
    """What holds before anybody saved a version: Monday to Friday, the same working day for everybody.

    Raises InvalidInput for hours that make no sense.
    """
    day = (Opening(opens, closes),)
    office = Office(MAIN, name, zone.key, (day, day, day, day, day, (), ()), country, subdivision or "")
    return Book(0, (office,), (Terms(EVERYBODY, "", MAIN),))
