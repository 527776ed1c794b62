"""`lienthong deadlines`: what operators decide on the ledger of a working folder, beside a hub or without one."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.model import VIETNAM
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from tests.cli.conftest import Lienthong
from tests.contracts.entries import RECEIVER, entry

WHY = "chờ ý kiến"


@pytest.fixture
def response(home: Path, lienthong: Lienthong) -> str:
    """Accept a document that is to be answered in a month; give the deadline of the answer."""

    async def accept() -> None:
        executor, now = open_executor(home / "data" / "ledger.sqlite3"), datetime.now(VIETNAM)
        await SqlLedger(executor).accept(entry(1, to=(RECEIVER,), accepted_at=now, due_on=now.date() + timedelta(days=30)))
        await executor.close()

    asyncio.run(accept())
    (found,) = [each["id"] for each in lienthong("deadlines", "list", "--json").json if each["rule"] == "response"]
    return str(found)


def states(lienthong: Lienthong) -> dict[str, str]:
    return {each["id"]: each["state"] for each in lienthong("deadlines", "list", "--json").json}


def test_what_is_owed_is_listed_as_soon_as_it_is_accepted(response: str, lienthong: Lienthong) -> None:
    assert response in lienthong("deadlines", "list", "--state", "open").out
    assert "Không có thời hạn nào." in lienthong("deadlines", "list", "--state", "paused").out
    assert lienthong("deadlines", "list", "--state", "never").code == 2


def test_a_deadline_is_paused_and_resumed(response: str, lienthong: Lienthong) -> None:
    assert f"lienthong deadlines resume {response}" in lienthong("deadlines", "pause", response, "--reason", WHY).out
    assert [each["id"] for each in lienthong("deadlines", "list", "--state", "paused", "--json").json] == [response]
    again = lienthong("deadlines", "pause", response, "--reason", WHY)
    assert again.code == 1 and "deadline-paused" in again.err
    assert "hạn mới" in lienthong("deadlines", "resume", response, "--reason", "đã có ý kiến").out
    assert states(lienthong)[response] == "extended"


def test_a_deadline_is_extended(response: str, lienthong: Lienthong) -> None:
    day = (datetime.now(VIETNAM) + timedelta(days=3000)).date()
    ran = lienthong("deadlines", "extend", response, "--due-at", f"{day}T17:00", "--reason", WHY, "--json")
    assert (ran.json["state"], ran.json["due_at"]) == ("extended", f"{day}T17:00:00+07:00")
    far = lienthong("deadlines", "extend", response, "--due-at", "2099-11-23T17:00", "--reason", WHY)
    assert far.code == 1 and "mười năm" in far.err


def test_a_deadline_is_waived_once_and_with_a_reason(response: str, lienthong: Lienthong) -> None:
    assert "malformed-request" in lienthong("deadlines", "waive", response, "--reason", " ").err
    assert lienthong("deadlines", "waive", response, "--reason", "không cần nữa").code == 0
    assert states(lienthong)[response] == "waived"
    assert "deadline-ended" in lienthong("deadlines", "waive", response, "--reason", "lần nữa").err


def test_the_agency_is_reminded_and_its_leader_told_only_of_what_is_overdue(response: str, lienthong: Lienthong) -> None:
    assert "Đã nhắc" in lienthong("deadlines", "remind", response, "--reason", WHY).out
    early = lienthong("deadlines", "escalate", response, "--reason", WHY)
    assert (early.code, "deadline-not-overdue" in early.err) == (1, True)
