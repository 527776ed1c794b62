"""HTTP push: each document is one POST to the receiving system; README.md says what that system sees and must answer."""

import asyncio
import errno
import json
import re
import secrets
import ssl
import string
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field
from yarl import URL

from gateway.sdk import Adapter, Consignment, Context, Misconfigured, Part, Taken, Transient, Undeliverable

CONNECTIONS: Final = 128
"""A system has two lanes, of at most 64 documents in flight each: nothing ever waits for a connection here."""
ANSWER_BYTES: Final = 4096
ANSWER_SECONDS: Final = 2.0
"""For the body of an answer whose status has said all that counts."""
SHOWN: Final = 300
REFERENCE: Final = 200
LONGEST_WAIT: Final = 86_400
"""A `Retry-After` of more than a day is a mistake of the other side, not a wish."""
WORDS: Final = ("detail", "message", "title", "error")
"""Where JSON answers have their words (RFC 9457, and custom)."""
AGAIN: Final = (
    {425: "receiver-failed"} | dict.fromkeys((408, 504), "receiver-timeout") | dict.fromkeys((429, 503), "receiver-unreachable")
)


def _bare(url: AnyHttpUrl) -> AnyHttpUrl:
    if url.username or url.password or url.fragment:
        raise ValueError("no user, password or fragment belongs into it")
    return url


Address = Annotated[AnyHttpUrl, AfterValidator(_bare)]


