"""`lienthong evidence`: a package is fetched from a hub that runs, and examined without one, whatever was done to it."""

import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core import evidence, evidence_check
from gateway.core.findings import finding
from gateway.entry.examining import examine
from gateway.infra.authority import Authority, load_trust
from tests.attestations import collection
from tests.cli.conftest import Lienthong
from tests.cli.test_client import RunningHub, hub, package, signed
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.evidences import THEN, accepted, files, listed, matter, packed, sealed, whole
from tests.pki import pki

__all__ = ["hub", "package", "signed"]

Files = Mapping[str, bytes]
DIGESTS, CONTENT, HUB = "Digests of all files", "The document's content", "The hub's certificate"
LIST, SENDER, CHAIN, RECEIPTS = (
    "The hub's signature of the list",
    "The sender's signature at acceptance",
    "Chain of events",
    "The hub's receipts",
)
ACCEPTED, COLLECTED, STATUS = (name for name in whole() if name.startswith(evidence.RECEIPTS))
BYTES = 150
"""Places at which a byte is changed."""
OTHER = accepted(id="f" * 32)
"""Another document of the same envelope."""


def failed(lienthong: Lienthong, folder: Path, made: Files | bytes, *more: object) -> list[str]:
    """Examine a package with the CA at hand; name the checks that it does not stand."""
    (folder / "e.zip").write_bytes(made if isinstance(made, bytes) else packed(made))
    ran = lienthong("evidence", "verify", folder / "e.zip", "--ca", pki().ca, "--json", *more)
    found = [each["check"] for each in ran.json["checks"] if each["good"] is False]
    assert (ran.code, ran.json["good"]) == (1 if found else 0, not found)
    return found


def changed(name: str, old: bytes, new: bytes) -> Files:
    assert old in whole()[name]
    return {**whole(), name: whole()[name].replace(old, new, 1)}


def lines(*order: int) -> Files:
    kept = whole()[evidence.EVENTS].splitlines(keepends=True)
    return {**whole(), evidence.EVENTS: b"".join(kept[place] for place in order)}


def swapped(one: str, other: str) -> Files:
    return {**whole(), one: whole()[other], other: whole()[one]}


def other_sender() -> Files:
    return {**whole(), evidence.SENDER: (pki()["department"].folder / "cert.pem").read_bytes()}


def other_hub() -> Files:
    return {**whole(), evidence.HUB: (pki()["commune"].folder / "cert.pem").read_bytes()}


def without(name: str) -> Files:
    return {each: octets for each, octets in whole().items() if each != name}


def foreign() -> Files:
    """A receipt of another document in the place of the own."""
    receipt = sealed(collection(), OTHER)
    kept = {name: octets for name, octets in whole().items() if name != COLLECTED}
    return {**kept, f"{evidence.RECEIPTS}/00002-{receipt.fact}-{receipt.id}.xml": receipt.xml}


def test_a_whole_package_stands(lienthong: Lienthong, tmp_path: Path) -> None:
    assert failed(lienthong, tmp_path, whole(), "--hub", pki()["hub"].folder / "cert.pem") == []


def test_people_get_a_table_and_are_told_of_what_was_not_checked(lienthong: Lienthong, tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(packed(whole()))
    ran = lienthong("evidence", "verify", tmp_path / "e.zip")
    assert (ran.code, ran.out.count("✓  ")) == (0, 8)
    assert "hãy đối chiếu với đơn vị vận hành" in ran.out
    assert "thêm --ca" in ran.out


TAMPERED = {
    "a byte in the envelope": lambda: changed(evidence.ENVELOPE, b"UBND-VP", b"UBND-VQ"),
    "a byte in an attachment": lambda: changed(evidence.attachment_file(accepted().attachments[0].sha256), b"%PDF", b"%PDG"),
    "an event removed": lambda: lines(0, 2),
    "the last event removed": lambda: lines(0, 1),
    "events reordered": lambda: lines(0, 2, 1),
    "a receipt swapped": lambda: swapped(ACCEPTED, COLLECTED),
    "the sender's certificate swapped": other_sender,
    "the hub's certificate swapped": other_hub,
    "a receipt missing": lambda: without(STATUS),
    "the guide changed": lambda: changed(evidence.GUIDE, b"sha256sum", b"rm -rf ~;"),
}
"""What somebody may do who has no key."""


@pytest.mark.parametrize("name", TAMPERED)
def test_who_changes_a_file_is_found_by_the_list(name: str, lienthong: Lienthong, tmp_path: Path) -> None:
    assert DIGESTS in failed(lienthong, tmp_path, TAMPERED[name]())


@pytest.mark.parametrize("name", TAMPERED)
def test_who_changes_the_list_too_is_found_by_its_signature(name: str, lienthong: Lienthong, tmp_path: Path) -> None:
    made = {**listed(TAMPERED[name]()), evidence.SEAL: whole()[evidence.SEAL]}
    found = failed(lienthong, tmp_path, made)
    assert (DIGESTS in found, LIST in found) == (False, True)


def test_a_line_of_the_list_that_is_changed_is_found(lienthong: Lienthong, tmp_path: Path) -> None:
    assert failed(lienthong, tmp_path, changed(evidence.SUMS, b"a", b"b"))[-1] == LIST


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("a byte in the envelope", CONTENT),
        ("a byte in an attachment", CONTENT),
        ("an event removed", CHAIN),
        ("the last event removed", CHAIN),
        ("events reordered", CHAIN),
        ("a receipt swapped", RECEIPTS),
        ("the sender's certificate swapped", SENDER),
    ],
)
def test_even_a_list_that_the_hub_signed_does_not_hide_what_does_not_fit(
    name: str, check: str, lienthong: Lienthong, tmp_path: Path
) -> None:
    assert check in failed(lienthong, tmp_path, listed(TAMPERED[name]()))


