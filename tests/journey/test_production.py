"""A day on the production plane: two gateways and two workers, of which one each is rolled; agencies are pushed to, or poll."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import pytest

from gateway.core.model import Priority
from tests.faults.correspondence import Office, Sent, arrived, drained, proven, reconciled, status
from tests.faults.steps import answering, while_documents_are_posted
from tests.postgres import PostgresServer, postgres
from tests.production import PROVINCE, Process, ProductionPlane, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

PUSHED = tuple(f"H56.40.{number:02d}" for number in range(1, 5))
POLLS: Final = "000.00.15.H56"
REFUSES: Final = {"status": 422, "body": '{"detail": "Sai nơi nhận"}'}


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    folder = tmp_path_factory.mktemp("plane")
    with running(folder, postgres, rabbit, linked=PUSHED, polling=[POLLS], gateways=2, workers=2) as plane:
        yield plane


async def test_a_day_on_the_production_plane(plane: ProductionPlane) -> None:
    province, department = Office(plane, PROVINCE), Office(plane, POLLS)
    both = await _to_one_that_is_pushed_to_and_one_that_polls(plane, province, department)
    refused = await _refused_by_its_receiver(plane, province)
    first = next(each for each in plane.workers if each.logged("delivery.collected"))
    answered = await _answered(plane, department)
    rolled = await _while_processes_are_rolled(plane, province, gateway=plane.gateways[0], worker=first)
    await _recalled(plane, province, rolled[0])
    assert all(each.logged("document.accepted") for each in plane.gateways)
    assert all(each.logged("delivery.collected") for each in plane.workers)
    assert await _states(province, refused) == ["failed"]
    assert await _states(province, both) == ["completed", "completed"]
    assert await _states(department, answered) == ["received"]
    await reconciled(plane)


async def _to_one_that_is_pushed_to_and_one_that_polls(plane: ProductionPlane, province: Office, department: Office) -> Sent:
    """A document, and an urgent one after it, which who polls gets first. Statuses go back to the sender."""
    sent = await province.post(province.write(PUSHED[0], POLLS))
    urgent = await province.post(province.write(PUSHED[0], POLLS, priority=Priority.URGENT))
    await drained(plane)
    assert [await _take(plane, department, each) for each in (urgent, sent)] == [[urgent.id], [sent.id]]
    await proven(plane, province, [urgent, sent])
    await status(plane, sent, "06")
    page = await province.ask("GET", "/events?limit=500")
    told = [
        each["data"].get("code") for each in page["events"] if each["document"] == sent.id and each["type"].startswith("status")
    ]
    assert sorted(told) == ["03", "03", "06", "06"]
    return sent


async def _refused_by_its_receiver(plane: ProductionPlane, province: Office) -> Sent:
    """The receiver's system refuses a document for good: the sender sees that, and in which words."""
    async with answering(plane, REFUSES):
        sent = await province.post(province.write(PUSHED[1]))
        await drained(plane)
    (delivery,) = (await province.ask("GET", f"/documents/{sent.id}"))["deliveries"]
    assert (delivery["state"], delivery["owner"]) == ("failed", "sender")
    assert "Sai nơi nhận" in str(delivery["timeline"])
    return sent


async def _answered(plane: ProductionPlane, department: Office) -> Sent:
    """Who polls sends, too."""
    sent = await department.post(department.write(PUSHED[2], priority=Priority.EXPRESS))
    await proven(plane, department, [sent])
    return sent


async def _while_processes_are_rolled(
    plane: ProductionPlane, province: Office, *, gateway: Process, worker: Process
) -> list[Sent]:
    """A gateway and a worker are stopped in order and started again while documents are posted."""

    async def roll() -> None:
        for each in (gateway, worker):
            assert await asyncio.to_thread(each.stop) == 0
        await gateway.restart()

    documents = await while_documents_are_posted(plane, province, roll)
    documents.append(await province.post(province.write(*PUSHED)))  # with the other worker alone
    await proven(plane, province, documents)
    await worker.restart()
    return documents


async def _recalled(plane: ProductionPlane, province: Office, sent: Sent) -> None:
    """One document is recalled after it was handed over, one before; the receiver agrees where he has it."""
    (handed,) = sent.deliveries.values()
    await province.report(handed, "13", description="Gửi nhầm")
    assert await _states(province, sent) == ["recall_requested"]
    await status(plane, sent, "15")
    assert await _states(province, sent) == ["recalled"]
    waits = await province.post(province.write(POLLS))
    await province.report(waits.deliveries[POLLS], "13", description="Gửi nhầm")
    assert await _states(province, waits) == ["recalled"]
    assert await _take(plane, Office(plane, POLLS), waits) == []
    await arrived(plane, [sent])


async def _take(plane: ProductionPlane, office: Office, sent: Sent) -> list[str]:
    """Lease one document, compare it with what was sent, and acknowledge it; give its id, or nothing where none waits."""
    lease = await office.ask("POST", "/inbox/leases", json={"max": 1, "seconds": 60})
    for each in lease["deliveries"]:
        url = f"{plane.gateways[1].url}{each['envelope_url']}"
        async with office.asking("GET", url, seconds=10) as response:
            assert await response.read() == sent.body
        await office.ask("POST", f"/inbox/leases/{lease['token']}/ack", json={})
    return [each["document"] for each in lease["deliveries"]]


async def _states(office: Office, sent: Sent) -> list[str]:
    shown: dict[str, Any] = await office.ask("GET", f"/documents/{sent.id}")
    return [each["state"] for each in shown["deliveries"]]
