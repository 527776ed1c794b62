"""What the adapter says and reads, and the OpenAPI document, are the same wire."""

import email.policy
import json
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, ValidationError

from gateway.sdk import Accepted, CollectedEnvelope, CollectedStatus, Refused, State, StatusCode, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.http_answers import fault

from ..mapping import EnvelopeItem, ItemPart, ServiceManifest, StatusItem, TakenAnswer, facts_of
from .scripted import MANIFEST, Asked, Reply, linked, listed
from .wire import document, mistakes, operations, parameters, schema

PARTS = (golden.part("mot", b"\r\n--" + golden.CONTENT, "../Phụ lục\r\n I.pdf"), golden.part("hai", b"", "II.pdf"))
CONSIGNMENT = golden.consignment(golden.document(attachments=()), *PARTS)
PART = {"content_id": "a", "size": 2, "sha256": "b" * 64}
ENVELOPE = {"kind": "envelope", "reference": "VB/1", "size": 2, "sha256": "a" * 64, "parts": [PART]}
REPORT = {"kind": "status", "reference": "s", "key": "k", "code": "03", "description": "", "staff": {"a": "b"}}
STATUS = REPORT | {"at": "2026-11-26T08:00:00Z"}
COLLECTED = CollectedEnvelope(reference="VB/1", open=edxml.stream(b""))
REPORTED = CollectedStatus(reference="s", key="k", code=StatusCode.REGISTERED)


async def _asked(folder: Path) -> list[Asked]:
    """Call everything that the adapter has, and give what it asked."""
    async with linked(folder, {"/collect": listed(ENVELOPE), "/collected/envelope": Reply(), "/collected/part": Reply()}) as (
        adapter,
        service,
    ):
        await adapter.health()
        await adapter.deliver(CONSIGNMENT)
        await adapter.report(golden.notice())
        (collected,) = [each async for each in adapter.collect()]
        assert isinstance(collected, CollectedEnvelope)
        for stream in (collected.open, *collected.parts.values()):
            async for _ in stream():
                break
        await adapter.acknowledge(collected, Accepted(document="d" * 64))
        return service.asked


def _form(asked: Asked) -> dict[str, Any]:
    """Read a form with another reader of MIME; its sections by name."""
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    read = BytesParser(policy=email.policy.HTTP).parsebytes(head + asked.body)
    return {str(each.get_param("name", header="Content-Disposition")): each for each in read.iter_parts()}


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(document()).validate()


async def test_every_operation_is_called_and_no_other(tmp_path: Path) -> None:
    asked = {f"{each.method} {each.path}" for each in await _asked(tmp_path)}
    assert asked == {name for name, operation in operations().items() if operation["tags"] == ["adapter"]}


async def test_requests_carry_the_headers_and_queries_that_are_described(tmp_path: Path) -> None:
    for each in await _asked(tmp_path):
        operation = operations()[f"{each.method} {each.path}"]
        assert parameters(operation, "header") <= set(each.headers)
        assert set(each.query) == parameters(operation, "query")


async def test_a_delivery_is_the_form_that_is_described(tmp_path: Path) -> None:
    form = _form(next(each for each in await _asked(tmp_path) if each.path == "/deliver"))
    body = operations()["POST /deliver"]["requestBody"]["content"]["multipart/form-data"]
    assert list(form) == ["consignment", "envelope", "part-0", "part-1"]
    for name, encoding in body["encoding"].items():
        assert form[name].get_content_type() == encoding["contentType"]
    assert mistakes("Consignment", json.loads(form["consignment"].get_payload(decode=True))) == []


async def test_the_octets_of_a_delivery_are_those_of_the_document(tmp_path: Path) -> None:
    asked = next(each for each in await _asked(tmp_path) if each.path == "/deliver")
    boundary = asked.headers["Content-Type"].partition("boundary=")[2].encode()
    contents = [each.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for each in asked.body.split(b"--" + boundary)[1:-1]]
    envelope = b"".join([chunk async for chunk in CONSIGNMENT.open()])
    assert contents[1:] == [envelope, b"\r\n--" + golden.CONTENT, b""]


