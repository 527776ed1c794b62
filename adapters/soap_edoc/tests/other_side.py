"""The other side for the kit: a vendor's SOAP server behind a relay, on ports of loopback."""

import base64
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lxml import etree

from gateway.sdk import StatusCode, edxml
from gateway.sdk.conformance.other_side import REASON, Held, Mood, Outgoing, Told
from gateway.sdk.conformance.relay import HOST, MOODS, Relay

from .vendor import PASSWORD, USER, Vendor


class OtherSide:
    """A vendor's server under the kit's control."""

    impossible: Mapping[Mood, str] = {}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._vendor = Vendor()
        self._relay: Relay
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        (self._folder / "password").write_text(f"{PASSWORD}\n", "utf-8")
        await self._vendor.start()
        self._open.push_async_callback(self._vendor.stop)
        self._relay = await self._open.enter_async_context(Relay(HOST, self._vendor.port))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._open.aclose()

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            "url": f"http://{HOST}:{self._relay.port}/edoc",
            "user": USER,
            "password_file": "password",
            "networks": ["127.0.0.0/8"],
        }

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()})

    async def be(self, mood: Mood) -> None:
        self._vendor.refuses = REASON if mood is Mood.REFUSING else None
        self._vendor.fails = mood is Mood.FAILING
        self._vendor.password = "another" if mood is Mood.UNAUTHORISED else PASSWORD
        await self._relay.be(mood if mood in MOODS else Mood.WELL)

    async def held(self) -> tuple[Held, ...]:
        documents = self._vendor.documents.items()
        return tuple(Held(reference=self._vendor.named(key), envelope=envelope) for key, envelope in documents)

    async def told(self) -> tuple[Told, ...]:
        return tuple(_told(each) for each in self._vendor.news.values())

    async def offer(self, outgoing: Outgoing) -> str:
        code = edxml.Code(number=outgoing.number, notation=outgoing.notation)
        header = edxml.MessageHeader(
            sender=edxml.Organisation(organ_id=outgoing.sender),
            receivers=(edxml.Organisation(organ_id=outgoing.receiver),),
            document_id=f"{outgoing.sender},{outgoing.promulgated_on:%Y/%m/%d},{code}",
            code=code,
            promulgation_date=outgoing.promulgated_on,
            document_type=edxml.DocumentType(type=1, type_name="Công văn"),
            subject=outgoing.subject,
            signer_info=edxml.SignerInfo(full_name="Nguyễn Văn Mẫu"),
        )
        attached = (edxml.attach("a1", outgoing.file, outgoing.content),)
        return self._wait(edxml.write(edxml.DocumentPackage(header=header, attachments=attached)))

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        header = etree.fromstring(self._vendor.documents[key]).find(".//{*}MessageHeader")
        assert header is not None
        number, notation = header.findtext("{*}Code/{*}CodeNumber"), header.findtext("{*}Code/{*}CodeNotation")
        promulgated = (header.findtext("{*}PromulgationInfo/{*}PromulgationDate") or "").replace("/", "-")
        package = edxml.StatusPackage(
            sender=edxml.Organisation(organ_id=header.findtext("{*}To/{*}OrganId") or ""),
            response_for=edxml.ResponseFor(
                organ_id=header.findtext("{*}From/{*}OrganId") or "",
                code=f"{number}/{notation}",
                promulgation_date=date.fromisoformat(promulgated),
                document_id=header.findtext("{*}DocumentId"),
            ),
            status_code=code,
            description=description,
            timestamp=datetime(2026, 5, 13, 9, tzinfo=timezone(timedelta(hours=7))),
        )
        return self._wait(edxml.write(package))

    async def outcomes(self) -> Mapping[str, str]:
        return self._vendor.outcomes

    def _wait(self, envelope: bytes) -> str:
        name = f"CHO-{len(self._vendor.waiting) + len(self._vendor.outcomes) + 1}"
        self._vendor.waiting[name] = envelope
        return name


def _told(called: Any) -> Told:
    """Read news in either form."""
    package = called.findtext("{*}document")
    if package is None:
        trace = called.find("{*}trace")
        number, _, notation = trace.findtext("{*}code").partition("/")
        return Told(number=number, notation=notation, code=None, description=trace.findtext("{*}description") or "")
    header = etree.fromstring(base64.b64decode(package)).find(".//{*}MessageHeader")
    assert header is not None
    number, _, notation = (header.findtext("{*}ResponseFor/{*}Code") or "").partition("/")
    code = StatusCode(header.findtext("{*}StatusCode") or "")
    return Told(number=number, notation=notation, code=code, description=header.findtext("{*}Description") or "")
