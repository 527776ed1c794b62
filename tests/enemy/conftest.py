"""A hub whose agencies hold every kind of certificate, and the rules by which its refusals are judged."""

import contextlib
import hashlib
import io
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from gateway.config import Directory, Settings, Storage
from gateway.config import Hub as Identity
from gateway.core.envelope import DocumentPackage
from gateway.core.fault_codes import FAULTS
from gateway.core.model import VIETNAM
from gateway.entry.api.app import application
from gateway.entry.api.connection import listen
from gateway.entry.api.hub import Hub
from gateway.wiring import LEDGER_FILE, assemble
from tests.api.conftest import Client, FakeClock
from tests.documents import DEPARTMENT, PROVINCE, document
from tests.migrated import new_ledger
from tests.pki import Member, pki

ANSWER_SECONDS = 5
RECORDED = ("documents", "deliveries", "events", "receipts", "statuses", "findings", "leases", "lease_items")
INSIDE = ("Traceback", 'File "', "site-packages", "root:x:", "lxml.", "sqlite", "0x7f")
"""What an answer never tells."""
UNREAD = b"a body that is refused before it is read"
CHANNEL = "000.00.31.H56"
"""An agency that is trusted by its channel: it signs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the hub holds: rows by table, payloads and files of the vault, and the audit rows of refusals."""

    rows: Mapping[str, int]
    kept: frozenset[str]
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Besieged:
    """The hub under attack. Clients are by organ id, members of the test PKI sign for theirs."""

    base: str
    data: Path
    clock: FakeClock
    clients: dict[str, Client]

    def __getitem__(self, organ: str) -> Client:
        return self.clients[organ]

    def trace(self) -> Trace:
        """Look at everything that the hub keeps, from outside."""
        with contextlib.closing(sqlite3.connect(self.data / LEDGER_FILE)) as ledger:
            rows = {table: ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in RECORDED}  # noqa: S608
            refusals = ledger.execute("SELECT code, sha256 FROM refusals ORDER BY seq").fetchall()
        vault = self.data / "vault"
        files = {path.name for path in vault.rglob("*") if path.is_file() and not path.name.startswith("small.sqlite3")}
        with contextlib.closing(sqlite3.connect(vault / "small.sqlite3")) as small:
            files |= {row[0] for row in small.execute("SELECT sha256 FROM payloads")}
        return Trace(rows=rows, kept=frozenset(files), refusals=tuple(refusals))

    async def post(
        self, body: bytes, *, organ: str = PROVINCE, media: str = "application/xml", **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        return await self[organ].call("POST", "/documents", data=io.BytesIO(body), headers={"Content-Type": media} | headers)

    async def refuse(
        self,
        body: bytes,
        code: str,
        *,
        organ: str = PROVINCE,
        media: str = "application/xml",
        digested: bytes | None = None,
        **headers: str,
    ) -> dict[str, Any]:
        """Hold that a body is refused as the rules of refusal say, and that it does no harm; give the problem document.

        `digested` are the octets whose SHA-256 the audit row has, where they are not the whole body; UNREAD where it has none.
        """
        before, started = self.trace(), time.perf_counter()
        status, problem, answered = await self.post(body, organ=organ, media=media, **headers)
        assert time.perf_counter() - started < ANSWER_SECONDS
        assert answered["Content-Type"] == "application/problem+json"
        said = {problem["code"], *(each["code"] for each in problem["errors"])}
        assert code in said, problem
        assert status == problem["status"] == FAULTS[problem["code"]].status
        assert 400 <= status < 500
        text = json.dumps(problem, ensure_ascii=False)
        assert not [word for word in INSIDE if word in text]
        assert str(self.data) not in text
        after = self.trace()
        audited = body if digested is None else digested
        audit = (problem["code"], "" if audited is UNREAD else hashlib.sha256(audited).hexdigest())
        assert (after.rows, after.kept) == (before.rows, before.kept)
        assert after.refusals == (*before.refusals, audit)
        await self.still_accepts(organ)
        return problem  # type: ignore[no-any-return]  # it was parsed from JSON

    async def still_accepts(self, organ: str = PROVINCE) -> None:
        """Hold that a valid document is accepted: from the same sender, where he has a certificate to sign with."""
        sender = organ if organ in GOOD else PROVINCE
        number = str(self.trace().rows["documents"] + 1_000)
        await self[sender].send(today(number, sender=sender))

    async def accept(self, body: bytes, *, organ: str = PROVINCE, media: str = "application/xml") -> dict[str, Any]:
        """Hold that a body is accepted, and given back byte for byte."""
        status, answer, _ = await self.post(body, organ=organ, media=media)
        assert status == 202, answer
        _, kept, _ = await self[organ].call("GET", f"/documents/{answer['id']}/envelope")
        assert hashlib.sha256(kept).hexdigest() == answer["sha256"]
        assert kept in body
        return answer  # type: ignore[no-any-return]


def today(number: str, **more: Any) -> DocumentPackage:
    more.setdefault("to", (DEPARTMENT,) if more.get("sender") != DEPARTMENT else (PROVINCE,))
    return document(number, promulgation_date=datetime.now(VIETNAM).date(), **more)


GOOD = frozenset({PROVINCE, DEPARTMENT, "H56.40.02", "H56.01.07"})
"""Agencies whose certificates may be used."""


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write agencies.toml: each member of the test PKI is registered for its organ, each agency has a system of its own."""
    registered: dict[str, list[Member]] = {}
    for member in pki().members.values():
        if member.name not in {"hub", "foreign"}:
            registered.setdefault(member.organ_id, []).append(member)
    blocks = [
        f'[[agency]]\nid = "{organ}"\nname = "{organ} (mẫu)"\ncertificates = {[str(each.folder / "cert.pem") for each in own]}\n'
        for organ, own in registered.items()
    ]
    blocks.append(f'[[agency]]\nid = "{CHANNEL}"\nname = "Cơ quan tin theo kênh (mẫu)"\ntrust = "channel"\n')
    blocks += [f'[[agency]]\nid = "{organ}"\nname = "Nơi nhận (mẫu)"\n' for organ in crowd()]
    for organ in (*registered, CHANNEL):
        token = hashlib.sha256(organ.encode()).hexdigest()
        blocks.append(f'[[system]]\nid = "{organ}"\norgans = ["{organ}"]\ntoken_sha256 = ["{token}"]\n')
    file = tmp_path_factory.mktemp("enemy") / "agencies.toml"
    file.write_text("\n".join(blocks), "utf-8")
    return file


def crowd() -> list[str]:
    """Name eight hundred receivers: every agency and commune of a large province."""
    return [f"H56.90.{number}" for number in range(800)]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hub(directory: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Besieged]:
    own = pki()["hub"].folder
    settings = Settings(
        storage=Storage(data=tmp_path),
        directory=Directory(agencies=directory, trust=pki().ca),
        hub=Identity(key=own / "key.pem", certificate=own / "cert.pem"),
    )
    new_ledger(tmp_path / LEDGER_FILE)
    async with assemble(settings, clock=clock) as parts:
        at = Hub.of(parts)
        async with _listening(at) as base, aiohttp.ClientSession() as session:
            members = {member.organ_id: member for member in reversed(pki().members.values())}
            clients = {organ: _client(organ, member, session, base) for organ, member in members.items()}
            clients[CHANNEL] = _client(CHANNEL, members[PROVINCE], session, base)
            yield Besieged(base=base, data=tmp_path, clock=clock, clients=clients)


@contextlib.asynccontextmanager
async def _listening(hub: Hub) -> AsyncIterator[str]:
    """Listen as the program does."""
    runner = web.AppRunner(application(hub))
    await runner.setup()
    server = await listen(runner, "127.0.0.1", 0, None)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await runner.cleanup()


def _client(organ: str, member: Member, session: aiohttp.ClientSession, base: str) -> Client:
    return Client(organ=organ, session=session, base=base, token=organ, key=member.key, certificate=member.certificate)
