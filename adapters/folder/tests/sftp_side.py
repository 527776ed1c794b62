"""The agency's program behind a real SFTP server."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh

from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.relay import MOODS, Relay

from .faulty import Failing, FaultyServer, Silent
from .other_side import NEVER_REFUSES, SELDOM, Office, OtherSide
from .sshd import SshServer


class SftpSide(OtherSide):
    """The same folders behind OpenSSH's server, with a relay before it; its port is another server's for two of the moods."""

    impossible: Mapping[Mood, str] = {Mood.REFUSING: NEVER_REFUSES}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.server: SshServer
        self._relay: Relay
        self._faulty: FaultyServer | None = None

    async def __aenter__(self) -> Self:
        self.server = SshServer()
        self.office = Office(self.server.root)
        self._relay = Relay("127.0.0.1", self.server.port)
        self.office.make()
        self.server.own()
        self.server.start()
        await self._relay.__aenter__()
        (self._folder / "known_hosts").write_text(self.server.known_hosts(self._relay.port))
        (self._folder / "key").write_text((self.server.folder / "client_key").read_text())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._mend()
        await self._relay.__aexit__(kind, error, traceback)
        self.server.stop()

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            "host": "127.0.0.1",
            "port": self._relay.port,
            "user": self.server.user,
            "known_hosts_file": "known_hosts",
            "key_file": "key",
            "path": str(self.server.root),
            "settle_seconds": SELDOM,
            "connect_seconds": 3,
        }

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({(self._folder / "key").read_text().strip()})

    async def be(self, mood: Mood) -> None:
        await self._mend()
        self.server.authorise("other_key" if mood is Mood.UNAUTHORISED else "client_key")
        if mood in {Mood.FAILING, Mood.SILENT}:
            await self._relay.be(Mood.AWAY)
            await self.stand_in(Failing if mood is Mood.FAILING else Silent)
        else:
            await self._relay.be(mood if mood in MOODS else Mood.WELL)

    async def stand_in(self, kind: type[asyncssh.SFTPServer]) -> None:
        """Have another server at the port, with the same host key and the same files."""
        await self._relay.be(Mood.AWAY)
        keys = {"host_key": self.server.folder / "host_key", "keys": self.server.folder / "authorized_keys"}
        self._faulty = FaultyServer(kind, port=self._relay.port, **keys)
        await self._faulty.start()

    async def _mend(self) -> None:
        if self._faulty is not None:
            await self._faulty.stop()
            self._faulty = None
            self.server.own()
