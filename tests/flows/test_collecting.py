"""What waits in a system that cannot send is fetched, and goes through the same doors as all else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core import writing
from gateway.core.directory import Link
from gateway.core.envelope import Organisation, ResponseFor, StatusPackage
from gateway.core.faults import Transient
from gateway.core.model import OrganId, State, StatusCode
from gateway.flows.collect import ROUND, collect
from gateway.sdk import Accepted, CollectedEnvelope, CollectedStatus, Refused
from gateway.sdk.edxml import stream
from tests import judging
from tests.documents import DEPARTMENT, PROVINCE, document
from tests.flows.plane import PUSHED, SENDING, Plane, opened

LINK = Link(adapter="test", settings={}, seconds=5)


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        yield plane


def offered(number: int = 1) -> CollectedEnvelope:
    made = writing.emit(document(str(number), to=(DEPARTMENT,)))
    return CollectedEnvelope(reference=f"VB-{number}", open=stream(made))


async def delivery(plane: Plane) -> str:
    """Have the department take a document; give the key of the delivery."""
    accepted = await plane.send()
    await plane.work()
    return (await plane.ports.ledger.document(accepted.document, {OrganId(PROVINCE)})).deliveries[0].id


async def state(plane: Plane, key: str) -> State:
    return (await plane.ports.ledger.delivery(key, {OrganId(PROVINCE)})).deliveries[0].state


async def test_a_document_is_accepted_and_the_system_told_the_hubs_id(plane: Plane) -> None:
    plane.office.offered = [offered()]
    assert await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="") == 1
    (item,) = (await plane.ports.ledger.documents({OrganId(PROVINCE)}, role="sender", state=None, after=None, limit=5)).items
    assert plane.office.answered == [("VB-1", Accepted(document=item.document.id))]


async def test_what_is_given_again_is_accepted_once(plane: Plane) -> None:
    plane.office.offered = [offered()]
    await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="")
    plane.office.offered = [offered()]
    await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="")
    assert plane.office.answered[0] == plane.office.answered[1]


async def test_what_is_refused_is_told_with_the_reason_and_leaves_an_audit_row(plane: Plane) -> None:
    plane.office.offered = [CollectedEnvelope(reference="VB-9", open=stream(b"<edXML/>"))]
    await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="")
    ((reference, outcome),) = plane.office.answered
    assert reference == "VB-9"
    assert isinstance(outcome, Refused)
    assert (await plane.ports.ledger.tally()).refusals == 1


async def test_a_document_of_another_agency_is_refused(plane: Plane) -> None:
    plane.office.offered = [offered()]
    await collect(plane.ports, plane.rules, PUSHED, LINK, trace_id="")
    ((_, outcome),) = plane.office.answered
    assert isinstance(outcome, Refused)
    assert outcome.code == "sender-mismatch"


async def test_a_status_moves_its_delivery(plane: Plane) -> None:
    key = await delivery(plane)
    plane.office.offered = [CollectedStatus(reference="TT-1", key=key, code=StatusCode.REGISTERED)]
    await collect(plane.ports, plane.rules, PUSHED, LINK, trace_id="")
    assert plane.office.answered == [("TT-1", Accepted())]
    assert await state(plane, key) is State.RECEIVED


async def test_a_status_package_is_known_for_what_it_is(plane: Plane) -> None:
    key = await delivery(plane)
    sent = document("1")
    answered = ResponseFor(organ_id=PROVINCE, code=str(sent.header.code), promulgation_date=sent.header.promulgation_date)
    package = StatusPackage(
        sender=Organisation(organ_id=DEPARTMENT, organ_name="Sở"),
        response_for=answered,
        status_code=StatusCode.ASSIGNED,
        timestamp=judging.NOW,
    )
    plane.office.offered = [CollectedEnvelope(reference="TT-2", open=stream(writing.emit(package)))]
    await collect(plane.ports, plane.rules, PUSHED, LINK, trace_id="")
    assert plane.office.answered == [("TT-2", Accepted())]
    assert await state(plane, key) is State.ASSIGNED


async def test_a_status_on_anothers_delivery_is_refused(plane: Plane) -> None:
    key = await delivery(plane)
    plane.office.offered = [CollectedStatus(reference="TT-1", key=key, code=StatusCode.REGISTERED)]
    await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="")
    ((_, outcome),) = plane.office.answered
    assert isinstance(outcome, Refused)
    assert outcome.code == "not-found"


async def test_a_round_ends_so_that_others_are_not_kept_waiting(plane: Plane) -> None:
    plane.office.offered = [CollectedEnvelope(reference=f"VB-{number}", open=stream(b"<edXML/>")) for number in range(ROUND + 5)]
    assert await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="") == ROUND
    assert len(plane.office.offered) == 5


async def test_an_adapter_that_never_answers_is_given_up(plane: Plane) -> None:
    plane.office.hangs = True
    quick = Link(adapter="test", settings={}, seconds=0.05)
    with pytest.raises(Transient, match="receiver-timeout"):
        await collect(plane.ports, plane.rules, SENDING, quick, trace_id="")


async def test_an_envelope_without_end_is_refused_at_the_limit(plane: Plane) -> None:
    async def endless() -> object:
        while True:
            yield b"x" * 1024 * 1024

    plane.office.offered = [CollectedEnvelope(reference="VB-1", open=endless)]  # type: ignore[arg-type]  # yields octets
    await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="")
    ((_, outcome),) = plane.office.answered
    assert isinstance(outcome, Refused)
    assert outcome.code == "too-large"


async def test_a_stream_that_stands_still_is_given_up(plane: Plane) -> None:
    async def stalled() -> object:
        yield b"<edXML"
        await asyncio.Event().wait()

    plane.office.offered = [CollectedEnvelope(reference="VB-1", open=stalled)]  # type: ignore[arg-type]  # yields octets
    quick = Link(adapter="test", settings={}, seconds=0.05)
    with pytest.raises(Transient, match="receiver-timeout"):
        await collect(plane.ports, plane.rules, SENDING, quick, trace_id="")
    assert plane.office.answered == []


async def test_while_one_worker_fetches_from_a_system_another_does_not(plane: Plane) -> None:
    now = plane.clock.now()
    name = f"collect {SENDING.id}"
    await plane.ports.turns.take(name, "another worker", until=now + timedelta(seconds=30), now=now)
    plane.office.offered = [offered()]
    assert await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="") == 0
    await plane.ports.turns.leave(name, "another worker")
    assert await collect(plane.ports, plane.rules, SENDING, LINK, trace_id="") == 1
