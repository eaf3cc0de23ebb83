"""The file store in a bucket of an S3-compatible service [adapter]: for machines without a shared disk."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qs, unquote, urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from helpdesk.core.errors import NotFound, SettingsError, Unavailable
from helpdesk.tickets.storage import checked_hash, verified

CONNECT_SECONDS, ANSWER_SECONDS = 5, 60


class S3Store:
    """Objects by SHA-256 below `files/`; what nothing names is copied to `aside/` and then removed."""

    def __init__(self, url: str) -> None:
        """`url` is https://key:secret@host/bucket?region=eu-central-1. Raises SettingsError."""
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if not (parts.hostname and parts.username and parts.password and bucket) or "/" in bucket:
            raise SettingsError("FILES_URL must look like https://key:secret@s3.example.com/bucket.")
        self._bucket = bucket
        self._client = Minio(
            f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname,
            access_key=unquote(parts.username),
            secret_key=unquote(parts.password),
            secure=parts.scheme == "https",
            region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
                retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
            ),
        )

    def put(self, content: bytes) -> str:
        """As in Files. Written each time: it costs less than a file that is removed in the very moment."""
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self._client.put_object(self._bucket, f"files/{sha256}", BytesIO(content), len(content))
        except (MinioException, HTTPError, OSError) as error:
            raise Unavailable("An attachment could not be stored.") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            content = self._read(f"files/{checked_hash(sha256)}")
            if content is None:
                self.bring_back(sha256)
                content = self._read(f"files/{sha256}")
        except (MinioException, HTTPError, OSError) as error:
            raise Unavailable("This file cannot be read now.") from error
        if content is None:
            raise NotFound("This file is no longer here.")
        return verified(sha256, content)

    def older_than(self, at: datetime) -> Iterator[str]:
        for found in self._client.list_objects(self._bucket, prefix="files/"):
            if found.object_name and found.last_modified and found.last_modified < at:
                yield found.object_name.removeprefix("files/")

    def set_aside(self, sha256: str, at: datetime) -> bool:
        name = f"files/{checked_hash(sha256)}"
        self._client.copy_object(self._bucket, f"aside/{sha256}", CopySource(self._bucket, name))
        found = self._client.stat_object(self._bucket, name)
        if found.last_modified is None or found.last_modified >= at:
            return False
        self._client.remove_object(self._bucket, name)
        return True

    def bring_back(self, sha256: str) -> None:
        with suppress(S3Error):
            source = CopySource(self._bucket, f"aside/{checked_hash(sha256)}")
            self._client.copy_object(self._bucket, f"files/{sha256}", source)

    def forget_aside(self, at: datetime) -> int:
        """Deletes what was set aside before `at`; returns how many files."""
        n = 0
        for found in self._client.list_objects(self._bucket, prefix="aside/"):
            if found.object_name and found.last_modified and found.last_modified < at:
                self._client.remove_object(self._bucket, found.object_name)
                n += 1
        return n

    def _read(self, name: str) -> bytes | None:
        try:
            response = self._client.get_object(self._bucket, name)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchObject"):
                return None
            raise
        try:
            return bytes(response.read())
        finally:
            response.close()
            response.release_conn()
