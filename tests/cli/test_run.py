"""`helpdesk run`: one command, everything answers; and however it ends, nothing stays behind."""

import os
import signal
import smtplib
import time
import urllib.request

import pytest

from tests.cli.conftest import Place, Running, is_free, wait_until
from tests.support.letters import letter

pytestmark = pytest.mark.timeout(180)


def test_a_newcomer_is_told_where_things_are_and_a_mail_gets_its_answer(running: Running) -> None:
    web, smtp = running.place.settings["WEB_LISTEN"], running.place.settings["SMTP_LISTEN"]
    outbox = running.place.data_dir / "outbox"
    assert f"http://{web}" in running.screen
    assert f"SMTP on {smtp}, for support@helpdesk.example" in running.screen
    assert str(outbox) in running.screen
    with urllib.request.urlopen(f"http://{web}/", timeout=10) as answer:
        assert answer.status == 200

    host, _, port = smtp.partition(":")
    with smtplib.SMTP(host, int(port), local_hostname="pc.muster.example", timeout=10) as client:
        client.sendmail("a@muster.example", ["support@helpdesk.example"], letter("Où est le menu ?"))

    wait_until(lambda: list(outbox.glob("*compta@muster.example.eml")), 20)


def test_a_second_start_on_the_same_data_is_refused_in_one_sentence(running: Running) -> None:
    second = running.place.type("run")

    assert second.returncode == 1
    assert (
        second.stderr.decode() == f"helpdesk: The helpdesk is running already on {running.place.data_dir}.\n"
    )
    assert running.process.poll() is None


def test_a_part_that_dies_comes_back(running: Running) -> None:
    before = running.children()
    assert sorted(before) == ["clock", "fetch", "web", "worker"]

    os.kill(before["worker"], signal.SIGKILL)

    wait_until(lambda: running.children().get("worker", before["worker"]) != before["worker"], 30)
    assert "part_ended part=worker code=-9" in running.screen
    after = running.children()
    assert {name: after[name] for name in ("web", "fetch", "clock")} == {
        name: before[name] for name in ("web", "fetch", "clock")
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_is_clean_and_quick(running: Running, number: signal.Signals) -> None:
    began = time.monotonic()

    assert running.end(number) == 0

    assert time.monotonic() - began < 15
    assert running.screen.endswith("Stopped.\n")
    assert "Traceback" not in running.screen
    assert is_free(running.place.settings["WEB_LISTEN"])
    assert is_free(running.place.settings["SMTP_LISTEN"])


def test_when_the_whole_is_killed_its_parts_end_too(running: Running) -> None:
    running.end(signal.SIGKILL)

    wait_until(lambda: is_free(running.place.settings["WEB_LISTEN"]), 15)
    wait_until(lambda: is_free(running.place.settings["SMTP_LISTEN"]), 15)


def test_a_second_start_keeps_the_data(place: Place) -> None:
    stored = place.type("mail", "deliver", "--to", "support@helpdesk.example", stdin=letter("Is it kept?"))
    assert stored.returncode == 0
    system = Running(place)
    try:
        wait_until(lambda: list((place.data_dir / "outbox").glob("*.eml")), 20)
    finally:
        system.end(signal.SIGTERM)
    assert b"done" in place.type("mail", "trace", "1").stdout
