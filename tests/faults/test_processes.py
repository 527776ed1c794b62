"""Impatient clients, hasty receivers and operators' signals: what a process has begun it finishes, and nothing is doubled."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Final

import pytest

from tests.faults.correspondence import Office, page, proven, seen, status
from tests.faults.steps import answering, to_each, while_documents_are_posted
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, eventually, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

LINKED = tuple(f"H56.40.{number:02d}" for number in range(1, 5))
IMPATIENT_SECONDS: Final = 1.0
HOLDS_BACK: Final = {"seconds": 2.0}
SOON_SECONDS: Final = 30


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    folder = tmp_path_factory.mktemp("plane")
    with running(folder, postgres, rabbit, linked=LINKED, gateways=2, workers=1, seconds=10) as plane:
        yield plane


@pytest.fixture(scope="module")
def office(plane: ProductionPlane) -> Office:
    return Office(plane)


async def test_a_client_that_gave_up_waiting_and_posts_again_has_one_document_and_one_answer(
    plane: ProductionPlane, office: Office
) -> None:
    body, before = office.write(*LINKED[:2]), plane.sql("SELECT count(*) FROM documents")
    plane.postgres.freeze()
    try:
        for gateway in plane.gateways:
            with pytest.raises(TimeoutError):
                async with office.asking("POST", f"{gateway.url}/api/v1/documents", seconds=IMPATIENT_SECONDS, data=body):
                    pass
    finally:
        plane.postgres.thaw()
    first, second = await asyncio.gather(office.post(body), office.post(body))
    assert first == second
    assert int(plane.sql("SELECT count(*) FROM documents")) == int(before) + 1
    await proven(plane, office, [first])


async def test_a_status_that_comes_before_the_hub_knows_of_the_hand_over_stands(plane: ProductionPlane, office: Office) -> None:
    async with answering(plane, {"held": True}):
        documents = await to_each(plane, office)
        await seen(plane, documents)
        await asyncio.gather(*(status(plane, sent) for sent in documents))
        early = [await office.facts(sent.id) for sent in documents]
        assert [facts["collected"] for facts in early] == [0] * len(documents)
        await proven(plane, office, documents, reported=True)
    for sent in documents:
        shown = await office.ask("GET", f"/documents/{sent.id}")
        assert [(each["state"], each["status_code"]) for each in shown["deliveries"]] == [("received", "03")]


async def test_a_gateway_told_to_stop_answers_what_it_was_sent(plane: ProductionPlane, office: Office) -> None:
    body, gateway, sent = office.write(LINKED[0]), plane.gateways[0], asyncio.Event()

    async def whole() -> AsyncIterator[bytes]:
        yield body
        sent.set()

    async def post() -> int:
        async with office.asking("POST", f"{gateway.url}/api/v1/documents", seconds=SOON_SECONDS, data=whole()) as response:
            return response.status

    plane.postgres.freeze()
    try:
        posting = asyncio.create_task(post())
        await sent.wait()
        await page(f"{gateway.url}/healthz")  # answered after what came before it was read
        stopping = asyncio.create_task(asyncio.to_thread(gateway.stop))
        await eventually(lambda: _refuses(gateway.port), SOON_SECONDS, "the gateway listens no more")
    finally:
        plane.postgres.thaw()
    assert await posting == 202
    assert await stopping == 0
    await gateway.restart()
    await proven(plane, office, [await office.post(body)])


async def test_a_gateway_told_to_stop_among_many_posts_loses_none(plane: ProductionPlane, office: Office) -> None:
    codes: list[int] = []

    async def stop() -> None:
        codes.append(await asyncio.to_thread(plane.gateways[1].stop))
        await plane.gateways[1].restart()

    documents = await while_documents_are_posted(plane, office, stop)
    assert codes == [0]
    await proven(plane, office, documents)


async def test_a_worker_told_to_stop_finishes_the_attempts_under_way(plane: ProductionPlane, office: Office) -> None:
    worker = plane.workers[0]
    async with answering(plane, HOLDS_BACK):
        documents = await to_each(plane, office)
        await seen(plane, documents)
        assert await asyncio.to_thread(worker.stop) == 0
    assert {sent.id for sent in documents} <= {each["document"] for each in worker.logged("delivery.collected")}
    assert plane.sql("SELECT count(*) FROM outbox") == "0"
    await worker.restart()
    await proven(plane, office, documents)


async def test_wrong_settings_are_refused_and_the_old_ones_stay_in_force(plane: ProductionPlane, office: Office) -> None:
    gateway, good = plane.gateways[0], plane.config.read_text("utf-8")
    try:
        plane.config.write_text(f"{good}\n[quotas]\nrequests_per_minute = 1\nno_such_key = 1\n", "utf-8")
        gateway.send(signal.SIGHUP)
        await eventually(lambda: _logged(gateway.logged("settings.refused")), SOON_SECONDS, "the settings are refused")
        assert [await _asked(office, gateway.url) for _ in range(3)] == [200, 200, 200]
    finally:
        plane.config.write_text(good, "utf-8")


async def test_right_settings_swap_the_quotas_of_a_running_gateway(plane: ProductionPlane, office: Office) -> None:
    gateway, good = plane.gateways[0], plane.config.read_text("utf-8")

    async def reload(text: str) -> None:
        before = len(gateway.logged("settings.reloaded"))
        plane.config.write_text(text, "utf-8")
        gateway.send(signal.SIGHUP)
        await eventually(lambda: _logged(gateway.logged("settings.reloaded")[before:]), SOON_SECONDS, "the settings are read")

    try:
        await reload(f"{good}\n[quotas]\nrequests_per_minute = 1\n")
        assert 429 in [await _asked(office, gateway.url) for _ in range(3)]
    finally:
        await reload(good)
    assert await _asked(office, gateway.url) == 200
    await proven(plane, office, await to_each(plane, office))


async def _asked(office: Office, url: str) -> int:
    async with office.asking("GET", f"{url}/api/v1/documents", seconds=SOON_SECONDS) as response:
        return response.status


async def _logged(lines: list[dict[str, object]]) -> bool:
    return bool(lines)


async def _refuses(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False
