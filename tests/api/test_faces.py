"""Faces: vendors' systems call the hub in their own protocols, with user name and password, and get what any door gives."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from gateway.config import Settings
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.api.pace import Patience
from gateway.sdk.shipped import shipped
from gateway.wiring import LEDGER_FILE, assemble
from tests.api.conftest import Client, FakeClock, Province
from tests.documents import DEPARTMENT, PROVINCE, document
from tests.migrated import new_ledger

FACE = """
import asyncio
from gateway.sdk.face import Request, Response

async def answer(request, desk):
    if request.path == "/raise":
        raise RuntimeError("a secret of the adapter")
    if request.path == "/cancelled":
        raise asyncio.CancelledError
    if request.path == "/hang":
        await asyncio.sleep(60)
    if request.path == "/unread":
        return Response(status=400, content_type="text/plain", body=b"")
    if request.path == "/nonsense":
        return "nonsense"
    if request.path == "/fetch":
        await desk.fetch("nothing")
    if request.path == "/send":
        return Response(content_type="text/plain", body=(await desk.send(request.body, {})).encode())
    if request.path == "/news":
        told, cursor = await desk.news(request.query.get("after"), 100)
        lines = [cursor, *(f"{each.state} {each.code} {each.receiver}" for each in told)]
        return Response(content_type="text/plain", body="\\n".join(lines).encode())
    shown = [request.method, request.url, request.path, str(dict(request.query)), desk.system, str(len(request.body))]
    shown += sorted(request.headers)
    body = "\\n".join(shown).encode()
    return Response(status=201, content_type="text/plain; charset=utf-8", body=body, headers={"X-Face": "1"})
"""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With an adapter of the province's own that has a face."""
    own = tmp_path / "own" / "parley"
    shutil.copytree(shipped("adapters") / "loopback", own)
    manifest = (own / "manifest.toml").read_text("utf-8")
    (own / "manifest.toml").write_text(manifest.replace('name = "loopback"', 'name = "parley"\nface = true'), "utf-8")
    (own / "face.py").write_text(FACE, "utf-8")
    directory = settings.directory.model_copy(update={"adapters": (own.parent,)})
    return settings.model_copy(update={"directory": directory})


async def ask(client: Client, path: str, **more: Any) -> tuple[int, str, Any]:
    """Call with the system's id and token as user name and password."""
    own = {"Authorization": aiohttp.encode_basic_auth(client.organ, client.token)}
    headers = own | more.pop("headers", {})
    method = more.pop("method", "POST" if "data" in more else "GET")
    async with client.session.request(method, f"{client.base}/faces/{path}", headers=headers, **more) as response:
        return response.status, await response.text(), response.headers


async def test_a_system_shows_its_id_and_token_as_user_name_and_password(hub: Province) -> None:
    status, shown, headers = await ask(hub.province, "parley/a/b?c=d")
    method, url, path, query, system, size, *names = shown.split("\n")
    assert (status, headers["X-Face"], headers["Content-Type"]) == (201, "1", "text/plain; charset=utf-8")
    assert (method, url, path, query) == ("GET", f"{hub.base}/faces/parley", "/a/b", "{'c': 'd'}")
    assert (system, size) == (PROVINCE, "0")
    assert "host" in names and "authorization" not in names


async def test_a_bearer_token_will_do_too(hub: Province) -> None:
    status, _, _ = await ask(hub.province, "parley", headers={"Authorization": f"Bearer {hub.province.token}"})
    assert status == 201


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_every_method_reaches_a_face(hub: Province, method: str) -> None:
    _, shown, _ = await ask(hub.province, "parley", method=method)
    assert shown.startswith(f"{method}\n")


@pytest.mark.parametrize(
    "credentials",
    [
        f"{PROVINCE}:wrong",
        f"{DEPARTMENT}:<token>",
        ":<token>",
        "<token>",
        "",
    ],
)
async def test_wrong_user_names_and_passwords_are_asked_for_anew(hub: Province, credentials: str) -> None:
    named = base64.b64encode(credentials.replace("<token>", hub.province.token).encode()).decode()
    status, _, headers = await ask(hub.province, "parley", headers={"Authorization": f"Basic {named}"})
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="lienthong", charset="UTF-8"')


async def test_credentials_that_are_no_base64_are_wrong_ones(hub: Province) -> None:
    assert (await ask(hub.province, "parley", headers={"Authorization": "Basic é%"}))[0] == 401


async def test_nobody_is_asked_for_user_name_and_password(hub: Province) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{hub.base}/faces/parley") as response:
        assert (response.status, response.headers["WWW-Authenticate"][:5]) == (401, "Basic")


async def test_wrong_passwords_count_against_their_source(hub: Province) -> None:
    wrong = {"Authorization": "Basic eDp5"}
    seen = {(await ask(hub.province, "parley", headers=wrong))[0] for _ in range(620)}
    assert seen == {401, 429}


