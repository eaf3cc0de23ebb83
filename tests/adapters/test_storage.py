"""The file store on the disk and in a bucket: the same promises, proven by the same tests."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from helpdesk.core.errors import NotFound, SettingsError, Unavailable
from helpdesk.tickets.s3_storage import S3Store
from helpdesk.tickets.storage import Damaged, Files, FileStore

pytestmark = pytest.mark.loopback

SOON = timedelta(hours=1)


@pytest.fixture(scope="module")
def s3(loopback: None) -> Iterator[str]:
    """The address of a bucket on a local S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
        aws_access_key_id="key", aws_secret_access_key="secret",
    )  # fmt: skip
    client.create_bucket(Bucket="attachments")
    client.close()
    yield f"http://key:secret@{host}:{port}/attachments"
    server.stop()


Damage = Callable[[str], None]


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Files, Damage]:
    """A store, and what spoils one of its files."""
    if request.param == "disk":
        return FileStore(
            tmp_path
        ), lambda sha256: (tmp_path / sha256[:2] / sha256).write_bytes(b"rot") and None
    made = S3Store(request.getfixturevalue("s3"))

    def spoil(sha256: str) -> None:
        url = request.getfixturevalue("s3").replace("key:secret@", "").rpartition("/")[0]
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        client.put_object(Bucket="attachments", Key=f"files/{sha256}", Body=b"rot")
        client.close()

    return made, spoil


def test_what_was_put_is_read_again_and_putting_twice_is_harmless(store: tuple[Files, Damage]) -> None:
    files, _ = store
    for content in (b"", b"PDF", bytes(range(256)) * 5000):
        assert files.put(content) == files.put(content)
        assert files.get(files.put(content)) == content


def test_what_is_gone_or_never_was_is_not_found(store: tuple[Files, Damage]) -> None:
    files, _ = store
    for name in ("0" * 64, "../../etc/passwd", "", "0" * 63 + "/"):
        with pytest.raises(NotFound):
            files.get(name)


def test_what_changed_where_it_lies_is_never_handed_out(store: tuple[Files, Damage]) -> None:
    files, spoil = store
    sha256 = files.put(b"as it was")
    spoil(sha256)
    with pytest.raises(Damaged):
        files.get(sha256)


def test_what_nothing_names_is_set_aside_and_comes_back_when_it_is_read(store: tuple[Files, Damage]) -> None:
    files, _ = store
    sha256 = files.put(b"nobody's")
    later = datetime.now(UTC) + SOON
    assert sha256 in set(files.older_than(later))
    assert files.set_aside(sha256, later)
    assert sha256 not in set(files.older_than(later))
    assert files.get(sha256) == b"nobody's"
    assert sha256 in set(files.older_than(later))


def test_what_was_set_aside_long_ago_is_deleted(store: tuple[Files, Damage]) -> None:
    files, _ = store
    sha256, later = files.put(b"long ago"), datetime.now(UTC) + SOON
    files.set_aside(sha256, later)
    assert files.forget_aside(datetime.now(UTC) - SOON) == 0
    assert files.forget_aside(later) >= 1
    with pytest.raises(NotFound):
        files.get(sha256)


def test_a_young_file_stays(store: tuple[Files, Damage]) -> None:
    files, _ = store
    sha256, before = files.put(b"young"), datetime.now(UTC) - SOON
    assert sha256 not in set(files.older_than(before))
    assert not files.set_aside(sha256, before)
    assert files.get(sha256) == b"young"


def test_an_old_file_that_is_put_again_in_the_very_moment_stays(tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    sha256 = files.put(b"again")
    path = tmp_path / sha256[:2] / sha256
    os.utime(path, (time.time() - 9e5,) * 2)
    before = datetime.now(UTC) - SOON
    assert list(files.older_than(before)) == [sha256]
    files.put(b"again")  # between the look and the move
    assert not files.set_aside(sha256, before)
    assert files.get(sha256) == b"again"


def test_a_store_that_is_away_says_so(tmp_path: Path) -> None:
    away = S3Store("http://key:secret@127.0.0.1:1/attachments")
    with pytest.raises(Unavailable):
        away.put(b"x")
    with pytest.raises(Unavailable):
        away.get("0" * 64)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Unavailable):
        FileStore(tmp_path / "file").put(b"x")


@pytest.mark.parametrize(
    "url", ["https://s3.example/bucket", "https://k:s@s3.example", "https://k:s@s3.example/a/b"]
)
def test_an_address_without_key_or_bucket_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        S3Store(url)
