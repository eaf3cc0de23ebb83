"""A Dovecot of our own: real IMAP with TLS on loopback ports, mail as Maildir files that tests can look at."""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.adapters.certificates import make_certificate
from tests.support.ports import free_port

USER, PASSWORD = "support@helpdesk.example", 'se"cr\\et pass'

_CONFIGURATION = """
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
stats_writer_socket_path =
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{d}/mail/%u
mailbox_list_index = no
first_valid_uid = {uid}
first_valid_gid = {gid}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
ssl = yes
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/key.pem
imap_capability = {capability}
{oauth}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {d}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-urlauth-login {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""


_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {d}/oauth2.conf
}}
"""


class Dovecot:
    """One running server with one mailbox; `restart` and `kill` are for tests of bad days."""

    def __init__(
        self,
        program: str,
        *,
        mechanisms: str = "plain login",
        capability: str = "",
        separator: str = "/",
        prefix: str = "",
        introspection: str = "",
    ) -> None:
        """`introspection` is where the server asks whether an access token is good."""
        self._introspection = introspection
        self._program = program
        self.folder = Path(tempfile.mkdtemp(prefix="helpdesk-imap-", dir="/tmp"))
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.imap, self.imaps = free_port(), free_port()
        self._numbers = count(1)
        self._write_files(mechanisms, capability, separator, prefix)
        self.start()

    @property
    def certificate(self) -> Path:
        """What a client must trust to connect with TLS."""
        return self.folder / "cert.pem"

    def start(self) -> None:
        """Starts the server and waits for its greeting."""
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self._identity(),
        )
        deadline = time.monotonic() + 20
        while not self._greets():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("dovecot does not start: " + self.log())
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends the server and every connection at once, as a crash does."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def signal_sessions(self, what: signal.Signals) -> None:
        """Sends a signal to the processes that serve connections: SIGSTOP makes them hang."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._serves(entry):
                with suppress(ProcessLookupError):
                    os.kill(int(entry.name), what)

    def remove(self) -> None:
        """Ends the server and deletes its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, raw: bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Drops a message into a folder the way a delivery agent does."""
        home = self._maildir(folder)
        name = f"{int(time.time())}.{next(self._numbers):06d}.here"
        scratch = home / "tmp" / name
        scratch.write_bytes(raw)
        os.chown(scratch, self._account.pw_uid, self._account.pw_gid)
        scratch.rename(home / "cur" / f"{name}:2,{flags}" if flags else home / "new" / name)

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        """The messages that lie in a folder, oldest first; the server may be renaming them meanwhile."""
        home = self._maildir(folder)
        while True:
            # "new" first: a file on its way to "cur" is then seen at least once, and counted once.
            files = [file for part in ("new", "cur") for file in (home / part).glob("*")]
            one_each = {file.name.partition(":")[0]: file for file in files}
            try:
                return [one_each[name].read_bytes() for name in sorted(one_each)]
            except FileNotFoundError:
                continue

    def clear(self, folder: str = "INBOX") -> None:
        """Deletes what lies in a folder."""
        for part in ("new", "cur"):
            for file in (self._maildir(folder) / part).glob("*"):
                file.unlink()

    def connections(self) -> int:
        """How many clients are signed in."""
        return sum(self._serves(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())

    def folders(self) -> set[str]:
        """The names of the folders beside INBOX, as they are spelt on disk."""
        return {
            entry.name.removeprefix(".")
            for entry in (self.folder / "mail" / USER).glob(".*")
            if entry.is_dir()
        }

    def forget_uids(self) -> None:
        """Makes the server number all messages anew, with another UIDVALIDITY."""
        self.kill()
        home = self.folder / "mail" / USER
        for file in home.glob("dovecot.*"):
            file.unlink()
        numbers = home / "dovecot-uidlist"
        numbers.write_text(
            re.sub(r" V(\d+)", lambda found: f" V{int(found[1]) + 1}", numbers.read_text(), count=1)
        )
        self.start()

    def log(self) -> str:
        """What the server wrote down."""
        file = self.folder / "dovecot.log"
        return file.read_text() if file.exists() else ""

    def _maildir(self, folder: str) -> Path:
        home = self.folder / "mail" / USER
        if folder != "INBOX":
            home = home / ("." + folder.replace("/", "."))
        for part in ("", "tmp", "new", "cur"):
            path = home / part
            if not path.exists():
                path.mkdir(parents=True)
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        return home

    def _serves(self, entry: Path) -> bool:
        with suppress(OSError):
            return (
                os.getpgid(int(entry.name)) == self._process.pid
                and (entry / "comm").read_text().strip() == "imap"
            )
        return False

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.imap), timeout=1) as sock:
                return sock.recv(4) == b"* OK"
        except OSError:
            return False

    def _identity(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _write_files(self, mechanisms: str, capability: str, separator: str, prefix: str) -> None:
        group = grp.getgrgid(self._account.pw_gid).gr_name
        configuration = _CONFIGURATION.format(
            d=self.folder,
            me=self._account.pw_name,
            group=group,
            uid=self._account.pw_uid,
            gid=self._account.pw_gid,
            imap=self.imap,
            imaps=self.imaps,
            mechanisms=mechanisms,
            capability=capability,
            separator=separator,
            prefix=prefix,
            oauth=_OAUTH.format(d=self.folder) if self._introspection else "",
        )
        (self.folder / "oauth2.conf").write_text(
            f"introspection_mode = post\nintrospection_url = {self._introspection}\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
        )
        (self.folder / "dovecot.conf").write_text(configuration)
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        make_certificate(self.folder)
        for part in ("run", "state", "mail"):
            (self.folder / part).mkdir()
        os.chmod(self.folder, 0o755)
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)
        self._maildir("INBOX")
        os.chown(self.folder / "mail" / USER, self._account.pw_uid, self._account.pw_gid)
