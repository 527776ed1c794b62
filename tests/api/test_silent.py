"""Which agencies do not look for their documents, as operators are told it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Client, Province
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document

MINUTE = timedelta(minutes=1)


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


def to_next_morning(hub: Province) -> None:
    """Move the clock to where a half-day has just begun."""
    schedule = hub.hub.rules().timekeeping.working_time.of()
    hub.clock.time = schedule.next_opening(hub.clock.time + timedelta(days=1)).replace(hour=7, minute=31)


def to_its_end(hub: Province) -> None:
    hub.clock.time = hub.clock.time.replace(hour=11, minute=31)


async def silent(operator: Client) -> dict[str, dict[str, Any]]:
    status, page = await operator.get("/admin/agencies/silent")
    assert status == 200
    return {each["id"]: each for each in page["items"]}


async def test_who_looked_this_morning_is_not_silent_and_the_others_are(hub: Province, operator: Client) -> None:
    to_next_morning(hub)
    await hub.department.get("/inbox")
    to_its_end(hub)
    found = await silent(operator)
    assert DEPARTMENT not in found
    assert found[COMMUNE]["since"] is None


async def test_who_only_sends_does_not_look_for_what_waits(hub: Province, operator: Client) -> None:
    await hub.province.send(document())
    assert PROVINCE in await silent(operator)
    await hub.province.get("/events")
    assert PROVINCE not in await silent(operator)


async def test_it_says_since_when_and_what_waits(hub: Province, operator: Client) -> None:
    await hub.department.get("/inbox")
    await hub.province.send(document())
    to_next_morning(hub)
    to_its_end(hub)
    found = (await silent(operator))[DEPARTMENT]
    assert found["waiting"] == 1
    assert found["oldest_at"] is not None
    assert found["since"] <= hub.clock.time.isoformat()


async def test_the_measures_name_who_is_silent(hub: Province) -> None:
    to_next_morning(hub)
    await hub.department.get("/inbox")
    to_its_end(hub)
    async with hub.department.session.get(f"{hub.base}/metrics") as response:
        text = await response.text()
    assert f'lienthong_agency_silent{{agency="{COMMUNE}"}} 1.0' in text
    assert f'lienthong_agency_silent{{agency="{DEPARTMENT}"}}' not in text


async def test_agencies_are_not_told_about_each_other(hub: Province) -> None:
    status, _ = await hub.department.get("/admin/agencies/silent")
    assert status == 404
