"""An SFTP server with faults that a real one cannot be made to have: it fails at everything, or never answers a commit."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import asyncssh

MEMORY: Final = b"/.lienthong/"


class Failing(asyncssh.SFTPServer):
    """Answers everything with FAILURE."""

    def lstat(self, path: bytes) -> Any:
        raise asyncssh.SFTPFailure("Máy chủ hỏng")

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        self.lstat(path)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        self.lstat(oldpath)

    async def scandir(self, path: bytes) -> AsyncGenerator[asyncssh.SFTPName, None]:
        yield self.lstat(path)

    def open(self, *arguments: Any) -> Any:
        raise asyncssh.SFTPFailure("Máy chủ hỏng")


class Silent(asyncssh.SFTPServer):
    """Renames into place, and never says so."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        super().posix_rename(oldpath, newpath)
        if MEMORY in oldpath and MEMORY not in newpath:
            await asyncio.Event().wait()


class Plain(asyncssh.SFTPServer):
    """Has no extension of OpenSSH, and renames onto nothing that exists."""

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("posix-rename")

    def fsync(self, file_obj: Any) -> None:
        raise asyncssh.SFTPOpUnsupported("fsync")

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if Path(self.map_path(newpath).decode()).exists():
            raise asyncssh.SFTPFailure("File exists")
        super().rename(oldpath, newpath)


class FaultyServer:
    """Serves a tree at a port of loopback, with the host key of a real server."""

    def __init__(self, kind: type[asyncssh.SFTPServer], *, port: int, host_key: Path, keys: Path) -> None:
        self._kind = kind
        self._port = port
        self._options = {"server_host_keys": [str(host_key)], "authorized_client_keys": str(keys)}
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._acceptor: asyncssh.SSHAcceptor | None = None

    async def start(self) -> None:
        connections = self._connections

        class Door(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                connections.append(conn)

        self._acceptor = await asyncssh.listen(
            "127.0.0.1", self._port, server_factory=Door, sftp_factory=self._kind, reuse_address=True, config=[], **self._options
        )

    async def stop(self) -> None:
        """Close it, and cut every connection."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
        for each in self._connections:
            each.abort()
            await each.wait_closed()
