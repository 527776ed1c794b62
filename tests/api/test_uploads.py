"""Bodies: multipart/related, limits, and what is refused before it is read."""

import asyncio
import contextlib
import hashlib
import socket
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core.envelope import DocumentPackage
from tests.api.conftest import Province
from tests.documents import PDF, attachment, document

BOUNDARY = "b0undary"


def multipart(*parts: tuple[str, str, bytes], boundary: str = BOUNDARY) -> bytes:
    """Build a body; each part is (Content-ID, Content-Type, octets)."""
    body = b"".join(
        f"--{boundary}\r\nContent-ID: <{name}>\r\nContent-Type: {media}\r\n\r\n".encode() + octets + b"\r\n"
        for name, media, octets in parts
    )
    return body + f"--{boundary}--\r\n".encode()


def detached(content: bytes = PDF) -> DocumentPackage:
    """A document whose attachment travels as a MIME part."""
    return document(attachments=(replace(attachment(content), encoded=None),))


async def post(hub: Province, body: bytes, path: str = "/documents", **headers: str) -> tuple[int, Any]:
    given = {"Content-Type": f'multipart/related; type="application/xml"; boundary={BOUNDARY}'} | headers
    status, answer, _ = await hub.province.call("POST", path, data=body, headers=given)
    return status, answer


def left(tmp_path: Path) -> list[str]:
    """Payloads in the vault: files of large ones, and small ones in their common file."""
    vault = tmp_path / "vault"
    files = [path.name for path in vault.rglob("*") if path.is_file() and not path.name.startswith("small.sqlite3")]
    with contextlib.closing(sqlite3.connect(vault / "small.sqlite3")) as small:
        return files + [row[0] for row in small.execute("SELECT sha256 FROM payloads")]


async def test_an_attachment_may_travel_as_a_mime_part_that_the_signature_covers(hub: Province) -> None:
    signed = hub.province.sign(detached(), parts={"a1": PDF})
    status, answer = await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", PDF)))
    assert status == 202, answer
    _, octets, headers = await hub.department.call("GET", f"/documents/{answer['id']}/attachments/1")
    assert octets == PDF
    assert headers["ETag"] == f'"{hashlib.sha256(PDF).hexdigest()}"'


async def test_an_attachment_with_a_doctype_is_octets(hub: Province) -> None:
    octets = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    signed = hub.province.sign(detached(octets), parts={"a1": octets})
    assert (await post(hub, multipart(("root", "application/xml", signed), ("a1", "text/xml", octets))))[0] == 202


async def test_a_changed_part_is_refused(hub: Province) -> None:
    signed = hub.province.sign(detached(), parts={"a1": PDF})
    status, problem = await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", PDF + b" ")))
    assert (status, problem["code"]) == (422, "signature-invalid")


async def test_a_part_that_the_signature_does_not_cover_is_refused(hub: Province) -> None:
    signed = hub.province.sign(detached())
    status, problem = await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", PDF)))
    assert (status, problem["code"]) == (422, "signature-uncovered")


async def test_an_attachment_that_did_not_come_is_missing(hub: Province) -> None:
    status, problem = await hub.province.post_xml("/documents", hub.province.sign(detached()))
    assert (status, problem["code"]) == (422, "attachment-missing")


async def test_a_part_that_the_manifest_does_not_name_is_unexpected(hub: Province) -> None:
    signed = hub.province.sign(document(), parts={"zz": PDF})
    status, problem = await post(hub, multipart(("root", "application/xml", signed), ("zz", "application/pdf", PDF)))
    assert (status, problem["code"]) == (422, "attachment-unexpected")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b0undary",
        b"--b0undary\r\n\r\n",
        b"--other--\r\n",
        multipart(("a1", "application/pdf", PDF)),
        multipart(("root", "application/xml", b"<x/>"), ("", "application/pdf", PDF)),
        multipart(("root", "application/xml", b"<x/>"), ("a", "text/plain", PDF), ("a", "text/plain", PDF)),
        b"--b0undary\r\nContent-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n\r\nPHgvPg==\r\n--b0undary--\r\n",
        b"--b0undary\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nx\r\n--i--\r\n--b0undary--\r\n",
        b"--b0undary\r\nContent-Type: text/xml\r\n\r\n<x/>\r\n--b0undary\r\nContent-ID: <\xff>\r\n\r\nx\r\n--b0undary--\r\n",
        b"--b0undary\r\nnot a header\r\n\r\n<x/>\r\n--b0undary--\r\n",
        b"--b0undary\r\n" + b"X: y\r\n" * 20_000 + b"\r\n<x/>\r\n--b0undary--\r\n",
    ],
)
async def test_a_malformed_multipart_is_refused_and_leaves_nothing(hub: Province, body: bytes, tmp_path: Path) -> None:
    status, problem = await post(hub, body)
    assert (status, problem["code"]) in {(400, "malformed-multipart"), (400, "malformed-xml")}
    assert left(tmp_path) == []


