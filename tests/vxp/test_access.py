"""Who may call by the SDK, with which secret, how late, and for whom."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from gateway.config import Settings, VxpSettings
from gateway.core.directory import Agency, Directory, SdkAccess, System, Systems
from gateway.core.model import OrganId
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.cli import system
from gateway.entry.cli.init import initialise
from gateway.infra.clock import SystemClock
from gateway.wiring import assemble
from tests.api.conftest import Province
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.vxp.sdk import HERE, Sdk

Made = Callable[..., Sdk]
VENDOR = "H56-VENDOR"


@dataclass(kw_only=True)
class Living:
    """A hub over a working folder of its own, whose directory is read again when the test says so."""

    settings: Settings
    calls: Callable[[str], Sdk]
    reload: Callable[[], None]


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[Living]:
    initialise(folder, port=None, agencies={PROVINCE: "A", DEPARTMENT: "B", COMMUNE: "C"})
    settings = Settings.load(folder / "gateway.toml")
    async with assemble(settings, clock=SystemClock()) as parts:
        at = Hub.of(parts)
        async with TestServer(application(at)) as server, aiohttp.ClientSession() as session:

            def calls(secret: str) -> Sdk:
                return Sdk(session=session, endpoint=str(server.make_url(at.settings.vxp.prefix)), system=VENDOR, secret=secret)

            yield Living(settings=settings, calls=calls, reload=lambda: parts.rules.reload(settings))


async def test_a_secret_that_is_rotated_holds_beside_the_new_one_until_the_next_rotation(tmp_path: Path) -> None:
    async with living(tmp_path / "hub") as hub:
        files = [tmp_path / name for name in ("first", "second", "third")]
        system.add(hub.settings, VENDOR, [PROVINCE], token_file=files[0], vxp=True)
        hub.reload()
        first = hub.calls(files[0].read_text().strip())
        assert await answers(first)
        system.rotate_vxp(hub.settings, VENDOR, keep_old=True, token_file=files[1])
        hub.reload()
        second = hub.calls(files[1].read_text().strip())
        assert await answers(first)
        assert await answers(second)
        system.rotate_vxp(hub.settings, VENDOR, keep_old=False, token_file=files[2])
        hub.reload()
        assert not await answers(first)
        assert not await answers(second)
        assert await answers(hub.calls(files[2].read_text().strip()))


async def test_a_system_that_is_revoked_calls_no_more(tmp_path: Path) -> None:
    async with living(tmp_path / "hub") as hub:
        secret = tmp_path / "secret"
        system.add(hub.settings, VENDOR, [PROVINCE], token_file=secret, vxp=True)
        hub.reload()
        own = hub.calls(secret.read_text().strip())
        assert await answers(own)
        system.revoke(hub.settings, VENDOR)
        hub.reload()
        assert not await answers(own)


@pytest.mark.parametrize(("late", "code"), [(25, "0"), (35, "15")])
async def test_how_late_a_call_may_be_is_a_setting(late: int, code: str, hub: Province, sdk: Made) -> None:
    hub.hub.settings = Settings(vxp=VxpSettings(window_seconds=30))
    assert await code_of(sdk(PROVINCE), seconds=late) == code


@pytest.mark.parametrize(("late", "code"), [(3000, "0"), (4000, "15")])
async def test_a_system_with_a_bad_clock_has_a_window_of_its_own(late: int, code: str, hub: Province, sdk: Made) -> None:
    having(hub, lambda each: replace(each, vxp=replace(access(each), window_seconds=3600)))
    assert await code_of(sdk(PROVINCE), seconds=late) == code


async def test_a_call_from_a_clock_in_utc_is_believed(sdk: Made) -> None:
    assert await code_of(sdk(PROVINCE), seconds=7 * 3600) == "0"


async def test_one_system_sends_and_takes_for_each_of_its_agencies(hub: Province, sdk: Made) -> None:
    both = frozenset({OrganId(PROVINCE), OrganId(DEPARTMENT)})
    having(hub, lambda each: replace(each, organs=both) if each.id == PROVINCE else each)
    own = sdk(PROVINCE)
    for organ, number in ((PROVINCE, "41"), (DEPARTMENT, "42")):
        sent = await own.send(hub[organ].sign(document(number, sender=organ, to=(COMMUNE,))), organ)
        assert sent["ErrorCode"] == "0", sent
        await hub.commune.send(document(number, sender=COMMUNE, to=(organ,)))
    assert {row["to"] for row in await own.received()} == both
    answer = await own.send(hub.province.sign(document("43", to=(COMMUNE,))), DEPARTMENT)
    assert answer["ErrorCode"] == "19"


async def test_units_are_told_that_changed_since_a_day_the_ended_ones_too(hub: Province, sdk: Made) -> None:
    today = hub.clock.now().date()
    directory(
        hub,
        Agency(id=OrganId("H56.01"), name="A", updated_on=today - timedelta(days=30)),
        Agency(id=OrganId("H56.02"), name="B", updated_on=today - timedelta(days=2)),
        Agency(id=OrganId("H56.03"), name="C", valid_from=date(2020, 1, 1), valid_to=today - timedelta(days=1)),
        Agency(id=OrganId("H56.04"), name="D", valid_from=today + timedelta(days=9), updated_on=today - timedelta(days=30)),
    )
    since = today - timedelta(days=2)
    changed = {row["code"]: row["deleted"] for row in await units(sdk(PROVINCE), fromDate=f"{since:%Y/%m/%d}")}
    assert changed == {"H56.02": False, "H56.03": True}
    assert set(changed) == {row["code"] for row in await units(sdk(PROVINCE), fromDate=f"{since.year}-{since.month}-{since.day}")}
    assert len(await units(sdk(PROVINCE))) == 4


async def test_units_are_of_the_centre_that_the_settings_name(hub: Province, sdk: Made) -> None:
    hub.hub.settings = Settings(vxp=VxpSettings(centre="H40"))
    assert {row["centerCode"] for row in await units(sdk(PROVINCE))} == {"H40"}


async def units(own: Sdk, **since: str) -> list[dict[str, object]]:
    answer = await own.call("getSynchronizeUnit", **since)
    rows: list[dict[str, object]] = answer["data"]
    return rows


async def answers(own: Sdk) -> bool:
    code = (await own.call("countReceiveEdoc", data=b"{}"))["ErrorCode"]
    assert code in {"0", "15"}
    return bool(code == "0")


async def code_of(own: Sdk, *, seconds: int) -> str:
    headers = own.headers(at=datetime.now(HERE) - timedelta(seconds=seconds))
    return str((await own.raw("getAgenciesList", headers))["ErrorCode"])


def access(each: System) -> SdkAccess:
    assert each.vxp is not None
    return each.vxp


def having(hub: Province, change: Callable[[System], System]) -> None:
    """Change the systems of the rules in force."""
    rules = hub.hub.rules()
    changed = replace(rules, systems=Systems.of([change(each) for each in rules.systems]))
    hub.hub.rules = lambda: changed


def directory(hub: Province, *agencies: Agency) -> None:
    """Put another directory in force."""
    changed = replace(hub.hub.rules(), directory=Directory.of(agencies))
    hub.hub.rules = lambda: changed


async def test_who_only_sends_by_the_sdk_does_not_look_for_what_waits(hub: Province, sdk: Made) -> None:
    own, presence = sdk(PROVINCE), hub.hub.ports.presence
    await own.send(hub.province.sign(document("44", to=(COMMUNE,))), PROVINCE)
    await presence.write()
    assert PROVINCE not in await presence.seen()
    await own.received()
    await presence.write()
    assert PROVINCE in await presence.seen()
