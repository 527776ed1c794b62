"""Remote: a vendor's adapter out of process, over HTTP, in any language. What its `/manifest` does not claim is not called.

`schemas/adapter/openapi.yaml` is the wire, README.md explains it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, Self
from urllib.parse import quote

from pydantic import model_validator

from gateway.sdk import (
    CONTRACT,
    Adapter,
    Collected,
    CollectedEnvelope,
    CollectedStatus,
    Consignment,
    Context,
    Misconfigured,
    Notice,
    Opener,
    Outcome,
    StatusCode,
    Taken,
    Transient,
    Undeliverable,
)
from gateway.sdk.http import Answer, Client, Connection, connected, json_body, visible

from .mapping import Contracted, EnvelopeItem, ServiceManifest, StatusItem, TakenAnswer, acknowledgement_of, item, notice_of, read
from .streams import LINE, letter, lines, measured

FRESH: Final = timedelta(minutes=5)
"""How long a manifest counts: a service that was upgraded is seen as it is soon after. `health` always reads it anew."""


class Settings(Connection):
    """`url` is where the service's addresses start; `GET {url}/manifest` is the first of them."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.url.query is not None:
            raise ValueError("url: no query belongs into it")
        if self.token_file is None and self.certificate_file is None:
            raise ValueError("token_file or certificate_file is needed")
        return self


class Remote(Adapter):
    """A service that answers for the vendor's system."""

    def __init__(self, settings: Settings, client: Client, context: Context) -> None:
        self._url = str(settings.url).rstrip("/")
        self._client = client
        self._context = context
        self._usual = {"X-Lienthong-Contract": str(CONTRACT), "X-Lienthong-System": visible(context.system)}
        self._known: tuple[ServiceManifest, datetime] | None = None
        self._reading = asyncio.Lock()

    async def deliver(self, consignment: Consignment) -> Taken:
        _fits(await self._manifest(), consignment)
        headers = {**self._usual, "Idempotency-Key": visible(consignment.key), "traceparent": visible(consignment.trace)}
        answer = await self._client.ask("POST", f"{self._url}/deliver", headers=headers, body=letter(consignment))
        return Taken(reference=read(TakenAnswer, _json(answer)).reference)

    async def report(self, notice: Notice) -> None:
        manifest = await self._manifest()
        if not manifest.statuses or (notice.code is StatusCode.RECALL_REQUESTED and not manifest.recall):
            return
        headers = {**self._usual, "Idempotency-Key": visible(notice.key)}
        _done(await self._client.ask("POST", f"{self._url}/report", headers=headers, body=json_body(notice_of(notice))))

    async def collect(self) -> AsyncGenerator[Collected, None]:
        """Read the service's list as the hub takes its items: what is endless there is bounded by the hub's round."""
        if not (await self._manifest()).collect:
            return
        async with aclosing(self._stream("/collect")) as chunks, aclosing(lines(chunks)) as waiting:
            async for line in waiting:
                yield self._collected(item(line))

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        body = json_body(acknowledgement_of(collected, outcome))
        _done(await self._client.ask("POST", f"{self._url}/acknowledge", headers=self._usual, body=body))

    async def health(self) -> None:
        await self._read_manifest()
        _done(await self._client.ask("GET", f"{self._url}/health", headers=self._usual))

    async def _manifest(self) -> ServiceManifest:
        """Give the service's manifest, read at first use, and anew where the one at hand is old. Raises as `health` does."""
        async with self._reading:
            if self._known is not None and abs(self._context.now() - self._known[1]) < FRESH:
                return self._known[0]
            return await self._read_manifest()

    async def _read_manifest(self) -> ServiceManifest:
        content = _json(await self._client.ask("GET", f"{self._url}/manifest", headers=self._usual, most=LINE))
        spoken = read(Contracted, content).contract
        if spoken != CONTRACT:
            raise Misconfigured(
                "link-misconfigured",
                detail=f"/manifest: contract = {spoken}; trục này dùng {CONTRACT}",
                detail_en=f"/manifest: contract = {spoken}; this hub speaks {CONTRACT}",
            )
        manifest = read(ServiceManifest, content)
        self._known = manifest, self._context.now()
        return manifest

    def _collected(self, waiting: EnvelopeItem | StatusItem) -> Collected:
        if isinstance(waiting, StatusItem):
            return CollectedStatus(
                reference=waiting.reference,
                key=waiting.key,
                code=waiting.code,
                description=waiting.description,
                staff=waiting.staff,
                at=waiting.at,
            )
        query = f"?reference={quote(waiting.reference, safe='')}"
        return CollectedEnvelope(
            reference=waiting.reference,
            open=self._opener(f"/collected/envelope{query}", waiting.size, waiting.sha256),
            parts={
                each.content_id: self._opener(
                    f"/collected/part{query}&content_id={quote(each.content_id, safe='')}", each.size, each.sha256
                )
                for each in waiting.parts
            },
        )

    def _opener(self, path: str, size: int, sha256: str) -> Opener:
        async def octets() -> AsyncGenerator[bytes, None]:
            async with aclosing(self._stream(path)) as source, aclosing(measured(source, size, sha256)) as chunks:
                async for chunk in chunks:
                    yield chunk

        return octets

    def _stream(self, path: str) -> AsyncGenerator[bytes, None]:
        return self._client.stream(f"{self._url}{path}", headers=self._usual)


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Read the files that the settings name; the service is asked nothing before the first call."""
    async with connected(settings, context) as client:
        yield Remote(settings, client, context)


def _fits(manifest: ServiceManifest, consignment: Consignment) -> None:
    """Refuse what the service does not claim to take. Raises Undeliverable, Misconfigured."""
    if not manifest.push:
        raise Misconfigured("link-misconfigured", detail="/manifest: push = false")
    size = consignment.size + sum(each.size for each in consignment.parts)
    if manifest.max_size is not None and size > manifest.max_size:
        raise Undeliverable("receiver-refused", detail=f"/manifest: max_size = {manifest.max_size} < {size}")
    if consignment.parts and not manifest.separate:
        raise Undeliverable("receiver-refused", detail="/manifest: separate = false")


def _json(answer: Answer) -> bytes:
    """Give the JSON of an answer. Raises `Transient` where it is something else, a page of some proxy."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 200 or media_type != "application/json" or not answer.whole:
        raise Transient(
            "receiver-failed", detail=f"HTTP {answer.status}: Content-Type: {visible(media_type)[:80]} ≠ application/json"
        )
    return answer.content


def _done(answer: Answer) -> None:
    """Hold that it is the answer of a service that has done what it was asked. Raises `Transient`."""
    if answer.status != 204:
        raise Transient("receiver-failed", detail=f"HTTP {answer.status} ≠ 204")
