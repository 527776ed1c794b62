"""Quotas at the door: over them a system is asked to come later, and nobody else notices."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.core.faults import Transient
from gateway.core.quota import Quota
from gateway.entry.api.quotas import FAILURES_PER_MINUTE, Quotas
from tests.api.conftest import FakeClock, Province
from tests.documents import DEPARTMENT, PROVINCE, document


@pytest.fixture(scope="session")
def working_folder(working_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of its own, in which the province has a small quota."""
    copy = tmp_path_factory.mktemp("quota") / "hub"
    shutil.copytree(working_folder, copy)
    file = copy / "agencies.toml"
    text = file.read_text("utf-8")
    own = f'[[system]]\nid = "{PROVINCE}"'
    assert own in text
    quota = "quota = { requests_per_minute = 20, bytes_per_minute = 100000, uploads = 1 }"
    file.write_text(text.replace(own, f"{own}\n{quota}"), "utf-8")
    return copy


async def until_refused(call: Callable[[], Any], most: int = 40) -> tuple[int, Any, Any]:
    for _ in range(most):
        status, body, headers = await call()
        if status == 429:
            return status, body, headers
    raise AssertionError("never refused")


async def test_too_many_requests_are_asked_to_come_later(hub: Province) -> None:
    status, body, headers = await until_refused(lambda: hub.province.call("GET", "/inbox"))
    assert (status, body["code"], body["owner"]) == (429, "quota-exceeded", "sender")
    assert int(headers["Retry-After"]) >= 1 and "20" in body["detail"]


async def test_others_are_served_meanwhile(hub: Province) -> None:
    await until_refused(lambda: hub.province.call("GET", "/inbox"))
    assert (await hub.department.get("/inbox"))[0] == 200
    async with hub.province.session.get(f"{hub.base}/readyz") as response:
        assert response.status == 200


async def test_whoever_waits_is_served_again(hub: Province) -> None:
    _, _, headers = await until_refused(lambda: hub.province.call("GET", "/inbox"))
    await asyncio.sleep(int(headers["Retry-After"]))
    assert (await hub.province.get("/inbox"))[0] == 200


async def test_too_many_bytes_are_refused_and_nothing_is_stored(hub: Province) -> None:
    padded = document(content="x" * 500, to=(DEPARTMENT,))
    status, _ = await hub.province.post_xml("/documents", hub.province.sign(padded) + b" " * 100_000)
    assert status == 202
    status, body, _ = await hub.province.call(
        "POST", "/documents", data=hub.province.sign(document("2")), headers={"Content-Type": "application/xml"}
    )
    assert (status, body["code"]) == (429, "quota-exceeded") and "100,000" in body["detail"]
    assert len((await hub.department.get("/documents"))[1]["items"]) == 1


async def test_refused_bytes_that_nobody_announced_are_counted_too(hub: Province) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"<" * 10_000

    async def flood() -> tuple[int, Any, Any]:
        return await hub.province.call("POST", "/documents", data=chunks(), headers={"Content-Type": "application/xml"})

    assert (await flood())[0] == 400
    assert (await flood())[0] == 429


async def test_a_flood_over_the_quota_leaves_one_audit_row(hub: Province, tmp_path: Path) -> None:
    for _ in range(40):
        await hub.province.call("GET", "/inbox")
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    rows = connection.execute("SELECT system, code FROM refusals").fetchall()
    connection.close()
    assert rows == [(PROVINCE, "quota-exceeded")]


async def test_wrong_credentials_without_end_are_asked_to_come_later_and_right_ones_are_served(hub: Province) -> None:
    async def guess() -> tuple[int, Any, Any]:
        return await hub.department.call("GET", "/inbox", headers={"Authorization": "Bearer x"})

    status, body, _ = await until_refused(guess, FAILURES_PER_MINUTE + 50)
    assert (status, body["code"]) == (429, "quota-exceeded")
    assert (await hub.department.get("/inbox"))[0] == 200


def test_uploads_at_once_are_counted_while_they_last(hub_system: Any) -> None:
    quotas = Quotas(Quota(uploads=1))
    with quotas.admitted(hub_system, 10, upload=True):
        with pytest.raises(Transient, match="quota-exceeded"), quotas.admitted(hub_system, 10, upload=True):
            raise AssertionError("admitted")
        with quotas.admitted(hub_system, None, upload=False):
            pass
    with quotas.admitted(hub_system, 10, upload=True):
        pass


def test_octets_that_nobody_announced_are_counted_when_they_have_come(hub_system: Any) -> None:
    clock = FakeClock()
    quotas = Quotas(Quota(bytes_per_minute=1000), clock=lambda: clock.time.timestamp())
    with quotas.admitted(hub_system, None, upload=True):
        quotas.count(hub_system, 5000)
    with pytest.raises(Transient) as caught, quotas.admitted(hub_system, 1, upload=True):
        raise AssertionError("admitted")
    clock.advance(seconds=caught.value.retry_after or 0)
    with quotas.admitted(hub_system, 1, upload=True):
        pass


@pytest.fixture
def hub_system() -> Any:
    from gateway.core.directory import System
    from gateway.core.model import SystemId

    return System(id=SystemId("s"), organs=frozenset())
