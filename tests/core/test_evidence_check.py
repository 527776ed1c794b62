"""Archives of evidence from strangers: refused before anything is read of them."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from gateway.core import evidence, evidence_check
from gateway.core.evidence_check import Unsound
from tests.evidences import packed, whole, zipped

END = struct.Struct("<4s4H2LH")
"""The end of an archive (APPNOTE.TXT 4.3.16)."""


def refusal(octets: bytes) -> str:
    with pytest.raises(Unsound) as caught:
        evidence_check.opened(io.BytesIO(octets))
    return caught.value.en


def bomb() -> bytes:
    return zipped([*whole().items(), ("receipts/00009-status-" + "0" * 32 + ".xml", bytes(100_000_000))], zipfile.ZIP_DEFLATED)


def overlapping() -> bytes:
    """Two hundred names for the octets of one file."""
    one = packed({**whole(), evidence.attachment_file("a" * 64): bytes(100_000)})
    end = len(one) - END.size
    *_, count, length, start, _ = END.unpack(one[end:])
    last = one[one.rindex(b"PK\x01\x02") : end]
    clones = b"".join(last.replace(b"a" * 64, f"{number:064x}".encode()) for number in range(200))
    return one[:end] + clones + END.pack(b"PK\x05\x06", 0, 0, count + 200, count + 200, length + len(clones), start, 0)


def locked() -> bytes:
    octets = bytearray(packed(whole()))
    start = octets.index(b"PK\x01\x02")
    octets[start + 8] |= 1
    return bytes(octets)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../etc/passwd",
            "/etc/passwd",
            "receipts/../../x",
            "C:\\x",
            "attachments/..",
            "a\x00b",
            "envelope.edxml ",
            "SHA256SUMS\n",
        ),
        *("certificates/key.pem", "receipts/00001-accepted-x.xml", "Receipts/x", "readme.txt", "attachments/", "."),
    ],
)
def test_only_the_names_of_such_a_package_may_stand_in_it(name: str) -> None:
    assert "strange names" in refusal(zipped([*whole().items(), (name, b"x")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_stands_there_once() -> None:
    assert "the same name twice: envelope.edxml" in refusal(zipped([*whole().items(), (evidence.ENVELOPE, b"<other/>")]))


@pytest.mark.parametrize(
    "name", [evidence.SUMS, evidence.SEAL, evidence.RECORD, evidence.EVENTS, evidence.ENVELOPE, evidence.HUB]
)
def test_what_every_package_has_must_be_there(name: str) -> None:
    assert refusal(packed({each: octets for each, octets in whole().items() if each != name})) == f"missing: {name}"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (bomb, "packed anew"),
        (locked, "packed anew"),
        (overlapping, "unpacks to more"),
        (lambda: b"", "not a ZIP"),
        (lambda: b"PK\x03\x04" + bytes(500), "not a ZIP"),
        (lambda: packed(whole())[:-9], "not a ZIP"),
    ],
)
def test_what_is_no_such_archive_is_not_read(made: Callable[[], bytes], said: str) -> None:
    assert said in refusal(made())


def test_a_whole_package_is_opened() -> None:
    assert set(evidence_check.opened(io.BytesIO(packed(whole()))).names) == set(whole())


@pytest.mark.parametrize(
    "listing", ["zz  document.json\n", "a" * 64 + " document.json\n", ("a" * 64 + "  document.json\n") * 2, "\x0b"]
)
def test_a_list_that_is_none_is_refused(listing: str) -> None:
    package = evidence_check.opened(io.BytesIO(packed({**whole(), evidence.SUMS: listing.encode()})))
    with pytest.raises(Unsound, match="not such a list"):
        evidence_check.listed(package)


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b"[" * 100_000, b'{"format": "lienthong-evidence-2"}', b"\xff"])
def test_a_record_that_is_none_is_refused(record: bytes) -> None:
    package = evidence_check.opened(io.BytesIO(packed({**whole(), evidence.RECORD: record})))
    with pytest.raises(Unsound, match="cannot be read"):
        evidence_check.record(package)