class Settings(BaseModel):
    """`settings` of a link; the files are relative to the folder of the hub's configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address
    token_file: Path
    health_url: Address | None = None
    ca_file: Path | None = None
    connect_seconds: float = Field(default=10, gt=0, le=60)


class Letter(aiohttp.Payload):
    """The body of a request: the envelope, or multipart/related (RFC 2387) with it as the root. Streamed, of known length.

    `broken` is what a source raised: a fault of the hub's, not of the other side. `left` counts octets not yet handed on.
    """

    def __init__(self, consignment: Consignment) -> None:
        boundary = secrets.token_hex(24)
        multipart = f'multipart/related; type="application/xml"; boundary={boundary}'
        super().__init__(None, content_type=multipart if consignment.parts else "application/xml")
        self._sections: list[bytes | Consignment | Part] = [consignment]
        if consignment.parts:
            self._sections = [_head(boundary, "application/xml"), consignment]
            for part in consignment.parts:
                self._sections += [b"\r\n" + _head(boundary, part.media_type, f"Content-ID: <{_visible(part.content_id)}>"), part]
            self._sections.append(f"\r\n--{boundary}--\r\n".encode())
        self._size = sum(len(each) if isinstance(each, bytes) else each.size for each in self._sections)
        self.left = self._size
        self.broken: Exception | None = None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a letter is streamed")

    async def write(self, writer: AbstractStreamWriter) -> None:
        for section in self._sections:
            async with aclosing(self._octets(section)) as chunks:
                async for chunk in chunks:
                    self.left -= len(chunk)
                    await writer.write(chunk)

    async def _octets(self, section: bytes | Consignment | Part) -> AsyncGenerator[bytes, None]:
        """Stream a section; close its source whatever happens, and trust its size no more than that of a stranger."""
        if isinstance(section, bytes):
            yield section
            return
        left = section.size
        try:
            async with aclosing(section.open()) as source:
                async for chunk in source:
                    left -= len(chunk)
                    if left < 0:
                        break
                    yield chunk
            if left:
                raise EOFError(f"{section.size} octets announced, {section.size - left} or more found")
        except Exception as error:
            self.broken = error
            raise


class HttpPush(Adapter):
    """A system that takes documents by HTTP. A token that it refused is read anew from its file before the next request."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._url = URL(str(settings.url), encoded=True)
        self._health = URL(str(settings.health_url), encoded=True) if settings.health_url else None
        self._seconds = settings.connect_seconds
        self._tls = _tls(folder / settings.ca_file) if settings.ca_file else True
        self._token_file = folder / settings.token_file
        self._token: str | None = _token(self._token_file)
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, consignment: Consignment) -> Taken:
        letter = Letter(consignment)
        try:
            said = await self._ask("POST", self._url, _headers(consignment), letter)
        except Transient:
            if letter.broken is not None:
                raise letter.broken from None
            raise
        if letter.left:
            raise letter.broken or Transient("receiver-failed", detail="2xx before the end of the document")
        return Taken(reference=_reference(said))

    async def health(self) -> None:
        """Ask `health_url`; without one, see whether the port of `url` is open."""
        if self._health is not None:
            await self._ask("GET", self._health, {})
            return
        try:
            async with asyncio.timeout(self._seconds):
                _, writer = await asyncio.open_connection(self._url.host, self._url.port)
        except OSError as error:
            raise Transient("receiver-unreachable", detail=_name(error)) from error
        writer.transport.abort()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, url: URL, headers: Mapping[str, str], letter: Letter | None = None) -> bytes:
        """Give the first octets of a 2xx answer; raise what another answer, or none, means."""
        if self._token is None:
            self._token = _token(self._token_file)
        token, sent = self._token, {**headers, "Authorization": f"Bearer {self._token}"}
        try:
            async with self._connected().request(method, url, data=letter, headers=sent, allow_redirects=False) as response:
                said = await _said(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nothing has left yet
            raise Transient("receiver-unreachable", detail=_name(error)) from None
        except (aiohttp.ClientError, OSError) as error:  # its words may have the request's headers in them
            raise Transient("receiver-failed", detail=_name(error)) from None
        if 200 <= response.status < 300:
            return said
        if response.status in {401, 403}:
            self._token = None
        words = _words(said, token)
        raise _fault(response.status, f"HTTP {response.status}: {words}".rstrip(": "), _retry_after(response))

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=self._tls),
                timeout=aiohttp.ClientTimeout(total=None, connect=self._seconds, sock_connect=self._seconds),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Lienthong", "Accept-Encoding": "identity"},
                trust_env=False,
            )
        return self._session


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Read the files that the settings name; nothing is connected before the first document."""
    adapter = HttpPush(settings, context.folder)
    try:
        yield adapter
    finally:
        await adapter.close()


def _head(boundary: str, media_type: str, *more: str) -> bytes:
    lines = (f"--{boundary}", f"Content-Type: {_visible(media_type)}", "Content-Transfer-Encoding: binary", *more, "", "")
    return "\r\n".join(lines).encode("ascii")


def _headers(consignment: Consignment) -> dict[str, str]:
    headers = {
        "Idempotency-Key": consignment.key,
        "X-Lienthong-Delivery": consignment.key,
        "X-Lienthong-Document": consignment.document,
        "X-Lienthong-Sha256": consignment.sha256,
        "X-Lienthong-From": consignment.sender,
        "X-Lienthong-To": consignment.receiver,
        "X-Lienthong-Priority": str(int(consignment.priority)),
        "X-Lienthong-Attempt": str(consignment.attempt),
        "traceparent": consignment.trace,
    }
    return {name: _visible(value) for name, value in headers.items()}


def _visible(text: str) -> str:
    """Leave visible ASCII as it is, and escape the rest as in URLs: no value ever ends its line."""
    return quote(text, safe=string.punctuation)


async def _said(response: aiohttp.ClientResponse) -> bytes:
    """Read a bounded beginning of the body; it only explains the status. What is not read to its end is hung up on."""
    said = bytearray()
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(ANSWER_SECONDS):
            while len(said) < ANSWER_BYTES and (chunk := await response.content.read(ANSWER_BYTES - len(said))):
                said += chunk
    if not response.content.at_eof():
        response.close()
    return bytes(said)


def _json(said: bytes) -> dict[str, object]:
    with suppress(ValueError, RecursionError):
        if isinstance(read := json.loads(said), dict):
            return read
    return {}


def _reference(said: bytes) -> str | None:
    read = _json(said)
    given = read.get("reference", read.get("id"))
    return given if isinstance(given, str) and 0 < len(given) <= REFERENCE and given.isprintable() else None


def _words(said: bytes, token: str) -> str:
    """Give what the other side says, on one line; a token that it echoes is cut out."""
    read = _json(said)
    text = next((words for key in WORDS if isinstance(words := read.get(key), str)), said.decode("utf-8", "replace"))
    printable = "".join(each if each.isprintable() else " " for each in text.replace(token, "…"))
    return " ".join(printable.split())[:SHOWN]


def _fault(status: int, detail: str, retry_after: int | None) -> Misconfigured | Transient | Undeliverable:
    if status in {401, 403}:
        return Misconfigured("link-unauthorised", detail=detail)
    if status in {404, 405} or 300 <= status < 400:
        return Misconfigured("link-misconfigured", detail=detail)
    if status in AGAIN or not 400 <= status < 500:
        return Transient(AGAIN.get(status, "receiver-failed"), detail=detail, retry_after=retry_after)
    return Undeliverable("receiver-refused", detail=detail)


def _retry_after(response: aiohttp.ClientResponse) -> int | None:
    """Read seconds or a date (RFC 9110, 10.2.3)."""
    given = response.headers.get("Retry-After", "")
    if re.fullmatch(r"[0-9]{1,9}", given):
        return min(int(given), LONGEST_WAIT)
    with suppress(ValueError):
        date = parsedate_to_datetime(given)
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - datetime.now(UTC)
        return max(0, min(round(wait.total_seconds()), LONGEST_WAIT))
    return None


def _name(error: Exception) -> str:
    """Name an error without its words, which have addresses in them."""
    number = errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{type(error).__name__} {number}" if number else type(error).__name__


def _token(file: Path) -> str:
    try:
        token = file.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise Misconfigured("link-misconfigured", detail=f"token_file: {file}: {type(error).__name__}") from error
    if not re.fullmatch(r"[!-~]+", token):
        raise Misconfigured("link-misconfigured", detail=f"token_file: {file}: [!-~]+")
    return token


def _tls(file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:  # ssl.SSLError is one
        raise Misconfigured("link-misconfigured", detail=f"ca_file: {file}: {type(error).__name__}") from error