async def test_user_name_and_password_open_no_other_door(hub: Province) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth(PROVINCE, hub.province.token)}
    async with hub.province.session.get(f"{hub.base}/api/v1/inbox", headers=headers) as response:
        assert (response.status, response.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


@pytest.mark.parametrize("name", ["nothing", "loopback", ".."])
async def test_what_has_no_face_is_not_there(hub: Province, name: str) -> None:
    assert (await ask(hub.province, f"{name}/x"))[0] in {401, 404}


@pytest.mark.parametrize("path", ["raise", "cancelled", "nonsense"])
async def test_a_mistake_of_a_face_is_told_without_its_details(
    hub: Province, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, body, headers = await ask(hub.province, f"parley/{path}")
    assert (status, headers["Content-Type"][:24]) == (500, "application/problem+json")
    assert "adapter-failed" in body and "secret" not in body + capsys.readouterr().err


async def test_a_face_has_its_time(hub: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.entry.api.faces.FACE_SECONDS", 0.1)
    status, body, headers = await ask(hub.province, "parley/hang")
    assert status == 500 and '"adapter-failed"' in body and "Retry-After" in headers


async def test_a_refusal_that_a_face_does_not_catch_is_a_problem_document(hub: Province) -> None:
    status, body, _ = await ask(hub.province, "parley/fetch")
    assert status == 404 and '"not-found"' in body


async def test_a_document_that_a_face_hands_in_is_a_document(hub: Province) -> None:
    signed = hub.province.sign(document())
    first, again = [await ask(hub.province, "parley/send", data=signed) for _ in range(2)]
    assert first[:2] == again[:2] and first[0] == 200
    assert (await hub.province.get(f"/documents/{first[1]}"))[1]["from"] == PROVINCE
    assert len((await hub.department.get("/inbox"))[1]["items"]) == 1


async def test_who_calls_decides_for_whom_a_document_may_be_sent(hub: Province) -> None:
    status, body, _ = await ask(hub.department, "parley/send", data=hub.province.sign(document()))
    assert status == 422 and '"sender-mismatch"' in body


async def test_a_refusal_leaves_its_audit_row_and_nothing_else(hub: Province) -> None:
    before = (await hub.hub.ports.ledger.tally()).refusals
    await ask(hub.province, "parley/send", data=b"<x/>")
    tally = await hub.hub.ports.ledger.tally()
    assert (tally.refusals, tally.documents) == (before + 1, 0)


async def test_what_a_face_can_make_nothing_of_leaves_an_audit_row_too(hub: Province) -> None:
    assert (await ask(hub.province, "parley/unread", data=b"x"))[0] == 400
    assert (await ask(hub.province, "parley/unread"))[0] == 400  # nothing was sent
    assert (await hub.hub.ports.ledger.tally()).refusals == 1


async def test_news_begin_after_the_callers_own_cursor(hub: Province) -> None:
    await hub.province.send(document(to=(DEPARTMENT,)))
    leased = await hub.department.lease()
    await hub.department.post(f"/inbox/leases/{leased['token']}/ack")
    cursor, *told = (await ask(hub.province, "parley/news"))[1].split("\n")
    assert told == [f"collected None {DEPARTMENT}"]
    await hub.department.post("/statuses", {"delivery": leased["deliveries"][0]["id"], "code": "03"})
    _, *later = (await ask(hub.province, f"parley/news?after={cursor}"))[1].split("\n")
    assert later == [f"received 03 {DEPARTMENT}"]


async def test_a_wish_to_have_a_document_back_is_news_to_its_receiver(hub: Province) -> None:
    await hub.province.send(document(to=(DEPARTMENT,)))
    leased = await hub.department.lease()
    await hub.department.post(f"/inbox/leases/{leased['token']}/ack")
    asked = {"delivery": leased["deliveries"][0]["id"], "code": "13", "description": "Gửi nhầm"}
    await hub.province.post("/statuses", asked)
    _, *told = (await ask(hub.department, "parley/news"))[1].split("\n")
    assert told == [f"recall_requested 13 {DEPARTMENT}"]


async def test_a_compressed_body_is_refused(hub: Province) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert (await ask(hub.province, "parley", data=b"x", headers=headers))[0] == 415
    assert (await hub.hub.ports.ledger.tally()).refusals == 1


async def test_a_slow_body_is_given_up(hub: Province) -> None:
    hub.hub.patience = Patience(seconds=1)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(5)
        yield b"x"

    assert (await ask(hub.province, "parley", data=slowly()))[0] == 408


@pytest.fixture
async def small(settings: Settings, working_folder: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Hub]:
    """A hub that takes small envelopes alone."""
    limits = settings.limits.model_copy(update={"envelope": 200_000})
    new_ledger(tmp_path / LEDGER_FILE)
    async with assemble(settings.model_copy(update={"limits": limits}), clock=clock) as parts:
        yield Hub.of(parts, patience=Patience(seconds=2))


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_a_body_is_refused(small: Hub, working_folder: Path, announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 100_000

    token = (working_folder / "agencies" / PROVINCE / "token").read_text().strip()
    data: Any = b"x" * 500_000 if announced else chunks()
    async with TestServer(application(small)) as server, aiohttp.ClientSession() as session:
        headers = {"Authorization": aiohttp.encode_basic_auth(PROVINCE, token)}
        async with session.post(server.make_url("/faces/parley"), data=data, headers=headers) as response:
            assert response.status == 413


async def test_a_body_of_an_envelope_in_base64_is_let_through(small: Hub, working_folder: Path) -> None:
    token = (working_folder / "agencies" / PROVINCE / "token").read_text().strip()
    data = base64.encodebytes(b"x" * 200_000)
    async with TestServer(application(small)) as server, aiohttp.ClientSession() as session:
        headers = {"Authorization": aiohttp.encode_basic_auth(PROVINCE, token)}
        async with session.post(server.make_url("/faces/parley"), data=data, headers=headers) as response:
            assert response.status == 201
