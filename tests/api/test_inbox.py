"""Leases: claim, acknowledge, give back, prolong, lose."""

import asyncio

from gateway.core.model import Priority
from tests.api.conftest import Province
from tests.documents import document


async def test_a_peek_changes_nothing(hub: Province) -> None:
    await hub.province.send(document())
    first = await hub.department.get("/inbox")
    assert first == await hub.department.get("/inbox")
    assert len(first[1]["items"]) == 1


async def test_an_empty_lease_has_no_deliveries_and_no_token(hub: Province) -> None:
    assert await hub.department.lease() == {"deliveries": []}


async def test_a_leased_delivery_is_not_leased_twice(hub: Province) -> None:
    await hub.province.send(document())
    assert len((await hub.department.lease())["deliveries"]) == 1
    assert (await hub.department.lease())["deliveries"] == []


async def test_two_agencies_lease_their_own_deliveries(hub: Province) -> None:
    await hub.province.send(document())
    department, commune = await hub.department.lease(), await hub.commune.lease()
    assert department["deliveries"][0]["id"] != commune["deliveries"][0]["id"]


async def test_urgent_documents_come_first(hub: Province) -> None:
    for number, priority in (("1", Priority.NORMAL), ("2", Priority.EXPRESS), ("3", Priority.URGENT)):
        await hub.province.send(document(number, priority=priority))
    leased = await hub.department.lease(max=2)
    assert [each["priority"] for each in leased["deliveries"]] == [3, 1]


async def test_an_acked_delivery_is_collected_and_leaves_the_inbox(hub: Province) -> None:
    sent = await hub.province.send(document())
    leased = await hub.department.lease()
    ids = [each["id"] for each in leased["deliveries"]]
    assert await hub.department.post(f"/inbox/leases/{leased['token']}/ack") == (200, {"acked": ids})
    assert (await hub.department.get("/inbox"))[1]["items"] == []
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    assert [each["state"] for each in shown["deliveries"]] == ["collected", "available"]


async def test_the_same_ack_again_gives_the_same_answer(hub: Province) -> None:
    await hub.province.send(document())
    leased = await hub.department.lease()
    path = f"/inbox/leases/{leased['token']}/ack"
    assert await hub.department.post(path) == await hub.department.post(path)


async def test_an_ack_after_the_lease_expired_is_lost(hub: Province) -> None:
    await hub.province.send(document())
    leased = await hub.department.lease(seconds=10)
    hub.clock.advance(seconds=11)
    status, problem = await hub.department.post(f"/inbox/leases/{leased['token']}/ack")
    assert (status, problem["code"]) == (409, "lease-lost")


async def test_a_delivery_whose_lease_expired_is_leased_again(hub: Province) -> None:
    await hub.province.send(document())
    first = await hub.department.lease(seconds=10)
    hub.clock.advance(seconds=11)
    second = await hub.department.lease()
    assert [each["id"] for each in first["deliveries"]] == [each["id"] for each in second["deliveries"]]
    assert first["token"] != second["token"]


async def test_a_renewed_lease_lives_longer(hub: Province) -> None:
    await hub.province.send(document())
    leased = await hub.department.lease(seconds=10)
    hub.clock.advance(seconds=9)
    assert (await hub.department.post(f"/inbox/leases/{leased['token']}/renew", {"seconds": 60}))[0] == 200
    hub.clock.advance(seconds=30)
    assert (await hub.department.post(f"/inbox/leases/{leased['token']}/ack"))[0] == 200


async def test_another_agency_cannot_ack_a_lease(hub: Province) -> None:
    await hub.province.send(document())
    leased = await hub.department.lease()
    assert (await hub.commune.post(f"/inbox/leases/{leased['token']}/ack"))[0] == 404


async def test_a_nacked_delivery_comes_back_after_its_time_with_its_reason(hub: Province) -> None:
    sent = await hub.province.send(document())
    leased = await hub.department.lease()
    asked = {"reason": "Hệ thống đang bảo trì", "retry_after": 300}
    assert (await hub.department.post(f"/inbox/leases/{leased['token']}/nack", asked))[0] == 200
    assert (await hub.department.lease())["deliveries"] == []
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    assert shown["deliveries"][0]["why"] == "Hệ thống đang bảo trì"
    hub.clock.advance(seconds=301)
    assert len((await hub.department.lease())["deliveries"]) == 1


async def test_part_of_a_lease_may_be_acked_and_the_rest_given_back(hub: Province) -> None:
    for number in ("1", "2"):
        await hub.province.send(document(number))
    leased = await hub.department.lease()
    one, two = (each["id"] for each in leased["deliveries"])
    path = f"/inbox/leases/{leased['token']}"
    assert await hub.department.post(f"{path}/ack", {"deliveries": [one]}) == (200, {"acked": [one]})
    assert await hub.department.post(f"{path}/nack", {"deliveries": [two]}) == (200, {"nacked": [two]})
    assert [each["id"] for each in (await hub.department.lease())["deliveries"]] == [two]


async def test_a_long_poll_is_woken_by_a_document(hub: Province) -> None:
    waiting = asyncio.create_task(hub.department.lease(wait=30))
    await asyncio.sleep(0.2)
    await hub.province.send(document())
    assert len((await asyncio.wait_for(waiting, 3))["deliveries"]) == 1


async def test_a_malformed_lease_request_names_each_mistake(hub: Province) -> None:
    status, problem = await hub.department.post("/inbox/leases", {"max": 0, "seconds": "x", "more": 1})
    assert (status, problem["code"]) == (400, "malformed-request")
    assert {each["path"] for each in problem["errors"]} == {"max", "seconds", "more"}
