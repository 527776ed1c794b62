"""The package of evidence over HTTP: to whom, of what, always the same, and as it goes out."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.core import evidence
from gateway.entry.examining import Examined, examine
from gateway.infra.authority import load_trust
from tests.api.conftest import Client, Province
from tests.api.test_uploads import detached, multipart, post
from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, document

LARGE = bytes(range(256)) * 2_000
"""More than the vault keeps together with others."""


async def sent(hub: Province, content: bytes = PDF) -> str:
    """Send a document with an attachment beside it to two agencies, one of which collects it; give its id."""
    signed = hub.province.sign(detached(content), parts={"a1": content})
    status, answer = await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", content)))
    assert status == 202, answer
    lease = await hub.commune.lease(max=5, seconds=60)
    await hub.commune.post(f"/inbox/leases/{lease['token']}/ack")
    return str(answer["id"])


async def fetched(client: Client, wanted: str) -> bytes:
    status, body, headers = await client.call("GET", f"/documents/{wanted}/evidence")
    assert (status, headers["Content-Type"]) == (200, "application/zip"), body
    assert int(headers["Content-Length"]) == len(body)
    octets: bytes = body
    return octets


def files(octets: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def record(octets: bytes) -> Any:
    return json.loads(files(octets)[evidence.RECORD])


def examined(hub: Province, octets: bytes) -> Examined:
    return examine(io.BytesIO(octets), load_trust(hub.folder / "ca"), hub.hub.ports.signer.certificate, hub.clock.now())


@pytest.mark.parametrize("content", [PDF, LARGE])
async def test_the_sender_gets_all_of_it_and_every_check_is_stood(hub: Province, content: bytes) -> None:
    octets = await fetched(hub.province, await sent(hub, content))
    assert [each.seen.vi for each in examined(hub, octets).checks if each.seen.good is not True] == []
    assert [name for name in files(octets) if name.startswith(evidence.ATTACHMENTS)]


async def test_the_same_state_gives_the_same_octets_and_another_state_others(hub: Province) -> None:
    wanted = await sent(hub)
    first, again = await fetched(hub.province, wanted), await fetched(hub.province, wanted)
    lease = await hub.department.lease(max=5, seconds=60)
    await hub.department.post(f"/inbox/leases/{lease['token']}/ack")
    assert (first == again, first == await fetched(hub.province, wanted)) == (True, False)


async def test_a_receiver_gets_what_concerns_it_and_nothing_of_another(hub: Province) -> None:
    wanted = await sent(hub)
    octets = await fetched(hub.department, wanted)
    assert not examined(hub, octets).failed
    told = record(octets)
    assert (told["seen_by"], [each["receiver"] for each in told["deliveries"]]) == ([DEPARTMENT], [DEPARTMENT])
    assert COMMUNE.encode() not in files(octets)[evidence.EVENTS]
    assert [name.split("-")[1] for name in files(octets) if name.startswith(evidence.RECEIPTS)] == ["accepted", "available"]


async def test_the_events_are_those_of_the_callers_timeline(hub: Province) -> None:
    wanted = await sent(hub)
    for client in (hub.province, hub.department, hub.commune):
        _, read = await client.get("/events")
        lines = files(await fetched(client, wanted))[evidence.EVENTS].splitlines()
        assert [json.loads(line)["seq"] for line in lines] == [each["seq"] for each in read["events"]]


async def test_of_somebody_elses_document_there_is_none(hub: Province) -> None:
    answer = await hub.province.send(document(to=(COMMUNE,)))
    for wanted in (answer["id"], "0" * 32, "..%2f"):
        status, body, _ = await hub.department.call("GET", f"/documents/{wanted}/evidence")
        assert (status, body["code"]) == (404, "not-found")


async def test_without_a_token_there_is_none(hub: Province) -> None:
    status, _, _ = await hub.province.call("GET", f"/documents/{'0' * 32}/evidence", headers={"Authorization": ""})
    assert status == 401


async def test_a_payload_that_is_not_what_was_accepted_is_not_given_out_as_evidence(hub: Province, tmp_path: Path) -> None:
    wanted = await sent(hub, LARGE)
    (file,) = [each for each in (tmp_path / "vault").rglob("*") if each.is_file() and each.stat().st_size == len(LARGE)]
    file.write_bytes(LARGE[:-1] + b"x")
    status, body, headers = await hub.province.call("GET", f"/documents/{wanted}/evidence")
    assert (status, body["code"], "Retry-After" in headers) == (503, "storage-unavailable", True)
    file.unlink()
    assert (await hub.province.call("GET", f"/documents/{wanted}/evidence"))[0] == 404


async def test_it_is_saved_as_a_file_that_no_browser_runs(hub: Province) -> None:
    answer = await hub.province.send(document("7"))
    _, _, headers = await hub.province.call("GET", f"/documents/{answer['id']}/evidence")
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''bang-chung-7-UBND-VP.zip"
    assert (headers["X-Content-Type-Options"], headers["Content-Security-Policy"]) == ("nosniff", "sandbox")


async def test_the_sender_is_named_by_the_certificate_that_it_signed_with(hub: Province) -> None:
    answer = await hub.province.send(document())
    made = files(await fetched(hub.province, answer["id"]))
    assert made[evidence.SENDER] == (hub.folder / "agencies" / PROVINCE / "cert.pem").read_bytes()
