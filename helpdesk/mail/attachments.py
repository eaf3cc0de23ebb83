"""Attachments: their bytes, and a name that is safe to store, show and offer."""

import hashlib
import re
from dataclasses import dataclass

from helpdesk.mail.charsets import one_line

#: File systems take 255 bytes; people read less.
NAME_CAP = 150

_PATH = re.compile(r"[/\\]")
_EXTENSIONS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv",
    "image/png": ".png",
    "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf",
    "text/vcard": ".vcf",
    "message/rfc822": ".eml", "application/pgp-signature": ".asc", "application/pgp-encrypted": ".txt",
    "application/pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s", "application/ms-tnef": ".dat",
    "message/delivery-status": ".txt", "text/rfc822-headers": ".txt", "application/zip": ".zip",
    "application/xml": ".xml", "text/xml": ".xml", "application/json": ".json", "text/x-vcard": ".vcf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a message. `content_id` without angle brackets, "" when it has none."""

    filename: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        """Length of the content in bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Hash of the content, hexadecimal: the same file stored once."""
        return hashlib.sha256(self.content).hexdigest()


def safe_name(name: str, content_type: str, number: int) -> str:
    """A file name without path, control or direction marks; made up when the sender gave none."""
    name = one_line(name).strip("\"' ")
    if re.match(r"^[a-zA-Z]:\\|^\.{0,2}[/\\]|.*[/\\]\.\.[/\\]", name) or "\\" in name:
        name = _PATH.split(name)[-1]
    name = _PATH.sub("_", name).strip()
    if name.strip(". ") == "":
        return f"attachment-{number}{_EXTENSIONS.get(content_type, '.bin')}"
    if len(name) > NAME_CAP:
        stem, dot, extension = name.rpartition(".")
        keep = f"{dot}{extension}" if dot and len(extension) <= 10 else ""
        name = (stem if keep else name)[: NAME_CAP - len(keep)] + keep
    return name
