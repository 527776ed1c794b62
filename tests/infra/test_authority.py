"""The development CA: what it issues is fit for use, what it revokes is revoked, and its keys stay its own."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from gateway.core import trust
from gateway.core.faults import Misconfigured, Rejected
from gateway.entry.cli import cert
from gateway.infra.authority import Authority, load_trust
from gateway.infra.key_files import write_secret


def now() -> datetime:
    """The real time, by which the authority issues: that of the test PKI may be a while ago."""
    return datetime.now(UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path / "ca")


def _certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
def test_what_it_issues_is_admitted(authority: Authority, kind: str) -> None:
    issued = authority.issue("Sở A (mẫu)", "000.00.15.H56", key=kind)
    certificate, key = _certificate(issued.certificate_pem), load_pem_private_key(issued.key_pem, None)
    assert certificate.public_key() == key.public_key()
    assert trust.admit(certificate, load_trust(authority.folder), now() + timedelta(minutes=1))[0] == certificate


def test_what_it_issues_may_be_used(authority: Authority) -> None:
    certificate = _certificate(authority.issue("Sở A", "000.00.15.H56", key="p256").certificate_pem)
    trust.demand_unrevoked(certificate, load_trust(authority.folder), now())


def test_a_long_vietnamese_name_is_whole_in_the_certificate(authority: Authority) -> None:
    name = "Ủy ban nhân dân xã Nguyệt Ấn, huyện Ngọc Lặc cũ, tỉnh Thanh Hóa (mẫu)"
    subject = _certificate(authority.issue(name, "H56.40.02", key="p256").certificate_pem).subject
    assert subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0].value == name


def test_what_it_revokes_is_revoked(authority: Authority) -> None:
    certificate = _certificate(authority.issue("Sở A", "000.00.15.H56", key="p256").certificate_pem)
    authority.revoke(f"{certificate.serial_number:X}")
    with pytest.raises(Rejected, match="certificate-revoked"):
        trust.demand_unrevoked(certificate, load_trust(authority.folder), now())


def test_revoking_again_keeps_the_first_time(authority: Authority) -> None:
    serial = f"{_certificate(authority.issue('Sở A', 'H56', key='p256').certificate_pem).serial_number:x}"
    assert authority.revoke(serial).revoked_at == authority.revoke(serial, at=now() + timedelta(days=9)).revoked_at


def test_an_unknown_serial_is_not_revoked(authority: Authority) -> None:
    with pytest.raises(Misconfigured, match="abc"):
        authority.revoke("abc")


def test_a_renewed_certificate_has_a_new_key_and_the_same_holder(authority: Authority) -> None:
    old = _certificate(authority.issue("Sở A", "000.00.15.H56", key="p384").certificate_pem)
    new = _certificate(authority.renew(f"{old.serial_number:x}").certificate_pem)
    assert new.subject == old.subject
    assert new.public_key() != old.public_key()
    assert [entry.key for entry in authority.list() if entry.organ_id == "000.00.15.H56"] == ["p384", "p384"]


def test_keys_are_readable_by_their_owner_alone(authority: Authority) -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in authority.folder.glob("*-key.pem")}
    assert modes == {"root-key.pem": 0o600, "intermediate-key.pem": 0o600}


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    write_secret(tmp_path / "key.pem", b"first")
    with pytest.raises(Misconfigured, match=r"key\.pem"):
        write_secret(tmp_path / "key.pem", b"second")
    assert (tmp_path / "key.pem").read_bytes() == b"first"


def test_an_authority_is_not_made_over_another(authority: Authority) -> None:
    with pytest.raises(Misconfigured, match=r"root-key\.pem"):
        Authority.create(authority.folder)


def test_a_folder_without_authority_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"root\.pem"):
        Authority.open(tmp_path)


def test_an_unknown_kind_of_key_is_named(authority: Authority) -> None:
    with pytest.raises(Misconfigured, match="dsa1024"):
        authority.issue("Sở A", "H56", key="dsa1024")


def test_a_trust_folder_may_hold_der_files(authority: Authority, tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    for name in ("root", "intermediate"):
        certificate = _certificate((authority.folder / f"{name}.pem").read_bytes())
        crl = x509.load_pem_x509_crl((authority.folder / f"{name}.crl").read_bytes())
        (folder / f"{name}.cer").write_bytes(certificate.public_bytes(Encoding.DER))
        (folder / f"{name}.crl").write_bytes(crl.public_bytes(Encoding.DER))
    store = load_trust(folder)
    assert (len(store.anchors), len(store.intermediates)) == (1, 1)
    assert all(store.revocations(each) for each in (*store.anchors, *store.intermediates))


def test_a_trust_folder_without_anchor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=tmp_path.name):
        load_trust(tmp_path)


@pytest.mark.parametrize("name", ["broken.pem", "broken.crl"])
def test_a_file_that_cannot_be_read_is_named(authority: Authority, name: str) -> None:
    (authority.folder / name).write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(Misconfigured, match=name):
        load_trust(authority.folder)


def test_the_command_line_issues_renews_revokes_and_lists(authority: Authority, tmp_path: Path) -> None:
    first = cert.issue(authority.folder, "Sở A", "000.00.15.H56", tmp_path / "a", key="p256")
    second = cert.renew(authority.folder, first, tmp_path / "b")
    cert.revoke(authority.folder, first)
    rows = cert.list_issued(authority.folder, at=now())
    assert [row.standing for row in rows] == ["valid", "revoked", "valid"]
    assert [row.entry.serial for row in rows[1:]] == [cert.serial_of(first), cert.serial_of(second)]


def test_the_command_line_keeps_the_keys_that_are_there(authority: Authority, tmp_path: Path) -> None:
    cert.issue(authority.folder, "Sở A", "000.00.15.H56", tmp_path, key="p256")
    with pytest.raises(Misconfigured, match=r"key\.pem"):
        cert.issue(authority.folder, "Sở A", "000.00.15.H56", tmp_path, key="p256")
    assert len(authority.list()) == 2
