"""What operators see of statuses that wait, and decide."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core import writing
from gateway.core.model import StatusCode
from tests.api.conftest import Client, Province, of_today
from tests.documents import DEPARTMENT, PROVINCE, document, status

REASON = "đã hỏi Sở A"


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


async def early(hub: Province) -> str:
    """Report on a document that is not here; give the status."""
    package = status(of_today(document()), StatusCode.REGISTERED)
    _, body = await hub.department.post_xml("/statuses", writing.emit(package))
    held: str = body["id"]
    return held


async def listed(operator: Client) -> list[dict[str, Any]]:
    answered, body = await operator.get("/admin/statuses")
    assert answered == 200
    items: list[dict[str, Any]] = body["items"]
    return items


async def resolve(operator: Client, held: str, **asked: Any) -> tuple[int, Any]:
    return await operator.post(f"/admin/statuses/{held}/resolve", {"reason": REASON} | asked)


async def test_a_status_that_waits_is_listed_as_its_package_said_it(hub: Province, operator: Client) -> None:
    held = await early(hub)
    (only,) = await listed(operator)
    assert (only["id"], only["state"], only["reason"], only["status_code"]) == (held, "waiting", "unmatched", "03")
    assert (only["reporter"], only["owner"], only["code"], only["candidates"]) == (DEPARTMENT, PROVINCE, "1/UBND-VP", [])


async def test_after_three_days_it_is_quarantined(hub: Province, operator: Client) -> None:
    await early(hub)
    hub.clock.advance(days=3)
    assert [each["state"] for each in await listed(operator)] == ["quarantined"]


async def test_the_operator_says_which_delivery_is_meant(hub: Province, operator: Client) -> None:
    held = await early(hub)
    sent = await hub.province.send(document("2", to=(DEPARTMENT,)))
    delivery = sent["deliveries"][0]["id"]
    answered, body = await resolve(operator, held, delivery=delivery)
    assert (answered, body) == (200, {"id": held, "outcome": "applied", "delivery": delivery})
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    assert shown["deliveries"][0]["state"] == "received"
    assert await listed(operator) == []


async def test_the_operator_gives_one_up_once(hub: Province, operator: Client) -> None:
    held = await early(hub)
    assert (await resolve(operator, held, drop=True))[1]["outcome"] == "dropped"
    assert (await resolve(operator, held, drop=True))[0] == 404
    _, log = await operator.get("/admin/audit")
    assert (log["items"][0]["action"], log["items"][0]["reason"]) == ("status.dropped", REASON)


@pytest.mark.parametrize("asked", [{}, {"drop": True, "delivery": "d"}, {"drop": False}])
async def test_a_decision_is_one_of_two(hub: Province, operator: Client, asked: dict[str, Any]) -> None:
    assert (await resolve(operator, await early(hub), **asked))[0] == 400
