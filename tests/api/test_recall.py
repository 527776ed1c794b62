"""A sender asks a document back."""

from typing import Any

from tests.api.conftest import Client, Province
from tests.documents import COMMUNE, DEPARTMENT, document


async def ask_back(client: Client, document: str, **asked: Any) -> tuple[int, Any]:
    return await client.post(f"/documents/{document}/recall", asked)


def states(body: Any) -> dict[str, str]:
    return {each["to"]: each["state"] for each in body["deliveries"]}


async def _collected(client: Client) -> None:
    leased = await client.lease()
    await client.post(f"/inbox/leases/{leased['token']}/ack")


async def test_the_answer_is_the_document_as_it_stands_then(hub: Province) -> None:
    sent = await hub.province.send(document())
    await _collected(hub.department)
    answered, body = await ask_back(hub.province, sent["id"], reason="Gửi nhầm")
    assert (answered, body["id"]) == (202, sent["id"])
    assert states(body) == {DEPARTMENT: "recall_requested", COMMUNE: "recalled"}
    assert {each["timeline"][-1]["type"] for each in body["deliveries"]} == {"recall.requested"}


async def test_the_same_again_is_answered_with_200(hub: Province) -> None:
    sent = await hub.province.send(document())
    first = await ask_back(hub.province, sent["id"], reason="Gửi nhầm")
    again = await ask_back(hub.province, sent["id"], reason="Gửi nhầm")
    assert (first[0], again[0], again[1]) == (202, 200, first[1])


async def test_some_receivers_may_be_named_by_any_of_their_ids(hub: Province) -> None:
    sent = await hub.province.send(document())
    answered, body = await ask_back(hub.province, sent["id"], reason="Gửi nhầm", to=["H56.15"])
    assert (answered, states(body)) == (202, {DEPARTMENT: "recalled", COMMUNE: "available"})


async def test_a_recall_without_a_reason_is_refused(hub: Province) -> None:
    sent = await hub.province.send(document())
    for asked in ({}, {"reason": " "}):
        answered, problem = await ask_back(hub.province, sent["id"], **asked)
        assert (answered, problem["code"]) == (422, "status-reason-required")


async def test_only_the_sender_may_ask_a_document_back(hub: Province) -> None:
    sent = await hub.province.send(document())
    answered, problem = await ask_back(hub.department, sent["id"], reason="?")
    assert (answered, problem["code"]) == (404, "not-found")


async def test_nobody_is_asked_where_one_of_those_named_is_no_receiver(hub: Province) -> None:
    sent = await hub.province.send(document(to=(DEPARTMENT,)))
    answered, problem = await ask_back(hub.province, sent["id"], reason="?", to=[DEPARTMENT, COMMUNE])
    assert (answered, problem["errors"][0]["path"]) == (404, f"to/{COMMUNE}")


async def test_the_receivers_answer_is_shown_to_the_sender(hub: Province) -> None:
    sent = await hub.province.send(document(to=(DEPARTMENT,)))
    await _collected(hub.department)
    await ask_back(hub.province, sent["id"], reason="Gửi nhầm")
    said = {"delivery": sent["deliveries"][0]["id"], "code": "16", "description": "Đã xử lý xong"}
    assert (await hub.department.post("/statuses", said))[0] == 202
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    own = shown["deliveries"][0]
    assert (own["state"], own["status_code"], own["why"]) == ("collected", "16", "Đã xử lý xong")
