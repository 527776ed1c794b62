"""From the acceptance to the hand-over: relayed, attempted, recorded; whatever the other side does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.core.circuit import CircuitState
from gateway.core.envelope import Attachment
from gateway.core.faults import Fault, Misconfigured, Rejected, Transient, Undeliverable
from gateway.core.model import Delivery, OrganId, State
from gateway.flows.watch import probe, refill, take_back
from gateway.infra.broker_memory import MemoryBroker
from gateway.ports import Acceptance
from tests.documents import DEPARTMENT, PROVINCE
from tests.flows.plane import MANIFEST, PUSHED, Plane, opened

AWAY = Transient("receiver-unreachable", detail="Connection refused")


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        yield plane


async def own(plane: Plane, accepted: Acceptance) -> Delivery:
    return (await plane.ports.ledger.document(accepted.document, {OrganId(DEPARTMENT)})).deliveries[0]


async def test_a_document_is_handed_over_byte_for_byte_with_a_receipt(plane: Plane) -> None:
    accepted = await plane.send()
    assert await plane.work() == 1
    delivery = await own(plane, accepted)
    view = await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})
    assert plane.office.taken == {delivery.id: await plane.ports.vault.read(view.document.sha256)}
    assert delivery.state is State.COLLECTED
    assert [each.fact for each in await plane.ports.ledger.receipts(accepted.document, {OrganId(PROVINCE)})] == [
        "accepted",
        "collected",
    ]


async def test_the_other_side_is_given_the_trace_of_the_request(plane: Plane) -> None:
    await plane.send(1)
    await plane.work()
    (call,) = plane.office.calls
    version, trace_id, span, flags = call.trace.split("-")
    assert (version, len(trace_id), len(span), flags) == ("00", 32, 16, "01")
    assert trace_id == "6b86b273ff34fce19d6b804eff5a3f57"


@pytest.mark.parametrize(
    ("can", "cause"),
    [({"max_size": 100}, "delivery-too-large"), ({"push": False}, "link-misconfigured")],
)
async def test_what_the_adapter_cannot_carry_is_not_given_to_it(plane: Plane, can: dict[str, Any], cause: str) -> None:
    accepted = await plane.send()
    plane.adapters.can = MANIFEST.model_copy(update=can)
    await plane.work()
    own = (await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})).deliveries[0]
    assert own.cause == cause
    assert plane.office.calls == []


async def test_attachments_beside_the_envelope_are_not_given_to_an_adapter_that_takes_none(plane: Plane) -> None:
    part = plane.ports.vault.stage()
    await part.write(b"%PDF-1.7")
    listed = (Attachment(content_id="phu-luc", name="Phụ lục.pdf"),)
    accepted = await plane.send(parts={"phu-luc": part}, attachments=listed)
    plane.adapters.can = MANIFEST.model_copy(update={"separate": False})
    await plane.work()
    own = (await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})).deliveries[0]
    assert (own.state, own.cause) == (State.FAILED, "delivery-parts")


async def test_a_repeat_has_the_same_key_and_the_same_bytes(plane: Plane) -> None:
    await plane.send()
    plane.office.plan = [Transient("receiver-failed")]
    await plane.work()
    plane.clock.advance(seconds=5)
    await plane.work()
    first, second = plane.office.calls
    assert (first.key, first.sha256, first.attempt) == (second.key, second.sha256, second.attempt - 1)


@pytest.mark.parametrize(
    ("told", "cause", "state"),
    [
        (Transient("receiver-failed", detail="500"), "receiver-failed", State.QUEUED),
        (Transient("receiver-timeout"), "receiver-timeout", State.QUEUED),
        (Undeliverable("receiver-refused", detail="400"), "receiver-refused", State.FAILED),
        (Misconfigured("link-unauthorised", detail="401"), "link-unauthorised", State.QUEUED),
        (Misconfigured("link-misconfigured", detail="url?"), "link-misconfigured", State.QUEUED),
        (ValueError("a bug of the adapter"), "adapter-failed", State.QUEUED),
        (Rejected("not-found"), "storage-unavailable", State.QUEUED),
    ],
    ids=lambda each: getattr(each, "code", str(each)),
)
async def test_what_an_attempt_came_to_is_told(plane: Plane, told: Fault | Exception, cause: str, state: State) -> None:
    accepted = await plane.send()
    plane.office.plan = [told]
    await plane.work()
    delivery = await own(plane, accepted)
    assert (delivery.state, delivery.cause) == (state, cause)


async def test_an_adapters_own_words_about_a_bug_are_not_kept(plane: Plane) -> None:
    accepted = await plane.send()
    plane.office.plan = [ValueError("secret")]
    await plane.work()
    assert (await own(plane, accepted)).answer == "ValueError"


async def test_a_refused_document_is_the_senders_move_and_is_not_tried_again(plane: Plane) -> None:
    accepted = await plane.send()
    plane.office.plan = [Undeliverable("receiver-refused", detail="Sai mã đơn vị")]
    await plane.work()
    plane.clock.advance(days=3)
    assert await plane.work() == 0
    delivery = await own(plane, accepted)
    assert (delivery.owner, delivery.answer) == ("sender", "Sai mã đơn vị")
    assert delivery.why == "Hệ thống của nơi nhận từ chối văn bản."


async def test_a_system_that_is_down_for_three_days_gets_everything_in_order_and_not_at_once(plane: Plane) -> None:
    accepted = [await plane.send(number) for number in range(1, 41)]
    plane.office.down = AWAY
    for _ in range(3 * 24 * 4):  # every quarter of an hour
        await plane.work()
        await probe(plane.ports, plane.rules)
        plane.clock.advance(minutes=15)
    assert len(plane.office.calls) <= 6
    plane.office.down = None
    await probe(plane.ports, plane.rules)
    plane.office.calls.clear()
    loads = []
    for _ in range(10):
        loads.append(await plane.work())
        plane.clock.advance(seconds=1)
    assert loads[0] == 1
    assert max(loads) <= 10
    assert [call.number for call in plane.office.calls] == [str(number) for number in range(1, 41)]
    assert {(await own(plane, each)).state for each in accepted} == {State.COLLECTED}
    assert plane.office.effects == 40


async def test_one_poisonous_document_does_not_block_those_behind_it(plane: Plane) -> None:
    poison = await plane.send(1)
    plane.office.plan = [Transient("receiver-failed")] * 3
    for _ in range(3):
        await plane.work()
        plane.clock.advance(minutes=1)
    others = [await plane.send(number) for number in range(2, 6)]
    plane.office.plan = [Transient("receiver-failed")]
    await plane.work()
    assert {(await own(plane, each)).state for each in others} == {State.COLLECTED}
    assert (await own(plane, poison)).state is State.QUEUED


async def test_a_document_that_nobody_can_take_fails_in_the_end(plane: Plane) -> None:
    accepted = await plane.send()
    for _ in range(84):
        plane.office.plan = [Transient("receiver-failed", detail="500")]
        await plane.work()
        plane.clock.advance(hours=2)
    delivery = await own(plane, accepted)
    assert (delivery.state, delivery.attempts, delivery.cause) == (State.FAILED, 84, "receiver-failed")
    assert (await plane.ports.outbox.circuits())[0].state is CircuitState.CLOSED


async def test_what_a_lost_broker_held_is_published_again(plane: Plane) -> None:
    await plane.send()
    claim = await plane.ports.outbox.claim(limit=9, until=plane.clock.now() + timedelta(minutes=1), now=plane.clock.now())
    await plane.ports.outbox.published(claim, [note.delivery for note in claim.notes], now=plane.clock.now())
    assert await plane.work() == 0
    plane.clock.advance(seconds=31)
    await refill(plane.ports)
    assert await plane.work() == 1


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_jumps_loses_and_doubles_nothing(plane: Plane, hours: int) -> None:
    for number in (1, 2):
        await plane.send(number)
    claimed = await plane.ports.outbox.claim(limit=1, until=plane.clock.now() + timedelta(minutes=1), now=plane.clock.now())
    await plane.ports.outbox.begin(
        claimed.notes[0].delivery, until=plane.clock.now() + timedelta(minutes=1), now=plane.clock.now()
    )
    plane.clock.advance(hours=hours)
    await plane.send(3)
    for _ in range(4):
        await plane.work()
        await take_back(plane.ports)
        plane.clock.advance(minutes=1)
    assert plane.office.effects == len(plane.office.calls) == 3


async def test_the_broker_carries_ids_only(plane: Plane) -> None:
    await plane.send()
    claim = await plane.ports.outbox.claim(limit=9, until=plane.clock.now() + timedelta(minutes=1), now=plane.clock.now())
    assert list(claim.notes[0].__slots__) == ["delivery", "queue", "trace_id"]
    assert isinstance(plane.ports.broker, MemoryBroker)
    assert claim.notes[0].queue.system == PUSHED.id
