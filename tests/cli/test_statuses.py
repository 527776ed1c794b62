"""`lienthong statuses`: on the ledger of a working folder, beside a hub or without one."""

import asyncio
import json
from pathlib import Path

from gateway.core.model import StatusCode
from gateway.infra.held_statuses import SqlHeldStatuses
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from tests.cli.conftest import Lienthong
from tests.contracts.entries import NOW, entry, seal
from tests.contracts.held_statuses_contract import named

WHY = "đã hỏi nơi gửi"


def waiting(home: Path) -> str:
    """Keep a status of a document that is not here, and accept another document; give the status."""

    async def keep() -> str:
        executor = open_executor(home / "data" / "ledger.sqlite3")
        status = named(StatusCode.REGISTERED)
        said = await SqlHeldStatuses(executor).say(status, {status.report.reporter}, now=NOW, seal=seal)
        await SqlLedger(executor).accept(entry(2))
        await executor.close()
        held: str = json.loads(said.answer)["id"]
        return held

    return asyncio.run(keep())


def test_what_waits_is_listed(home: Path, lienthong: Lienthong) -> None:
    held = waiting(home)
    assert held in lienthong("statuses", "list").out
    assert [each["id"] for each in lienthong("statuses", "list", "--json").json] == [held]


def test_an_empty_list_says_so(home: Path, lienthong: Lienthong) -> None:
    assert "Không có trạng thái nào đang chờ." in lienthong("statuses", "list").out


def test_it_is_recorded_where_the_operator_says(home: Path, lienthong: Lienthong) -> None:
    held, delivery = waiting(home), entry(2).deliveries[0].id
    ran = lienthong("statuses", "resolve", held, "--delivery", delivery, "--reason", WHY)
    assert ran.code == 0 and delivery in ran.out
    assert lienthong("statuses", "list", "--json").json == []


def test_it_is_given_up_once(home: Path, lienthong: Lienthong) -> None:
    held = waiting(home)
    assert "Đã bỏ" in lienthong("statuses", "resolve", held, "--drop", "--reason", WHY).out
    again = lienthong("statuses", "resolve", held, "--drop", "--reason", WHY)
    assert again.code == 1 and "not-found" in again.err


def test_a_decision_is_one_of_two(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("statuses", "resolve", waiting(home), "--reason", WHY).code == 2
