"""Whose certificate it is, and whether it may be used: registration, then every use."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.core import signature, trust, xmlsafe
from gateway.core.directory import Agency
from gateway.core.faults import Rejected, Transient
from gateway.core.signature import Claim
from gateway.core.trust import TrustStore, Verdict
from gateway.infra.authority import INTERMEDIATE, ROOT, Authority, load_trust
from gateway.infra.key_files import load_key, read_certificates
from tests.pki import pki, self_signed
from tests.signer import sign


def _claim(name: str) -> Claim:
    claim = signature.examine(xmlsafe.parse(sign(pki()[name])))
    assert claim is not None
    return claim


def _bind(claimed: str, agency: Agency, store: str = "fresh") -> x509.Certificate:
    return trust.bind(agency, _claim(claimed), pki().stores[store], pki().at)


@pytest.mark.parametrize("name", ["province", "department", "department-next", "commune", "ward", "hub", "revoked"])
def test_a_fit_certificate_is_admitted_with_its_chain(name: str) -> None:
    chain = trust.admit(pki()[name].certificate, pki().store, pki().at)
    assert chain == (pki()[name].certificate, pki().authority(INTERMEDIATE), pki().authority(ROOT))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("expired", "certificate-expired"),
        ("future", "certificate-expired"),
        ("authority", "certificate-untrusted"),
        ("wrong-usage", "certificate-untrusted"),
        ("wrong-purpose", "certificate-untrusted"),
        ("foreign", "certificate-untrusted"),
        ("weak", "signature-key-weak"),
        ("curve", "signature-key-weak"),
    ],
)
def test_an_unfit_certificate_is_not_admitted(name: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        trust.admit(pki()[name].certificate, pki().store, pki().at)
    assert caught.value.code == code
    assert pki()[name].organ_id in caught.value.detail


@pytest.mark.parametrize("name", [ROOT, INTERMEDIATE])
def test_an_authority_of_the_chain_is_no_signer(name: str) -> None:
    with pytest.raises(Rejected, match="certificate-untrusted"):
        trust.admit(pki().authority(name), pki().store, pki().at)


def test_nothing_is_admitted_without_an_anchor() -> None:
    with pytest.raises(Rejected, match="certificate-untrusted"):
        trust.admit(pki()["province"].certificate, TrustStore.of((), (pki().authority(INTERMEDIATE),)), pki().at)


def test_nothing_is_admitted_without_the_intermediate() -> None:
    with pytest.raises(Rejected, match="certificate-untrusted"):
        trust.admit(pki()["province"].certificate, TrustStore.of((pki().authority(ROOT),)), pki().at)


def test_a_future_certificate_of_a_foreign_authority_is_untrusted_and_not_just_early() -> None:
    with pytest.raises(Rejected, match="certificate-untrusted"):
        trust.admit(pki()["foreign"].certificate, pki().store, pki().at - timedelta(days=60))


def test_a_leaf_that_issues_is_no_authority(tmp_path: Path) -> None:
    """An agency signs a certificate for somebody else with its own key."""
    agency, victim = pki()["commune"], pki()["province"].certificate
    builder = x509.CertificateBuilder(agency.certificate.subject, victim.subject, victim.public_key(), 1)
    for extension in victim.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    dated = builder.not_valid_before(victim.not_valid_before_utc).not_valid_after(victim.not_valid_after_utc)
    forged = dated.sign(agency.key, hashes.SHA256())
    store = replace(pki().store, intermediates=(*pki().store.intermediates, agency.certificate))
    with pytest.raises(Rejected, match="certificate-untrusted"):
        trust.admit(forged, store, pki().at)


def test_the_registered_certificate_is_bound() -> None:
    assert _bind("province", pki().agency("province")) == pki()["province"].certificate


@pytest.mark.parametrize("name", ["department", "department-next"])
def test_in_a_rotation_the_one_that_signed_is_bound(name: str) -> None:
    assert _bind(name, pki().agency("department", "department-next")) == pki()[name].certificate


@pytest.mark.parametrize(
    ("claimed", "registered", "code"),
    [
        ("commune", "province", "certificate-unregistered"),
        ("foreign", "province", "certificate-unregistered"),
        ("expired", "expired", "certificate-expired"),
        ("future", "future", "certificate-expired"),
        ("revoked", "revoked", "certificate-revoked"),
    ],
)
def test_a_certificate_that_may_not_be_used_is_refused(claimed: str, registered: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        _bind(claimed, pki().agency(registered))
    assert caught.value.code == code


def test_a_self_signed_certificate_in_the_name_of_an_agency_is_unregistered() -> None:
    key, certificate = self_signed("province")
    claim = signature.examine(xmlsafe.parse(sign(replace(pki()["commune"], key=key, certificate=certificate))))
    assert claim is not None
    with pytest.raises(Rejected, match="certificate-unregistered"):
        trust.bind(pki().agency("province"), claim, pki().store, pki().at)


def test_an_agency_without_certificate_signs_nothing() -> None:
    with pytest.raises(Rejected, match="certificate-unregistered"):
        _bind("province", replace(pki().agency("province"), certificates=()))


@pytest.mark.parametrize("store", ["stale", "none"])
def test_without_a_fresh_crl_the_sender_tries_later(store: str) -> None:
    with pytest.raises(Transient) as caught:
        _bind("province", pki().agency("province"), store)
    assert (caught.value.code, caught.value.retry_after) == ("revocation-unknown", trust.CRL_PATIENCE)


def test_what_a_stale_crl_revokes_stays_revoked() -> None:
    with pytest.raises(Rejected, match="certificate-revoked"):
        _bind("revoked", pki().agency("revoked"), "stale")


def test_a_crl_speaks_until_its_next_update(tmp_path: Path) -> None:
    authority = _copy_of_ca(tmp_path)
    authority.refresh_crls(at=pki().at.replace(microsecond=0), days=1)
    store, end = load_trust(tmp_path), pki().at.replace(microsecond=0) + timedelta(days=1)
    trust.demand_unrevoked(pki()["province"].certificate, store, end)
    with pytest.raises(Transient):
        trust.demand_unrevoked(pki()["province"].certificate, store, end + timedelta(seconds=1))


def test_a_revoked_intermediate_takes_its_agencies_with_it(tmp_path: Path) -> None:
    authority = _copy_of_ca(tmp_path)
    authority.revoke(f"{pki().authority(INTERMEDIATE).serial_number:x}")
    with pytest.raises(Rejected, match="certificate-revoked"):
        trust.demand_unrevoked(pki()["province"].certificate, load_trust(tmp_path), pki().at)


def test_a_crl_that_the_authority_did_not_sign_says_nothing() -> None:
    ours, own = pki().authority(INTERMEDIATE), pki()["commune"].key
    forged = _crl(ours.subject).sign(own, hashes.SHA256())
    store = TrustStore.of(pki().store.anchors, pki().store.intermediates, [forged])
    assert store.revocations(ours) is None


def test_a_partial_crl_says_nothing() -> None:
    ours, key = pki().authority(INTERMEDIATE), load_key(pki().ca / f"{INTERMEDIATE}-key.pem")
    delta = _crl(ours.subject).add_extension(x509.DeltaCRLIndicator(1), critical=True).sign(key, hashes.SHA256())
    store = TrustStore.of(pki().store.anchors, pki().store.intermediates, [delta])
    assert store.revocations(ours) is None


def test_the_newest_crl_counts_whatever_the_order() -> None:
    ours, key = pki().authority(INTERMEDIATE), load_key(pki().ca / f"{INTERMEDIATE}-key.pem")
    gone = x509.RevokedCertificateBuilder(7, pki().at).build()
    old = _crl(ours.subject).sign(key, hashes.SHA256())
    new = _crl(ours.subject, days=-1).add_revoked_certificate(gone).sign(key, hashes.SHA256())
    for crls in ([old, new], [new, old]):
        known = TrustStore.of(pki().store.anchors, pki().store.intermediates, crls).revocations(ours)
        assert known is not None
        assert known.serials == {7}


def test_a_circle_of_authorities_leaves_revocation_unknown() -> None:
    """Two foreign authorities that certify each other never reach an anchor."""
    foreign = read_certificates(pki().foreign / f"{INTERMEDIATE}.pem")
    loop = read_certificates(pki().foreign / f"{ROOT}.pem")
    store = replace(load_trust(pki().foreign), anchors=(), intermediates=(*foreign, *loop))
    with pytest.raises(Transient, match="revocation-unknown"):
        trust.demand_unrevoked(pki()["foreign"].certificate, store, pki().at)


def _copy_of_ca(folder: Path) -> Authority:
    for file in pki().ca.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return Authority.open(folder)


def _crl(issuer: x509.Name, days: int = -2) -> x509.CertificateRevocationListBuilder:
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(pki().at + timedelta(days=days))
    return builder.next_update(pki().at + timedelta(days=9))


@pytest.mark.parametrize(
    ("name", "store", "said"),
    [
        ("province", "fresh", Verdict.GOOD),
        ("future", "fresh", Verdict.EARLY),
        ("expired", "fresh", Verdict.EXPIRED),
        ("expired", "none", Verdict.EXPIRED),
        ("revoked", "fresh", Verdict.REVOKED),
        ("revoked", "none", Verdict.UNKNOWN),
        ("province", "none", Verdict.UNKNOWN),
    ],
)
def test_of_a_registered_certificate_it_is_said_whether_it_may_be_used(name: str, store: str, said: Verdict) -> None:
    assert trust.verdict(pki()[name].certificate, pki().stores[store], pki().at) is said


def test_it_is_known_when_a_revocation_list_was_issued() -> None:
    known = pki().store.revocations(pki().authority(INTERMEDIATE))
    assert known is not None and known.next_update is not None
    assert known.issued_at <= pki().at < known.next_update
