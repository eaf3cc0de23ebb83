"""Files that nothing names: an attachment whose transaction failed, a draft that was thrown away."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy import String, cast, select

from helpdesk.actions.context import context
from helpdesk.db import db, transaction
from helpdesk.mail.models import OutgoingMail
from helpdesk.tickets.models import Attachment

log = structlog.get_logger()

# A file is written before the commit that names it: a young one may still be named.
YOUNG = timedelta(days=2)
# Set aside that long before it is deleted; reading one brings it back.
KEPT_ASIDE = timedelta(days=30)
_PIECE = 500


def sweep_files(now: datetime) -> int:
    """Sets aside what nothing names, deletes what has lain aside for a month; returns how many were moved.

    Safe beside writers: what is put again in the very moment stays, and each is looked up once more after it
    was moved.
    """
    files, aside, before = context().files, 0, now - YOUNG
    in_outbox = _in_outbox()
    for piece in _pieces(files.older_than(before)):
        for sha256 in piece - _attached(piece) - in_outbox:
            if not files.set_aside(sha256, before):
                continue
            if _attached({sha256}) or sha256 in _in_outbox():
                files.bring_back(sha256)
            else:
                aside += 1
    deleted = files.forget_aside(now - KEPT_ASIDE)
    log.info("files_swept", set_aside=aside, deleted=deleted)
    return aside


def _attached(hashes: set[str]) -> set[str]:
    with transaction():  # begins anew: what was committed in the meantime counts
        return set(db.session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(hashes))))


def _in_outbox() -> set[str]:
    """Files of mails that were written, taken back ones included: their draft still has them."""
    has_files = cast(OutgoingMail.attachments, String) != "[]"
    with transaction():
        found = db.session.scalars(select(OutgoingMail.attachments).where(has_files)).all()
    return {str(file["sha256"]) for attachments in found for file in attachments or ()}


def _pieces(hashes: Iterable[str]) -> Iterator[set[str]]:
    left = iter(hashes)
    while piece := set(islice(left, _PIECE)):
        yield piece
