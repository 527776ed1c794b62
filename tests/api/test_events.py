"""The event log: complete, ordered, owned by its reader."""

import asyncio

from tests.api.conftest import WARD, Province
from tests.documents import document


async def _types(hub: Province, reader: str) -> list[str]:
    _, body = await hub[reader].get("/events")
    return [each["type"] for each in body["events"]]


async def test_the_sender_sees_acceptance_and_each_delivery(hub: Province) -> None:
    await hub.province.send(document())
    assert await _types(hub, hub.province.organ) == ["document.accepted", "delivery.available", "delivery.available"]


async def test_a_receiver_sees_its_own_delivery_only(hub: Province) -> None:
    await hub.province.send(document())
    assert await _types(hub, hub.department.organ) == ["delivery.available"]


async def test_an_agency_that_is_no_party_sees_nothing(hub: Province) -> None:
    await hub.province.send(document())
    assert await _types(hub, WARD) == []


async def test_a_cursor_goes_on_where_it_stopped(hub: Province) -> None:
    await hub.province.send(document("1"))
    _, first = await hub.province.get("/events", limit=2)
    _, second = await hub.province.get("/events", after=first["next"])
    _, third = await hub.province.get("/events", after=second["next"])
    assert (len(first["events"]), len(second["events"]), third["events"]) == (2, 1, [])
    seqs = [each["seq"] for each in (*first["events"], *second["events"])]
    assert seqs == sorted(set(seqs))


async def test_a_long_poll_for_events_is_woken(hub: Province) -> None:
    waiting = asyncio.create_task(hub.department.get("/events", wait=30))
    await asyncio.sleep(0.2)
    await hub.province.send(document())
    _, body = await asyncio.wait_for(waiting, 3)
    assert [each["type"] for each in body["events"]] == ["delivery.available"]


async def test_a_made_up_cursor_is_refused(hub: Province) -> None:
    status, problem = await hub.province.get("/events", after="x'; drop table events")
    assert (status, problem["code"]) == (400, "malformed-request")


async def test_a_sender_who_waits_is_woken_when_its_document_is_collected_and_reported_on(hub: Province) -> None:
    await hub.province.send(document())
    _, seen = await hub.province.get("/events")
    waiting = asyncio.create_task(hub.province.get("/events", wait=30, after=seen["next"]))
    leased = await hub.department.lease()
    await hub.department.post(f"/inbox/leases/{leased['token']}/ack")
    _, body = await asyncio.wait_for(waiting, 2)
    assert [each["type"] for each in body["events"]] == ["delivery.collected"]
    waiting = asyncio.create_task(hub.province.get("/events", wait=30, after=body["next"]))
    await asyncio.sleep(0.1)
    await hub.department.post("/statuses", {"delivery": leased["deliveries"][0]["id"], "code": "03"})
    _, body = await asyncio.wait_for(waiting, 2)
    assert [each["type"] for each in body["events"]] == ["status.received"]
