"""SOAP 1.1 of the older eDoc hubs: the hub calls a vendor's server. README.md says what that server sees and must answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from gateway.sdk import (
    BusinessType,
    Collected,
    CollectedEnvelope,
    Consignment,
    Context,
    Misconfigured,
    Notice,
    Outcome,
    Refused,
    Taken,
    Transient,
    Undeliverable,
)
from gateway.sdk.blocking import BlockingAdapter, chunks
from gateway.sdk.edxml import stream
from gateway.sdk.http import Connection

from .traces import known_as, status_package, trace_fields
from .wire import legal

if TYPE_CHECKING:
    from .client import Client

REFERENCE: Final = 200
"""Characters of the other side's name for a document."""
WORDS: Final = 500
"""Characters of Description in edXML."""


class Settings(Connection):
    """`settings` of a link; the files are relative to the folder of the hub's configuration."""

    user: str | None = Field(
        default=None, min_length=1, description="Tên đăng nhập (HTTP Basic) · User name (HTTP Basic)", pattern=r"^[^:\x00-\x1f]+$"
    )
    password_file: Path | None = Field(default=None, description="Tệp chứa mật khẩu của user · File with the password of user")


class SoapEdoc(BlockingAdapter):
    """A system with a SOAP server. It knows a repeat by `messageId`, or failing that by the document's own number."""

    def __init__(self, client: "Client", context: Context) -> None:
        self._client = client
        self._context = context

    def deliver(self, consignment: Consignment) -> Taken:
        """Send the envelope. What an earlier attempt got through is there already, and that is a success."""
        envelope = b"".join(chunks(consignment.open))
        if len(envelope) != consignment.size:
            raise EOFError(f"{consignment.size} octets announced, {len(envelope)} found")
        result = self._client.call("SendDocument", messageId=consignment.key, document=envelope)
        named = {error.code for error in result.errors or ()}
        repeated = consignment.attempt > 1 and consignment.business_type is BusinessType.NEW
        if not (repeated and named == {"ExistDoc"}):
            self._client.demand(result)
        return Taken(reference=_reference(result.docId))

    def report(self, notice: Notice) -> None:
        """Send a status as edXML; what edXML has no code for, as the fields of a trace."""
        if notice.code is not None:
            given: dict[str, Any] = {"document": status_package(notice, notice.code)}
        else:
            given = {"docId": known_as(notice), "trace": dict(trace_fields(notice, known_as(notice)))}
        self._client.demand(self._client.call("UpdateTraces", messageId=notice.key, **given))

    def collect(self) -> Iterator[Collected]:
        """Fetch what waits. One document that cannot be fetched does not keep the others; it is said at the end."""
        waiting = self._client.demand(self._client.call("GetPendingDocumentIds"))
        failed: Transient | Undeliverable | None = None
        for each in waiting.document:
            try:
                yield self._fetch(each.docId)
            except (Transient, Undeliverable) as fault:
                if fault.code != "receiver-failed" and not isinstance(fault, Undeliverable):
                    raise
                self._context.log("document.unfetched", reference=_reference(each.docId), code=fault.code)
                failed = failed or fault
        if failed is not None:
            raise failed

    def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        """Confirm one document; of a refused one the words too."""
        given = {"status": "Fail", "description": legal(str(outcome))[:WORDS]} if isinstance(outcome, Refused) else {}
        self._client.demand(self._client.call("ConfirmReceived", docId=collected.reference, **given))

    def health(self) -> None:
        """Ask who we are."""
        self._client.demand(self._client.call("CheckPermission"))

    def _fetch(self, name: str) -> CollectedEnvelope:
        got = self._client.demand(self._client.call("GetDocument", docId=name))
        if not got.document:
            raise Transient("receiver-failed", detail="GetDocument: document: không có", detail_en="GetDocument: no document")
        parts = {each.contentId.removeprefix("cid:"): stream(each.content or b"") for each in got.attachment}
        return CollectedEnvelope(reference=name, open=stream(got.document), parts=parts)


@contextmanager
def open_adapter(settings: Settings, context: Context) -> Iterator[BlockingAdapter]:
    """Read the WSDL of this folder and the files that the settings name; nothing is connected before the first call."""
    if (settings.user is None) != (settings.password_file is None):
        raise Misconfigured("link-misconfigured", detail="user, password_file: cần cả hai", detail_en="user, password_file: both")
    try:
        from .client import connected  # zeep is an extra, and slow to import
    except ModuleNotFoundError as error:
        raise Misconfigured("link-misconfigured", detail=f"pip install 'lienthong[soap]' ({error.name})") from error
    secret = (settings.password_file, "password_file") if settings.user else (settings.token_file, "token_file")
    with connected(settings, context, settings.user, *secret) as client:
        yield SoapEdoc(client, context)


def _reference(given: object) -> str | None:
    return given if isinstance(given, str) and 0 < len(given) <= REFERENCE and given.isprintable() else None
