"""What one raw message says, as data: the value everything else in the system works with."""

from dataclasses import dataclass, field
from datetime import datetime

from helpdesk.mail.addresses import Mailbox
from helpdesk.mail.attachments import Attachment
from helpdesk.mail.automatic import Automatic
from helpdesk.mail.bounces import Bounce


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A message taken apart. All text is clean Unicode; header values are single lines.

    `html_source` is as the sender wrote it: show it only through `html_clean.clean_html`.
    """

    from_address: str = ""
    from_name: str = ""
    #: Exactly one From header with exactly one address and nothing odd about it. Says nothing of DMARC.
    from_trustworthy: bool = False
    reply_to: tuple[Mailbox, ...] = ()
    sender: str = ""
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    #: Addresses of Delivered-To, X-Original-To, Envelope-To and the like: where it really arrived.
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    new_text: str = ""
    html_source: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic = field(default_factory=lambda: Automatic(False))
    bounce: Bounce | None = None
    #: One of de, fr, sv, en and how sure that is (0..1); "" without text.
    language: str = ""
    language_confidence: float = 0.0
    forwarded_from: str = ""
    #: Raw values, unfolded, topmost first: only the one our own server wrote may be believed.
    authentication_results: tuple[str, ...] = ()
    x_loop: tuple[str, ...] = ()
    x_original_sender: str = ""
    defects: tuple[str, ...] = ()

    @property
    def is_auto(self) -> bool:
        """A machine sent it by itself; bounces included."""
        return self.automatic.is_auto or self.bounce is not None

    @property
    def is_bounce(self) -> bool:
        """It says that a message of ours did not arrive (yet)."""
        return self.bounce is not None
