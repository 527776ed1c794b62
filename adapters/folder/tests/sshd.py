"""A real SFTP server of our own: OpenSSH's, at a port of loopback, with a host key and an account of its own."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

from tests.services import require

INSTALL: Final = "apt-get install openssh-server"
START_SECONDS: Final = 20
POLL_SECONDS: Final = 0.02
UNPRIVILEGED: Final = "nobody"
"""Who runs the server where we are root, so that it needs nothing of the system's, and may not write everywhere."""
GUARD: Final = 'read -r _; kill -s KILL "$1"'
CONFIG: Final = """
# UsePAM: without it, a user whose password nobody may read is a locked one
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxStartups 100
LogLevel ERROR
Subsystem sftp internal-sftp
"""


class SshServer:
    """A server whose everything is in one folder that its user can reach. `root` is the tree that clients use."""

    def __init__(self) -> None:
        self._sshd = Path("/usr/sbin/sshd")
        if not self._sshd.exists():  # it is not on everybody's PATH
            self._sshd = require("sshd", INSTALL)
        self.folder = Path(tempfile.mkdtemp(prefix="sshd-"))
        self.root = self.folder / "root"
        self.root.mkdir()
        self._owner = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        self.user = pwd.getpwuid(os.geteuid()).pw_name if self._owner is None else self._owner.pw_name
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        for name in ("host_key", "client_key", "other_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.folder / name], check=True)
        self.authorise("client_key")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        (self.folder / "config").write_text(CONFIG.format(port=self.port, folder=self.folder))
        self.own()

    def own(self) -> None:
        """Give everything to the user who runs the server."""
        if self._owner is None:
            return
        for path in (self.folder, *self.folder.rglob("*")):
            with contextlib.suppress(FileNotFoundError):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid, follow_symlinks=False)

    def authorise(self, *keys: str) -> None:
        """Let in whoever has one of these keys, and nobody else."""
        (self.folder / "authorized_keys").write_text("".join((self.folder / f"{key}.pub").read_text() for key in keys))

    def known_hosts(self, port: int | None = None, key: str = "host_key") -> str:
        kind, public = (self.folder / f"{key}.pub").read_text().split()[:2]
        return f"[127.0.0.1]:{port or self.port} {kind} {public}\n"

    def start(self) -> None:
        ids = {} if self._owner is None else {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        with (self.folder / "output").open("ab") as output:
            command = [self._sshd, "-D", "-e", "-f", self.folder / "config"]
            self._server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=output, **ids)  # type: ignore[call-overload]
        watched = ["sh", "-c", GUARD, "guard", str(self._server.pid)]  # the pipe closes however we end
        self._guard = subprocess.Popen(watched, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.folder / "output").read_text(errors="replace")[-4000:])
            time.sleep(POLL_SECONDS)

    def cut(self) -> None:
        """End every session; new ones can be made."""
        for each in self.sessions():
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()

    def stop(self) -> None:
        """End it with all its sessions, and remove its folder."""
        if self._server is not None:
            self.cut()
            self._server.kill()
            self._server.wait()
            self._server = None
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sessions(self) -> list[psutil.Process]:
        return [] if self._server is None else psutil.Process(self._server.pid).children(recursive=True)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
            return bool(probe.recv(4))
        return False
