"""The hub's signer: receipts that anybody can prove, and faults that name the file."""

from pathlib import Path

import pytest

from gateway.core import receipts, signature, xmlsafe
from gateway.core.faults import Misconfigured
from gateway.infra.signer_file import FileSigner
from tests.attestations import AT, acceptance, collection
from tests.pki import pki


def _load(key: Path, certificate: Path) -> FileSigner:
    return FileSigner.load(key, certificate, "Trục liên thông (mẫu)")


@pytest.fixture
def signer() -> FileSigner:
    return _load(pki()["hub"].folder / "key.pem", pki()["hub"].folder / "cert.pem")


def test_a_sealed_receipt_is_proved_by_the_hub_certificate(signer: FileSigner) -> None:
    root = xmlsafe.parse(signer.seal(acceptance()).xml)
    claim = signature.examine_receipt(root)
    assert claim is not None
    assert signature.verify(root, claim, signer.certificate).root.findtext("{*}hub") == "Trục liên thông (mẫu)"


def test_a_receipt_carries_its_fact(signer: FileSigner) -> None:
    receipt = signer.seal(collection())
    assert (receipt.id, receipt.at, receipt.document) == (receipts.receipt_id(collection()), AT, collection().document.id)
    assert receipt.delivery == "fedcba9876543210" * 2


def test_the_key_is_not_shown(signer: FileSigner) -> None:
    assert "PrivateKey" not in repr(signer)


@pytest.mark.parametrize(("key", "certificate", "named"), [("hub", "province", "cert.pem"), ("weak", "weak", "key.pem")])
def test_a_key_that_does_not_fit_is_named(key: str, certificate: str, named: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        _load(pki()[key].folder / "key.pem", pki()[certificate].folder / "cert.pem")
    assert caught.value.path.endswith(named)


@pytest.mark.parametrize("content", [None, b"", b"-----%b KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" % b"BEGIN PRIVATE"])
def test_a_key_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(Misconfigured) as caught:
        _load(tmp_path / "key.pem", pki()["hub"].folder / "cert.pem")
    assert caught.value.path == str(tmp_path / "key.pem")
