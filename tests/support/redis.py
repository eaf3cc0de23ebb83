"""A Redis server of our own on a Unix socket, without files; it may be killed in the middle of a test."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError


class RedisServer:
    """One running server."""

    def __init__(self, program: str) -> None:
        self._program = program
        self.folder = Path(tempfile.mkdtemp(prefix="helpdesk-redis-", dir="/tmp"))
        self.socket = self.folder / "socket"
        self.start()

    @property
    def url(self) -> str:
        """The address as REDIS_URL takes it."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Starts the server, empty, and waits until it answers."""
        self._process = subprocess.Popen(
            [
                self._program,
                "--port",
                "0",
                "--unixsocket",
                str(self.socket),
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError("redis-server does not answer")
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it at once and with everything it knew, as a crash does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.socket.unlink(missing_ok=True)

    def flush(self) -> None:
        """Forgets everything."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def remove(self) -> None:
        """Stops the server and deletes its folder."""
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False
