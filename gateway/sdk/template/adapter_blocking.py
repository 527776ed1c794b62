"""The adapter `template`: JSON over HTTP. README.md says what the other side must answer.

Each call runs in a thread of its own. Here http.client stands for what blocks: a vendor's library, a database driver.
ĐỔI · CHANGE: địa chỉ ở đây, tên trường ở mapping.py · the addresses here, the names of fields in mapping.py.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork

from gateway.sdk import (
    Collected,
    Consignment,
    Context,
    Misconfigured,
    Notice,
    Opener,
    Outcome,
    Refused,
    Rejected,
    Taken,
    Transient,
)
from gateway.sdk.blocking import BlockingAdapter, chunks, opener
from gateway.sdk.edxml import DocumentPackage, files, read
from gateway.sdk.http import Address
from gateway.sdk.http_address import Gate
from gateway.sdk.http_answers import fault, words

from .mapping import text, to_answer, to_collected, to_news, to_record

PAGE: Final = 100
"""Records that are asked for at once."""
PAGE_BYTES: Final = 8 * 1024 * 1024
"""The longest answer that is read; files are streamed."""
CHUNK: Final = 64 * 1024
ABANDONED_SECONDS: Final = 300.0
"""The hub gives a call up long before; this frees the thread that is left behind."""
UNREADABLE: Final = Refused(code="malformed-xml", vi="Bản ghi không đọc được.", en="The record cannot be read.")


class Settings(BaseModel):
    """`settings` of a link in agencies.toml, of which the console draws a form; files start at the folder of gateway.toml.

    ĐỔI · CHANGE: thêm cấu hình riêng của phần mềm · add the software's own settings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address = Field(description="Địa chỉ gốc của phần mềm · Base address of the software")
    token_file: Path = Field(description="Tệp chứa mã truy cập do phần mềm cấp · File with the token that the software issued")
    networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Chỉ nối tới các mạng này (CIDR); bỏ trống: mọi mạng trừ loopback, link-local và dải dành riêng · "
        "Connect to these networks alone (CIDR); empty: all but loopback, link-local and reserved ones",
    )
    connect_seconds: float = Field(default=10, gt=0, le=60, description="Chờ kết nối, giây · Seconds to wait for a connection")


class OfficeSoftware(BlockingAdapter):
    """One installation of the software. It keeps nothing: what must outlive a restart is the hub's, or the other side's."""

    def __init__(self, settings: Settings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._address = urlsplit(str(settings.url))
        self._gate = Gate(settings.networks)

    def deliver(self, consignment: Consignment) -> Taken:
        """Put the files there first; the record, which names them, makes a document of them, once for each key."""
        package = read(b"".join(chunks(consignment.open)))
        if not isinstance(package, DocumentPackage):
            raise TypeError("a consignment is a document")
        attached = files(package, consignment)
        address = f"/van-ban/{quote(consignment.key, safe='')}"
        for number, each in enumerate(attached):
            self._ask("PUT", f"{address}/tep/{number}", chunks(each.open))
        record = to_record(package, attached, consignment)
        said = self._ask("PUT", address, record.model_dump(mode="json"))
        return Taken(reference=text(said, "ma"))

    def report(self, notice: Notice) -> None:
        """Tell it under the notice's key; a repeat is the same PUT again."""
        self._ask("PUT", f"/tin/{quote(notice.key, safe='')}", to_news(notice).model_dump(mode="json"))

    def collect(self) -> Iterator[Collected]:
        """Give one page of what waits; the hub comes again for the next. A record that cannot be read holds up no other."""
        waiting = self._ask("GET", f"/hang-doi?toi_da={PAGE}").get("hang_doi")
        if not isinstance(waiting, list):
            raise Transient("receiver-failed", detail="hang_doi: không phải danh sách", detail_en="hang_doi: not a list")
        for each in waiting:
            if (reference := text(each, "ma")) is None:
                raise Transient("receiver-failed", detail="hang_doi: thiếu ma", detail_en="hang_doi: no ma")
            try:
                collected = to_collected(reference, each, self._context.now(), partial(self._file, reference))
            except (ValueError, Rejected) as error:
                self._context.log("unreadable", reference=reference, error=type(error).__name__)
                self._settle(reference, UNREADABLE)
            else:
                yield collected

    def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        self._settle(collected.reference, outcome)

    def health(self) -> None:
        self._ask("GET", "/suc-khoe")

    def _file(self, reference: str, number: int) -> Opener:
        def octets() -> Iterator[bytes]:
            with self._answered("GET", f"{_waiting(reference)}/tep/{number}") as answer:
                while chunk := answer.read(CHUNK):
                    yield chunk

        return opener(octets)

    def _settle(self, reference: str, outcome: Outcome) -> None:
        self._ask("POST", _waiting(reference), to_answer(outcome))

    def _ask(self, method: str, path: str, body: dict[str, Any] | Iterator[bytes] | None = None) -> dict[str, Any]:
        """Give the JSON object that the software answers: a web page of some proxy is no answer."""
        with self._answered(method, path, body) as answer:
            said = answer.read(PAGE_BYTES)
        try:
            read = json.loads(said)
        except (ValueError, RecursionError):
            read = None
        if not isinstance(read, dict):
            raise Transient("receiver-failed", detail=f"HTTP {answer.status}: không phải đối tượng JSON · no JSON object")
        return read

    @contextmanager
    def _answered(self, method: str, path: str, body: dict[str, Any] | Iterator[bytes] | None = None) -> Iterator[HTTPResponse]:
        """Give a 2xx answer while it is open; raise what any other, or none, means. Words of errors may have secrets in them."""
        token = self._context.secret(self._settings.token_file, "token_file")  # each time: it may have been changed
        sent = json.dumps(body).encode() if isinstance(body, dict) else body
        try:
            with closing(self._connected()) as connection:
                connection.request(method, self._address.path.rstrip("/") + path, sent, {"Authorization": f"Bearer {token}"})
                answer = connection.getresponse()
                if not 200 <= answer.status < 300:
                    raise fault(answer.status, words(answer.read(CHUNK), (token,)))
                yield answer
        except (HTTPException, OSError) as error:  # nobody knows what came of it
            raise Transient("receiver-failed", detail=type(error).__name__) from None

    def _connected(self) -> HTTPConnection:
        """Connect, and look at where that leads before anything is sent."""
        kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        connection = kind(self._address.hostname or "", self._address.port, timeout=self._settings.connect_seconds)
        try:
            connection.connect()
        except OSError as error:
            raise Transient("receiver-unreachable", detail=type(error).__name__) from None
        if not self._gate.allows(connection.sock.getpeername()[0]):
            connection.close()
            raise Misconfigured("link-misconfigured", detail="networks")
        connection.sock.settimeout(ABANDONED_SECONDS)
        return connection


@contextmanager
def open_adapter(settings: Settings, context: Context) -> Iterator[BlockingAdapter]:
    """See whether its secret is there; nothing is connected before the first call."""
    context.secret(settings.token_file, "token_file")
    yield OfficeSoftware(settings, context)


def _waiting(reference: str) -> str:
    """Give the path of what waits; a reference is the other side's, and may hold anything."""
    return f"/hang-doi/{quote(reference, safe='')}"
