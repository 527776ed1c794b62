"""The agency API from the caller's side."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import aiohttp
from aiohttp import hdrs

from gateway.core.faults import Transient

BASE = "/api/v1"
XML = "application/xml"
CHUNK = 256 * 1024
PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=90)
"""A long poll is silent for up to 60 seconds; an upload may take as long as it takes."""


class Refused(Exception):  # noqa: N818  a word of the field, as Rejected
    """The hub refused: `problem` is its RFC 9457 document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """Octets that travel as a MIME part of their own."""

    media_type: str
    octets: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClient:
    """One system's way to the hub. Every call raises Refused, or Transient where the hub does not answer."""

    session: aiohttp.ClientSession
    url: str
    token: str

    async def send(self, envelope: bytes, enclosures: Mapping[str, Enclosure] | None = None) -> tuple[int, dict[str, Any]]:
        """Send a document, its MIME parts by content id; 202 is new, 200 was there already."""
        if not enclosures:
            return await self._xml(f"{BASE}/documents", envelope)
        with aiohttp.MultipartWriter("related") as body:
            body.append(io.BytesIO(envelope), {hdrs.CONTENT_TYPE: XML, "Content-ID": "<edxml>"})
            for name, each in enclosures.items():
                body.append(each.octets, {hdrs.CONTENT_TYPE: each.media_type, "Content-ID": f"<{name}>"})
            return await self._call("POST", f"{BASE}/documents", data=body)

    async def report(self, package: bytes) -> dict[str, Any]:
        """Send an edXML status package."""
        answer: dict[str, Any] = (await self._xml(f"{BASE}/statuses", package))[1]
        return answer

    async def post(self, path: str, asked: Mapping[str, Any]) -> Any:
        """Post JSON."""
        return (await self._call("POST", f"{BASE}{path}", json=asked))[1]

    async def get(self, path: str, **query: str | float) -> Any:
        """Get JSON, or the octets of anything else."""
        return (await self._call("GET", f"{BASE}{path}", params={name: str(value) for name, value in query.items()}))[1]

    async def save(self, path: str, to: BinaryIO) -> int:
        """Get octets into a file as they come; give how many. What breaks off is Transient."""
        size = 0
        async with self._answered("GET", f"{BASE}{path}") as response:
            async for chunk in response.content.iter_chunked(CHUNK):
                size += to.write(chunk)
        return size

    async def items(self, path: str, **query: str | float) -> AsyncIterator[dict[str, Any]]:
        """Walk through all pages of a list."""
        after: dict[str, str] = {}
        while True:
            page = await self.get(path, **query, **after)
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    async def _xml(self, path: str, data: bytes) -> tuple[int, Any]:
        return await self._call("POST", path, data=io.BytesIO(data), headers={hdrs.CONTENT_TYPE: XML})

    async def _call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        async with self._answered(method, path, **more) as response:
            return response.status, await _body(response)

    @asynccontextmanager
    async def _answered(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Call, and give an answer that is no refusal, whose body is still to be read."""
        proven = {**(headers or {}), hdrs.AUTHORIZATION: f"Bearer {self.token}"}
        try:
            async with self.session.request(method, f"{self.url}{path}", headers=proven, **more) as response:
                if response.status >= 400:
                    body = await _body(response)
                    raise Refused(response.status, body if isinstance(body, dict) else {"title": response.reason})
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Transient("not-ready", detail=f"{self.url}: {error or type(error).__name__}") from error


async def _body(response: aiohttp.ClientResponse) -> Any:
    return await response.json(content_type=None) if "json" in response.content_type else await response.read()


@asynccontextmanager
async def connected(url: str, token: str) -> AsyncIterator[ApiClient]:
    """Open a session of one system."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        yield ApiClient(session=session, url=url.rstrip("/"), token=token)
