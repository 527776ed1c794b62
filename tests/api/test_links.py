"""Replies, recalls, updates and replacements, in edXML."""

from typing import Any

from gateway.core.envelope import DocumentPackage, ReceiverChange, Replacement, ResponseFor, UpdateInfo
from gateway.core.model import BusinessType
from tests.api.conftest import Client, Province, of_today
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.judging import business

WARD = "H56.01.07"


def answering(number: str, asked: DocumentPackage, *, sender: str = DEPARTMENT, to: str = PROVINCE) -> DocumentPackage:
    header = asked.header
    link = ResponseFor(
        organ_id=header.sender.organ_id,
        code=str(header.code),
        promulgation_date=header.promulgation_date,
        document_id=of_today(asked).header.document_id,
    )
    return document(number, sender=sender, to=(to,), response_for=(link,))


async def collected(client: Client) -> dict[str, Any]:
    leased = await client.lease(max=9)
    await client.post(f"/inbox/leases/{leased['token']}/ack")
    return leased


async def states(client: Client, sent: dict[str, Any]) -> dict[str, str]:
    _, shown = await client.get(f"/documents/{sent['id']}")
    return {each["to"]: each["state"] for each in shown["deliveries"]}


async def test_a_reply_and_what_it_answers_name_each_other(hub: Province) -> None:
    asked = await hub.province.send(document())
    reply = await hub.department.send(answering("20", document()))
    _, shown = await hub.province.get(f"/documents/{asked['id']}")
    assert [(each["document"], each["from"], each["code"]) for each in shown["answered_by"]] == [
        (reply["id"], DEPARTMENT, "20/UBND-VP")
    ]
    _, back = await hub.province.get(f"/documents/{reply['id']}")
    assert [(each["kind"], each["document"]) for each in back["answers"]] == [("reply", asked["id"])]
    timelines = [each["timeline"] for each in shown["deliveries"] if each["to"] == DEPARTMENT]
    assert timelines[0][-1]["type"] == "document.answered"


async def test_a_receiver_is_told_of_a_reply_that_links_to_nothing(hub: Province) -> None:
    await hub.department.send(answering("20", document("77")))
    leased = await hub.province.lease()
    (only,) = leased["deliveries"]
    assert [each["code"] for each in only["findings"]] == ["reply-unknown"]
    assert "77/UBND-VP" in only["findings"][0]["message"]


async def test_a_thread_is_walked_from_any_of_its_documents(hub: Province) -> None:
    asked = await hub.province.send(document())
    reply = await hub.department.send(answering("20", document()))
    again = await hub.province.send(answering("21", document("20", sender=DEPARTMENT), sender=PROVINCE, to=DEPARTMENT))
    for each in (asked, reply, again):
        answered, thread = await hub.department.get(f"/documents/{each['id']}/thread")
        assert (answered, thread["whole"]) == (200, True)
        assert [item["document"] for item in thread["items"]] == [asked["id"], reply["id"], again["id"]]
        assert len(thread["links"]) == 2
    assert (await hub.commune.get(f"/documents/{reply['id']}/thread"))[0] == 404


async def test_a_recall_that_repeats_the_header_of_its_document_asks_it_back(hub: Province) -> None:
    first = await hub.province.send(document())
    await collected(hub.department)
    recall = await hub.province.send(document(business_type=BusinessType.RECALL))
    assert recall["findings"] == []
    assert await states(hub.province, first) == {DEPARTMENT: "recall_requested", COMMUNE: "recalled"}
    assert await states(hub.province, recall) == {DEPARTMENT: "available", COMMUNE: "available"}
    _, shown = await hub.department.get(f"/documents/{first['id']}")
    assert [(each["kind"], each["document"]) for each in shown["changed_by"]] == [("recall", recall["id"])]


async def test_a_recall_with_a_number_of_its_own_names_its_document_in_bussiness(hub: Province) -> None:
    first = await hub.province.send(document())
    own = document("50", to=(COMMUNE,), business_type=BusinessType.RECALL)
    await hub.province.send(business(own, document_id=first["document_id"]))
    assert await states(hub.province, first) == {DEPARTMENT: "available", COMMUNE: "recalled"}


async def test_a_recall_of_what_was_never_sent_goes_its_way_and_says_so(hub: Province) -> None:
    recall = await hub.province.send(document("51", business_type=BusinessType.RECALL))
    assert [each["code"] for each in recall["findings"]] == ["recall-target-unknown"]
    assert await states(hub.province, recall) == {DEPARTMENT: "available", COMMUNE: "available"}


