"""The language and zone of each request: the agent's own, else the one asked for, else the browser's."""

from contextlib import ExitStack

from flask import Flask, g, request

from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import speaking
from helpdesk.settings import Settings


def register(app: Flask) -> None:
    """Speaks the visitor's language from the first line on; guards switch to the agent's own."""
    settings: Settings = app.extensions["helpdesk"]

    @app.before_request
    def start_speaking() -> None:
        g.speech = ExitStack()
        g.speech.enter_context(speaking(_visitors_language(settings.default_language), settings.zone))

    @app.teardown_request
    def stop_speaking(_error: BaseException | None) -> None:
        speech: ExitStack | None = g.pop("speech", None)
        if speech is not None:
            speech.close()


def speak(language: str) -> None:
    """Switches the rest of this request to another language (the agent's, the customer's)."""
    g.speech.enter_context(speaking(language))


def asked_language() -> str | None:
    """The language in the address (`?lang=fr`), if it is one we speak."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else None


def _visitors_language(default: str) -> str:
    # Swedes and Swiss list regional variants; best_match() takes sv-SE for sv.
    return asked_language() or request.accept_languages.best_match(LANGUAGES) or default
