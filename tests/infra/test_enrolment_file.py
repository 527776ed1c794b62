"""Agencies that systems asked for, in agencies.toml: entered and ended once, whoever was stopped in between."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, SystemId
from gateway.infra.agencies_file import AGENCY, SYSTEM, editing, read
from gateway.infra.enrolment_file import FileEnrolment
from gateway.ports import AgencyRequest, Wish

OFFICE, NEW = SystemId("office"), "H56.77.01"
TODAY, LATER = date(2026, 11, 24), date(2026, 11, 25)
DIRECTORY = """\
# ghi chú giữ nguyên
[[agency]]
id = "H56.77"
name = "UBND xã (mẫu)"

[[system]]
id = "office"
organs = ["H56.77"]

[[system]]
id = "other"
organs = []
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "agencies.toml"
    file.write_text(DIRECTORY, "utf-8")
    return file


def asked(wish: Wish, organ: str = NEW, system: SystemId = OFFICE) -> AgencyRequest:
    fields = {"name": "Phòng B", "parent": "H56.77"} if wish is Wish.REGISTER else {}
    at = datetime(2026, 11, 24, 9, tzinfo=VIETNAM)
    return AgencyRequest(id="1", system=system, wish=wish, organ=organ, fields=fields, asked_at=at)


def table(file: Path, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = read(file).get(kind, name).unwrap()
    return found


async def test_an_agency_is_entered_and_its_system_acts_for_it(file: Path) -> None:
    await FileEnrolment(file).carry_out(asked(Wish.REGISTER), on=TODAY)
    assert table(file, AGENCY, NEW) == {"id": NEW, "name": "Phòng B", "parent": "H56.77", "updated_on": TODAY}
    assert table(file, SYSTEM, "office")["organs"] == ["H56.77", NEW]
    assert table(file, SYSTEM, "other")["organs"] == []
    assert file.read_text("utf-8").startswith("# ghi chú giữ nguyên")


async def test_what_was_entered_is_entered_once(file: Path) -> None:
    await FileEnrolment(file).carry_out(asked(Wish.REGISTER), on=TODAY)
    before = file.read_text("utf-8")
    await FileEnrolment(file).carry_out(asked(Wish.REGISTER), on=LATER)
    assert file.read_text("utf-8") == before


async def test_what_another_system_acts_for_is_not_taken_over(file: Path) -> None:
    await FileEnrolment(file).carry_out(asked(Wish.REGISTER), on=TODAY)
    with pytest.raises(Rejected) as refused:
        await FileEnrolment(file).carry_out(asked(Wish.REGISTER, system=SystemId("other")), on=TODAY)
    assert refused.value.code == "entry-exists"
    assert table(file, SYSTEM, "other")["organs"] == []


async def test_an_alias_of_another_agency_is_taken_too(file: Path) -> None:
    with editing(file) as draft:
        draft.get(AGENCY, "H56.77")["aliases"] = [NEW]
    with pytest.raises(Rejected) as refused:
        await FileEnrolment(file).carry_out(asked(Wish.REGISTER), on=TODAY)
    assert refused.value.code == "entry-exists"


async def test_an_agency_is_ended_on_the_day_and_again_changes_nothing(file: Path) -> None:
    enrolment = FileEnrolment(file)
    await enrolment.carry_out(asked(Wish.DELETE, "H56.77"), on=TODAY)
    await enrolment.carry_out(asked(Wish.DELETE, "H56.77"), on=LATER)
    assert table(file, AGENCY, "H56.77")["valid_to"] == TODAY


async def test_one_that_is_to_end_later_is_ended_now(file: Path) -> None:
    with editing(file) as draft:
        draft.get(AGENCY, "H56.77")["valid_to"] = LATER
    await FileEnrolment(file).carry_out(asked(Wish.DELETE, "H56.77"), on=TODAY)
    assert table(file, AGENCY, "H56.77")["valid_to"] == TODAY


async def test_one_that_nobody_knows_cannot_be_ended(file: Path) -> None:
    with pytest.raises(Rejected) as refused:
        await FileEnrolment(file).carry_out(asked(Wish.DELETE, "H56.99"), on=TODAY)
    assert refused.value.code == "entry-unknown"
