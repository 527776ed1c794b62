"""Alerts for operators' programs: listed by state, acknowledged, silenced, told again, each with a reason that is audited."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Sign, named
from tests.api.conftest import Client, Province

REASON = "đang gọi đơn vị"
PARKED = Sign(trouble=Trouble.SYSTEM_PARKED, subject="voffice", vi="không trả lời", en="no answer", count=3)
PATH = f"/admin/alerts/{named(PARKED.trouble, PARKED.subject)}"


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


async def look(hub: Province, *signs: Sign) -> None:
    at_once = {trouble: replace(rule, lasting=timedelta(0)) for trouble, rule in USUAL.items()}
    await hub.hub.ports.alerts.look(signs, at_once, channels=(), now=hub.clock.now())


async def listed(operator: Client, **query: str) -> list[dict[str, Any]]:
    status, page = await operator.get("/admin/alerts", **query)
    assert status == 200
    items: list[dict[str, Any]] = page["items"]
    return items


async def test_an_alert_is_listed_with_what_and_since_when(hub: Province, operator: Client) -> None:
    assert await listed(operator) == []
    await look(hub, PARKED)
    (one,) = await listed(operator)
    assert (one["rule"], one["subject"], one["severity"], one["state"], one["count"]) == (
        "system-parked",
        "voffice",
        "ticket",
        "open",
        3,
    )
    assert one["vi"] == "Hệ thống mất kết nối: không trả lời"
    assert one["since"] == one["opened_at"] == hub.clock.now().isoformat() and one["closed_at"] is None


async def test_one_is_acknowledged_silenced_and_told_again_and_each_list_has_its_own(hub: Province, operator: Client) -> None:
    await look(hub, PARKED)
    assert len(await listed(operator, state="open")) == 1
    status, after = await operator.post(f"{PATH}/acknowledge", {"reason": REASON})
    assert (status, after["state"], after["reason"]) == (200, "acknowledged", REASON)
    assert (len(await listed(operator, state="open")), len(await listed(operator, state="acknowledged"))) == (0, 1)
    until = (hub.clock.now() + timedelta(hours=8)).isoformat()
    status, after = await operator.post(f"{PATH}/silence", {"reason": REASON, "until": until})
    assert (status, after["silenced_until"]) == (200, until)
    assert len(await listed(operator, state="silenced")) == 1
    status, after = await operator.post(f"{PATH}/unsilence", {"reason": REASON})
    assert (status, after["silenced_until"]) == (200, None)
    _, log = await operator.get("/admin/audit")
    assert [each["action"] for each in log["items"]] == ["alert.unsilenced", "alert.silenced", "alert.acknowledged"]


async def test_what_is_over_is_listed_apart_and_cannot_be_acknowledged(hub: Province, operator: Client) -> None:
    await look(hub, PARKED)
    await look(hub)
    (one,) = await listed(operator, state="closed")
    assert one["closed_at"] is not None
    status, problem = await operator.post(f"{PATH}/acknowledge", {"reason": REASON})
    assert (status, problem["code"]) == (409, "alert-closed")


@pytest.mark.parametrize(
    ("call", "asked", "status"),
    [
        ("acknowledge", {"reason": ""}, 400),
        ("silence", {"reason": REASON}, 400),
        ("silence", {"reason": REASON, "until": "2020-01-01T00:00:00+07:00"}, 400),
        ("unsilence", {}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(
    hub: Province, operator: Client, call: str, asked: dict[str, str], status: int
) -> None:
    await look(hub, PARKED)
    assert (await operator.post(f"{PATH}/{call}", asked))[0] == status
    assert (await operator.get("/admin/alerts", state="none"))[0] == 400


async def test_one_that_is_not_there_is_not_found_and_agencies_see_none(hub: Province, operator: Client) -> None:
    assert (await operator.post(f"{PATH}/acknowledge", {"reason": REASON}))[0] == 404
    assert (await hub.province.get("/admin/alerts"))[0] == 404
