"""A vendor's system that calls the hub's SOAP face with zeep, from the WSDL that the hub itself serves."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.api.conftest import Client, Province
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document

zeep = pytest.importorskip("zeep")
requests = pytest.importorskip("requests")

FACE = "/faces/soap_edoc"
CALL = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{header}<s:Body>'
    '<{verb} xmlns="http://www.e-doc.vn/Schema/">{inside}</{verb}></s:Body></s:Envelope>'
)


class Vendor:
    """A vendor's system with its SOAP client; each call runs in a thread, as the hub is in this one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (client.organ, client.token)
        self._zeep: Any = None

    async def call(self, verb: str, **given: Any) -> Any:
        return await asyncio.to_thread(self._call, verb, given)

    async def close(self) -> None:
        self._session.close()

    def _call(self, verb: str, given: dict[str, Any]) -> Any:
        if self._zeep is None:
            settings = zeep.Settings(forbid_dtd=True, forbid_external=True, xml_huge_tree=True)
            transport = zeep.Transport(session=self._session)
            self._zeep = zeep.Client(f"{self.client.base}{FACE}?wsdl", transport=transport, settings=settings)
        return self._zeep.service[verb](**given)

    async def post(self, body: bytes | io.BytesIO, **headers: str) -> tuple[int, str]:
        """Post octets as they are."""
        own = {"Content-Type": "text/xml; charset=utf-8", "Authorization": f"Bearer {self.client.token}"} | headers
        async with self.client.session.post(f"{self.client.base}{FACE}", data=body, headers=own) as response:
            return response.status, await response.text()


@asynccontextmanager
async def opened(hub: Province) -> AsyncIterator[dict[str, Vendor]]:
    """Have a client of each agency."""
    made = {organ: Vendor(hub[organ]) for organ in (PROVINCE, DEPARTMENT, COMMUNE)}
    try:
        yield made
    finally:
        for each in made.values():
            await each.close()


async def send(hub: Province, vendors: dict[str, Vendor], **of: Any) -> str:
    """Send a document to the department; give the id that the sender gets."""
    package = document(**({"to": (DEPARTMENT,)} | of))
    answer = await vendors[PROVINCE].call("SendDocument", document=hub.province.sign(package))
    assert (answer.status, answer.code, answer.errors) == ("Success", 0, [])
    name: str = answer.docId
    return name


async def pending(vendor: Vendor) -> list[str]:
    return [each.docId for each in (await vendor.call("GetPendingDocumentIds")).document]
