"""HTTP for adapters: settings of a link, a client whose failures are the contract's faults, bodies that stream.

`class Settings(Connection)` adds an adapter's own settings; `async with connected(settings, context) as client` opens it.
No redirect is followed, no cookie kept, no proxy of the environment used, and where a connection leads is looked at (`Gate`).
"""

import asyncio
import errno
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Final, Literal

import aiohttp
from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, IPvAnyNetwork
from yarl import URL

from gateway.core.faults import Fault, Misconfigured, Transient
from gateway.sdk.contract import Context
from gateway.sdk.http_address import BarredError, Gate
from gateway.sdk.http_answers import Answer, fault, retry_after, words
from gateway.sdk.http_body import Body, Encoded, Letter, Source, envelope_and_parts, json_body, visible

__all__ = [
    "ANSWER_BYTES",
    "Address",
    "Answer",
    "Body",
    "Client",
    "Connection",
    "Encoded",
    "Source",
    "connected",
    "envelope_and_parts",
    "json_body",
    "visible",
]

CONNECTIONS: Final = 128
"""A system has two lanes, of at most 64 documents in flight each: nothing ever waits for a connection here."""
ANSWER_BYTES: Final = 4096
ANSWER_SECONDS: Final = 2.0
"""For the body of an answer whose status has said all that counts."""
CHUNK: Final = 64 * 1024


def _bare(url: AnyHttpUrl) -> AnyHttpUrl:
    if url.username or url.password or url.fragment:
        raise ValueError("no user, password or fragment belongs into it")
    return url


Address = Annotated[AnyHttpUrl, AfterValidator(_bare)]
"""A URL of http or https without a user, a password or a fragment."""


