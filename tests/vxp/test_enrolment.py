"""Agencies that systems ask for by the SDK: an operator decides, or the system was granted it until a day."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings, Storage
from gateway.core.directory import Operators
from gateway.core.roles import Role
from gateway.entry.cli import system
from gateway.infra.agencies_file import AGENCY, SYSTEM, editing, read
from gateway.wiring import CurrentRules
from tests.api.conftest import Client, Province
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.vxp.sdk import Sdk

Made = Callable[..., Sdk]
NEW = "H56.77.01"
DONE, ASKED = "Đã ghi vào danh bạ.", "Đã ghi nhận, chờ đơn vị vận hành duyệt."


@pytest.fixture
def settings(working_folder: Path, tmp_path: Path) -> Settings:
    """A copy of the working folder, whose directory the tests change."""
    folder = tmp_path / "folder"
    shutil.copytree(working_folder, folder)
    return Settings(file=folder / "gateway.toml", storage=Storage(data=tmp_path))


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


@pytest.fixture
async def granted(hub: Province, settings: Settings) -> AsyncIterator[Province]:
    """The province's system may register by itself."""
    system.set_vxp(settings, PROVINCE, registers=True, until=None, window_seconds=None)
    reload(hub, settings)
    yield hub


def reload(hub: Province, settings: Settings) -> None:
    rules = hub.hub.rules
    assert isinstance(rules, CurrentRules)
    rules.reload(settings)


def entered(settings: Settings) -> dict[str, dict[str, Any]]:
    """Give the agencies of the directory, by id."""
    return {each["id"]: each.unwrap() for each in read(settings.path(settings.directory.agencies)).tables(AGENCY)}


def organs(settings: Settings, name: str) -> list[str]:
    return list(read(settings.path(settings.directory.agencies)).get(SYSTEM, name)["organs"])


async def register(own: Sdk, code: str = NEW, *, below: str = PROVINCE) -> dict[str, Any]:
    asked = {"id": "", "pcode": below, "code": code, "name": "Trung tâm E (mẫu)", "mail": "e@example.vn", "mobile": "", "fax": ""}
    answer: dict[str, Any] = await own.call("registerAgency", data=json.dumps(asked).encode())
    return answer


async def test_what_is_asked_waits_for_an_operator_who_approves(
    hub: Province, settings: Settings, operator: Client, sdk: Made
) -> None:
    assert (await register(sdk(PROVINCE)))["ErrorDesc"] == ASKED
    assert NEW not in entered(settings)
    _, shown = await operator.get("/admin/requests")
    (wish,) = shown["items"]
    assert (wish["system"], wish["wish"], wish["organ"], wish["fields"]["parent"]) == (PROVINCE, "register", NEW, PROVINCE)
    status, done = await operator.post(f"/admin/requests/{wish['id']}/approve", {"reason": "theo công văn 12"})
    assert (status, done) == (200, {"id": wish["id"], "organ": NEW})
    assert entered(settings)[NEW]["name"] == "Trung tâm E (mẫu)"
    assert NEW in organs(settings, PROVINCE)
    _, audited = await operator.get("/admin/audit")
    assert (audited["items"][0]["action"], audited["items"][0]["reason"]) == ("agency_request.approved", "theo công văn 12")
    assert (await operator.get("/admin/requests"))[1]["items"] == []


async def test_what_an_operator_refuses_changes_nothing_and_is_audited(
    hub: Province, settings: Settings, operator: Client, sdk: Made
) -> None:
    await sdk(PROVINCE).call("deleteAgency", data=b"{}", AgencyCode=PROVINCE)
    before = entered(settings)
    (wish,) = (await operator.get("/admin/requests"))[1]["items"]
    assert (await operator.post(f"/admin/requests/{wish['id']}/refuse", {}))[0] == 400
    assert (await operator.post(f"/admin/requests/{wish['id']}/refuse", {"reason": "còn văn bản"}))[0] == 200
    assert (await operator.post(f"/admin/requests/{wish['id']}/approve", {"reason": "sửa"}))[0] == 404
    assert entered(settings) == before
    assert (await operator.get("/admin/audit"))[1]["items"][0]["action"] == "agency_request.refused"


@pytest.mark.parametrize("what", ["approve", "refuse"])
async def test_only_an_administrator_decides_about_agencies(hub: Province, operator: Client, sdk: Made, what: str) -> None:
    await register(sdk(PROVINCE))
    rules = hub.hub.rules()
    duty = replace(rules, operators=Operators.of(replace(each, role=Role.DUTY) for each in rules.operators))
    hub.hub.rules = lambda: duty
    (wish,) = (await operator.get("/admin/requests"))[1]["items"]
    status, problem = await operator.post(f"/admin/requests/{wish['id']}/{what}", {"reason": "theo công văn"})
    assert (status, problem["code"]) == (403, "role-insufficient")


