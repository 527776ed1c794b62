"""One simulated agency: a real HTTP client with its own key and token, that keeps its own books."""

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509

from gateway.core import signing, writing
from gateway.core.envelope import Code
from gateway.core.model import VIETNAM, Priority, State, StatusCode
from gateway.entry.cli.api_client import ApiClient, Enclosure
from gateway.entry.demo import packages, pdf
from gateway.entry.demo.board import Board
from gateway.entry.demo.cast import Role
from gateway.entry.demo.checks import Checks
from gateway.entry.demo.packages import Paper, PdfFile

LEASE_SECONDS = 60
PAGE = 500
"""The largest page of a list."""
_URGENCY = {Priority.URGENT: " KHẨN", Priority.VERY_URGENT: " THƯỢNG KHẨN", Priority.EXPRESS: " HỎA TỐC"}
_AFTER = {
    StatusCode.ARRIVED: State.RECEIVED,
    StatusCode.REFUSED: State.REJECTED,
    StatusCode.REGISTERED: State.RECEIVED,
    StatusCode.ASSIGNED: State.ASSIGNED,
    StatusCode.PROCESSING: State.PROCESSING,
    StatusCode.COMPLETED: State.COMPLETED,
}
"""What the receiver's own book says after it reported a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a sender keeps of a document that the hub accepted."""

    answer: dict[str, Any]
    envelope: bytes = field(repr=False)
    pdfs: tuple[PdfFile, ...]
    subject: str

    @property
    def id(self) -> str:
        return str(self.answer["id"])

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.envelope).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a receiver holds: the delivery, and the document as the hub shows it."""

    delivery: str
    shown: dict[str, Any]
    priority: int


@dataclass(kw_only=True)
class Agency:
    """`register` is what all senders sent, by the hub's id: the audience compares what arrives with it.

    `sent`, `inbox`, `book` (delivery → state) and `reports` (delivery → status codes) are this agency's own.
    """

    role: Role
    client: ApiClient
    key: signing.SigningKey
    certificate: x509.Certificate
    board: Board
    checks: Checks
    register: dict[str, Sent]
    names: dict[str, str]
    pace: float = 0
    sent: dict[str, Sent] = field(default_factory=dict)
    inbox: list[Received] = field(default_factory=list)
    book: dict[str, State] = field(default_factory=dict)
    reports: dict[str, list[StatusCode]] = field(default_factory=dict)
    earlier: set[str] = field(default_factory=set)
    last_number: int = 0

    async def open_office(self) -> None:
        """Go on where the books of an earlier day ended: numbers run on, and what still waits is taken."""
        async for document in self.client.items("/documents", role="sender", limit=PAGE):
            self.earlier.add(document["id"])
            number = document["code"]["number"]
            self.last_number = max(self.last_number, int(number) if number.isdigit() else 0)
        while (lease := await self.client.post("/inbox/leases", {"max": PAGE, "seconds": LEASE_SECONDS})).get("token"):
            await self.client.post(f"/inbox/leases/{lease['token']}/ack", {})

    async def send(self, paper: Paper, *, noticed: Sequence[str] = ()) -> Sent:
        """Give a paper its number, print it, sign it and send it; `noticed` are the findings that it deserves."""
        self.last_number += 1
        code = Code(number=str(self.last_number), notation=paper.notation)
        envelope, pdfs = await self.write(paper, code)
        apart = {
            each.content_id: Enclosure(media_type="application/pdf", octets=io.BytesIO(each.octets))
            for each in pdfs
            if each.apart
        }
        status, answer = await self.client.send(envelope, apart)
        sent = Sent(answer=answer, envelope=envelope, pdfs=pdfs, subject=paper.subject)
        told = [each["code"] for each in answer["findings"]]
        right = status == 202 and answer["sha256"] == sent.sha256 and told == list(noticed)
        self.checks.expect("accepted", holds=right, otherwise=f"{code}: {status} {answer}")
        self.sent[sent.id] = self.register[sent.id] = sent
        self.board.counters[self.role.organ].sent += 1
        size = f"{sum(len(each.octets) for each in pdfs) // 1000} kB PDF"
        await self._tell(f"gửi{_URGENCY.get(paper.priority, '')} {code} tới {', '.join(paper.to)}", f"sent, {size}")
        return sent

    async def write(self, paper: Paper, code: Code) -> tuple[bytes, tuple[PdfFile, ...]]:
        """Make the signed envelope of a paper, and its PDFs."""
        names = [self.names[organ] for organ in paper.to]
        letter = pdf.Letter(
            sender=self.role,
            receivers=names,
            code=str(code),
            on=datetime.now(VIETNAM).date(),
            type_name=paper.type_name,
            subject=paper.subject,
            paragraphs=paper.paragraphs,
            priority=paper.priority,
        )
        octets, pages = pdf.draw(letter)
        apart = paper.annex_pages > 0
        name = paper.file_name or f"{code.number}_{code.notation}.pdf"
        pdfs = [PdfFile(content_id="ban-chinh", name=name, octets=octets, apart=apart)]
        if apart:
            annex = await asyncio.to_thread(pdf.draw_annex, paper.subject, paper.annex_pages)
            pdfs.append(PdfFile(content_id="phu-luc", name="phu-luc.pdf", octets=annex, apart=apart))
        package = packages.document(self.role, paper, code, names, pdfs, pages)
        parts = {each.content_id: each.octets for each in pdfs if each.apart}
        return signing.sign(writing.emit(package), certificate=self.certificate, key=self.key, parts=parts), tuple(pdfs)

    async def collect(self, *, most: int = 2, wait: float = 0) -> list[Received]:
        """Claim what waits by a lease, fetch it, compare it with what was sent, and acknowledge it."""
        lease = await self.client.post("/inbox/leases", {"max": most, "seconds": LEASE_SECONDS, "wait": wait})
        received = [await self._fetch(each) for each in lease["deliveries"]]
        if received:
            await self.client.post(f"/inbox/leases/{lease['token']}/ack", {})
        self.inbox += received
        for each in received:
            self.book[each.delivery] = State.COLLECTED
            self.board.counters[self.role.organ].received += 1
            code = f"{each.shown['code']['number']}/{each.shown['code']['notation']}"
            await self._tell(f"nhận{_URGENCY.get(Priority(each.priority), '')} {code} từ {each.shown['from']}", "received")
        return received

    async def collect_all(self) -> list[Received]:
        """Collect, lease after lease, until nothing waits."""
        received: list[Received] = []
        while taken := await self.collect():
            received += taken
        return received

    async def report(self, received: Received, code: StatusCode, description: str, *, as_xml: bool = True) -> None:
        """Report a status: as an edXML package, or as JSON."""
        if as_xml:
            answer = await self.client.report(writing.emit(packages.status(self.role, received.shown, code, description)))
        else:
            answer = await self.client.post(
                "/statuses", {"delivery": received.delivery, "code": code, "description": description}
            )
        self.checks.expect("statuses", holds=answer["delivery"] == received.delivery, otherwise=f"{code}: {answer}")
        self.book[received.delivery] = _AFTER[code]
        self.reports.setdefault(received.delivery, []).append(code)
        counter = self.board.counters[self.role.organ]
        counter.reported += 1
        counter.refused += code is StatusCode.REFUSED
        form = "edXML" if as_xml else "JSON"
        await self._tell(f"báo {code} ({description})", f"status by {form}")

    async def _tell(self, vi: str, en: str) -> None:
        self.board.say(f"{self.role.name} {vi}", en)
        await asyncio.sleep(self.pace)

    async def _fetch(self, delivery: dict[str, Any]) -> Received:
        document = delivery["document"]
        envelope: bytes = await self.client.get(f"/documents/{document}/envelope")
        shown = await self.client.get(f"/documents/{document}")
        original = self.register[document]
        same = hashlib.sha256(envelope).hexdigest() == delivery["sha256"] == original.sha256
        self.checks.expect("envelope", holds=same, otherwise=document)
        for number, each in enumerate(original.pdfs, start=1):
            octets: bytes = await self.client.get(f"/documents/{document}/attachments/{number}")
            self.checks.expect("attachment", holds=octets == each.octets, otherwise=f"{document}: {each.name}")
        return Received(delivery=delivery["id"], shown=shown, priority=delivery["priority"])
