"""Settings: read from the environment once, validated at the start, frozen afterwards.

Every setting is explained in `.env.example`; a test compares the two.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dotenv import dotenv_values

from helpdesk.core.errors import SettingsError
from helpdesk.core.languages import LANGUAGES

# Where relative folders start, and where `.env` lies.
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a port to listen on."""

    host: str
    port: int

    @property
    def written(self) -> str:
        """`127.0.0.1:8000` or `[::1]:8000`, as URLs have it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable(self) -> "Endpoint":
        """The same on this machine, for what listens on all of its addresses."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  names, nothing is bound
        return Endpoint(everywhere.get(self.host, self.host), self.port)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set, already checked."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    files_url: str | None
    secret_key: bytes
    public_url: str
    web: Endpoint
    web_threads: int
    trusted_proxies: int
    smtp_listen: Endpoint | None
    smtp_url: str | None
    oauth_authorize_url: str | None
    imap_urls: tuple[str, ...]
    maildirs: tuple[Path, ...]
    authserv_id: str | None
    max_message_bytes: int
    automatic_mail_limit: int
    tagged_bounces: bool
    default_language: str
    zone: ZoneInfo
    country: str
    subdivision: str | None
    open_from: str
    open_until: str
    blind_percent: int
    #: Minutes of free hotline a case (product rule 1).
    hotline_minutes: int
    vendor_name: str
    support_address: str
    invoice_iban: str
    vendor_street: str
    vendor_house_number: str
    vendor_postcode: str
    vendor_town: str
    vendor_vat_id: str
    log_format: str
    metrics_token: str | None

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure as soon as people reach us by https."""
        return self.public_url.startswith("https://")

    @property
    def outbox_dir(self) -> Path:
        """Where outgoing mail is written as .eml while no SMTP server is configured."""
        return self.data_dir / "outbox"

    @property
    def files_dir(self) -> Path:
        """Where attachments live, by content hash."""
        return self.data_dir / "files"


def environment() -> dict[str, str]:
    """The environment over the `.env` file beside the code."""
    written = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    return {**written, **os.environ}


def data_dir_of(environ: Mapping[str, str], root: Path) -> Path:
    """The folder for everything the helpdesk writes; known before there is a secret key."""
    return (root / environ.get("HELPDESK_DATA_DIR", "var").strip()).resolve()


def secret_key_file(data_dir: Path) -> Path:
    """Where `helpdesk setup` keeps the key that it made."""
    return data_dir / "secret_key"


def read_settings(environ: Mapping[str, str], root: Path) -> Settings:
    """Builds the settings or raises SettingsError with one sentence that says what to change.

    `root` is the folder that relative paths start from.
    """
    read = _Reader(environ)
    country = read.text("COUNTRY", "CH").upper()
    data_dir = data_dir_of(environ, root)
    web = read.endpoint("WEB_LISTEN", "127.0.0.1:8000") or Endpoint("127.0.0.1", 8000)
    return Settings(
        data_dir=data_dir,
        database_url=read.database(f"sqlite:///{data_dir / 'helpdesk.sqlite3'}"),
        redis_url=read.url("REDIS_URL", ("redis", "rediss", "unix")),
        files_url=read.url("FILES_URL", ("http", "https")),
        secret_key=read.secret(secret_key_file(data_dir)),
        public_url=(read.url("PUBLIC_URL", ("http", "https")) or f"http://{web.reachable.written}").rstrip(
            "/"
        ),
        web=web,
        web_threads=read.number("WEB_THREADS", 16, 1, 512),
        trusted_proxies=read.number("TRUSTED_PROXIES", 0, 0, 5),
        smtp_listen=read.endpoint("SMTP_LISTEN", "127.0.0.1:2525"),
        smtp_url=read.url("SMTP_URL", ("smtp", "smtps", "smtp+starttls")),
        oauth_authorize_url=read.url("OAUTH_AUTHORIZE_URL", ("https", "http")),
        imap_urls=read.urls("IMAP_URLS", ("imap", "imaps", "imap+starttls")),
        maildirs=tuple((root / part).resolve() for part in read.parts("MAILDIRS")),
        authserv_id=read.text("AUTHSERV_ID", "") or None,
        max_message_bytes=read.number("MAX_MESSAGE_BYTES", 40_000_000, 100_000, 200_000_000),
        automatic_mail_limit=read.number("AUTOMATIC_MAIL_LIMIT", 500, 10, 100_000),
        tagged_bounces=read.choice("TAGGED_BOUNCES", "no", ("yes", "no")) == "yes",
        default_language=read.choice("DEFAULT_LANGUAGE", "de", LANGUAGES),
        zone=read.zone("TIMEZONE", "Europe/Zurich"),
        country=country,
        subdivision=read.text("SUBDIVISION", "ZH" if country == "CH" else "") or None,
        open_from=read.wall_time("OPEN_FROM", "09:00"),
        open_until=read.wall_time("OPEN_UNTIL", "17:00"),
        blind_percent=read.number("BLIND_PERCENT", 3, 0, 20),
        hotline_minutes=read.number("HOTLINE_MINUTES", 10, 1, 120),
        vendor_name=read.text("VENDOR_NAME", "Muster Software AG"),
        support_address=read.address("SUPPORT_ADDRESS", "support@helpdesk.example"),
        metrics_token=read.text("METRICS_TOKEN", "") or None,
        invoice_iban=read.iban("INVOICE_IBAN"),
        vendor_street=read.text("VENDOR_STREET", "")[:70],
        vendor_house_number=read.text("VENDOR_HOUSE_NUMBER", "")[:16],
        vendor_postcode=read.text("VENDOR_POSTCODE", "")[:16],
        vendor_town=read.text("VENDOR_TOWN", "")[:35],
        vendor_vat_id=read.text("VENDOR_VAT_ID", "")[:30],
        log_format=read.choice("LOG_FORMAT", "text", ("text", "json")),
    )


class _Reader:
    """Typed reading of one environment; each refusal names the setting and what it should look like."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, default).strip()

    def parts(self, name: str) -> list[str]:
        return [part.strip() for part in self.text(name, "").split(",") if part.strip()]

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            _refuse(name, "must be one of %s" % ", ".join(allowed))
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not low <= int(value) <= high:
            _refuse(name, f"must be a whole number from {low} to {high}")
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        value = self.text(name, "")
        return _checked_url(name, value, schemes) if value else None

    def urls(self, name: str, schemes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_checked_url(name, part, schemes) for part in self.parts(name))

    def database(self, default: str) -> str:
        value = self.text("DATABASE_URL", "") or default
        for prefix in ("postgres://", "postgresql://"):
            if value.startswith(prefix):
                return "postgresql+psycopg://" + value.removeprefix(prefix)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            _refuse("DATABASE_URL", "must start with sqlite:/// or postgresql://")
        return value

    def iban(self, name: str) -> str:
        value = self.text(name, "").replace(" ", "").upper()
        if value and not (
            value[:2] in ("CH", "LI") and len(value) == 21 and value.isalnum() and value.isascii()
        ):
            _refuse(name, "must be a Swiss IBAN or QR-IBAN of 21 characters")
        return value

    def endpoint(self, name: str, default: str) -> Endpoint | None:
        value = self.text(name, default)
        if value == "off":
            return None
        host, colon, port = value.rpartition(":")
        if not colon or not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
            _refuse(name, "must look like 127.0.0.1:8000")
        return Endpoint(host.strip("[]"), int(port))

    def wall_time(self, name: str, default: str) -> str:
        value = self.text(name, default)
        hours, colon, minutes = value.partition(":")
        fine = colon and len(value) == 5 and hours.isdecimal() and minutes.isdecimal()
        if not fine or not (int(hours) < 24 and int(minutes) < 60):
            _refuse(name, "must look like 09:00")
        return value

    def zone(self, name: str, default: str) -> ZoneInfo:
        value = self.text(name, default)
        if value not in available_timezones():
            _refuse(name, "must be a zone name such as Europe/Zurich")
        return ZoneInfo(value)

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default).lower()
        local, at, host = value.partition("@")
        if not (at and local and "." in host) or any(c.isspace() or c in "<>," for c in value):
            _refuse(name, "must be an e-mail address")
        return value

    def secret(self, file: Path) -> bytes:
        """The key that signs sessions and reply addresses: from SECRET_KEY or the file that setup wrote."""
        value = self.text("SECRET_KEY", "")
        if not value and file.is_file():
            value = file.read_text(encoding="ascii").strip()
        if not value:
            raise SettingsError("There is no secret key yet. Run `helpdesk setup`, or set SECRET_KEY.")
        if len(value) < 32:
            _refuse("SECRET_KEY", "must be at least 32 characters long")
        return value.encode()


def _checked_url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    expected = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  reading it raises ValueError on nonsense
    except ValueError:
        _refuse(name, f"must be an address that starts with {expected}")
    if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
        _refuse(name, f"must be an address that starts with {expected}")
    return value


def _refuse(name: str, why: str) -> NoReturn:
    # The value itself is not repeated: it may hold a password.
    raise SettingsError(f"The setting {name} {why}.")
