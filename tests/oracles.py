"""Two other verifiers, told which certificate to believe. They say why they refuse a case, or None."""

import subprocess
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from tests.signature_cases import Case


def signxml_refusal(case: Case) -> str | None:
    def resolve(uri: str) -> bytes:
        return case.parts[uri.removeprefix("cid:")]

    wanted = SignatureConfiguration(expect_references=1 + len(case.parts))
    try:
        XMLVerifier().verify(case.data, x509_cert=case.signer.certificate, uri_resolver=resolve, expect_config=wanted)
    except (SignXMLException, InvalidSignature, etree.LxmlError, ValueError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def xmlsec1_refusal(case: Case, folder: Path) -> str | None:
    document, uris, arguments = folder / "document.xml", "empty,same-doc", list[str]()
    document.write_bytes(case.data)
    for number, (name, octets) in enumerate(case.parts.items()):
        part = folder / f"part-{number}"
        part.write_bytes(octets)
        uris, arguments = "empty,same-doc,remote,local", [*arguments, f"--url-map:cid:{name}", str(part)]
    return xmlsec1(
        *("--verify", "--enabled-key-data", "key-name", "--enabled-reference-uris", uris),  # key-name: KeyInfo is not read
        *("--pubkey-cert-pem", case.signer.folder / "cert.pem", *arguments, document),
    )


def xmlsec1(*arguments: str | Path) -> str | None:
    """Run the program; give its complaint, or None."""
    ran = subprocess.run(["xmlsec1", *arguments], capture_output=True, text=True, check=False)
    return None if ran.returncode == 0 else ran.stderr + ran.stdout
