"""The adapter `template`: JSON over HTTP. README.md says what the other side must answer.

ĐỔI · CHANGE: địa chỉ ở đây, tên trường ở mapping.py · the addresses here, the names of fields in mapping.py.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pydantic import Field

from gateway.sdk import (
    Adapter,
    Collected,
    Consignment,
    Context,
    Notice,
    Opener,
    Outcome,
    Refused,
    Rejected,
    Taken,
    Transient,
)
from gateway.sdk.edxml import File, unpack
from gateway.sdk.http import Body, Client, Connection, Source, connected, json_body

from .mapping import text, to_answer, to_collected, to_news, to_record

PAGE: Final = 100
"""Records that are asked for at once."""
PAGE_BYTES: Final = 8 * 1024 * 1024
"""The longest page that is read; files are streamed."""
UNREADABLE: Final = Refused(code="malformed-xml", vi="Bản ghi không đọc được.", en="The record cannot be read.")


class Settings(Connection):
    """`settings` of a link in agencies.toml, of which the console draws a form; most of them are those of any HTTP client.

    ĐỔI · CHANGE: thêm cấu hình riêng của phần mềm · add the software's own settings.
    """

    token_file: Path = Field(description="Tệp chứa mã truy cập do phần mềm cấp · File with the token that the software issued")


class OfficeSoftware(Adapter):
    """One installation of the software. It keeps nothing: what must outlive a restart is the hub's, or the other side's.

    The client raises the faults that answers mean: 5xx and no answer `Transient`, 401 and 403 `Misconfigured`, other 4xx
    `Undeliverable`.
    """

    def __init__(self, settings: Settings, context: Context, client: Client) -> None:
        self._url = str(settings.url).rstrip("/")
        self._context = context
        self._client = client

    async def deliver(self, consignment: Consignment) -> Taken:
        """Put the files there first; the record, which names them, makes a document of them, once for each key."""
        package, files = await unpack(consignment)
        beside = {part.content_id: part for part in consignment.parts}
        address = f"/van-ban/{quote(consignment.key, safe='')}"
        for number, each in enumerate(files):
            content = beside.get(each.content_id) or await _whole(each)
            body = Body(content_type="application/octet-stream", sections=(content,))
            await self._ask("PUT", f"{address}/tep/{number}", body)
        record = to_record(package, files, consignment)
        said = await self._ask("PUT", address, json_body(record.model_dump(mode="json")))
        return Taken(reference=text(said, "ma"))

    async def report(self, notice: Notice) -> None:
        """Tell it under the notice's key; a repeat is the same PUT again."""
        await self._ask("PUT", f"/tin/{quote(notice.key, safe='')}", json_body(to_news(notice).model_dump(mode="json")))

    async def collect(self) -> AsyncGenerator[Collected, None]:
        """Give one page of what waits; the hub comes again for the next. A record that cannot be read holds up no other."""
        waiting = (await self._ask("GET", f"/hang-doi?toi_da={PAGE}")).get("hang_doi")
        if not isinstance(waiting, list):
            raise Transient("receiver-failed", detail="hang_doi: không phải danh sách", detail_en="hang_doi: not a list")
        for each in waiting:
            if (reference := text(each, "ma")) is None:
                raise Transient("receiver-failed", detail="hang_doi: thiếu ma", detail_en="hang_doi: no ma")
            try:
                collected = to_collected(reference, each, self._context.now(), partial(self._file, reference))
            except (ValueError, Rejected) as error:
                self._context.log("unreadable", reference=reference, error=type(error).__name__)
                await self._settle(reference, UNREADABLE)
            else:
                yield collected

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        await self._settle(collected.reference, outcome)

    async def health(self) -> None:
        await self._ask("GET", "/suc-khoe")

    def _file(self, reference: str, number: int) -> Opener:
        return lambda: self._client.stream(f"{self._url}{_waiting(reference)}/tep/{number}", headers=self._headers())

    async def _settle(self, reference: str, outcome: Outcome) -> None:
        await self._ask("POST", _waiting(reference), json_body(to_answer(outcome)))

    def _headers(self) -> dict[str, str]:
        """Give what each request says; the token of the settings is sent as a bearer by the client.

        ĐỔI · CHANGE: header khác mà phần mềm đòi, như mã hệ thống · others that the software asks for, such as a system's id.
        """
        return {}

    async def _ask(self, method: str, path: str, body: Body | None = None) -> dict[str, Any]:
        """Give the JSON object that the software answers: a web page of some proxy is no answer.

        ĐỔI · CHANGE: phần mềm trả 200 mà nói lỗi trong JSON thì báo lỗi ở đây · raise here what a 200 says of errors in JSON.
        """
        answer = await self._client.ask(method, self._url + path, headers=self._headers(), body=body, most=PAGE_BYTES)
        said = answer.json()
        if not isinstance(said, dict):
            raise Transient("receiver-failed", detail=f"HTTP {answer.status}: không phải đối tượng JSON · no JSON object")
        return said


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Open a client, for as long as the hub runs; nothing is connected before the first call."""
    async with connected(settings, context) as client:
        yield OfficeSoftware(settings, context, client)


async def _whole(file: File) -> bytes | Source:
    """Read an attachment that came inside the envelope, which was in memory already."""
    async with aclosing(file.open()) as chunks:
        return b"".join([chunk async for chunk in chunks])


def _waiting(reference: str) -> str:
    """Give the path of what waits; a reference is the other side's, and may hold anything."""
    return f"/hang-doi/{quote(reference, safe='')}"
