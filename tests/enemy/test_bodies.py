"""Bodies: compressed, cut, doubled, oddly parted, and attachments that would burst."""

import base64
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from gateway.core import attachments as packing
from gateway.core import writing
from tests.documents import PDF, PROVINCE, attachment
from tests.enemy.conftest import CHANNEL, UNREAD, Besieged, today
from tests.enemy.mime import BOUNDARY, RELATED, assembled, related

MOST_GROWTH = 300 * 1024 * 1024
ROOT = ("Content-Type: application/xml", "Content-ID: <root>")
PART = ("Content-Type: application/pdf", "Content-ID: <a1>")
DETACHED = replace(attachment(), encoded=None)
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def _zip(entries: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in entries.items():
            archive.writestr(name, octets)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity, gzip", "x-gzip", "compress"])
async def test_a_compressed_body_is_refused_unread(hub: Besieged, encoding: str) -> None:
    bomb = gzip.compress(hub[PROVINCE].sign(today("1")) + b" " * 100_000_000)
    before = psutil.Process().memory_info().rss
    await hub.refuse(bomb, "content-encoding-refused", digested=UNREAD, **{"Content-Encoding": encoding})
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH


@pytest.mark.parametrize(
    "media", ["text/plain", "application/json", "multipart/form-data; boundary=b0undary", "application/x-gzip", ""]
)
async def test_another_media_type_is_refused_unread(hub: Besieged, media: str) -> None:
    await hub.refuse(b"<x/>", "media-type-unsupported", media=media, digested=UNREAD)


def _oddities(envelope: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Give name, body, and what of it was staged first."""
    root, part = (ROOT, envelope), (PART, PDF)
    whole = assembled([root, part])
    yield "the same Content-ID twice", assembled([root, part, part]), envelope
    yield "the same Content-ID with and without brackets", assembled([root, part, ((PART[0], "Content-ID: a1"), PDF)]), envelope
    yield "the same Content-ID with and without cid:", assembled([root, part, ((PART[0], "Content-ID: <cid:a1>"), PDF)]), envelope
    yield "no Content-ID", assembled([root, ((PART[0],), PDF)]), envelope
    yield "an empty Content-ID", assembled([root, ((PART[0], "Content-ID: <>"), PDF)]), envelope
    yield "a Content-ID of spaces", assembled([root, ((PART[0], "Content-ID: <a 1>"), PDF)]), envelope
    yield "a Content-ID of 300 letters", assembled([root, ((PART[0], f"Content-ID: <{'a' * 300}>"), PDF)]), envelope
    yield "no root", assembled([part]), UNREAD
    yield "the root last", assembled([part, root]), UNREAD
    yield "no part at all", assembled([]), UNREAD
    yield "an encoded part", assembled([root, ((*PART, "Content-Transfer-Encoding: base64"), base64.b64encode(PDF))]), envelope
    yield "a quoted part", assembled([root, ((*PART, "Content-Transfer-Encoding: quoted-printable"), PDF)]), envelope
    yield "a compressed part", assembled([root, ((*PART, "Content-Encoding: gzip"), gzip.compress(PDF))]), envelope
    nested = assembled([part], boundary="inner")
    yield "a multipart in it", assembled([root, (("Content-Type: multipart/mixed; boundary=inner", PART[1]), nested)]), envelope
    yield "a header without colon", assembled([root, ((*PART, "no colon"), PDF)]), envelope
    yield "a header of a megabyte", assembled([root, ((*PART, f"X: {'y' * 1_000_000}"), PDF)]), envelope
    yield "a hundred thousand headers", assembled([root, ((*PART, *["X: y"] * 100_000), PDF)]), envelope
    yield "a hundred and one parts", assembled([root, *(((PART[0], f"Content-ID: <b{n}>"), b"") for n in range(101))]), envelope
    yield "another boundary", whole.replace(BOUNDARY.encode(), b"other"), UNREAD
    yield "the end in the middle of a boundary", whole[:-6], envelope
    yield "no end", whole[: whole.rindex(b"--" + BOUNDARY.encode())], envelope
    yield "cut in a header", whole[: whole.index(b"Content-ID: <a1>") + 5], envelope


NAMES = [name for name, _, _ in _oddities(b"")]


@pytest.mark.parametrize("name", NAMES)
async def test_a_multipart_body_that_could_be_read_in_two_ways_is_refused(hub: Besieged, name: str) -> None:
    envelope = hub[PROVINCE].sign(today("1", attachments=(DETACHED,)), parts={"a1": PDF})
    body, staged = next((body, staged) for each, body, staged in _oddities(envelope) if each == name)
    await hub.refuse(body, "malformed-multipart", media=RELATED, digested=staged)


@pytest.mark.parametrize(
    "media",
    [
        "multipart/related",
        'multipart/related; boundary=""',
        f"multipart/related; boundary={'x' * 5_000}",
        "multipart/related; boundary=b0undary; start=<other>",
    ],
)
async def test_a_multipart_type_without_a_sound_boundary_or_start_is_refused(hub: Besieged, media: str) -> None:
    envelope = hub[PROVINCE].sign(today("1", attachments=(DETACHED,)), parts={"a1": PDF})
    body, _ = related(envelope, {"a1": PDF})
    await hub.refuse(body, "malformed-multipart", media=media, digested=UNREAD)


async def test_an_attachment_with_a_doctype_is_octets_inline_and_as_a_part(hub: Besieged) -> None:
    """An XML parser that looks into attachments would read the file that this one names."""
    inline = attachment(DOCTYPE, content_id="a2", name="a.xml")
    signed = hub[PROVINCE].sign(today("1", attachments=(DETACHED, inline)), parts={"a1": DOCTYPE})
    body, media = related(signed, {"a1": DOCTYPE})
    answer = await hub.accept(body, media=media)
    for number in (1, 2):
        _, octets, _ = await hub[PROVINCE].call("GET", f"/documents/{answer['id']}/attachments/{number}")
        assert octets == DOCTYPE


@pytest.mark.parametrize("decoded", ["whole document", "envelope"])
async def test_a_signed_package_in_an_attachment_is_an_attachment(hub: Besieged, decoded: str) -> None:
    """A base64 transform would make it the document; here it is octets."""
    inner = hub[PROVINCE].sign(today("77", subject=f"V/v giả {decoded}"))
    answer = await hub.accept(hub[PROVINCE].sign(today("1", attachments=(attachment(inner, name="a.xml"),))))
    assert answer["document_id"].endswith(",1/UBND-VP")


def _bursting() -> dict[str, tuple[str, bytes]]:
    zeros = _zip({"a.pdf": bytes(200_000_000)})
    return {
        "a bomb": ("attachment-bomb", zeros),
        "a bomb beside a file": ("attachment-bomb", _zip({"a.pdf": PDF, "b.pdf": bytes(200_000_000)})),
        "too many files": ("attachment-bomb", _zip({str(number): b"" for number in range(10_001)})),
        "a program": ("attachment-executable", b"MZ" + bytes(100)),
        "a program in an archive": ("attachment-executable", _zip({"a.exe": b"MZ" + bytes(100), "b.txt": b"b"})),
    }


@pytest.mark.parametrize("name", _bursting())
async def test_an_attachment_that_would_burst_or_run_is_refused(hub: Besieged, name: str) -> None:
    code, octets = _bursting()[name]
    before = psutil.Process().memory_info().rss
    made = attachment(octets, name="a.pdf" if name == "a bomb" else "a.zip")
    await hub.refuse(hub[PROVINCE].sign(today("1", attachments=(made,))), code)
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH


@pytest.mark.parametrize("text", ["*", "A", "AAA", "A===", "=", "AAAA=AAA", "áááá", "AAAA&#x41;*"])
async def test_base64_that_is_none_is_refused(hub: Besieged, text: str) -> None:
    made = replace(attachment(), encoded="AAAA")
    unsigned = writing.emit(today("1", sender=CHANNEL, attachments=(made,)))
    assert b">AAAA<" in unsigned
    await hub.refuse(unsigned.replace(b">AAAA<", f">{text}<".encode()), "attachment-encoding", organ=CHANNEL)


async def test_an_invalid_document_with_a_large_attachment_is_explained_at_little_cost(hub: Besieged) -> None:
    """A schema validator that is given the base64 takes gigabytes for it."""
    large = attachment(hashlib.sha256(b"seed").digest() * 250_000)
    valid = writing.emit(today("1", sender=CHANNEL, attachments=(large,)))
    before = psutil.Process().memory_info().rss
    invalid = valid.replace(b"<edXML:Type>1<", b"<edXML:Type>x<")
    assert invalid != valid
    await hub.refuse(invalid, "schema-invalid", organ=CHANNEL)
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH


async def test_packed_and_plain_attachments_are_both_given_back_as_they_were(hub: Besieged) -> None:
    packed = replace(attachment(content_id="a2"), encoded=packing.encode(PDF, "van-ban.pdf"))
    answer = await hub.accept(hub[PROVINCE].sign(today("1", attachments=(attachment(), packed))))
    for number in (1, 2):
        assert (await hub[PROVINCE].call("GET", f"/documents/{answer['id']}/attachments/{number}"))[1] == PDF
