"""Agencies that exchange documents through every adapter: each sends, takes, reports and hears in its own way, said alike."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from gateway.core import attachments, reading, signing, writing, xmlsafe
from gateway.core.envelope import DocumentPackage
from gateway.core.model import StatusCode
from gateway.sdk import edxml
from gateway.sdk.conformance.other_side import Held, OtherSide, Outgoing
from tests.faults.correspondence import Office
from tests.judging import schema
from tests.production import ProductionPlane

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A document on its way: `number` is its whole identity here."""

    sender: str
    receiver: str
    number: str
    subject: str
    file: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A document as its receiver has it: its subject, and the digest of its attachment."""

    number: str
    subject: str
    digests: frozenset[str]


class Agency(Protocol):
    """One agency, whatever connects it."""

    organ: str

    async def send(self, letter: Letter) -> None: ...

    async def arrived(self) -> tuple[Arrived, ...]: ...

    async def report(self, number: str, key: str, code: StatusCode) -> None:
        """Report on a document that arrived; `key` is that of its delivery."""

    async def heard(self) -> frozenset[tuple[str, str]]:
        """Give the numbers and codes of the statuses that it heard of what it sent."""


class ByApi:
    """An agency that sends, reports and asks through the hub's API, and polls."""

    def __init__(self, plane: ProductionPlane, organ: str) -> None:
        self.organ = organ
        self.office = Office(plane, organ)
        self._plane = plane
        self._taken: dict[str, Arrived] = {}

    async def send(self, letter: Letter) -> None:
        await self.office.post(signed(self._plane.folder / "agencies" / self.organ, package_of(letter)))

    async def arrived(self) -> tuple[Arrived, ...]:
        lease = await self.office.ask("POST", "/inbox/leases", json={"max": 50, "seconds": 60})
        for each in lease["deliveries"]:
            found = await self.fetched(each["document"])
            self._taken[found.number] = found
        if lease["deliveries"]:
            await self.office.ask("POST", f"/inbox/leases/{lease['token']}/ack", json={})
        return tuple(self._taken.values())

    async def fetched(self, document: str) -> Arrived:
        url = f"{self._plane.gateways[0].url}/api/v1/documents/{document}/envelope"
        async with self.office.asking("GET", url, seconds=10) as response:
            return read(Held(reference=None, envelope=await response.read()))

    async def report(self, number: str, key: str, code: StatusCode) -> None:
        await self.office.report(key, code)

    async def heard(self) -> frozenset[tuple[str, str]]:
        heard: set[tuple[str, str]] = set()
        after = ""
        while (page := await self.office.ask("GET", f"/events?limit={PAGE}{after}"))["events"]:
            for each in page["events"]:
                if each["type"] == "status.received" and each["data"]["from"] == self.organ:
                    heard.add((each["data"]["document_id"].rpartition(",")[2].partition("/")[0], each["data"]["status_code"]))
            after = f"&after={page['next']}"
        return frozenset(heard)


class InMemory(ByApi):
    """An agency on `loopback`, which keeps nothing that could be looked at: what it took, the ledger says."""

    async def arrived(self) -> tuple[Arrived, ...]:
        page = await self.office.ask("GET", f"/documents?role=receiver&limit={PAGE}")
        taken = [each["id"] for each in page["items"] if each["deliveries"][0]["state"] in {"collected", "received"}]
        return tuple([await self.fetched(each) for each in taken])

    async def report(self, number: str, key: str, code: StatusCode) -> None:
        """Do nothing: it reports by itself."""


@dataclass
class ThroughAdapter:
    """An agency whose system is linked: what the adapter carries goes through its other side, the rest through the API."""

    plane: ProductionPlane
    organ: str
    side: OtherSide
    collects: bool
    reports: bool
    _by_api: ByApi = field(init=False)

    def __post_init__(self) -> None:
        self._by_api = ByApi(self.plane, self.organ)

    async def send(self, letter: Letter) -> None:
        if not self.collects:
            await self._by_api.send(letter)
            return
        await self.side.offer(
            Outgoing(
                sender=self.organ,
                receiver=letter.receiver,
                number=letter.number,
                notation="UBND-VP",
                promulgated_on=date.today(),  # noqa: DTZ011  as the machine's calendar has it
                subject=letter.subject,
                file=letter.file,
                content=letter.content,
            )
        )

    async def arrived(self) -> tuple[Arrived, ...]:
        return tuple(read(each) for each in await self.side.held())

    async def report(self, number: str, key: str, code: StatusCode) -> None:
        if self.reports:
            await self.side.offer_status(key, code, "Đã xử lý")
        else:
            await self._by_api.report(number, key, code)

    async def heard(self) -> frozenset[tuple[str, str]]:
        return frozenset((each.number, each.code) for each in await self.side.told() if each.code is not None)


def package_of(letter: Letter) -> DocumentPackage:
    """Write a letter as a document."""
    from bench.documents import packaged

    base = packaged(int(letter.number))
    header = replace(
        base.header,
        sender=edxml.Organisation(organ_id=letter.sender, organ_name="Cơ quan gửi (mẫu)"),
        receivers=(edxml.Organisation(organ_id=letter.receiver, organ_name="Cơ quan nhận (mẫu)"),),
        code=edxml.Code(number=letter.number, notation="UBND-VP"),
        document_id=f"{letter.sender},{base.header.promulgation_date:%Y/%m/%d},{letter.number}/UBND-VP",
        subject=letter.subject,
    )
    hops = tuple(replace(hop, organ_id=letter.sender) for hop in base.trace.hops)
    file = edxml.attach(f"tep-{letter.number}", letter.file, letter.content, "application/pdf")
    return replace(base, header=header, trace=replace(base.trace, hops=hops), attachments=(file,))


def signed(agency: Path, package: DocumentPackage) -> bytes:
    """Sign with the agency's key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key: Any = load_pem_private_key((agency / "key.pem").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((agency / "cert.pem").read_bytes())
    return signing.sign(writing.emit(package), certificate=certificate, key=key)


def read(held: Held) -> Arrived:
    """Read a document as a receiver has it: its envelope, or its fields and files."""
    if held.envelope is None:
        fields = held.fields
        number, subject = fields["MessageHeader/Code/CodeNumber"], fields["MessageHeader/Subject"]
        return Arrived(number=number, subject=subject, digests=frozenset(held.files.values()))
    package = reading.read_document(xmlsafe.parse(held.envelope), schema(), today=date.max).package
    inside = (each for each in package.attachments if each.encoded is not None)
    digests = {hashlib.sha256(attachments.decode(each.encoded or "", each.name).content).hexdigest() for each in inside}
    header = package.header
    return Arrived(number=header.code.number, subject=header.subject, digests=frozenset(digests) | set(held.files.values()))


def absolute(settings: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Make the paths of an other side's settings independent of where the hub's configuration is."""
    made: dict[str, object] = json.loads(json.dumps(settings, default=str))
    for table in (made, *(each for each in made.values() if isinstance(each, dict))):
        for name, value in table.items():
            if isinstance(value, str) and value and (folder / value).exists():
                table[name] = str((folder / value).resolve())
    return made
