"""The flows over real parts in the test's own event loop: SQLite, files, the broker in memory; a clock that the test moves."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from gateway.core import signing, writing
from gateway.core.directory import Link, System, Systems
from gateway.core.faults import Fault
from gateway.core.model import Lane, OrganId, Receipt, SystemId
from gateway.core.receipts import Attestation
from gateway.core.rules import Rules
from gateway.flows.accept import Package, accept
from gateway.flows.deliver import deliver
from gateway.flows.relay import relay
from gateway.infra.broker_memory import MemoryBroker
from gateway.infra.compute import ThreadCompute
from gateway.infra.disk import FolderDisk
from gateway.infra.enrolment_file import FileEnrolment
from gateway.infra.opening import open_executor
from gateway.infra.pdf_reader import WorkerPdfReader
from gateway.infra.telemetry import LoggedTelemetry
from gateway.infra.vault_files import FileVault
from gateway.infra.waiting import ProcessWaiting
from gateway.ports import Acceptance, Ports, QueueId, Staged
from gateway.sdk import Adapter, Collected, Consignment, Notice, Outcome, Taken
from gateway.sdk.manifest import Manifest
from gateway.sdk.opening import Found, find
from gateway.sdk.shipped import shipped
from gateway.wiring.ledger import ledger_ports
from tests import judging
from tests.contracts.entries import seal
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.migrated import new_ledger
from tests.pki import pki

PUSHED = System(id=SystemId("office"), organs=frozenset({OrganId(DEPARTMENT)}), link=Link(adapter="test", settings={}, seconds=5))
SENDING = System(id=SystemId("province"), organs=frozenset({OrganId(PROVINCE)}))
POLLING = System(id=SystemId("commune"), organs=frozenset({OrganId(COMMUNE)}))


MANIFEST = find(shipped("adapters") / "loopback").manifest


@dataclass
class Time:
    """A clock that the test moves."""

    time: datetime = judging.NOW

    def now(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@dataclass
class Office(Adapter):
    """A vendor's system: it remembers what it was given by key, and does as told for each next attempt."""

    plan: list[Fault | Exception | None] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)
    calls: list[Consignment] = field(default_factory=list)
    down: Fault | None = None
    offered: list[Collected] = field(default_factory=list)
    answered: list[tuple[str, Outcome]] = field(default_factory=list)
    effects: int = 0
    hangs: bool = False
    told: list[Notice] = field(default_factory=list)

    async def deliver(self, consignment: Consignment) -> Taken:
        self.calls.append(consignment)
        if self.down is not None:
            raise self.down
        told = self.plan.pop(0) if self.plan else None
        if told is not None:
            raise told
        self.effects += consignment.key not in self.taken
        self.taken[consignment.key] = b"".join([chunk async for chunk in consignment.open()])
        return Taken(reference=f"VB-{len(self.taken)}")

    async def report(self, notice: Notice) -> None:
        if self.down is not None:
            raise self.down
        plan = self.plan.pop(0) if self.plan else None
        if plan is not None:
            raise plan
        self.told.append(notice)

    async def collect(self) -> AsyncGenerator[Collected, None]:
        if self.hangs:
            await asyncio.Event().wait()
        for each in list(self.offered):
            yield each

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        self.answered.append((collected.reference, outcome))
        self.offered.remove(collected)

    async def health(self) -> None:
        if self.down is not None:
            raise self.down


@dataclass
class OneAdapter:
    """A catalogue with one adapter for every system."""

    one: Adapter
    can: Manifest = MANIFEST
    found: Mapping[str, Found] = field(default_factory=dict)

    async def adapter(self, system: System) -> Adapter:
        return self.one

    @asynccontextmanager
    async def beside(self, system: System) -> AsyncIterator[Adapter]:
        yield self.one

    def manifest(self, system: System) -> Manifest:
        return self.can

    async def close(self) -> None: ...


class PlainSigner:
    """A signer whose receipts are not signed."""

    hub = "Trục (mẫu)"
    certificate = pki()["hub"].certificate

    def sign(self, octets: bytes) -> bytes:
        return signing.sign_octets(octets, pki()["hub"].key)

    def sign_document(self, document: bytes) -> bytes:
        return signing.sign(document, certificate=self.certificate, key=pki()["hub"].key)

    def seal(self, attestation: Attestation) -> Receipt:
        return seal(attestation)


@dataclass
class Plane:
    """All of it. `crash` stands between the flows and the ports where a test wants to break in."""

    ports: Ports
    rules: Rules
    clock: Time
    office: Office
    adapters: OneAdapter

    async def send(self, number: int = 1, parts: Mapping[str, Staged] | None = None, **header: object) -> Acceptance:
        """Accept a document of the province for the department, which is pushed to."""
        made = document(str(number), to=(DEPARTMENT,), **header)  # type: ignore[arg-type]  # fields of the header
        envelope = self.ports.vault.stage()
        await envelope.write(writing.emit(made))
        package = Package(envelope=envelope, parts=parts or {})
        trace = hashlib.sha256(str(number).encode()).hexdigest()[:32]
        return await accept(self.ports, self.rules, package, SENDING, idempotency_key=None, trace_id=trace)

    async def work(self) -> int:
        """Publish what is due and attempt all that the broker holds; give the number of attempts."""
        await self.ports.broker.declare([QueueId(system=PUSHED.id, lane=lane) for lane in Lane])
        await relay(self.ports)
        count = 0
        for lane in Lane:
            queue = QueueId(system=PUSHED.id, lane=lane)
            while await self.ports.broker.depth(queue):
                messages = self.ports.broker.messages(queue, prefetch=1)
                async for message in messages:
                    await deliver(self.ports, self.rules, message)
                    count += 1
                    break
                await messages.aclose()
        return count


def rules() -> Rules:
    return replace(judging.rules(), systems=Systems.of((PUSHED, SENDING, POLLING)))


@asynccontextmanager
async def opened(folder: Path, *, through: Callable[[Ports], Ports] = lambda ports: ports) -> AsyncIterator[Plane]:
    """Open a plane; what is in the folder stays for the next. `through` may wrap the ports."""
    if not (folder / "ledger.sqlite3").exists():
        folder.mkdir(exist_ok=True)
        new_ledger(folder / "ledger.sqlite3")
    executor, vault = open_executor(folder / "ledger.sqlite3"), await FileVault.open(folder / "vault")
    office, clock, pdfs = Office(), Time(), WorkerPdfReader()
    adapters = OneAdapter(office)
    ports = Ports(
        **ledger_ports(executor, clock),
        enrolment=FileEnrolment(folder / "agencies.toml"),
        disk=FolderDisk(folder),
        broker=MemoryBroker(),
        catalogue=adapters,
        vault=vault,
        pdfs=pdfs,
        scanner=None,
        mailer=None,
        announcer=None,
        chats=None,
        identity=None,
        signer=PlainSigner(),
        clock=clock,
        compute=ThreadCompute(),
        telemetry=LoggedTelemetry(),
        waiting=ProcessWaiting(),
    )
    try:
        yield Plane(ports=through(ports), rules=rules(), clock=clock, office=office, adapters=adapters)
    finally:
        await executor.close()
        await vault.close()
        await pdfs.close()
