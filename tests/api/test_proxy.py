"""A reverse proxy is believed by its address and its secret, both; whatever anybody else forwards is as if it were not there."""

import hashlib
import ipaddress
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.serialization import Encoding
from multidict import CIMultiDict

from gateway.config import Proxy as ProxySettings
from gateway.config import Server, Settings
from gateway.core.directory import System, Systems
from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId, SystemId
from gateway.entry.api.app import application
from gateway.entry.api.proxy import Proxy
from gateway.entry.serve import trusted_proxy
from tests.api.conftest import Province
from tests.documents import PROVINCE

HERE = (ipaddress.ip_network("127.0.0.0/8"),)
ELSEWHERE = (ipaddress.ip_network("192.0.2.0/24"),)
SECRET = "a secret of thirty-two characters"


@dataclass(kw_only=True)
class Behind:
    """A hub behind a proxy, and what the proxy says of a client with the province's certificate."""

    hub: Province
    data: Path
    servers: dict[str, str]

    def said(self, **other: str) -> CIMultiDict[str]:
        pem = quote(self.hub.province.certificate.public_bytes(Encoding.PEM).decode())
        headers = {
            "X-Lienthong-Proxy-Secret": SECRET,
            "X-Lienthong-Client-Cert": pem,
            "X-Lienthong-Client-Verify": "SUCCESS",
            "X-Forwarded-For": "198.51.100.7",
        }
        return CIMultiDict({name: value for name, value in (headers | other).items() if value})

    async def call(self, headers: Mapping[str, str], *, believed: bool = True) -> int:
        url = self.servers["believed" if believed else "unbelieved"]
        async with self.hub.province.session.get(f"{url}/api/v1/inbox", headers=headers) as response:
            return response.status

    async def source(self, headers: CIMultiDict[str], *, believed: bool = True) -> str:
        """Have a document refused, and give the address in its audit row."""
        headers = CIMultiDict(headers)
        headers.update({"Authorization": f"Bearer {self.hub.province.token}", "Content-Type": "application/xml"})
        url = self.servers["believed" if believed else "unbelieved"]
        async with self.hub.province.session.post(f"{url}/api/v1/documents", data=b"<x", headers=headers) as response:
            assert response.status == 400
        connection = sqlite3.connect(self.data / "ledger.sqlite3")
        (source,) = connection.execute("SELECT source FROM refusals ORDER BY seq DESC LIMIT 1").fetchone()
        connection.close()
        return str(source)


@pytest.fixture
async def behind(hub: Province, tmp_path: Path) -> AsyncIterator[Behind]:
    digest = hashlib.sha256(hub.province.certificate.public_bytes(Encoding.DER)).hexdigest()
    own = System(id=SystemId("p"), organs=frozenset({OrganId(PROVINCE)}), certificate_sha256=(digest,))
    rules = hub.hub.rules()
    tokens = tuple(system for system in rules.systems)
    known = replace(rules, systems=Systems.of((*tokens, own)))
    servers = {}
    believed = replace(hub.hub, rules=lambda: known, proxy=Proxy(networks=HERE, secret=SECRET.encode()))
    unbelieved = replace(believed, proxy=Proxy(networks=ELSEWHERE, secret=SECRET.encode()))
    async with TestServer(application(believed)) as first, TestServer(application(unbelieved)) as second:
        servers = {"believed": str(first.make_url("")).rstrip("/"), "unbelieved": str(second.make_url("")).rstrip("/")}
        yield Behind(hub=hub, data=tmp_path, servers=servers)


async def test_the_certificate_that_the_proxy_verified_proves_the_system(behind: Behind) -> None:
    assert await behind.call(behind.said()) == 200


async def test_header_names_in_another_case_are_the_same_headers(behind: Behind) -> None:
    assert await behind.call({name.lower(): value for name, value in behind.said().items()}) == 200


@pytest.mark.parametrize(
    "other",
    [
        {"X-Lienthong-Proxy-Secret": ""},
        {"X-Lienthong-Client-Verify": "FAILED:expired"},
        {"X-Lienthong-Client-Verify": ""},
        {"X-Lienthong-Client-Cert": ""},
        {"X-Lienthong-Client-Cert": "%2D%2Dnot"},
        {"X-Lienthong-Client-Cert": "x" * 8_001},
        {"X-Lienthong-Proxy-Secret": "another secret altogether, as long"},
    ],
)
async def test_what_is_not_whole_proves_nothing(behind: Behind, other: dict[str, str]) -> None:
    assert await behind.call(behind.said(**other)) == 401


async def test_forged_headers_from_another_address_prove_nothing(behind: Behind) -> None:
    assert await behind.call(behind.said(), believed=False) == 401


@pytest.mark.parametrize("name", ["X-Lienthong-Client-Cert", "X-Lienthong-Client-Verify", "X-Lienthong-Proxy-Secret"])
async def test_a_header_that_is_there_twice_proves_nothing(behind: Behind, name: str) -> None:
    headers = behind.said()
    headers.add(name, headers[name])
    assert await behind.call(headers) == 401


async def test_without_a_proxy_in_the_settings_no_header_is_believed(behind: Behind) -> None:
    async with behind.hub.province.session.get(f"{behind.hub.base}/api/v1/inbox", headers=behind.said()) as response:
        assert response.status == 401


async def test_the_audit_names_the_client_that_the_proxy_saw(behind: Behind) -> None:
    assert await behind.source(behind.said()) == "198.51.100.7"


async def test_what_a_client_wrote_before_the_proxy_s_own_hop_is_not_believed(behind: Behind) -> None:
    assert await behind.source(behind.said(**{"X-Forwarded-For": "203.0.113.9, 198.51.100.7, 127.0.0.1"})) == "198.51.100.7"


@pytest.mark.parametrize("believed", [True, False])
async def test_the_audit_names_the_peer_where_the_proxy_is_not_believed(behind: Behind, *, believed: bool) -> None:
    secret = {"X-Lienthong-Proxy-Secret": ""} if believed else {}
    assert await behind.source(behind.said(**secret), believed=believed) == "127.0.0.1"


def test_a_proxy_without_a_proper_secret_is_misconfigured(tmp_path: Path) -> None:
    named = ProxySettings(addresses=HERE, secret_file=Path("secret"))
    settings = Settings(file=tmp_path / "gateway.toml", server=Server(proxy=named))
    for make in (lambda: None, lambda: (tmp_path / "secret").write_text("short")):
        make()
        with pytest.raises(Misconfigured, match="secret"):
            trusted_proxy(settings)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert trusted_proxy(settings) == Proxy(networks=HERE, secret=SECRET.encode())
