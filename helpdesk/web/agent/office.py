"""The book of promises for the pages of one request: read once, whatever the page shows."""

from flask import g

from helpdesk.actions.live_promises import shown_book
from helpdesk.core.business_hours import Calendar
from helpdesk.core.clock import now
from helpdesk.sla.book import Book


def book() -> Book:
    """The version that holds."""
    if "promise_book" not in g:
        g.promise_book = shown_book(now())
    found: Book = g.promise_book
    return found


def calendar() -> Calendar:
    """The main office's: whose day it is for agents."""
    return book().main
