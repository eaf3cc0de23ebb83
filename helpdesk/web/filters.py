"""What templates may say: texts, amounts, times and sizes in the reader's language."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from babel.dates import format_datetime
from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from helpdesk import i18n
from helpdesk.core.money import Money


def register(app: Flask) -> None:
    """Installs filters and globals; strict, so that a misspelt name fails and is not an empty place."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(
        {
            "_": spoken,
            "ngettext": spoken_count,
            "language_names": i18n.NAMES,
            "current_language": i18n.current_language,
        }
    )
    filters: dict[str, Callable[..., object]] = {
        "amount": i18n.amount,
        "minor": minor,
        "moment": moment,
        "time": clock,
        "ago": ago,
        "day": i18n.short_day,
        "span": i18n.span,
        "minutes": minutes,
        "percent": i18n.percent,
        "filesize": filesize,
        "initials": initials,
        "promised": i18n.promise,
        "due": due,
        "meeting": meeting,
        "longday": i18n.day,
        "oneline": oneline,
    }
    env.filters.update(filters)


def spoken(message: str, **values: object) -> str:
    """As gettext(); a value that is HTML already (a time with its machine-readable form) stays HTML."""
    if not any(isinstance(value, Markup) for value in values.values()):
        return i18n.gettext(message, **values)
    return Markup(escape(i18n.gettext(message))) % values  # noqa: S704  escaped on the same line


def spoken_count(one: str, many: str, n: int, **values: object) -> str:
    """As ngettext(), with HTML among the values."""
    if not any(isinstance(value, Markup) for value in values.values()):
        return i18n.ngettext(one, many, n, **values)
    marks = {name: f"%({name})s" for name in values}
    text = escape(i18n.ngettext(one, many, n, **marks))
    return Markup(text) % values  # noqa: S704  escaped in the line above


def minor(value: int, currency: str) -> str:
    """An amount that is stored as a number and a currency."""
    return i18n.amount(Money(value, currency))


def minutes(length: int) -> str:
    """Working minutes as a length of time."""
    return i18n.working_time(timedelta(minutes=length))


def moment(at: datetime) -> Markup:
    """Date and time, readable by machines too."""
    return _time(at, i18n.moment(at), None)


def meeting(at: datetime) -> Markup:
    """Weekday, date and time of an appointment, readable by machines too."""
    return _time(at, i18n.appointment(at), None)


def clock(at: datetime) -> Markup:
    """The time of day, with the date on hovering."""
    return _time(at, i18n.clock_time(at), i18n.moment(at))


def ago(at: datetime, now: datetime) -> Markup:
    """Relative under a day, the date after; the exact time on hovering."""
    near = abs((now - at).total_seconds()) < 24 * 3600
    return _time(at, i18n.ago(at, now) if near else i18n.short_day(at), i18n.moment(at))


def due(at: datetime, now: datetime) -> str:
    """A promise in few letters: 16:40 today, Thu 17:00 within six days, the date else."""
    zone = i18n.current_zone()
    ahead = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if ahead == 0:
        return i18n.clock_time(at)
    if abs(ahead) > 6:
        return i18n.short_day(at)
    locale = i18n.LOCALES[i18n.current_language()]
    return f"{format_datetime(at, 'EEE', tzinfo=zone, locale=locale).rstrip('.')} {i18n.clock_time(at)}"


def oneline(text: str) -> str:
    """White space of every kind as single spaces."""
    return " ".join(text.split())


def _time(at: datetime, text: str, title: str | None) -> Markup:
    stamp = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if title is None:
        return Markup('<time datetime="{}">{}</time>').format(stamp, text)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, title, text)


def filesize(size: int) -> str:
    """Bytes as people read them: 812 B, 48 kB, 3.4 MB."""
    if size < 1000:
        return f"{size}\u00a0B"
    if size < 1_000_000:
        return f"{i18n.number(round(size / 1000))}\u00a0kB"
    return f"{i18n.number(round(size / 1_000_000, 1))}\u00a0MB"


def initials(name: str) -> str:
    """One or two letters for the round badge."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name[:1] or "?"]
    return "".join(letters).upper()
