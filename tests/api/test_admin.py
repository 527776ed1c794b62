"""The calls for operators: who may make them, what they show, and what they decide."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings, Storage
from gateway.core.model import Priority
from tests.api.conftest import Client, Province
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import OTHER, RECEIVER, SENDER, SYSTEM, entry, pushed_entry
from tests.contracts.ledger_policy_contract import WHY, held_entry

LINKED = f'\n[[system]]\nid = "{SYSTEM}"\norgans = ["{RECEIVER}"]\nlink = {{ adapter = "loopback" }}\n'
REASON = "đã sửa ở nơi nhận"
EVERY = ("dead-letters", "dead-letters/groups", "queues", "deadlines", "held", "statuses", "audit")


@pytest.fixture
def settings(working_folder: Path, tmp_path: Path) -> Settings:
    """A copy of the working folder in which one system is pushed to."""
    folder = tmp_path / "folder"
    shutil.copytree(working_folder, folder)
    with (folder / "agencies.toml").open("a") as file:
        file.write(LINKED)
    return Settings(file=folder / "gateway.toml", storage=Storage(data=tmp_path))


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


@pytest.fixture
async def letters(hub: Province) -> list[str]:
    """Three deliveries that failed."""
    ports = hub.hub.ports
    return [each for number in (1, 2, 3) for each in await failed(ports.ledger, ports.outbox, number)]


async def decide(operator: Client, what: str, asked: dict[str, Any]) -> dict[str, Any]:
    status, body = await operator.post(f"/admin/{what}", {"reason": REASON} | asked)
    assert status == 200, body
    answer: dict[str, Any] = body
    return answer


async def shown(operator: Client, what: str, **query: str | int) -> list[dict[str, Any]]:
    status, body = await operator.get(f"/admin/{what}", **query)
    assert status == 200, body
    items: list[dict[str, Any]] = body["items"]
    return items


@pytest.mark.parametrize("path", EVERY)
async def test_for_a_system_there_are_no_calls_for_operators(hub: Province, path: str) -> None:
    status, body = await hub.province.get(f"/admin/{path}")
    assert (status, body["code"]) == (404, "not-found")
    status, body = await hub.province.post("/admin/dead-letters/requeue", {"filter": {}, "reason": REASON})
    assert (status, body["code"]) == (404, "not-found")


@pytest.mark.parametrize("path", EVERY)
async def test_an_unknown_token_is_no_operator_s(hub: Province, path: str) -> None:
    status, body = await replace(hub.province, token="unknown").get(f"/admin/{path}")
    assert (status, body["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("path", ["/documents", "/inbox", "/events", "/agencies", "/admin"])
async def test_an_operator_s_token_is_no_system_s(operator: Client, path: str) -> None:
    status, body = await operator.get(path)
    assert (status, body["code"]) == (401, "unauthenticated")


async def test_an_operator_asks_for_what_there_is_not(operator: Client) -> None:
    status, body = await operator.get("/admin/none")
    assert (status, body["code"]) == (404, "not-found")


async def test_dead_letters_are_listed_page_by_page(operator: Client, letters: list[str]) -> None:
    _, first = await operator.get("/admin/dead-letters", limit=2)
    _, second = await operator.get("/admin/dead-letters", limit=2, after=first["next"])
    assert [each["delivery"] for each in (*first["items"], *second["items"])] == letters
    assert second["next"] is None
    known = {"to": RECEIVER, "from": SENDER, "cause": "receiver-refused", "answer": "sai mã đơn vị", "owner": "sender"}
    assert known.items() <= first["items"][0].items()
    assert (first["items"][0]["state"], first["items"][0]["attempts"], first["items"][0]["parked"]) == ("failed", 1, False)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"receiver": RECEIVER}, 3),
        ({"receiver": "H56.15"}, 3),
        ({"receiver": OTHER}, 0),
        ({"cause": "receiver-timeout"}, 0),
        ({"sender": SENDER, "since": "2026-11-23"}, 3),
        ({"until": "2026-11-23T08:00:00"}, 0),
        ({"parked": "true"}, 0),
        ({"parked": "false"}, 3),
    ],
)
async def test_dead_letters_are_found_by_a_filter(
    operator: Client, letters: list[str], query: dict[str, str], count: int
) -> None:
    assert len(await shown(operator, "dead-letters", **query)) == count
    assert sum(each["count"] for each in await shown(operator, "dead-letters/groups", **query)) == count
    assert await operator.post("/admin/dead-letters/preview", {"filter": query}) == (200, {"count": count})


async def test_groups_say_what_their_cause_means_and_whose_move_it_is(operator: Client, letters: list[str]) -> None:
    (group,) = await shown(operator, "dead-letters/groups")
    assert (group["cause"], group["to"], group["count"], group["owner"]) == ("receiver-refused", RECEIVER, 3, "sender")
    assert "từ chối văn bản" in group["message"]


@pytest.mark.parametrize(
    ("call", "more", "state", "event"),
    [
        ("requeue", {}, "queued", "delivery.requeued"),
        ("park", {}, "suspended", "delivery.parked"),
        ("return", {}, "rejected", "delivery.turned_back"),
        ("redirect", {"to": OTHER}, "replaced", "delivery.redirected"),
    ],
)
async def test_a_decision_moves_what_its_filter_names_and_the_sender_sees_why(
    hub: Province, operator: Client, letters: list[str], call: str, more: dict[str, str], state: str, event: str
) -> None:
    done = await decide(operator, f"dead-letters/{call}", {"filter": {"ids": letters[:2]}} | more)
    assert done == {"matched": 2, "done": 2, "failed": []}
    _, document = await hub.province.get(f"/documents/{pushed_entry(1).document.id}")
    assert document["deliveries"][0]["state"] == state
    told = next(each for each in document["deliveries"][0]["timeline"] if each["type"] == event)
    assert (told["data"]["reason"], told["data"]["by"]) == (REASON, "operator")
    assert [each["delivery"] for each in await shown(operator, "dead-letters", parked="false")] == letters[2:]
    (row,) = await shown(operator, "audit")
    assert (row["actor"], row["reason"], row["count"], row["subject"]["ids"]) == ("operator", REASON, 2, sorted(letters[:2]))


async def test_what_is_redirected_reaches_the_new_receiver(hub: Province, operator: Client, letters: list[str]) -> None:
    await decide(operator, "dead-letters/redirect", {"filter": {"ids": letters[:1]}, "to": OTHER})
    lease = await hub.commune.lease(max=9)
    assert [each["document"] for each in lease["deliveries"]] == [pushed_entry(1).document.id]


async def test_what_cannot_be_done_is_named(operator: Client, letters: list[str]) -> None:
    done = await decide(operator, "dead-letters/redirect", {"filter": {"ids": letters[:1]}, "to": RECEIVER})
    assert done == {"matched": 1, "done": 0, "failed": [{"delivery": letters[0], "code": "status-conflict"}]}


async def test_a_new_receiver_must_be_in_the_directory(operator: Client, letters: list[str]) -> None:
    asked = {"filter": {}, "to": "H56.99", "reason": REASON}
    status, body = await operator.post("/admin/dead-letters/redirect", asked)
    assert (status, body["code"]) == (422, "receiver-unknown")
    assert len(await shown(operator, "dead-letters")) == 3


@pytest.mark.parametrize(
    "asked", [{}, {"filter": {}}, {"filter": {}, "reason": ""}, {"filter": {}, "reason": " \n"}, {"reason": REASON}]
)
async def test_no_decision_without_a_filter_and_a_reason(operator: Client, letters: list[str], asked: dict[str, Any]) -> None:
    for call in ("requeue", "park", "return"):
        status, body = await operator.post(f"/admin/dead-letters/{call}", asked)
        assert (status, body["code"]) == (400, "malformed-request")
    assert await shown(operator, "audit") == []


async def test_queues_show_both_lanes_of_each_system_and_its_circuit(hub: Province, operator: Client) -> None:
    await hub.hub.ports.ledger.accept(pushed_entry(1))
    await hub.hub.ports.ledger.accept(pushed_entry(2, priority=Priority.EXPRESS))
    urgent, normal = await shown(operator, "queues")
    assert [(each["system"], each["lane"], each["waiting"]) for each in (urgent, normal)] == [
        (SYSTEM, "urgent", 1),
        (SYSTEM, "normal", 1),
    ]
    assert (normal["published"], normal["attempted"], normal["circuit"]["state"]) == (0, 0, "closed")
    assert normal["oldest_at"] == entry(1).document.accepted_at.isoformat()


async def test_a_system_is_paused_and_resumed_with_a_reason(operator: Client) -> None:
    asked = {"until": "2099-01-01T08:00:00+07:00"}
    paused = await decide(operator, f"systems/{SYSTEM}/pause", asked)
    assert (paused["state"], paused["why"], paused["by"]) == ("paused", REASON, "operator")
    assert [each["circuit"] for each in await shown(operator, "queues")] == [paused, paused]
    assert (await decide(operator, f"systems/{SYSTEM}/resume", {}))["state"] == "recovering"
    assert [each["action"] for each in await shown(operator, "audit")] == ["system.resumed", "system.paused"]


@pytest.mark.parametrize(
    ("system", "asked", "answer"),
    [
        ("nobody", {"reason": REASON}, (404, "entry-unknown")),
        (SENDER, {"reason": REASON}, (404, "entry-unknown")),
        (SYSTEM, {"reason": REASON, "until": "2020-01-01"}, (400, "malformed-request")),
        (SYSTEM, {}, (400, "malformed-request")),
    ],
)
async def test_a_pause_that_makes_no_sense_is_refused(
    operator: Client, system: str, asked: dict[str, str], answer: tuple[int, str]
) -> None:
    status, body = await operator.post(f"/admin/systems/{system}/pause", asked)
    assert (status, body["code"]) == answer


@pytest.mark.parametrize(("call", "state"), [("release", {"queued", "available"}), ("return", {"rejected"})])
async def test_what_the_policy_holds_is_listed_and_decided_once(
    hub: Province, operator: Client, call: str, state: set[str]
) -> None:
    made = held_entry()
    await hub.hub.ports.ledger.accept(made)
    assert [(each["document"], each["why"]) for each in await shown(operator, "held")] == [(made.document.id, WHY)] * 2
    done = await decide(operator, f"held/{made.document.id}/{call}", {})
    assert {each["to"] for each in done["items"]} == {RECEIVER, OTHER}
    _, document = await hub.province.get(f"/documents/{made.document.id}")
    assert {each["state"] for each in document["deliveries"]} == state
    status, body = await operator.post(f"/admin/held/{made.document.id}/{call}", {"reason": REASON})
    assert (status, body["code"]) == (404, "not-found")
    (row,) = await shown(operator, "audit")
    assert (row["count"], row["reason"], row["subject"]["document"]) == (2, REASON, made.document.id)


async def test_the_audit_log_is_paged_newest_first(operator: Client) -> None:
    for what in ("pause", "resume", "pause"):
        await decide(operator, f"systems/{SYSTEM}/{what}", {})
    _, first = await operator.get("/admin/audit", limit=2)
    _, second = await operator.get("/admin/audit", limit=2, after=first["next"])
    actions = [each["action"] for each in (*first["items"], *second["items"])]
    assert actions == ["system.paused", "system.resumed", "system.paused"]
    assert second["next"] is None
