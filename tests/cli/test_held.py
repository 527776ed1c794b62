"""`lienthong held` and `lienthong report`: on the ledger of a working folder, beside a hub or without one."""

import asyncio
from pathlib import Path

import pytest

from gateway.core.model import Finding, Severity
from gateway.infra.ledger import SqlLedger
from gateway.ports import Entry
from tests.cli.conftest import Lienthong
from tests.contracts.entries import NOW, SENDER, entry
from tests.contracts.ledger_policy_contract import WHY, held_entry


def accepted(home: Path, made: Entry) -> str:
    async def accept() -> None:
        ledger = SqlLedger.open(home / "data" / "ledger.sqlite3")
        await ledger.accept(made)
        await ledger.close()

    asyncio.run(accept())
    return made.document.id


def test_what_is_held_is_listed_with_its_reason(home: Path, lienthong: Lienthong) -> None:
    document = accepted(home, held_entry())
    ran = lienthong("held", "list")
    assert ran.code == 0 and document in ran.out and WHY in ran.out


def test_an_empty_list_says_so(home: Path, lienthong: Lienthong) -> None:
    assert "Không có văn bản bị giữ." in lienthong("held", "list").out


@pytest.mark.parametrize(("command", "said"), [("release", "Đã chuyển tiếp"), ("return", "Đã trả lại")])
def test_a_decision_is_made_once(home: Path, lienthong: Lienthong, command: str, said: str) -> None:
    document = accepted(home, held_entry())
    assert said in lienthong("held", command, document, "--reason", "đã kiểm tra").out
    again = lienthong("held", command, document, "--reason", "đã kiểm tra")
    assert again.code == 1 and "not-found" in again.err
    assert lienthong("held", "list", "--json").json == []


def test_a_decision_needs_a_reason(home: Path, lienthong: Lienthong) -> None:
    assert lienthong("held", "release", accepted(home, held_entry())).code == 2


def test_findings_are_reported_by_agency(home: Path, lienthong: Lienthong) -> None:
    late = Finding(code="issued-late", path="p", message="m", severity=Severity.WARNING, article="6.3")
    accepted(home, entry(findings=(late,)))
    (counted,) = lienthong("report", "findings", "--json").json
    assert (counted["sender"], counted["code"], counted["documents"]) == (SENDER, "issued-late", 1)
    assert "6.3" in lienthong("report", "findings", "--since", f"{NOW:%Y-%m-%d}").out
    assert lienthong("report", "findings", "--until", f"{NOW:%d/%m/%Y}", "--json").json == []
