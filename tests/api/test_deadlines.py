"""Deadlines as callers see them: what they owe and are owed, the plan of a dry run, and what operators decide."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Client, Province
from tests.documents import DEPARTMENT, PROVINCE, document


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


def later(days: int = 20) -> date:
    """A day that no calendar of this year touches twice: only its date matters here."""
    return date.today() + timedelta(days=days)  # noqa: DTZ011  the hub's clock is the machine's


async def answered_by(hub: Province, **header: Any) -> dict[str, Any]:
    """Send a document that is to be answered."""
    return await hub.province.send(document(due_date=later(), **header))


async def owed(hub: Province, **query: str) -> list[dict[str, Any]]:
    _, page = await hub.department.get("/deadlines", **query)
    items: list[dict[str, Any]] = page["items"]
    return items


async def test_a_receiver_sees_what_it_owes_as_soon_as_the_document_is_accepted(hub: Province) -> None:
    sent = await answered_by(hub)
    found = {each["rule"]: each for each in await owed(hub)}
    assert found.keys() == {"collection", "response"}
    response = found["response"]
    assert (response["document"], response["by"], response["to"], response["state"]) == (sent["id"], DEPARTMENT, PROVINCE, "open")
    assert response["due_at"][:10] >= later().isoformat()
    assert response["working_minutes_left"] > 0


async def test_the_sender_sees_what_is_owed_to_it_in_each_delivery(hub: Province) -> None:
    sent = await answered_by(hub)
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    rules = {each["to"]: {one["rule"] for one in each["deadlines"]} for each in shown["deliveries"]}
    assert rules[DEPARTMENT] == {"collection", "response"}


async def test_a_lease_says_what_is_due(hub: Province) -> None:
    await answered_by(hub)
    leased = await hub.department.lease()
    assert {each["rule"] for each in leased["deliveries"][0]["due"]} == {"collection", "response"}


async def test_what_was_done_is_met(hub: Province) -> None:
    await answered_by(hub)
    leased = await hub.department.lease()
    await hub.department.post(f"/inbox/leases/{leased['token']}/ack")
    await hub.department.post("/statuses", {"delivery": leased["deliveries"][0]["id"], "code": "03"})
    met = {each["rule"]: each for each in await owed(hub, state="met")}
    assert met.keys() == {"collection", "intake", "receipt_notice"}
    assert met["intake"]["working_minutes_left"] is None
    assert {each["rule"] for each in await owed(hub, state="open")} == {"response", "assignment"}


async def test_a_dry_run_says_which_deadlines_would_be_set_and_sets_none(hub: Province) -> None:
    package = document(due_date=later())
    _, plan = await hub.province.post_xml("/validations", hub.province.sign(package))
    planned = [(each["rule"], each["by"]) for each in plan["plan"]["deadlines"]]
    assert ("response", DEPARTMENT) in planned
    assert ("issue", PROVINCE) in planned
    assert await owed(hub) == []


@pytest.mark.parametrize("query", [{"state": "never"}, {"after": "x"}, {"limit": "0"}])
async def test_a_question_that_is_none_is_refused(hub: Province, query: dict[str, str]) -> None:
    status, problem = await hub.department.get("/deadlines", **query)
    assert (status, problem["code"]) == (400, "malformed-request")


async def test_an_operator_extends_with_a_reason_which_both_sides_see(hub: Province, operator: Client) -> None:
    await answered_by(hub)
    (response,) = [each for each in await owed(hub) if each["rule"] == "response"]
    due_at = f"{later(40).isoformat()}T17:00:00+07:00"
    status, _ = await operator.post(f"/admin/deadlines/{response['id']}/extend", {"due_at": due_at, "reason": "Chờ số liệu"})
    assert status == 200
    (extended,) = await owed(hub, state="extended")
    assert (extended["due_at"], extended["reason"]) == (due_at, "Chờ số liệu")
    _, page = await hub.province.get("/events")
    assert page["events"][-1]["type"] == "deadline.extended"


async def test_what_is_waived_is_asked_for_no_more(hub: Province, operator: Client) -> None:
    await answered_by(hub)
    (response,) = [each for each in await owed(hub) if each["rule"] == "response"]
    assert (await operator.post(f"/admin/deadlines/{response['id']}/waive", {"reason": "Không cần nữa"}))[0] == 200
    assert "response" not in {each["rule"] for each in await owed(hub, state="open")}
    status, problem = await operator.post(f"/admin/deadlines/{response['id']}/waive", {"reason": "Không cần nữa"})
    assert (status, problem["code"]) == (409, "deadline-ended")


async def paused(hub: Province, operator: Client) -> dict[str, Any]:
    """Have an operator pause what is to be answered."""
    await answered_by(hub)
    (response,) = [each for each in await owed(hub) if each["rule"] == "response"]
    status, answer = await operator.post(f"/admin/deadlines/{response['id']}/pause", {"reason": "Chờ ý kiến cấp trên"})
    assert status == 200
    assert isinstance(answer, dict)
    return answer


async def test_what_an_operator_pauses_is_seen_as_paused_by_both_sides(hub: Province, operator: Client) -> None:
    answer = await paused(hub, operator)
    (listed,) = await owed(hub, state="paused")
    assert (listed["id"], listed["state"], listed["reason"]) == (answer["id"], "paused", "Chờ ý kiến cấp trên")
    assert listed["paused_at"] is not None and listed["working_minutes_left"] > 0
    assert "response" not in {each["rule"] for each in await owed(hub, state="open")}
    for client in (hub.province, hub.department):
        _, page = await client.get("/events")
        assert page["events"][-1]["type"] == "deadline.paused"


async def test_what_is_resumed_has_the_time_that_was_left(hub: Province, operator: Client) -> None:
    before = await paused(hub, operator)
    status, after = await operator.post(f"/admin/deadlines/{before['id']}/resume", {"reason": "Đã có ý kiến"})
    assert (status, after["state"], after["paused_at"], after["reason"]) == (200, "extended", None, "Đã có ý kiến")
    assert after["due_at"] >= before["due_at"]
    assert abs(after["working_minutes_left"] - before["working_minutes_left"]) <= 1
    _, page = await hub.province.get("/events")
    assert page["events"][-1]["type"] == "deadline.resumed"


async def test_a_pause_begins_and_ends_once_and_needs_a_reason(hub: Province, operator: Client) -> None:
    name = (await paused(hub, operator))["id"]
    asked = {"reason": "Lần nữa"}
    assert (await operator.post(f"/admin/deadlines/{name}/pause", asked))[1]["code"] == "deadline-paused"
    assert (await operator.post(f"/admin/deadlines/{name}/resume", {"reason": " "}))[1]["code"] == "malformed-request"
    assert (await operator.post(f"/admin/deadlines/{name}/resume", asked))[0] == 200
    status, problem = await operator.post(f"/admin/deadlines/{name}/resume", asked)
    assert (status, problem["code"]) == (409, "deadline-not-paused")


async def test_a_deadline_is_not_extended_into_the_past(hub: Province, operator: Client) -> None:
    await answered_by(hub)
    (response, *_) = await owed(hub)
    asked = {"due_at": "2020-01-01T17:00:00+07:00", "reason": "Nhầm"}
    assert (await operator.post(f"/admin/deadlines/{response['id']}/extend", asked))[0] == 400


async def test_operators_see_the_deadlines_of_all_agencies(hub: Province, operator: Client) -> None:
    await answered_by(hub)
    _, page = await operator.get("/admin/deadlines", state="open")
    assert {each["by"] for each in page["items"]} > {DEPARTMENT}


async def test_an_operator_reminds_and_once_it_is_overdue_tells_the_leader(hub: Province, operator: Client) -> None:
    await answered_by(hub)
    (response,) = [each for each in await owed(hub) if each["rule"] == "response"]
    place, asked = f"/admin/deadlines/{response['id']}", {"reason": "Sở chưa trả lời"}
    assert (await operator.post(f"{place}/escalate", asked))[1]["code"] == "deadline-not-overdue"
    assert (await operator.post(f"{place}/remind", asked))[0] == 200
    assert (await operator.post(f"{place}/remind", asked))[1]["code"] == "deadline-reminded"
    hub.clock.advance(days=40)
    status, answer = await operator.post(f"{place}/escalate", asked)
    assert (status, answer["id"]) == (200, response["id"])
    assert (await operator.post(f"{place}/escalate", asked))[1]["code"] == "deadline-escalated"
    _, page = await hub.department.get("/events")
    assert [each["type"] for each in page["events"]][-2:] == ["deadline.reminder", "deadline.escalated"]
