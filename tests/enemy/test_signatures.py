"""Every attack on a signature and every good one, through the whole hub."""

import time

import pytest

from tests.enemy.conftest import Besieged
from tests.enemy.mime import related
from tests.pki import pki
from tests.signature_attacks import refused
from tests.signature_cases import accepted, changed
from tests.signer import DS, INCLUSIVE, sign

NO_SENDER = (
    "another root",
    "the genuine header in the body",
    "a forged header beside the genuine one",
    "a layer between root and envelope",
)
EARLIER = {
    "signature-invalid: another agency's key": "certificate-unregistered",
    "signature-invalid: another kind of key": "certificate-unregistered",
    **{f"signature-wrapped: {name}": "sender-unknown" for name in NO_SENDER},
}
"""What is refused before the signature is looked at, or before anything is computed with a key."""
BOMB_SECONDS = 1.0


@pytest.mark.parametrize("name", refused())
async def test_an_attack_is_refused_and_does_no_harm(hub: Besieged, name: str) -> None:
    case = refused()[name]
    code = EARLIER.get(name, case.code or "")
    if case.parts:
        body, media = related(case.data, case.parts)
        await hub.refuse(body, code, organ=case.signer.organ_id, media=media, digested=case.data)
    else:
        await hub.refuse(case.data, code, organ=case.signer.organ_id)


@pytest.mark.parametrize("name", accepted())
async def test_what_is_legal_is_accepted_however_odd(hub: Besieged, name: str) -> None:
    case = accepted()[name]
    if case.parts:
        body, media = related(case.data, case.parts)
        await hub.accept(body, organ=case.signer.organ_id, media=media)
    else:
        await hub.accept(case.data, organ=case.signer.organ_id)


def _bombs() -> dict[str, tuple[str, bytes]]:
    """Make documents that cost a careless verifier seconds or minutes before it knows the signature is worthless."""
    spaces = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(2_000))
    few = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(390))
    province = pki()["province"]
    inclusive = ((f"{DS}enveloped-signature", ""), (INCLUSIVE, ""))
    return {
        "2,000 namespaces and 300 References": (
            "xml-too-complex",
            sign(province, document=changed("<edXML ", f"<edXML{spaces} "), references="{whole}" * 300),
        ),
        "390 namespaces and 300 References": (
            "signature-reference",
            sign(province, document=changed("<edXML ", f"<edXML{few} "), references="{whole}" * 300),
        ),
        "390 namespaces and inclusive C14N": (
            "signature-c14n",
            sign(province, document=changed("<edXML ", f"<edXML{few} "), transforms=inclusive),
        ),
        "300 transforms": ("signature-transform", sign(province, transforms=((f"{DS}enveloped-signature", ""),) * 300)),
        "a certificate of a megabyte": (
            "signature-keyinfo",
            sign(province, key_info=f"<X509Data><X509Certificate>{'A' * 1_000_000}</X509Certificate></X509Data>"),
        ),
        "a signature value of a megabyte": ("signature-invalid", sign(province, value="A" * 1_000_000)),
    }


@pytest.mark.parametrize("name", _bombs())
async def test_what_would_cost_the_processor_dearly_is_refused_within_a_second(hub: Besieged, name: str) -> None:
    code, data = _bombs()[name]
    started = time.perf_counter()
    status, problem, _ = await hub.post(data)
    assert (status, time.perf_counter() - started < BOMB_SECONDS) in {(400, True), (422, True)}
    assert problem["code"] == code
    await hub.refuse(data, code)
