"""What lists of revocation of today say about a moment that has passed."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.core import trust
from gateway.core.faults import Rejected, Transient
from gateway.core.signing import SigningKey
from gateway.core.trust import TrustStore
from gateway.infra.key_files import load_key
from tests.pki import pki

REVOKED = timedelta(days=-5)
"""When, from the moment of the test run."""


@cache
def store(*, unsafe_since: timedelta | None = None) -> TrustStore:
    """The PKI's own, whose intermediate revoked the commune's certificate five days ago."""
    at, own = pki().at + REVOKED, pki().store
    entry = x509.RevokedCertificateBuilder(pki()["commune"].certificate.serial_number, at)
    if unsafe_since is not None:
        entry = entry.add_extension(x509.InvalidityDate((pki().at + unsafe_since).replace(tzinfo=None)), critical=False)
    intermediate = pki().authority("intermediate")
    builder = x509.CertificateRevocationListBuilder(intermediate.subject, at, at + timedelta(days=30))
    signed = builder.add_revoked_certificate(entry.build()).sign(_key(), hashes.SHA384())
    roots = [known.crl for root in own.anchors if (known := own.revocations(root)) is not None]
    return TrustStore.of(own.anchors, own.intermediates, [*roots, signed])


def _key() -> SigningKey:
    return load_key(Path(pki().ca) / "intermediate-key.pem")


def judged(at: datetime, **more: timedelta) -> None:
    trust.demand_unrevoked_then(pki()["commune"].certificate, store(**more), at)


def test_what_was_revoked_later_was_good_then() -> None:
    judged(pki().at + REVOKED - timedelta(seconds=2))


@pytest.mark.parametrize("after", [timedelta(seconds=1), timedelta(days=4)])
def test_what_had_been_revoked_was_not(after: timedelta) -> None:
    with pytest.raises(Rejected, match="certificate-revoked"):
        judged(pki().at + REVOKED + after)


def test_a_key_that_was_unsafe_before_it_was_revoked_was_not_good_either() -> None:
    with pytest.raises(Rejected, match="certificate-revoked"):
        judged(pki().at + REVOKED - timedelta(days=1), unsafe_since=timedelta(days=-9))


def test_at_present_whatever_is_on_the_list_is_revoked() -> None:
    with pytest.raises(Rejected, match="certificate-revoked"):
        trust.demand_unrevoked(pki()["commune"].certificate, store(), pki().at + REVOKED - timedelta(days=1))


def test_of_a_moment_that_no_list_reaches_nothing_is_known() -> None:
    with pytest.raises(Transient, match="revocation-unknown"):
        trust.demand_unrevoked_then(pki()["commune"].certificate, pki().stores["none"], pki().at)


def test_the_line_of_a_certificate_ends_at_its_anchor() -> None:
    intermediate, root = pki().authority("intermediate"), pki().authority("root")
    certificate = pki()["commune"].certificate
    assert trust.line(certificate, pki().store) == (certificate, intermediate, root)
    assert trust.line(root, pki().store) == (root,)
    assert trust.line(certificate, TrustStore.of(())) == (certificate,)
