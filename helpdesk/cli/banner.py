"""What `helpdesk run` says when everything answers."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from helpdesk.settings import Settings


def banner(settings: Settings, addresses: Sequence[str], sign_ins: Sequence[str]) -> str:
    """Where the pages are, where mail comes in and goes out, and who may sign in for a try.

    `addresses` are our mailboxes, `sign_ins` finished lines.
    """
    lines = [
        "",
        "The helpdesk is running. Ctrl-C stops it.",
        "",
        f"  Pages          {settings.public_url}",
        *_listed("Mail comes in", _ways_in(settings, addresses)),
        f"  Mail goes out  {_way_out(settings)}",
        f"  Data           {settings.data_dir}",
        "",
    ]
    if sign_ins:
        lines += ["Demo sign-ins:", *(f"  {line}" for line in sign_ins), ""]
    return "\n".join(lines)


def _listed(title: str, entries: Iterator[str]) -> list[str]:
    found = list(entries) or ["nowhere: SMTP_LISTEN is off, IMAP_URLS and MAILDIRS are empty"]
    titles = [title] + [""] * (len(found) - 1)
    return [f"  {name:<13}  {entry}" for name, entry in zip(titles, found, strict=True)]


def _ways_in(settings: Settings, addresses: Sequence[str]) -> Iterator[str]:
    if settings.smtp_listen:
        yield f"SMTP on {settings.smtp_listen.written}, for {', '.join(addresses) or 'no address yet'}"
    for url in settings.imap_urls:
        parts = urlsplit(url)
        yield f"IMAP {parts.username or ''}@{parts.hostname}"  # never with the password
    for folder in settings.maildirs:
        yield f"Maildir {folder}"


def _way_out(settings: Settings) -> str:
    if settings.smtp_url is None:
        return f"as .eml files in {settings.outbox_dir} (no SMTP_URL is set: nothing leaves)"
    parts = urlsplit(settings.smtp_url)
    return f"through {parts.hostname}" + (f":{parts.port}" if parts.port else "")
