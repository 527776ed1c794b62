"""Deliver: a note comes out of the broker, and its document goes into the receiver's system, through the system's adapter."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from gateway.core import retry
from gateway.core.directory import Link, System
from gateway.core.faults import Fault, Misconfigured, Transient, Undeliverable
from gateway.core.model import Attached, Document, Fact
from gateway.core.receipts import Attestation
from gateway.core.rules import Rules
from gateway.flows.within import within
from gateway.ports import Attempt, DocumentView, HandedOver, Message, Ports
from gateway.sdk import Consignment, Part, Taken
from gateway.sdk.manifest import Manifest

T = TypeVar("T")

MARGIN_SECONDS: Final = 30.0
"""An attempt is another's to take over this long after its time limit. Until then its failure counts; a success always does."""
SETTLE_SECONDS: Final = 60.0
"""How long an outcome is kept in hand while the ledger cannot take it."""


async def deliver(ports: Ports, rules: Rules, message: Message) -> None:
    """Make one attempt. Whatever comes of it is in the ledger afterwards; nothing is sent inside a transaction.

    The note leaves the broker as soon as the attempt is begun: from then on the ledger's lease stands for it.
    Raises `Transient` where the ledger cannot be asked; the note then comes again.
    """
    note = message.note
    system = rules.systems.find(note.queue.system)
    if system is None or system.link is None:  # no longer linked: what waits is rerouted
        await message.ack()
        return
    now = ports.clock.now()
    until = now + timedelta(seconds=system.link.seconds + MARGIN_SECONDS)
    attempt = await ports.outbox.begin(note.delivery, until=until, now=now)
    await message.ack()
    if attempt is None:
        ports.telemetry.record("delivery.skipped", delivery=note.delivery, system=system.id, trace_id=note.trace_id)
        return
    await asyncio.shield(_attempt(ports, system, system.link, attempt))


async def _attempt(ports: Ports, system: System, link: Link, attempt: Attempt) -> None:
    try:
        taken = await _hand(ports, system, link, attempt)
    except Fault as fault:
        await _nothing(ports, attempt, fault)
    else:
        await _done(ports, attempt, taken)


async def _hand(ports: Ports, system: System, link: Link, attempt: Attempt) -> Taken:
    """Call the adapter, with what it can carry. Raises Transient, Undeliverable or Misconfigured."""
    manifest, document = ports.catalogue.manifest(system), attempt.view.document
    _fits(manifest, document)

    async def hand() -> Taken:
        adapter = await ports.catalogue.adapter(system)
        return await adapter.deliver(consignment(ports, attempt))

    return await within(link.seconds, hand())


def _fits(manifest: Manifest, document: Document) -> None:
    """Refuse what the adapter's protocol cannot carry. Raises Undeliverable, Misconfigured."""
    if not manifest.push:
        raise Misconfigured("link-misconfigured", detail=f"{manifest.name}: push = false")
    if manifest.max_size is not None and document.size > manifest.max_size:
        raise Undeliverable("delivery-too-large", detail=f"{document.size} > {manifest.max_size}")
    if not manifest.separate and any(each.apart for each in document.attachments):
        raise Undeliverable("delivery-parts", detail=f"{manifest.name}: separate = false")


async def _done(ports: Ports, attempt: Attempt, taken: Taken) -> None:
    now = ports.clock.now()
    document, (own,) = attempt.view.document, attempt.view.deliveries
    receipt = ports.signer.seal(Attestation(fact=Fact.COLLECTED, document=document, delivery=own, at=now))
    done = HandedOver(attempt=attempt, receipt=receipt, reference=taken.reference, at=now)
    await _kept(lambda: ports.outbox.handed_over(done))
    ports.telemetry.record("delivery.collected", **_about(attempt), receiver=own.receiver)


async def _nothing(ports: Ports, attempt: Attempt, fault: Fault) -> None:
    now = ports.clock.now()
    again = retry.following(fault, attempt.delivery, attempt.number, now)
    circuit = await _kept(lambda: ports.outbox.came_to_nothing(attempt, fault, again=again, now=now))
    happened = "delivery.failed" if again is None else "delivery.deferred"
    ports.telemetry.record(happened, **_about(attempt), code=fault.code, circuit=circuit.state)


async def _kept(write: Callable[[], Awaitable[T]]) -> T:
    """Write an outcome down; what the ledger cannot take just now is kept in hand, since it is a fact."""
    try:
        return await write()
    except Transient:
        patient = AsyncRetrying(
            retry=retry_if_exception_type(Transient),
            stop=stop_after_delay(SETTLE_SECONDS),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            reraise=True,
        )
        return await patient(_awaited, write)


async def _awaited(write: Callable[[], Awaitable[T]]) -> T:
    """Make a coroutine function of it: of anything else tenacity takes what it returns, and awaits nothing."""
    return await write()


def _about(attempt: Attempt) -> dict[str, str | int]:
    return {
        "delivery": attempt.delivery,
        "document": attempt.view.document.id,
        "system": attempt.queue.system,
        "lane": attempt.queue.lane,
        "attempt": attempt.number,
        "trace_id": attempt.trace_id,
    }


def consignment(ports: Ports, attempt: Attempt) -> Consignment:
    """Make what an adapter is given in an attempt."""
    return consigned(ports, attempt.view, attempt=attempt.number, trace=traceparent(attempt.trace_id, attempt.token))


def consigned(ports: Ports, view: DocumentView, *, attempt: int, trace: str) -> Consignment:
    """Make a consignment of a view of one delivery: the facts of the document, and its octets to be streamed from the vault."""
    document, (own,) = view.document, view.deliveries
    apart = [each for each in document.attachments if each.apart]
    return Consignment(
        key=own.id,
        document=document.id,
        document_id=document.document_id,
        sender=document.sender,
        receiver=own.receiver,
        number=document.number,
        notation=document.notation,
        subject=document.subject,
        priority=document.priority,
        business_type=document.business_type,
        promulgated_on=document.promulgated_on,
        due_on=document.due_on,
        accepted_at=document.accepted_at,
        sha256=document.sha256,
        size=document.size - sum(each.size for each in apart),
        open=lambda: ports.vault.stream(document.sha256),
        parts=tuple(_part(ports, each) for each in apart),
        attempt=attempt,
        trace=trace,
    )


def traceparent(trace_id: str, span: str) -> str:
    """Write the trace (W3C Trace Context) that a request to another system goes on with; a span is made of any name."""
    digest = hashlib.sha256(span.encode()).hexdigest()
    return f"00-{trace_id or digest[:32]}-{digest[32:48]}-01"


def _part(ports: Ports, attached: Attached) -> Part:
    return Part(
        content_id=attached.content_id,
        name=attached.name,
        media_type=attached.media_type,
        size=attached.size,
        sha256=attached.sha256,
        open=lambda: ports.vault.stream(attached.sha256),
    )
