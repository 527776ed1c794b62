"""Who may call, and what they get when something is wrong."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.core.rules import Rules
from gateway.entry.api.app import application
from gateway.infra.telemetry import LoggedTelemetry
from tests.api.conftest import Province
from tests.documents import document


async def test_a_call_without_credentials_is_refused(hub: Province) -> None:
    async with hub.province.session.get(f"{hub.base}/api/v1/inbox") as response:
        assert (response.status, response.content_type) == (401, "application/problem+json")
        assert "WWW-Authenticate" in response.headers


async def test_a_wrong_token_is_refused(hub: Province) -> None:
    status, problem, _ = await hub.province.call("GET", "/inbox", headers={"Authorization": "Bearer x"})
    assert (status, problem["code"]) == (401, "unauthenticated")


async def test_an_unknown_path_is_a_problem_document(hub: Province) -> None:
    status, problem = await hub.province.get("/nothing")
    assert (status, problem["code"]) == (404, "not-found")


async def test_a_wrong_method_is_a_problem_document(hub: Province) -> None:
    status, problem, headers = await hub.province.call("DELETE", "/documents")
    assert (status, problem["code"], headers["Allow"]) == (405, "method-not-allowed", "GET, POST")


async def test_the_trace_id_of_the_caller_is_kept(hub: Province) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    _, problem, headers = await hub.province.call("GET", "/documents/x", headers={"traceparent": parent})
    assert problem["trace_id"] == headers["X-Trace-Id"] == "0af7651916cd43dd8448eb211c80319c"


async def test_health_and_readiness_need_no_credentials(hub: Province) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/swagger-ui.css"):
            async with session.get(f"{hub.base}{path}") as response:
                assert response.status == 200, path


async def test_the_reference_page_loads_nothing_from_outside(hub: Province) -> None:
    async with hub.province.session.get(f"{hub.base}/api/v1/docs") as response:
        page = await response.text()
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


async def test_a_parameter_without_a_value_is_absent(hub: Province) -> None:
    status, body = await hub.province.get("/events", after="", wait="", limit="")
    assert (status, body["events"]) == (200, [])


async def test_the_server_does_not_tell_its_versions(hub: Province) -> None:
    _, _, headers = await hub.province.call("GET", "/inbox")
    assert headers["Server"] == "lienthong"


async def test_a_mistake_of_the_hub_is_told_without_its_details(hub: Province) -> None:
    app = application(hub.hub)
    app.router.add_get("/healthz/broken", _broken)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {hub.province.token}"}
        async with session.get(server.make_url("/healthz/broken"), headers=headers) as response:
            body = await response.text()
    assert (response.status, response.content_type) == (500, "application/problem+json")
    assert '"internal"' in body
    assert "secret" not in body


async def _broken(_request: web.Request) -> web.Response:
    raise RuntimeError("secret")


async def test_characters_that_are_no_text_are_refused(hub: Province) -> None:
    lone = b'{"delivery": "x", "code": "03", "description": "\\ud800"}'
    headers = {"Content-Type": "application/json"}
    status, problem, _ = await hub.department.call("POST", "/statuses", data=lone, headers=headers)
    assert (status, problem["code"]) == (400, "malformed-request")


async def test_an_idempotency_key_that_is_no_text_is_refused(hub: Province) -> None:
    status, problem = await hub.province.post_xml("/documents", b"<x/>", **{"Idempotency-Key": "khóa"})
    assert (status, problem["code"]) == (400, "malformed-request")


async def test_a_token_that_is_no_text_is_a_wrong_token(hub: Province) -> None:
    host, port = hub.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /api/v1/inbox HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\x96b\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"401"
    writer.close()
    await writer.wait_closed()


async def test_an_expectation_that_cannot_be_met_is_a_problem_document(hub: Province) -> None:
    status, problem, _ = await hub.province.call("POST", "/documents", data=b"<x/>", headers={"Expect": "nonsense"})
    assert (status, problem["code"]) == (400, "malformed-request")


async def test_a_client_that_waits_for_continue_is_told_to(hub: Province) -> None:
    data = hub.province.sign(document())
    headers = {"Content-Type": "application/xml"}
    assert (await hub.province.call("POST", "/documents", data=data, expect100=True, headers=headers))[0] == 202


async def test_the_log_of_an_error_of_ours_says_where_and_nothing_of_what_was_sent(
    hub: Province, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Rules:
        raise ValueError(hub.province.token)

    ports = replace(hub.hub.ports, telemetry=LoggedTelemetry())  # to the standard error of this very test
    async with TestServer(application(replace(hub.hub, rules=broken, ports=ports))) as server:
        headers = {"Authorization": f"Bearer {hub.province.token}"}
        async with hub.province.session.get(server.make_url("/api/v1/inbox"), headers=headers) as response:
            assert response.status == 500
    logged = capsys.readouterr().err
    assert "ValueError < test_door.py:" in logged and hub.province.token not in logged