class Connection(BaseModel):
    """Settings of a link over HTTP; paths start at the folder of the hub's configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address = Field(description="Địa chỉ của hệ thống nhận · The receiving system's address")
    token_file: Path | None = Field(
        default=None, description="Tệp chứa mã truy cập do bên nhận cấp · File with the token that the receiver issued"
    )
    ca_file: Path | None = Field(
        default=None, description="Chỉ tin các CA trong tệp này (PEM) · Trust these authorities alone (PEM)"
    )
    certificate_file: Path | None = Field(
        default=None, description="Chứng thư của trục khi bên nhận đòi (PEM) · The hub's own certificate, if asked for (PEM)"
    )
    key_file: Path | None = Field(default=None, description="Khóa riêng của chứng thư đó (PEM) · Its private key (PEM)")
    networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Chỉ nối tới các mạng này (CIDR); bỏ trống: mọi mạng trừ loopback, link-local và dải dành riêng · "
        "Connect to these networks alone (CIDR); empty: all but loopback, link-local and reserved ones",
    )
    connect_seconds: float = Field(default=10, gt=0, le=60, description="Chờ kết nối, giây · Seconds to wait for a connection")


class Client:
    """Asks one system. The token is read for each request, so that a new one only needs to be written to its file.

    All raise `Transient`, `Undeliverable` and `Misconfigured` as the status, or the want of an answer, means.
    """

    def __init__(self, settings: Connection, context: Context, session: aiohttp.ClientSession, gate: Gate) -> None:
        self._settings = settings
        self._context = context
        self._session = session
        self._gate = gate

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        most: int = ANSWER_BYTES,
    ) -> Answer:
        """Give a 2xx answer, with at most so many octets of its body."""
        async with self._asking(method, url, headers or {}, body) as response:
            said, whole = await _said(response, most)
            return Answer(
                status=response.status,
                headers={name.lower(): value for name, value in response.headers.items()},
                content=said,
                whole=whole,
            )

    async def stream(self, url: str, *, headers: Mapping[str, str] | None = None) -> AsyncGenerator[bytes, None]:
        """Stream what is at an address. Raises `Transient` too where it breaks off."""
        async with self._asking("GET", url, headers or {}, None) as response:
            async for chunk in response.content.iter_chunked(CHUNK):
                yield chunk

    async def reach(self, url: str) -> None:
        """See whether the port of an address is open; nothing is sent."""
        try:
            async with asyncio.timeout(self._settings.connect_seconds):
                await self._connect(URL(url, encoded=True))
        except (OSError, UnicodeError) as error:
            raise _meant(error, nothing_left=True) from None

    async def _connect(self, url: URL) -> None:
        loop, failed = asyncio.get_running_loop(), OSError()
        for info in await loop.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM):
            try:
                with self._gate.socket(info) as made:
                    made.settimeout(0)
                    await loop.sock_connect(made, info[4])
            except OSError as error:
                failed = error
            else:
                return
        raise failed

    @asynccontextmanager
    async def _asking(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | None
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        """Give a 2xx answer while it is open."""
        token = _token(self._settings, self._context)
        sent = {**headers, "Authorization": f"Bearer {token}"} if token else headers
        letter = Letter(body) if body is not None else None
        target = URL(url, encoded=True)
        try:
            async with self._session.request(method, target, data=letter, headers=sent, allow_redirects=False) as response:
                if not 200 <= response.status < 300:
                    said, _ = await _said(response, ANSWER_BYTES)
                    wait = retry_after(response.headers.get("Retry-After", ""), self._context.now())
                    raise fault(response.status, words(said, (token,) if token else ()), wait)
                if letter is not None and letter.left:
                    raise letter.broken or Transient("receiver-failed", detail="2xx before the end of the body")
                yield response
        except (aiohttp.ClientError, OSError, UnicodeError) as error:  # its words may have the request's headers in them
            nothing_left = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
            raise (letter and letter.broken) or _meant(error, nothing_left=nothing_left) from None


@asynccontextmanager
async def connected(settings: Connection, context: Context) -> AsyncGenerator[Client, None]:
    """Read the files that the settings name; nothing is connected before it is asked. Raises `Misconfigured`."""
    _token(settings, context)
    gate = Gate(settings.networks)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=_tls(settings, context.folder), socket_factory=gate.socket),
        timeout=aiohttp.ClientTimeout(total=None, connect=settings.connect_seconds, sock_connect=settings.connect_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "Lienthong", "Accept-Encoding": "identity"},
        trust_env=False,
    ) as session:
        yield Client(settings, context, session, gate)


async def _said(response: aiohttp.ClientResponse, most: int) -> tuple[bytes, bool]:
    """Read a bounded beginning of the body, and whether it is all. What is not read to its end is hung up on."""
    said = bytearray()
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(ANSWER_SECONDS if most <= ANSWER_BYTES else None):
            while len(said) < most and (chunk := await response.content.read(most - len(said))):
                said += chunk
    whole = response.content.at_eof() and response.content.exception() is None
    if not response.content.at_eof():
        response.close()
    return bytes(said), whole


def _meant(error: Exception, *, nothing_left: bool) -> Fault:
    """Say what it means that there was no answer; whether something can have arrived decides."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, BarredError):
        return Misconfigured(
            "link-misconfigured",
            detail=f"networks: không được nối tới {cause.address}",
            detail_en=f"networks: {cause.address} may not be connected to",
        )
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):
        return Misconfigured("link-misconfigured", detail=_name(error))
    return Transient("receiver-unreachable" if nothing_left else "receiver-failed", detail=_name(error))


def _name(error: Exception) -> str:
    """Name an error without its words, which have addresses in them."""
    number = errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{type(error).__name__} {number}" if number else type(error).__name__


def _token(settings: Connection, context: Context) -> str | None:
    if settings.token_file is None:
        return None
    token = context.secret(settings.token_file, "token_file")
    if not re.fullmatch(r"[!-~]+", token):
        raise Misconfigured("link-misconfigured", detail=f"token_file: {settings.token_file}: [!-~]+")
    return token


def _tls(settings: Connection, folder: Path) -> ssl.SSLContext | Literal[True]:
    """Make a context where the settings ask for one: aiohttp's own is shared by all systems, and a context has much memory."""
    if settings.ca_file is None and settings.certificate_file is None:
        return True
    setting = "ca_file"
    try:
        context = ssl.create_default_context(cafile=settings.ca_file and folder / settings.ca_file)
        setting = "certificate_file, key_file"
        if settings.certificate_file is not None:
            key = settings.key_file and folder / settings.key_file
            context.load_cert_chain(folder / settings.certificate_file, key, password="")  # or a terminal would be asked for it
    except OSError as error:  # ssl.SSLError is one
        raise Misconfigured("link-misconfigured", detail=f"{setting}: {type(error).__name__}") from error
    return context
