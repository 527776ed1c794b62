"""Lists of packages within a range of time, which is Vietnam's."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.core.model import VIETNAM
from tests.api.conftest import Province
from tests.documents import DEPARTMENT, document
from tests.vxp.sdk import Sdk

Made = Callable[..., Sdk]


async def count(own: Sdk, **named: str) -> int:
    return len((await own.call("getReceivedEdocList", servicetype="eDoc", messagetype="edoc", **named))["data"])


async def test_the_first_and_the_last_day_are_in_a_range(hub: Province, sdk: Made) -> None:
    await hub.province.send(document("81", to=(DEPARTMENT,)))
    own, today = sdk(DEPARTMENT), hub.clock.time.astimezone(VIETNAM)
    before, after = today - timedelta(days=1), today + timedelta(days=1)
    assert await count(own, fromDate=f"{today:%Y/%m/%d}", toDate=f"{today:%Y/%m/%d}") == 1
    assert await count(own, fromDate=f"{today:%Y/%m/%d %H:%M:%S}", toDate=f"{today:%Y-%m-%d %H:%M:%S}") == 1
    assert await count(own, toDate=f"{before:%Y/%m/%d}") == 0
    assert await count(own, fromDate=f"{after:%Y/%m/%d}") == 0


@pytest.mark.parametrize("said", ["hôm nay", "2026/02/30", "9999/12/31", "2026/11/24 24:00:00", "20261124", "²026/11/24"])
async def test_what_is_no_time_is_the_callers_mistake(sdk: Made, said: str) -> None:
    answer = await sdk(DEPARTMENT).call("getReceivedEdocList", servicetype="eDoc", messagetype="edoc", toDate=said)
    assert answer["ErrorCode"] == "100"