async def test_what_was_accepted_is_in_the_vault_once(hub: Province, tmp_path: Path) -> None:
    large = b"x" * 1_000_000
    signed = hub.province.sign(detached(large), parts={"a1": large})
    body = multipart(("root", "application/xml", signed), ("a1", "application/pdf", large))
    assert [(await post(hub, body))[0] for _ in range(2)] == [202, 200]
    assert set(left(tmp_path)) == {hashlib.sha256(octets).hexdigest() for octets in (signed, large)}
    assert len(left(tmp_path)) == 2


async def test_a_refused_document_leaves_no_file(hub: Province, tmp_path: Path) -> None:
    large = b"x" * 1_000_000
    signed = hub.province.sign(detached(large))
    assert (await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", large))))[0] == 422
    assert left(tmp_path) == []


async def test_a_refused_large_duplicate_leaves_nothing(hub: Province, tmp_path: Path) -> None:
    await hub.province.send(document())
    before = left(tmp_path)
    large = document(attachments=(attachment(b"x" * 400_000),))
    assert (await hub.province.post_xml("/documents", hub.province.sign(large)))[0] == 409
    assert left(tmp_path) == before


async def test_a_compressed_body_is_refused(hub: Province) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/xml"}
    status, problem, _ = await hub.province.call("POST", "/documents", data=b"\x1f\x8b", headers=headers)
    assert (status, problem["code"]) == (415, "content-encoding-refused")


async def test_another_media_type_is_refused(hub: Province) -> None:
    headers = {"Content-Type": "text/csv"}
    status, problem, _ = await hub.province.call("POST", "/documents", data=b"a,b", headers=headers)
    assert (status, problem["code"]) == (415, "media-type-unsupported")


async def test_a_body_announced_too_large_is_refused_before_it_is_read(hub: Province) -> None:
    status = await _raw(hub, "Content-Length: 99999999999\r\n", b"<")
    assert status.startswith(b"HTTP/1.1 413")


async def test_a_body_that_does_not_arrive_is_given_up(hub: Province) -> None:
    assert (await _raw(hub, "Content-Length: 1000\r\n", b"<edXML")).startswith(b"HTTP/1.1 408")


async def test_a_body_with_broken_chunks_is_refused(hub: Province) -> None:
    assert b" 400 " in await _raw(hub, "Transfer-Encoding: chunked\r\n", b"3\r\n<x>\r\nzz\r\nnot a chunk\r\n")


async def _raw(hub: Province, header: str, body: bytes) -> bytes:
    """Send a request by hand, and give the first line of the answer."""
    host, port = hub.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), family=socket.AF_INET)
    head = f"POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hub.province.token}\r\n"
    writer.write(f"{head}Content-Type: application/xml\r\n{header}\r\n".encode() + body)
    await writer.drain()
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    return line


async def test_one_attachment_may_be_inline_and_another_a_mime_part(hub: Province) -> None:
    annex = replace(attachment(b"annex", content_id="a2", name="phu-luc.txt"), encoded=None)
    signed = hub.province.sign(document(attachments=(attachment(), annex)), parts={"a2": b"annex"})
    status, answer = await post(hub, multipart(("root", "application/xml", signed), ("a2", "text/plain", b"annex")))
    assert status == 202, answer
    octets = [(await hub.department.get(f"/documents/{answer['id']}/attachments/{number}"))[1] for number in (1, 2)]
    assert octets == [PDF, b"annex"]