async def test_a_system_has_no_part_in_the_decision(hub: Province, sdk: Made) -> None:
    await register(sdk(PROVINCE))
    assert (await hub.province.get("/admin/requests"))[0] == 404


async def test_who_was_granted_it_registers_below_its_own_at_once_and_that_is_audited(
    granted: Province, settings: Settings, operator: Client, sdk: Made
) -> None:
    assert (await register(sdk(PROVINCE)))["ErrorDesc"] == DONE
    assert entered(settings)[NEW]["parent"] == PROVINCE
    assert NEW in organs(settings, PROVINCE)
    (audited,) = (await operator.get("/admin/audit"))[1]["items"]
    assert (audited["actor"], audited["subject"]["organ"]) == (f"system {PROVINCE}", NEW)
    assert "tự đăng ký đến" in audited["reason"]
    reload(granted, settings)
    ended = await sdk(PROVINCE).call("deleteAgency", data=b"{}", AgencyCode=NEW)
    assert ended["ErrorDesc"] == DONE
    assert entered(settings)[NEW]["valid_to"] == granted.clock.now().date()


async def test_an_agency_below_anothers_waits_for_an_operator_all_the_same(
    granted: Province, settings: Settings, sdk: Made
) -> None:
    assert (await register(sdk(PROVINCE), below=DEPARTMENT))["ErrorDesc"] == ASKED
    assert (await register(sdk(PROVINCE), "H56.77.02", below=""))["ErrorDesc"] == ASKED
    assert NEW not in entered(settings)


async def test_an_agency_of_another_system_is_not_ended(granted: Province, settings: Settings, sdk: Made) -> None:
    answer = await sdk(PROVINCE).call("deleteAgency", data=b"{}", AgencyCode=COMMUNE)
    assert answer["ErrorCode"] == "19"
    assert "valid_to" not in entered(settings)[COMMUNE]


async def test_an_agency_that_exists_is_not_taken_over(granted: Province, settings: Settings, sdk: Made) -> None:
    assert (await register(sdk(PROVINCE), COMMUNE))["ErrorCode"] == "100"
    assert COMMUNE not in organs(settings, PROVINCE)


async def test_an_agency_entered_by_others_meanwhile_is_not_taken_over(granted: Province, settings: Settings, sdk: Made) -> None:
    with editing(settings.path(settings.directory.agencies)) as draft:
        draft.add(AGENCY, {"id": NEW, "name": "của người khác"})
    assert (await register(sdk(PROVINCE)))["ErrorCode"] == "100"
    assert NEW not in organs(settings, PROVINCE)


async def test_what_was_granted_ends_with_its_day(hub: Province, settings: Settings, sdk: Made) -> None:
    yesterday = hub.clock.now().date() - timedelta(days=1)
    system.set_vxp(settings, PROVINCE, registers=True, until=yesterday, window_seconds=None)
    reload(hub, settings)
    assert (await register(sdk(PROVINCE)))["ErrorDesc"] == ASKED


async def test_what_was_granted_is_taken_back(granted: Province, settings: Settings, sdk: Made) -> None:
    system.set_vxp(settings, PROVINCE, registers=False, until=None, window_seconds=None)
    reload(granted, settings)
    assert (await register(sdk(PROVINCE)))["ErrorDesc"] == ASKED


@pytest.fixture
def read_only(settings: Settings) -> None:
    """Make the lock of agencies.toml impossible, as where its folder is mounted read-only: root may write anywhere else."""
    lock = settings.path(settings.directory.agencies).with_name(".agencies.toml.lock")
    lock.unlink(missing_ok=True)
    os.mkdir(lock)  # noqa: PTH102


@pytest.mark.usefixtures("read_only")
async def test_where_the_directory_is_read_only_the_operator_is_told_and_nothing_is_lost(
    hub: Province, operator: Client, sdk: Made
) -> None:
    await register(sdk(PROVINCE))
    (wish,) = (await operator.get("/admin/requests"))[1]["items"]
    status, problem = await operator.post(f"/admin/requests/{wish['id']}/approve", {"reason": "theo công văn"})
    assert (status, problem["code"]) == (503, "directory-read-only")
    assert len((await operator.get("/admin/requests"))[1]["items"]) == 1
