"""What the client says to a vendor's server, and what it makes of answers that the kit does not give."""

import logging
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.sdk import (
    Accepted,
    Adapter,
    BusinessType,
    Collected,
    Consignment,
    Misconfigured,
    Notice,
    Refused,
    State,
    StatusCode,
    Transient,
    Undeliverable,
)
from gateway.sdk.conformance import golden
from gateway.sdk.opening import find

from .vendor import ENVELOPE, FAULT, HOST, PASSWORD, USER, Vendor

FOLDER = Path(__file__).parents[1]
RESULT = '<SendDocumentResponse xmlns="http://www.e-doc.vn/Schema/">{}</SendDocumentResponse>'


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    (tmp_path / "password").write_text(PASSWORD, "utf-8")
    made = Vendor()
    await made.start()
    yield made
    await made.stop()


def settings(vendor: Vendor, **changes: Any) -> dict[str, Any]:
    url = f"http://{HOST}:{vendor.port}/edoc"
    return {"url": url, "user": USER, "password_file": "password", "networks": ["127.0.0.0/8"]} | changes


@pytest.fixture
async def adapter(vendor: Vendor, tmp_path: Path) -> AsyncIterator[Adapter]:
    async with find(FOLDER).opened(settings(vendor), golden.context(tmp_path)) as opened:
        yield opened


async def _all(adapter: Adapter) -> list[Collected]:
    return [each async for each in adapter.collect()]


async def test_a_document_is_sent_with_its_key_and_under_its_action(vendor: Vendor, adapter: Adapter) -> None:
    consignment = golden.consignment()
    taken = await adapter.deliver(consignment)
    assert taken.reference == "VB-1"
    assert list(vendor.documents) == [consignment.key]
    assert vendor.actions == ['"http://www.e-doc.vn/Schema/SendDocument"']


@pytest.mark.parametrize(
    ("attempt", "kind", "taken"), [(2, BusinessType.NEW, True), (1, BusinessType.NEW, False), (2, BusinessType.UPDATE, False)]
)
async def test_a_server_that_knows_documents_by_their_number_alone_has_one_that_it_has(
    vendor: Vendor, adapter: Adapter, attempt: int, kind: BusinessType, taken: bool
) -> None:
    vendor.knows_repeats = False
    consignment = golden.consignment()
    await adapter.deliver(consignment)
    again = replace(consignment, attempt=attempt, business_type=kind)
    if taken:
        await adapter.deliver(again)
    else:
        with pytest.raises(Undeliverable, match="ExistDoc"):
            await adapter.deliver(again)


@pytest.mark.parametrize(
    ("status", "body", "fault", "code"),
    [
        (200, ENVELOPE.format(RESULT.format("<status>Error</status><code>9999</code>")), Transient, "receiver-failed"),
        (200, ENVELOPE.format(RESULT.format("<status>Maybe</status><code>0</code>")), Transient, "receiver-failed"),
        (200, ENVELOPE.format("<x/>"), Transient, "receiver-failed"),
        (200, ENVELOPE.format(""), Transient, "receiver-failed"),
        (200, "", Transient, "receiver-failed"),
        (200, f'<!DOCTYPE a [<!ENTITY b "c">]>{ENVELOPE.format("&b;").partition("?>")[2]}', Transient, "receiver-failed"),
        (
            200,
            ENVELOPE.format(
                RESULT.format("<status>Fail</status><code>9999</code><errors><code>Permission</code><desc>x</desc></errors>")
            ),
            Misconfigured,
            "link-unauthorised",
        ),
        (500, ENVELOPE.format(FAULT.format("soap:Server", "x")), Transient, "receiver-failed"),
        (500, ENVELOPE.format(FAULT.format("soap:Client", "x")), Undeliverable, "receiver-refused"),
        (500, ENVELOPE.format(FAULT.format("soap:Client.Authentication", "x")), Misconfigured, "link-unauthorised"),
        (500, ENVELOPE.format(FAULT.format("soap:VersionMismatch", "x")), Misconfigured, "link-misconfigured"),
        (500, "<html/>", Transient, "receiver-failed"),
        (400, "<html/>", Undeliverable, "receiver-refused"),
        (413, "", Undeliverable, "receiver-refused"),
        (404, "", Misconfigured, "link-misconfigured"),
        (302, "", Misconfigured, "link-misconfigured"),
        (503, "", Transient, "receiver-unreachable"),
    ],
)
async def test_each_answer_means_one_thing(
    vendor: Vendor, adapter: Adapter, status: int, body: str, fault: type[Exception], code: str
) -> None:
    vendor.answers.append((status, body))
    vendor.headers["Location"] = f"http://{HOST}:{vendor.port}/edoc"
    with pytest.raises(fault) as raised:
        await adapter.deliver(golden.consignment())
    assert raised.value.code == code  # type: ignore[attr-defined]  # a fault of the SDK
    assert len(vendor.calls) == 1


async def test_the_time_to_come_again_is_the_servers(vendor: Vendor, adapter: Adapter) -> None:
    vendor.answers.append((503, ""))
    vendor.headers["Retry-After"] = "77"
    with pytest.raises(Transient) as raised:
        await adapter.health()
    assert raised.value.retry_after == 77


async def test_a_compressed_answer_is_none(vendor: Vendor, adapter: Adapter) -> None:
    vendor.answers.append((200, ""))
    vendor.headers["Content-Encoding"] = "gzip"
    with pytest.raises(Transient, match="Content-Encoding"):
        await adapter.health()


