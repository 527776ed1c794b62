"""An agency that does not sign, and the national axis's list of agencies."""

import hashlib
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

from gateway.core import writing
from gateway.core.directory import Agency, Directory
from gateway.core.model import OrganId, Trust
from tests.api.conftest import Province, of_today
from tests.documents import COMMUNE, PROVINCE, document
from tests.vxp.sdk import Sdk

DUMMY = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>AAAA</SignatureValue></Signature>'
Made = Callable[..., Sdk]


async def test_what_an_agency_that_does_not_sign_sends_is_a_finding_and_sealed_by_the_hub(hub: Province, sdk: Made) -> None:
    rules = hub.hub.rules()
    rows = [replace(each, trust=Trust.CHANNEL) if each.id == PROVINCE else each for each in rules.directory]
    hub.hub.rules = lambda: replace(rules, directory=Directory.of(rows))
    file = writing.emit(of_today(document("31", to=(COMMUNE,)))).replace(b"</edXML:edXMLHeader>", DUMMY + b"</edXML:edXMLHeader>")
    answer = await sdk(PROVINCE).send(file, PROVINCE)
    assert answer["status"] == "OK", answer
    _, shown = await hub.province.get(f"/documents/{answer['DocId']}")
    assert {"unsigned-envelope", "signature-ignored"} <= {each["code"] for each in shown["findings"]}
    status, receipt = await hub.province.get(f"/documents/{answer['DocId']}/receipt")
    assert (status, hashlib.sha256(file).hexdigest().encode() in receipt) == (200, True)


async def test_the_whole_axis_is_listed_without_being_held_in_memory(hub: Province, sdk: Made) -> None:
    rules, own = hub.hub.rules(), sdk(PROVINCE)
    many = [Agency(id=OrganId(f"H56.{at}"), name="Ủy ban nhân dân") for at in range(111_339)]
    many_rules = replace(rules, directory=Directory.of(many))
    hub.hub.rules = lambda: many_rules
    tracemalloc.start()
    size = 0
    async with own.session.post(f"{own.endpoint}/getAgenciesList", headers=own.headers()) as response:
        async for chunk in response.content.iter_any():
            size += len(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000_000
    assert peak < 100_000_000
