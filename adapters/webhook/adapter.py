"""Webhook: each document, and each status, is one signed POST to the system; README.md says what it sees and must answer."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from gateway.sdk import Adapter, Consignment, Context, Notice, Taken, Transient
from gateway.sdk.http import Address, Answer, Body, Client, Connection, connected, envelope_and_parts, visible
from gateway.sdk.http_signature import keys, signed

from .mapping import document_event, document_headers, status_event, status_headers

PAGE: Final = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
"""A page for people, of a login or a proxy, says 200 without having taken anything."""


class Settings(Connection):
    """`settings` of a link."""

    secret_file: Path = Field(
        description="Tệp chứa khóa ký whsec_…; hai khóa khi đang thay · "
        "File with the signing secret whsec_…; two while it is changed"
    )
    format: Literal["multipart", "json"] = Field(
        default="multipart",
        description="Văn bản là edXML kèm tệp (multipart) hay một đối tượng JSON (json) · "
        "Documents are edXML with files (multipart) or one JSON object (json)",
    )
    status_url: Address | None = Field(
        default=None, description="Nơi nhận tin báo trạng thái; bỏ trống: như url · Where statuses go; empty: as url"
    )
    health_url: Address | None = Field(
        default=None,
        description="GET, 2xx là tốt; bỏ trống: chỉ thử kết nối · GET, 2xx is well; empty: only a connection is tried",
    )


class Webhook(Adapter):
    """A system that takes documents and statuses by HTTP. The secrets are read for each, so that a change needs no restart."""

    def __init__(self, settings: Settings, context: Context, client: Client) -> None:
        self._settings = settings
        self._context = context
        self._client = client

    async def deliver(self, consignment: Consignment) -> Taken:
        body = document_event(consignment) if self._settings.format == "json" else envelope_and_parts(consignment)
        answer = await self._post(self._settings.url, consignment.key, document_headers(consignment), body)
        return Taken(reference=answer.reference())

    async def report(self, notice: Notice) -> None:
        where = self._settings.status_url or self._settings.url
        await self._post(where, notice.key, status_headers(notice), status_event(notice))

    async def health(self) -> None:
        """Ask `health_url`; without one, see whether the port of `url` is open."""
        if self._settings.health_url is None:
            await self._client.reach(str(self._settings.url))
        else:
            await self._client.ask("GET", str(self._settings.health_url))

    async def _post(self, url: Address, key: str, headers: Mapping[str, str], body: Body) -> Answer:
        by = keys(self._context, self._settings.secret_file)
        sent = await body.at_hand()
        signature = await signed(sent, key=visible(key), now=self._context.now(), by=by)
        answer = await self._client.ask("POST", str(url), headers={**headers, **signature}, body=sent)
        if PAGE.match(answer.content):
            raise Transient(
                "receiver-failed", detail=f"HTTP {answer.status}: trang HTML", detail_en=f"HTTP {answer.status}: an HTML page"
            )
        return answer


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Read the files that the settings name; nothing is connected before the first document."""
    keys(context, settings.secret_file)
    async with connected(settings, context) as client:
        yield Webhook(settings, context, client)