async def test_one_document_that_cannot_be_fetched_keeps_no_other(vendor: Vendor, adapter: Adapter) -> None:
    vendor.waiting = {"CHO-1": b"<x/>", "CHO-2": None, "CHO-3": b"<x/>"}
    given: list[str] = []
    with pytest.raises(Undeliverable):
        async for each in adapter.collect():
            given.append(each.reference)
    assert given == ["CHO-1", "CHO-3"]


async def test_of_what_is_refused_the_server_is_told_why(vendor: Vendor, adapter: Adapter) -> None:
    vendor.waiting = {"CHO-1": b"<x/>", "CHO-2": b"<x/>"}
    first, second = await _all(adapter)
    await adapter.acknowledge(first, Accepted())
    await adapter.acknowledge(second, Refused(code="schema-invalid", vi="Thiếu <Subject>", en=""))
    assert vendor.outcomes == {"CHO-1": "accepted", "CHO-2": "schema-invalid: Thiếu <Subject>"}


async def test_a_status_is_edxml_that_the_receiver_reports(vendor: Vendor, adapter: Adapter) -> None:
    notice = golden.notice(description="Đang xử lý\x01")
    await adapter.report(notice)
    (told,) = vendor.news.values()
    assert told.findtext("{*}messageId") == notice.key
    assert told.find("{*}trace") is None


async def test_what_edxml_has_no_code_for_is_a_trace(vendor: Vendor, adapter: Adapter) -> None:
    notice = golden.notice(code=None, state=State.FAILED, description="Không kết nối được\x01")
    await adapter.report(notice)
    trace = vendor.news[notice.key].find("{*}trace")
    assert trace is not None
    assert (trace.findtext("{*}state"), trace.findtext("{*}statusCode")) == ("failed", None)


@pytest.mark.parametrize(("made", "state"), [(golden.update, "update"), (golden.replacement, "replaced")])
async def test_an_update_or_a_replacement_is_a_trace_of_the_delivery(
    vendor: Vendor, adapter: Adapter, made: Callable[[Consignment], Notice], state: str
) -> None:
    notice = made(golden.consignment())
    await adapter.report(notice)
    told = vendor.news[notice.key]
    trace = told.find("{*}trace")
    assert trace is not None
    assert (trace.findtext("{*}state"), trace.findtext("{*}statusCode")) == (state, None)
    assert (told.findtext("{*}docId"), trace.findtext("{*}description")) == (notice.delivery, notice.description)


async def test_a_recall_is_asked_by_the_sender(vendor: Vendor, adapter: Adapter) -> None:
    consignment = golden.consignment()
    await adapter.report(golden.recall(consignment, code=StatusCode.RECALL_REQUESTED))
    assert b"messageId" in vendor.calls[-1]


async def test_a_token_will_do_in_the_place_of_user_and_password(vendor: Vendor, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc", "ascii")
    given = {name: value for name, value in settings(vendor, token_file="token").items() if name not in {"user", "password_file"}}
    async with find(FOLDER).opened(given, golden.context(tmp_path)) as adapter:
        with pytest.raises(Misconfigured, match="link-unauthorised"):
            await adapter.health()


async def test_a_new_password_only_needs_to_be_written(vendor: Vendor, adapter: Adapter, tmp_path: Path) -> None:
    vendor.password = "mới"
    with pytest.raises(Misconfigured):
        await adapter.health()
    (tmp_path / "password").write_text("mới\n", "utf-8")
    await adapter.health()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"user": None}, "password_file"),
        ({"password_file": "nowhere"}, "password_file"),
        ({"ca_file": "password"}, "ca_file"),
        ({"certificate_file": "password"}, "certificate_file"),
        ({"user": "a:b"}, "user"),
    ],
)
async def test_wrong_settings_are_named(vendor: Vendor, tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    given = {name: value for name, value in settings(vendor, **changes).items() if value is not None}
    with pytest.raises(Misconfigured, match=named):
        async with find(FOLDER).opened(given, golden.context(tmp_path)):
            pass


async def test_a_barred_address_is_not_connected_to(vendor: Vendor, tmp_path: Path) -> None:
    async with find(FOLDER).opened(settings(vendor, networks=[]), golden.context(tmp_path)) as adapter:
        with pytest.raises(Misconfigured, match="networks"):
            await adapter.health()
    assert vendor.calls == []


async def test_a_server_that_is_not_there_is_out_of_reach(vendor: Vendor, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        url = f"http://{HOST}:{taken.getsockname()[1]}/edoc"
        async with find(FOLDER).opened(settings(vendor, url=url), golden.context(tmp_path)) as adapter:
            with pytest.raises(Transient, match="receiver-unreachable"):
                await adapter.health()


async def test_a_name_that_nobody_has_is_out_of_reach(vendor: Vendor, tmp_path: Path) -> None:
    url = "http://khong-co.invalid/edoc"
    async with find(FOLDER).opened(settings(vendor, url=url), golden.context(tmp_path)) as adapter:
        with pytest.raises(Transient, match="receiver-unreachable"):
            await adapter.health()


async def test_plain_http_where_tls_is_awaited_is_out_of_reach(vendor: Vendor, tmp_path: Path) -> None:
    url = f"https://{HOST}:{vendor.port}/edoc"
    async with find(FOLDER).opened(settings(vendor, url=url), golden.context(tmp_path)) as adapter:
        with pytest.raises(Transient):
            await adapter.health()


async def test_the_environment_names_no_proxy(vendor: Vendor, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    await adapter.health()


async def test_nothing_of_a_document_is_logged_however_talkative_the_libraries_are(
    vendor: Vendor, adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await adapter.deliver(golden.consignment())
    assert "document" not in caplog.text and PASSWORD not in caplog.text
