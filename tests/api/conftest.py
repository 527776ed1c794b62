"""A whole hub in the test's own event loop, and agencies that call it over HTTP."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from multidict import CIMultiDictProxy

from gateway.config import Settings, Storage
from gateway.core import signing, writing
from gateway.core.envelope import DocumentPackage
from gateway.core.model import VIETNAM
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.api.pace import Patience
from gateway.wiring import LEDGER_FILE, assemble
from tests.documents import COMMUNE, DAY, DEPARTMENT, PROVINCE
from tests.migrated import new_ledger

WARD = "H56.01.07"
DEPARTMENT_ALIAS = "H56.15"


@dataclass
class FakeClock:
    """A clock that the test moves."""

    time: datetime = field(default_factory=lambda: datetime.now(VIETNAM))

    def now(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        self.time += timedelta(**delta)


def of_today(package: DocumentPackage) -> DocumentPackage:
    """The hub's clock is the real one, by which the certificates are valid: what is sent is promulgated today."""
    header = package.header
    if header.promulgation_date != DAY:
        return package
    today = datetime.now(VIETNAM).date()
    answered = tuple(replace(each, promulgation_date=today) for each in header.response_for)
    named = header.document_id.replace(f"{DAY:%Y/%m/%d}", f"{today:%Y/%m/%d}")
    return replace(package, header=replace(header, document_id=named, promulgation_date=today, response_for=answered))


@dataclass(kw_only=True)
class Client:
    """One agency's document system."""

    organ: str
    session: aiohttp.ClientSession
    base: str
    token: str
    key: signing.SigningKey
    certificate: x509.Certificate

    def sign(self, package: DocumentPackage, **more: Any) -> bytes:
        return signing.sign(writing.emit(of_today(package)), certificate=self.certificate, key=self.key, **more)

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any, CIMultiDictProxy[str]]:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        async with self.session.request(method, f"{self.base}/api/v1{path}", headers=headers, **more) as response:
            raw = await response.read()
            body = await response.json(content_type=None) if "json" in response.content_type and raw else raw
            return response.status, body, response.headers

    async def post_xml(self, path: str, data: bytes, **headers: str) -> tuple[int, Any]:
        status, body, _ = await self.call("POST", path, data=data, headers={"Content-Type": "application/xml"} | headers)
        return status, body

    async def send(self, package: DocumentPackage) -> dict[str, Any]:
        status, body = await self.post_xml("/documents", self.sign(package))
        assert status == 202, body
        answer: dict[str, Any] = body
        return answer

    async def lease(self, **asked: Any) -> dict[str, Any]:
        status, body, _ = await self.call("POST", "/inbox/leases", json=asked)
        assert status == 201, body
        answer: dict[str, Any] = body
        return answer

    async def post(self, path: str, asked: Any = None) -> tuple[int, Any]:
        status, body, _ = await self.call("POST", path, json=asked if asked is not None else {})
        return status, body

    async def get(self, path: str, **query: str | int) -> tuple[int, Any]:
        status, body, _ = await self.call("GET", path, params={name: str(value) for name, value in query.items()})
        return status, body


@dataclass(kw_only=True)
class Province:
    """The hub under test and its agencies."""

    folder: Path
    base: str
    clock: FakeClock
    hub: Hub
    clients: dict[str, Client]

    def __getitem__(self, organ: str) -> Client:
        return self.clients[organ]

    @property
    def province(self) -> Client:
        return self.clients[PROVINCE]

    @property
    def department(self) -> Client:
        return self.clients[DEPARTMENT]

    @property
    def commune(self) -> Client:
        return self.clients[COMMUNE]


@pytest.fixture(scope="session")
def working_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `lienthong init` lays out, made once: keys take time."""
    folder = tmp_path_factory.mktemp("hub")
    agencies = {PROVINCE: "UBND tỉnh (mẫu)", DEPARTMENT: "Sở A (mẫu)", COMMUNE: "UBND xã B (mẫu)", WARD: "UBND phường C (mẫu)"}
    named = [argument for organ, name in agencies.items() for argument in ("--agency", f"{organ}={name}")]
    lienthong("init", str(folder), *named)
    config = str(folder / "gateway.toml")
    lienthong("agency", "set", DEPARTMENT, "--alias", DEPARTMENT_ALIAS, "--config", config)
    return folder


def lienthong(*arguments: str) -> None:
    """Run the command line."""
    subprocess.run([sys.executable, "-m", "gateway", *arguments], check=True, capture_output=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(working_folder: Path, tmp_path: Path) -> Settings:
    return Settings(file=working_folder / "gateway.toml", storage=Storage(data=tmp_path))


@pytest.fixture
async def hub(working_folder: Path, tmp_path: Path, clock: FakeClock, settings: Settings) -> AsyncIterator[Province]:
    new_ledger(tmp_path / LEDGER_FILE)
    async with assemble(settings, clock=clock) as parts:
        at = Hub.of(parts, patience=Patience(seconds=2))
        async with TestServer(application(at)) as server, aiohttp.ClientSession() as session:
            base = str(server.make_url("")).rstrip("/")
            clients = {each.name: client_of(each, session, base) for each in (working_folder / "agencies").iterdir()}
            yield Province(folder=working_folder, base=base, clock=clock, hub=at, clients=clients)


def client_of(folder: Path, session: aiohttp.ClientSession, base: str) -> Client:
    key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    return Client(
        organ=folder.name,
        session=session,
        base=base,
        token=(folder / "token").read_text().strip(),
        key=key,  # type: ignore[arg-type]  # init writes RSA keys
        certificate=x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes()),
    )