async def test_nothing_of_the_document_is_in_a_header_of_the_form(tmp_path: Path) -> None:
    form = _form(next(each for each in await _asked(tmp_path) if each.path == "/deliver"))
    heads = "".join(f"{name}{value}" for part in form.values() for name, value in part.items())
    assert [word for word in ("lục", "hai", "H56") if word in heads] == []


@pytest.mark.parametrize(
    "notice",
    [
        golden.notice(),
        golden.notice(code=None, state=State.COLLECTED),
        golden.notice(code=StatusCode.RECALL_REQUESTED, staff={}),
        golden.update(CONSIGNMENT),
        golden.replacement(CONSIGNMENT),
    ],
    ids=["status", "state", "recall", "update", "replacement"],
)
async def test_news_is_as_described(tmp_path: Path, notice: Any) -> None:
    async with linked(tmp_path) as (adapter, service):
        await adapter.report(notice)
    told = json.loads(service.asked[-1].body)
    assert mistakes("Notice", told) == []
    assert set(told) == set(schema("Notice")["properties"])


@pytest.mark.parametrize("collected", [COLLECTED, REPORTED], ids=["envelope", "status"])
@pytest.mark.parametrize("outcome", [Accepted(), Accepted(document="d"), Refused(code="x", vi="Sai", en="Wrong")], ids=repr)
async def test_an_outcome_is_as_described(tmp_path: Path, collected: Any, outcome: Any) -> None:
    async with linked(tmp_path) as (adapter, service):
        await adapter.acknowledge(collected, outcome)
    said = json.loads(service.asked[-1].body)
    assert mistakes("Acknowledgement", said) == []
    assert set(said) == set(schema("Acknowledgement")["properties"])


def test_facts_of_a_document_are_all_described() -> None:
    facts = facts_of(CONSIGNMENT)
    assert (set(facts), set(facts["parts"][0])) == (set(schema("Consignment")["properties"]), set(schema("Part")["properties"]))


@pytest.mark.parametrize(
    ("model", "name", "unread"),
    [
        (ServiceManifest, "Manifest", {"description"}),
        (TakenAnswer, "Taken", set()),
        (EnvelopeItem, "CollectedEnvelope", set()),
        (ItemPart, "CollectedPart", set()),
        (StatusItem, "CollectedStatus", set()),
    ],
)
def test_what_is_read_is_what_is_described(model: type[BaseModel], name: str, unread: set[str]) -> None:
    required = {field for field, info in model.model_fields.items() if info.is_required()}
    assert set(model.model_fields) | unread == set(schema(name)["properties"])
    assert required | unread == set(schema(name)["required"])


@pytest.mark.parametrize(
    ("model", "name", "right", "changes"),
    [
        (ServiceManifest, "Manifest", MANIFEST, {"push": 1, "max_size": 0, "name": "", "version": "x" * 41}),
        (TakenAnswer, "Taken", {"reference": "x"}, {"reference": ""}),
        (TakenAnswer, "Taken", {"reference": None}, {"reference": "x" * 201}),
        (
            EnvelopeItem,
            "CollectedEnvelope",
            ENVELOPE,
            {"size": 0, "sha256": "A" * 64, "reference": "", "parts": [{}], "kind": "x"},
        ),
        (ItemPart, "CollectedPart", PART | {"size": 0}, {"content_id": "", "size": -1}),
        (
            StatusItem,
            "CollectedStatus",
            STATUS,
            {"code": "07", "key": "", "at": "2026-11-26", "staff": {"a": 1}, "description": None},
        ),
        (StatusItem, "CollectedStatus", STATUS | {"at": None}, {"key": "k" * 201}),
    ],
)
def test_what_is_wrong_is_wrong_for_both(
    model: type[BaseModel], name: str, right: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert (_reads(model, right), mistakes(name, right)) == (True, [])
    wrong = [right | {field: value} for field, value in changes.items()]
    assert [each for each in wrong if _reads(model, each) or not mistakes(name, each)] == []


def _reads(model: type[BaseModel], value: object) -> bool:
    try:
        model.model_validate_json(json.dumps(value))
    except ValidationError:
        return False
    return True


def test_the_status_of_each_problem_means_its_code() -> None:
    code = schema("Problem")["properties"]["code"]
    assert {name: fault(status, "").code for name, status in code["x-status"].items()} == {name: name for name in code["enum"]}
