"""The desk: what a vendor's system may do with the hub through a face, by the same flows as through any other door."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from gateway.core.directory import Agency, System
from gateway.core.faults import Fault, Rejected
from gateway.core.model import Event, OrganId, StatusCode, StatusReport
from gateway.core.rules import Rules
from gateway.flows.accept import Package, accept
from gateway.flows.acknowledge import acknowledge, acknowledge_package
from gateway.flows.deliver import consigned, traceparent
from gateway.flows.inform import notice
from gateway.flows.refuse import refuse
from gateway.ports import DocumentView, News, Ports, Staged
from gateway.sdk import Consignment, Notice, Opener
from gateway.sdk.edxml import stream
from gateway.sdk.face import Desk, Listed, Waiting

MOST: Final = 500
"""Deliveries or events that are given at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDesk(Desk):
    """The hub for one call of one system. `source` is where it calls from, `trace_id` the trace of the call.

    `refused` are the codes of what was refused here, each of which has its audit row.
    """

    ports: Ports
    rules: Rules
    caller: System
    source: str
    trace_id: str
    refused: list[str] = field(default_factory=list)

    @property
    def system(self) -> str:
        return self.caller.id

    @property
    def organs(self) -> frozenset[OrganId]:
        return self.caller.organs

    async def send(self, envelope: bytes, parts: Mapping[str, Opener]) -> str:
        async with self._audited(envelope, parts) as package:
            accepted = await accept(self.ports, self.rules, package, self.caller, idempotency_key=None, trace_id=self.trace_id)
        return accepted.document

    async def report(self, status: bytes) -> None:
        async with self._audited(status, {}) as package:
            await acknowledge_package(self.ports, self.rules, package.envelope.read(), self.caller)

    async def waiting(self, limit: int) -> tuple[Waiting, ...]:
        page = await self.ports.ledger.inbox(self.organs, after=None, limit=_bounded(limit))
        return tuple(_waiting(view) for view in page.items)

    async def fetch(self, delivery: str) -> Consignment:
        view = await self._own(delivery)
        return consigned(self.ports, view, attempt=1, trace=traceparent(self.trace_id, delivery))

    async def confirm(self, delivery: str) -> None:
        receiver = (await self._own(delivery)).deliveries[0].receiver
        await acknowledge(self.ports, self.caller, delivery, StatusReport(code=StatusCode.ARRIVED, reporter=receiver))

    async def news(self, after: str | None, limit: int) -> tuple[tuple[Notice, ...], str]:
        events, cursor = await self.ports.ledger.events(self.organs, after=after, limit=_bounded(limit))
        seen: dict[str, DocumentView | None] = {}
        told = [await self._notice(event, seen) for event in events]
        return tuple(each for each in told if each is not None), cursor

    async def agencies(self) -> tuple[Listed, ...]:
        return tuple(_listed(each) for each in self.rules.directory)

    async def refuse(self, fault: Fault, *, sha256: str, size: int) -> None:
        """Leave the audit row of a refusal."""
        self.refused.append(fault.code)
        await refuse(self.ports, fault, source=self.source, caller=self.caller, sha256=sha256, size=size, trace_id=self.trace_id)

    async def _own(self, delivery: str) -> DocumentView:
        """Give a delivery that the caller receives. Raises `not-found`."""
        view = await self.ports.ledger.delivery(delivery, self.organs)
        if view.deliveries[0].receiver not in self.organs:
            raise Rejected("not-found", path=delivery)
        return view

    async def _notice(self, event: Event, seen: dict[str, DocumentView | None]) -> Notice | None:
        if event.document not in seen:
            try:
                seen[event.document] = await self.ports.ledger.document(event.document, self.organs)
            except Rejected:  # withheld by now
                seen[event.document] = None
        view = seen[event.document]
        return notice(News(event=event, document=view.document), self.organs) if view is not None else None

    @asynccontextmanager
    async def _audited(self, envelope: bytes, parts: Mapping[str, Opener]) -> AsyncIterator[Package]:
        """Stage what is sent, for the block that judges it; a refusal leaves its audit row."""
        staged = {"": self.ports.vault.stage()}
        try:
            await _fill(staged[""], stream(envelope)(), self.rules.limits.envelope, "document")
            if len(parts) > self.rules.limits.parts:
                raise Rejected("too-large", path="parts", detail=f"> {self.rules.limits.parts}")
            for name, part in parts.items():
                staged[name] = self.ports.vault.stage()
                await _fill(staged[name], part(), self.rules.limits.attachment, name)
            yield Package(envelope=staged[""], parts={name: each for name, each in staged.items() if name})
        except Fault as fault:
            await self.refuse(fault, sha256=staged[""].sha256, size=sum(each.size for each in staged.values()))
            raise
        finally:
            for each in staged.values():
                await each.discard()


async def _fill(staged: Staged, chunks: AsyncGenerator[bytes, None], limit: int, path: str) -> None:
    async with aclosing(chunks):
        async for chunk in chunks:
            await staged.write(chunk)
            if staged.size > limit:
                raise Rejected("too-large", path=path, detail=f"> {limit}")


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST))


def _waiting(view: DocumentView) -> Waiting:
    document, (own,) = view.document, view.deliveries
    return Waiting(
        delivery=own.id,
        document=document.id,
        document_id=document.document_id,
        sender=document.sender,
        receiver=own.receiver,
        subject=document.subject,
        priority=document.priority,
        size=document.size,
    )


def _listed(agency: Agency) -> Listed:
    return Listed(
        id=agency.id,
        name=agency.name,
        parent=agency.parent,
        old_code=agency.old_code,
        valid_from=agency.valid_from,
        valid_to=agency.valid_to,
    )
