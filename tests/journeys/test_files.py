"""Attachments are there as long as anything names them, and no longer for ever after."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from helpdesk.actions import answer_ticket, manage_outbox
from helpdesk.actions.answer_ticket import Upload
from helpdesk.actions.context import context
from helpdesk.actions.sweep_files import sweep_files
from helpdesk.core import clock
from helpdesk.core.errors import NotFound
from tests.support.desk import Desk

pytestmark = pytest.mark.database("sqlite")


def old(folder: Path) -> None:
    """Lets all files be a week old."""
    for file in (folder / "files").rglob("*"):
        if file.is_file():
            os.utime(file, (time.time() - 7 * 86400,) * 2)


def test_only_what_nothing_names_is_swept(desk: Desk, tmp_path: Path) -> None:
    files = context().files
    desk.mail_in("Voir la pièce jointe", attachments=[("a.pdf", "application/pdf", b"%PDF attached")])
    by, number = desk.actor(desk.anna), desk.ticket().id
    file = Upload("b.txt", "text/plain", b"in a draft")
    answer_ticket.reply(number, "Voilà", by=by, now=desk.clock.now, attachments=[file])
    draft = desk.outbox()[-1]
    manage_outbox.take_back(draft.id, by=by, now=desk.clock.now)
    orphan = files.put(b"its transaction failed")
    assert sweep_files(clock.now()) == 0  # all of them are young
    old(tmp_path)
    assert sweep_files(clock.now()) == 1
    assert {path.name for path in (tmp_path / "files" / "aside").iterdir()} == {orphan}
    assert files.get(draft.attachments[0]["sha256"]) == b"in a draft"
    sweep_files(clock.now() + timedelta(days=31))
    with pytest.raises(NotFound):
        files.get(orphan)
    assert len(list((tmp_path / "files").rglob("?" * 64))) == 2
