"""A tree of files behind an SFTP server. One connection is kept and used by all calls; a lost one is opened anew by the next."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, cast

import asyncssh
from asyncssh.constants import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR, FILEXFER_TYPE_UNKNOWN

from gateway.sdk import Misconfigured, Opener, Transient

from .store import BLOCK, Entry, Kind, blocks

KEEPALIVE_SECONDS: Final = 15
KEEPALIVES: Final = 3
"""A server that answers none of so many is gone: firewalls forget connections without a word."""
CLOSE_SECONDS: Final = 2.0
"""How long the server may take to say goodbye."""
MAX_DETAIL: Final = 200
_KINDS: Final = {
    FILEXFER_TYPE_REGULAR: Kind.FILE,
    FILEXFER_TYPE_UNKNOWN: Kind.FILE,  # servers exist that give no permissions, by which version 3 of SFTP tells
    FILEXFER_TYPE_DIRECTORY: Kind.FOLDER,
}
_GONE: Final = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_NOT_ALLOWED: Final = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
_CUT: Final = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What proves the server to the hub, and the hub to the server: a key or a password."""

    known_hosts: asyncssh.SSHKnownHosts = field(repr=False)
    key: asyncssh.SSHKey | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the server is. `credentials` reads them anew for each connection, so that a change needs no restart."""

    host: str
    port: int
    user: str
    root: str
    connect_seconds: float
    credentials: Callable[[], Credentials] = field(repr=False)


class SftpStore:
    """Store port over SFTP (version 3, with the extensions of OpenSSH where the server has them)."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self._connecting = asyncio.Lock()
        self._aside: set[asyncio.Task[None]] = set()

    async def entries(self, path: str) -> tuple[Entry, ...]:
        async with self._session() as client:
            found = [each async for each in client.scandir(self._at(path))]
        return tuple(_entry(str(each.filename), each.attrs) for each in found if each.filename not in {".", ".."})

    async def look(self, path: str) -> Entry | None:
        async with self._session() as client:
            try:
                return _entry(path.rpartition("/")[2], await client.lstat(self._at(path)))
            except _GONE:
                return None

    async def read(self, path: str) -> AsyncGenerator[bytes, None]:
        async with self._session() as client, self._opened(client, path, "rb") as file:
            while chunk := await file.read(BLOCK):
                yield cast("bytes", chunk)  # the mode says so

    async def write(self, path: str, source: Opener) -> None:
        async with aclosing(blocks(source)) as gathered, self._session() as client, self._opened(client, path, "wb") as file:
            async for block in gathered:
                await file.write(block)
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()

    async def make_folder(self, path: str) -> None:
        if await self.look(path) is not None:
            return
        async with self._session() as client:
            try:
                await client.mkdir(self._at(path))
            except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
                if not await client.isdir(self._at(path)):
                    raise

    async def rename(self, old: str, new: str) -> None:
        async with self._session() as client:
            try:
                await client.posix_rename(self._at(old), self._at(new))
            except asyncssh.SFTPOpUnsupported:
                await self._rename_plainly(client, self._at(old), self._at(new))

    async def remove(self, path: str) -> None:
        found = await self.look(path)
        if found is None:
            return
        if found.kind is not Kind.FOLDER:
            async with self._session() as client:
                with suppress(*_GONE):
                    await client.remove(self._at(path))
            return
        for each in await self.entries(path):
            await self.remove(f"{path}/{each.name}")
        async with self._session() as client:
            with suppress(*_GONE):
                await client.rmdir(self._at(path))

    async def close(self) -> None:
        connection, self._connection, self._client = self._connection, None, None
        for task in self._aside:
            task.cancel()
        if connection is not None:
            connection.close()
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.wait_closed()
            finally:
                connection.abort()

    def _at(self, path: str) -> str:
        return f"{self._server.root}/{path}" if path else self._server.root

    async def _rename_plainly(self, client: asyncssh.SFTPClient, old: str, new: str) -> None:
        """Rename by the server's own rules, which may not replace a file: it is removed first, where it is one."""
        try:
            await client.rename(old, new)
        except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
            if not (await client.lexists(old) and await client.isfile(new)):
                raise
            await client.remove(new)
            await client.rename(old, new)

    @asynccontextmanager
    async def _opened(self, client: asyncssh.SFTPClient, path: str, mode: str) -> AsyncGenerator[asyncssh.SFTPClientFile, None]:
        """Open a file; where something went wrong, nobody waits until the server has closed it: it may hang."""
        file = await client.open(self._at(path), mode)
        try:
            yield file
        except BaseException:
            self._later(file.close())
            raise
        await file.close()

    def _later(self, call: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            with suppress(asyncssh.Error, OSError):
                await call

        task = asyncio.get_running_loop().create_task(run())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[asyncssh.SFTPClient, None]:
        """Give the session, and make a fault of what goes wrong with it, but that a path is not there."""
        client = await self._connected()
        try:
            yield client
        except _GONE as error:
            raise FileNotFoundError(_detail(error)) from error
        except _NOT_ALLOWED as error:
            raise Misconfigured("link-misconfigured", detail=_detail(error)) from error
        except (asyncssh.Error, OSError) as error:
            if not isinstance(error, asyncssh.SFTPError) or isinstance(error, _CUT):
                self._forget(client)
            raise Transient("receiver-failed", detail=_detail(error)) from error

    async def _connected(self) -> asyncssh.SFTPClient:
        async with self._connecting:
            if self._connection is not None and self._connection.is_closed():
                self._forget(self._client)
            if self._client is None:
                self._connection, self._client = await self._connect()
            return self._client

    def _forget(self, client: asyncssh.SFTPClient | None) -> None:
        """Let a lost connection go, unless another is in its place already."""
        if client is not None and client is self._client and self._connection is not None:
            self._connection.abort()
            self._connection = self._client = None

    async def _connect(self) -> tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]:
        server, own = self._server, self._server.credentials()
        with _connecting():
            async with asyncio.timeout(server.connect_seconds):
                connection = await asyncssh.connect(
                    server.host,
                    server.port,
                    username=server.user,
                    known_hosts=own.known_hosts,
                    client_keys=None if own.key is None else [own.key],
                    password=own.password,
                    agent_path=None,  # nothing of the user who runs the hub: no agent, no configuration, no keys
                    config=None,
                    keepalive_interval=KEEPALIVE_SECONDS,
                    keepalive_count_max=KEEPALIVES,
                )
                try:
                    return connection, await connection.start_sftp_client(path_errors="surrogateescape")
                except BaseException:
                    connection.abort()
                    raise


@contextmanager
def _connecting() -> Iterator[None]:
    """Make a fault of a connection that was not made; nothing can have arrived."""
    try:
        yield
    except (asyncssh.PermissionDenied, asyncssh.HostKeyNotVerifiable) as error:
        raise Misconfigured("link-unauthorised", detail=_detail(error)) from error
    except asyncssh.KeyExchangeFailed as error:
        raise Misconfigured("link-misconfigured", detail=_detail(error)) from error
    except (OSError, asyncssh.ConnectionLost) as error:  # a time-out too
        raise Transient("receiver-unreachable", detail=_detail(error)) from error
    except asyncssh.Error as error:
        raise Transient("receiver-failed", detail=_detail(error)) from error


def _entry(name: str, found: asyncssh.SFTPAttrs) -> Entry:
    return Entry(name=name, kind=_KINDS.get(found.type, Kind.OTHER), size=found.size or 0, modified=float(found.mtime or 0))


def _detail(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_DETAIL]