@pytest.mark.parametrize(
    "made", [foreign, lambda: without(ACCEPTED), lambda: files(replace(matter(), events=matter().events[:1]))]
)
def test_receipts_are_of_this_document_whole_and_told_by_events(
    made: Callable[[], Files], lienthong: Lienthong, tmp_path: Path
) -> None:
    assert failed(lienthong, tmp_path, listed(made())) == [RECEIPTS]


def test_an_agency_that_signs_a_package_in_the_hubs_place_is_found(lienthong: Lienthong, tmp_path: Path) -> None:
    forged = listed(other_hub(), by="commune")
    assert failed(lienthong, tmp_path, forged) == [RECEIPTS]
    assert failed(lienthong, tmp_path, forged, "--hub", pki()["hub"].folder / "cert.pem")[0] == HUB


def test_an_archive_that_is_none_is_looked_at_no_further(lienthong: Lienthong, tmp_path: Path) -> None:
    assert failed(lienthong, tmp_path, packed(whole())[:-9]) == ["ZIP archive"]


def test_a_signer_whom_the_ca_does_not_know_is_not_believed(lienthong: Lienthong, tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(packed(whole()))
    ran = lienthong("evidence", "verify", tmp_path / "e.zip", "--ca", pki().foreign, "--json")
    assert [each["check"] for each in ran.json["checks"] if each["good"] is False] == [LIST, SENDER, RECEIPTS]


def test_a_document_that_was_accepted_without_a_signature_is_told_as_such(lienthong: Lienthong, tmp_path: Path) -> None:
    own = matter(accepted(findings=(finding("unsigned-envelope", "edXMLHeader"),)))
    (tmp_path / "e.zip").write_bytes(packed(listed(files(own))))
    ran = lienthong("evidence", "verify", tmp_path / "e.zip", "--ca", pki().ca, "--json")
    (told,) = [each for each in ran.json["checks"] if each["check"] == SENDER]
    assert (ran.code, told["good"], "the sender's channel" in told["en"]) == (0, None, True)


def test_a_certificate_that_was_not_yet_valid_at_acceptance_proves_nothing(lienthong: Lienthong, tmp_path: Path) -> None:
    own = matter(accepted(accepted_at=THEN - timedelta(days=100)))
    assert failed(lienthong, tmp_path, listed(files(own))) == [SENDER]


@pytest.mark.parametrize(("revoked", "found"), [(timedelta(days=1), []), (timedelta(days=-1), [SENDER])])
def test_a_signature_stands_where_its_certificate_was_revoked_later(
    revoked: timedelta, found: list[str], lienthong: Lienthong, tmp_path: Path
) -> None:
    """The CA's folder has a newer list than the package."""
    folder = tmp_path / "ca"
    shutil.copytree(pki().ca, folder)
    serial = f"{pki()['province'].certificate.serial_number:x}"
    Authority.open(folder).revoke(serial, at=THEN + revoked)
    (tmp_path / "e.zip").write_bytes(packed(whole()))
    ran = lienthong("evidence", "verify", tmp_path / "e.zip", "--ca", folder, "--json")
    assert [each["check"] for each in ran.json["checks"] if each["good"] is False] == found


def test_whatever_byte_is_changed_either_nothing_of_the_content_is_or_a_check_fails() -> None:
    """The archive itself has bytes that mean nothing, such as dates."""
    octets, anchors, hub = packed(whole()), load_trust(pki().ca), pki()["hub"].certificate
    for place in range(0, len(octets), len(octets) // BYTES):
        altered = io.BytesIO(octets[:place] + bytes([octets[place] ^ 0x41]) + octets[place + 1 :])
        if not examine(altered, anchors, hub, pki().at).failed:
            opened = evidence_check.opened(altered)
            assert {name: opened.read(name) for name in opened.names} == dict(whole()), place


def test_a_package_is_fetched_and_stands(hub: RunningHub, lienthong: Lienthong, tmp_path: Path, signed: Path) -> None:
    sent = lienthong("send", signed, *hub.as_system(PROVINCE), "--json").json
    for organ in (PROVINCE, COMMUNE):
        got = lienthong("evidence", "get", sent["id"], *hub.as_system(organ), "-o", tmp_path / "e.zip")
        ran = lienthong("evidence", "verify", tmp_path / "e.zip", "--ca", hub.home / "ca")
        assert (got.code, ran.code) == (0, 0), got.err + ran.out


def test_of_somebody_elses_document_nothing_is_fetched(hub: RunningHub, lienthong: Lienthong, tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(b"kept")
    ran = lienthong("evidence", "get", "0" * 32, *hub.as_system(DEPARTMENT), "-o", tmp_path / "e.zip")
    assert (ran.code, "404 not-found" in ran.err) == (1, True)
    assert [(each.name, each.read_bytes()) for each in tmp_path.glob("*e.zip*")] == [("e.zip", b"kept")]
