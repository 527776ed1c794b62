"""`lienthong deadletters`, `queues` and `system pause|resume`: on the ledger of a working folder."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.core.circuit import CircuitState
from gateway.infra.audit import SqlAuditLog
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from gateway.ports import Page
from tests.cli.conftest import Lienthong
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import OTHER, RECEIVER, SENDER, SYSTEM, pushed_entry

WHY = ("--reason", "đã sửa ở nơi nhận")
LINKED = f'\n[[system]]\nid = "{SYSTEM}"\norgans = ["{RECEIVER}"]\nlink = {{ adapter = "loopback" }}\n'


def on_the_ledger(home: Path, work: Callable[[SqlLedger, SqlOutbox, SqlAuditLog], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        executor = open_executor(home / "data" / "ledger.sqlite3")
        try:
            return await work(SqlLedger(executor), SqlOutbox(executor), SqlAuditLog(executor))
        finally:
            await executor.close()

    return asyncio.run(run())


@pytest.fixture
def letters(home: Path) -> list[str]:
    """Three deliveries that failed, of a system that is pushed to."""
    with (home / "agencies.toml").open("a") as file:
        file.write(LINKED)

    async def fail(ledger: SqlLedger, outbox: SqlOutbox, _: SqlAuditLog) -> list[str]:
        return [each for number in (1, 2, 3) for each in await failed(ledger, outbox, number)]

    made: list[str] = on_the_ledger(home, fail)
    return made


def states(home: Path, letters: list[str]) -> list[str]:
    async def look(ledger: SqlLedger, _outbox: SqlOutbox, _: SqlAuditLog) -> list[str]:
        return [(await ledger.delivery(each, {SENDER})).deliveries[0].state.value for each in letters]

    found: list[str] = on_the_ledger(home, look)
    return found


def test_dead_letters_are_listed_with_their_cause(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    ran = lienthong("deadletters", "list")
    assert ran.code == 0 and all(each in ran.out for each in (*letters, "receiver-refused", "sai mã đơn vị"))
    listed = lienthong("deadletters", "list", "--json").json
    assert [(each["delivery"], each["to"], each["owner"], each["parked"]) for each in listed] == [
        (each, RECEIVER, "sender", False) for each in letters
    ]


def test_a_list_that_is_cut_says_so(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    assert "Còn 2 văn bản nữa" in lienthong("deadletters", "list", "--limit", 1).out


def test_an_empty_list_says_so(home: Path, lienthong: Lienthong) -> None:
    for command in ("list", "groups"):
        assert "Không có văn bản nào không gửi được." in lienthong("deadletters", command).out


def test_groups_say_what_their_cause_means(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    (group,) = lienthong("deadletters", "groups", "--json").json
    assert (group["cause"], group["to"], group["count"], group["owner"]) == ("receiver-refused", RECEIVER, 3, "sender")
    assert "từ chối văn bản" in lienthong("deadletters", "groups").out


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ((), 3),
        (("--receiver", RECEIVER), 3),
        (("--receiver", OTHER), 0),
        (("--sender", SENDER, "--cause", "receiver-refused"), 3),
        (("--cause", "receiver-timeout"), 0),
        (("--since", "2026-11-23"), 3),
        (("--until", "23/11/2026"), 0),
        (("--since", "2026-11-23T08:31"), 0),
        (("--id", pushed_entry(1).deliveries[0].id, "--id", pushed_entry(2).deliveries[0].id), 2),
        (("--parked",), 0),
        (("--not-parked",), 3),
    ],
)
def test_options_name_which(home: Path, letters: list[str], lienthong: Lienthong, options: tuple[str, ...], count: int) -> None:
    assert lienthong("deadletters", "preview", *options, "--json").json == {"count": count}


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (("requeue",), "queued"),
        (("park",), "suspended"),
        (("return",), "rejected"),
        (("redirect", "--to", OTHER), "replaced"),
    ],
)
def test_a_decision_about_one_needs_no_more_than_a_reason(
    home: Path, letters: list[str], lienthong: Lienthong, command: tuple[str, ...], state: str
) -> None:
    assert lienthong("deadletters", *command, "--id", letters[0]).code == 2
    ran = lienthong("deadletters", *command, "--id", letters[0], *WHY, "--json")
    assert (ran.code, ran.json) == (0, {"matched": 1, "done": 1, "failed": []})
    assert states(home, letters) == [state, "failed", "failed"]


def test_an_empty_reason_is_none(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    ran = lienthong("deadletters", "requeue", "--id", letters[0], "--reason", " ")
    assert ran.code == 1 and "malformed-request" in ran.err
    assert states(home, letters) == ["failed"] * 3


def test_a_decision_about_many_says_how_many_and_is_not_made_unasked(
    home: Path, letters: list[str], lienthong: Lienthong
) -> None:
    ran = lienthong("deadletters", "requeue", *WHY)
    assert ran.code == 2 and "3" in ran.err and "--yes" in ran.err
    assert states(home, letters) == ["failed"] * 3
    assert lienthong("deadletters", "requeue", *WHY, "--yes").out.startswith("✓ Chuyển lại: 3 văn bản.")
    assert states(home, letters) == ["queued"] * 3


def test_a_decision_is_in_the_audit_log_with_its_maker(
    home: Path, letters: list[str], lienthong: Lienthong, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "chi-lan")
    lienthong("deadletters", "park", "--receiver", RECEIVER, *WHY, "--yes")

    async def look(_ledger: SqlLedger, _outbox: SqlOutbox, audit: SqlAuditLog) -> Page:
        return await audit.listing(after=None, limit=9)

    (row,) = on_the_ledger(home, look).items
    assert (row.actor, row.action, row.reason, row.count) == ("chi-lan", "deadletters.parked", WHY[1], 3)


def test_what_could_not_be_done_is_named(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    ran = lienthong("deadletters", "redirect", "--to", RECEIVER, "--id", letters[0], *WHY)
    assert ran.code == 1 and letters[0] in ran.out and "status-conflict" in ran.out and "Chưa xử lý: 1" in ran.err


def test_a_new_receiver_must_be_one_that_receives(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    ran = lienthong("deadletters", "redirect", "--to", "H56.99", "--id", letters[0], *WHY)
    assert ran.code == 1 and "receiver-unknown" in ran.err
    lienthong("agency", "lock", OTHER, "--reason", "sáp nhập")
    ran = lienthong("deadletters", "redirect", "--to", OTHER, "--id", letters[0], *WHY)
    assert ran.code == 1 and "receiver-locked" in ran.err
    assert states(home, letters) == ["failed"] * 3


def test_queues_show_what_waits_and_whether_it_flows(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    lienthong("deadletters", "requeue", *WHY, "--yes")
    urgent, normal = lienthong("queues", "--json").json["items"]
    assert (urgent["lane"], urgent["waiting"], normal["lane"], normal["waiting"]) == ("urgent", 0, "normal", 3)
    assert normal["circuit"]["state"] == "closed"
    assert SYSTEM in lienthong("queues").out


def test_a_system_is_paused_and_resumed_with_a_reason(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    assert lienthong("system", "pause", SYSTEM).code == 2
    paused = lienthong("system", "pause", SYSTEM, "--reason", "bảo trì", "--until", "2099-01-01T08:00", "--json").json
    assert (paused["state"], paused["why"], paused["until"]) == (CircuitState.PAUSED, "bảo trì", "2099-01-01T08:00:00+07:00")
    assert "tạm dừng" in lienthong("queues").out
    assert "đang thông dần" in lienthong("system", "resume", SYSTEM, "--reason", "xong").out


def test_a_system_is_told_its_news_again_with_a_reason(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    told = lienthong("system", "replay", SYSTEM, "--since", "2026-01-05 07:00", "--reason", "khôi phục", "--json")
    assert told.code == 2  # no such form of a moment
    told = lienthong("system", "replay", SYSTEM, "--since", "2026-01-05T07:00", "--reason", "khôi phục", "--json")
    assert told.json == {"system": SYSTEM, "since": "2026-01-05T07:00:00+07:00"}


def test_no_news_is_replayed_from_the_future(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    ran = lienthong("system", "replay", SYSTEM, "--since", "2099-01-01", "--reason", "khôi phục")
    assert ran.code == 1 and "malformed-request" in ran.err


@pytest.mark.parametrize("named", [SENDER, "nobody"])
def test_only_a_system_that_is_pushed_to_can_be_paused(home: Path, letters: list[str], lienthong: Lienthong, named: str) -> None:
    ran = lienthong("system", "pause", named, "--reason", "bảo trì")
    assert ran.code == 1 and "entry-unknown" in ran.err


def test_a_pause_does_not_end_in_the_past(home: Path, letters: list[str], lienthong: Lienthong) -> None:
    ran = lienthong("system", "pause", SYSTEM, "--reason", "bảo trì", "--until", "2020-01-01")
    assert ran.code == 1 and "malformed-request" in ran.err


def test_no_linked_system_means_no_queue(home: Path, lienthong: Lienthong) -> None:
    assert "Chưa có hệ thống nào" in lienthong("queues").out