async def test_nobody_recalls_what_another_sent(hub: Province) -> None:
    first = await hub.department.send(document("7", sender=DEPARTMENT, to=(COMMUNE,)))
    own = document("52", to=(COMMUNE,), business_type=BusinessType.RECALL)
    recall = await hub.province.send(business(own, document_id=first["document_id"]))
    assert [each["code"] for each in recall["findings"]] == ["recall-target-unknown"]
    assert await states(hub.department, first) == {COMMUNE: "available"}


async def test_an_update_is_answered_by_each_receiver(hub: Province) -> None:
    first = await hub.province.send(document())
    await collected(hub.department)
    await hub.province.send(document(business_type=BusinessType.UPDATE))
    delivery = first["deliveries"][0]["id"]
    _, body = await hub.department.post("/statuses", {"delivery": delivery, "code": "15"})
    assert (body["state"], body["status_code"]) == ("collected", "15")
    _, shown = await hub.province.get(f"/documents/{first['id']}")
    assert shown["changed_by"][0]["answers"] == [{"to": DEPARTMENT, "answer": "15"}]


async def test_an_update_may_change_who_has_the_document(hub: Province) -> None:
    first = await hub.province.send(document())
    changes = (ReceiverChange(organ_id=COMMUNE, added=False), ReceiverChange(organ_id=WARD, added=True))
    update = document(business_type=BusinessType.UPDATE, to=(DEPARTMENT, WARD))
    info = UpdateInfo(document_info=False, document_receiver=True, receivers=changes)
    await hub.province.send(business(update, update=info))
    assert await states(hub.province, first) == {DEPARTMENT: "available", COMMUNE: "recalled", WARD: "available"}


async def test_an_update_that_adds_nobody_known_is_refused(hub: Province) -> None:
    await hub.province.send(document())
    changes = (ReceiverChange(organ_id="H56.99.99", added=True),)
    info = UpdateInfo(document_info=False, document_receiver=True, receivers=changes)
    update = business(document(business_type=BusinessType.UPDATE), update=info)
    answered, problem = await hub.province.post_xml("/documents", hub.province.sign(update))
    assert (answered, problem["code"]) == (422, "receiver-unknown")
    assert problem["errors"][0]["path"].endswith("ReceiverList/Receiver/OrganId")


async def test_an_update_of_what_was_never_sent_says_so(hub: Province) -> None:
    update = await hub.province.send(document("53", business_type=BusinessType.UPDATE))
    assert [each["code"] for each in update["findings"]] == ["update-target-unknown"]


async def test_a_replacement_ends_what_it_names_for_whom_it_names(hub: Province) -> None:
    one, two = await hub.province.send(document()), await hub.province.send(document("2"))
    await collected(hub.department)
    named = (
        Replacement(document_id=one["document_id"], organ_ids=("H56.15",)),
        Replacement(document_id=two["document_id"]),
        Replacement(document_id="không có"),
    )
    new = await hub.province.send(business(document("60", business_type=BusinessType.REPLACE), replacements=named))
    assert [each["code"] for each in new["findings"]] == ["replacement-target-unknown"]
    assert await states(hub.province, one) == {DEPARTMENT: "replaced", COMMUNE: "available"}
    assert await states(hub.province, two) == {DEPARTMENT: "replaced", COMMUNE: "replaced"}
    _, shown = await hub.department.get(f"/documents/{new['id']}")
    assert {each["document"] for each in shown["changes"]} == {one["id"], two["id"], None}
    _, back = await hub.department.get(f"/documents/{one['id']}")
    assert [(each["kind"], each["document"]) for each in back["changed_by"]] == [("replace", new["id"])]


async def test_the_same_replacement_again_changes_nothing(hub: Province) -> None:
    one = await hub.province.send(document())
    new = business(
        document("60", business_type=BusinessType.REPLACE), replacements=(Replacement(document_id=one["document_id"]),)
    )
    signed = hub.province.sign(new)
    first, again = await hub.province.post_xml("/documents", signed), await hub.province.post_xml("/documents", signed)
    assert (first[0], again[0], first[1]) == (202, 200, again[1])
    assert await states(hub.province, first[1]) == {DEPARTMENT: "available", COMMUNE: "available"}


async def test_a_dry_run_says_what_would_be_noticed_and_changes_nothing(hub: Province) -> None:
    first = await hub.province.send(document())
    recall = hub.province.sign(document(business_type=BusinessType.RECALL))
    answered, body = await hub.province.post_xml("/validations", recall)
    assert (answered, body["findings"]) == (200, [])
    assert await states(hub.province, first) == {DEPARTMENT: "available", COMMUNE: "available"}
