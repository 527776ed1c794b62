"""The samples: each is valid by the WSDL, and is what the client writes or the face answers, to the letter."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from gateway.sdk import Accepted, Adapter, Refused, Rejected, State
from gateway.sdk.conformance import golden
from gateway.sdk.opening import find

from ..codes import refused
from ..traces import trace_fields
from ..wire import Fields, encoded, read_call, write_answer, write_fault
from .vendor import HOST, PASSWORD, USER, Vendor

FOLDER: Final = Path(__file__).parents[1]
SAMPLES: Final = sorted((FOLDER / "samples").glob("*.xml"))
DONE: Final[Fields] = (("status", "Success"), ("code", "0"))
KEY: Final = "3f" * 32
DOCUMENT: Final = encoded(b'<?xml version="1.0" encoding="UTF-8"?><edXML/>')
ANSWERS: Final[dict[str, bytes]] = {
    "send_document": write_answer("SendDocumentResponse", (*DONE, ("docId", KEY))),
    "send_document_refused": write_answer(
        "SendDocumentResponse", refused(Rejected("receiver-unknown", path="MessageHeader/To/OrganId", detail="H56.99."))
    ),
    "get_pending_document_ids": write_answer(
        "GetPendingDocumentIdsResponse",
        (
            *DONE,
            ("document", (("docId", KEY), ("organId", "H56.01"), ("toOrganId", "H56.40.02"), ("priority", "1"), ("size", "46"))),
        ),
    ),
    "get_document": write_answer("GetDocumentResponse", (*DONE, ("docId", KEY), ("document", DOCUMENT))),
    "confirm_received": write_answer("ConfirmReceivedResponse", (*DONE, ("docId", KEY))),
    "get_traces": write_answer("GetTracesResponse", (*DONE, ("next", "7"), ("trace", trace_fields(golden.notice(), KEY)))),
    "update_traces": write_answer("UpdateTracesResponse", DONE),
    "check_permission": write_answer("CheckPermissionResponse", (*DONE, ("systemId", "td-office"), ("organId", "H56.40.02"))),
    "get_organizations": write_answer(
        "GetOrganizationsResponse",
        (*DONE, ("organization", (("organId", "H56.01"), ("name", "Sở Nội vụ"), ("oldCode", "000.00.01.H56")))),
    ),
    "fault": write_fault("Client", "Thiếu phần tử docId. · The element docId is missing."),
}


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    (tmp_path / "password").write_text(PASSWORD, "utf-8")
    made = Vendor(waiting={"CHO-1": b"<edXML/>"})
    await made.start()
    yield made
    await made.stop()


async def _send(adapter: Adapter) -> None:
    await adapter.deliver(golden.consignment(golden.document(attachments=())))


async def _confirm(adapter: Adapter) -> None:
    async for each in adapter.collect():
        await adapter.acknowledge(each, Accepted())


async def _refuse(adapter: Adapter) -> None:
    async for each in adapter.collect():
        await adapter.acknowledge(each, Refused(code="schema-invalid", vi="Thiếu Subject.", en="Subject is missing."))


async def _list(adapter: Adapter) -> None:
    async for _ in adapter.collect():
        return


CALLS: Final[dict[str, Callable[[Adapter], Awaitable[None]]]] = {
    "send_document": _send,
    "get_document": _list,
    "confirm_received": _confirm,
    "confirm_received_refused": _refuse,
    "update_traces": lambda adapter: adapter.report(golden.notice()),
    "update_traces_state": lambda adapter: adapter.report(golden.notice(code=None, state=State.FAILED, description="Quá hạn")),
    "check_permission": lambda adapter: adapter.health(),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_request_is_as_its_sample(vendor: Vendor, tmp_path: Path, name: str) -> None:
    settings = {"url": f"http://{HOST}:{vendor.port}/edoc", "user": USER, "password_file": "password"}
    context = golden.context(tmp_path)
    async with find(FOLDER).opened({**settings, "networks": ["127.0.0.0/8"]}, context) as adapter:
        await CALLS[name](adapter)
    assert _canonical(vendor.calls[-1]) == _canonical(_sample(f"{name}.request"))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_as_its_sample(name: str) -> None:
    assert _canonical(ANSWERS[name]) == _canonical(_sample(f"{name}.response"))


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_a_sample_is_as_the_wsdl_has_it(file: Path) -> None:
    (body,) = etree.fromstring(file.read_bytes()).findall("{*}Body")
    if etree.QName(body[0]).localname != "Fault":
        _schema().assertValid(body[0])


@pytest.mark.parametrize("file", [each for each in SAMPLES if ".request" in each.name], ids=lambda file: file.stem)
def test_the_face_reads_what_the_client_writes(file: Path) -> None:
    assert file.stem.startswith("_".join(_words(read_call(file.read_bytes()).verb)))


def _words(verb: str) -> list[str]:
    return "".join(f" {each.lower()}" if each.isupper() else each for each in verb).split()


def _schema() -> etree.XMLSchema:
    found: Any = etree.fromstring((FOLDER / "edoc.wsdl").read_bytes()).find(".//{http://www.w3.org/2001/XMLSchema}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))


def _sample(name: str) -> bytes:
    return (FOLDER / "samples" / f"{name}.xml").read_bytes()


def _canonical(data: bytes) -> bytes:
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(root, method="c14n", exclusive=True)
