"""Six agencies, on five adapters and the API, write to each other on the production plane: each to each, with statuses back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.config import Settings
from gateway.core.model import StatusCode
from gateway.infra.agencies_file import AGENCY, SYSTEM, editing, revise
from gateway.sdk.opening import find
from gateway.sdk.shipped import shipped
from tests.faults.correspondence import reconciled
from tests.journey.exchange import Agency, ByApi, InMemory, Letter, ThroughAdapter, absolute
from tests.postgres import PostgresServer, postgres
from tests.production import PROVINCE, ProductionPlane, eventually
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

ADAPTERS: Final = {
    "H56.40.01": ("loopback", "other_side.OtherSide"),
    "H56.40.02": ("webhook", "other_side.OtherSide"),
    "H56.40.03": ("folder", "sftp_side.SftpSide"),
    "H56.40.04": ("db_tables", "other_side.OtherSide"),
    "H56.40.05": ("soap_edoc", "other_side.OtherSide"),
}
AGENCIES: Final = (PROVINCE, *ADAPTERS)
LETTERS: Final = [
    Letter(
        sender=sender,
        receiver=receiver,
        number=str(1000 * row + column),
        subject=f"V/v phối hợp triển khai giữa {sender} và {receiver}: ngữ, nghĩa, đường, lối",
        file=f"Phụ lục số {row}{column} – kế hoạch.pdf",
        content=b"%PDF-1.4\n" + hashlib.sha256(f"{sender}{receiver}".encode()).digest() * 900 + b"\n%%EOF\n",
    )
    for row, sender in enumerate(AGENCIES, 1)
    for column, receiver in enumerate(AGENCIES, 1)
    if sender != receiver
]
PATIENCE: Final = 90


@pytest.fixture
async def agencies(
    postgres: PostgresServer, rabbit: RabbitServer, tmp_path: Path
) -> AsyncIterator[tuple[ProductionPlane, dict[str, Agency]]]:
    plane = ProductionPlane(
        tmp_path / "plane", servers=(postgres, rabbit), linked=(), polling=tuple(ADAPTERS), gateways=1, workers=2
    )
    plane.folder.mkdir()
    try:
        await asyncio.to_thread(plane.lay_out)
        async with AsyncExitStack() as opened:
            made: dict[str, Agency] = {PROVINCE: ByApi(plane, PROVINCE)}
            for organ in ADAPTERS:
                made[organ] = await linked(plane, organ, opened)
            await plane.start()
            yield plane, made
    finally:
        await asyncio.to_thread(plane.end)


async def linked(plane: ProductionPlane, organ: str, opened: AsyncExitStack) -> Agency:
    """Start the other side of an agency's adapter, and link its system to it."""
    name, side_name = ADAPTERS[organ]
    module, _, kind = side_name.partition(".")
    found = find(shipped("adapters") / name)
    folder = plane.folder / f"side-{name}"
    folder.mkdir()
    side: Any = await opened.enter_async_context(found.part(f"tests.{module}", kind)(folder))
    link = {"adapter": name, "settings": absolute(side.settings, folder), "in_flight": 4, "seconds": 20}
    settings = Settings.load(plane.config)
    with editing(settings.path(settings.directory.agencies)) as draft:
        revise(draft.get(SYSTEM, organ), {"link": link})
        if found.manifest.collect and name != "loopback":  # what a vendor's records are made into has no signature
            revise(draft.get(AGENCY, organ), {"trust": "channel", "trust_until": "2099-12-31"})
    if name == "loopback":
        return InMemory(plane, organ)
    collects = found.manifest.collect
    return ThroughAdapter(plane=plane, organ=organ, side=side, collects=collects, reports=collects)


async def test_each_writes_to_each_and_hears_what_became_of_it(agencies: tuple[ProductionPlane, dict[str, Agency]]) -> None:
    plane, offices = agencies
    for letter in LETTERS:
        await offices[letter.sender].send(letter)
    for organ, office in offices.items():
        await has(office, [each for each in LETTERS if each.receiver == organ])
    keys = deliveries(plane)
    for letter in LETTERS:
        await offices[letter.receiver].report(letter.number, keys[letter.number, letter.receiver], StatusCode.REGISTERED)
    for organ, office in offices.items():
        await hears(office, {(each.number, "03") for each in LETTERS if each.sender == organ})
    await reconciled(plane)
    assert plane.sql("SELECT count(*) FROM documents") == str(len(LETTERS))


async def has(office: Agency, letters: list[Letter]) -> None:
    """Wait until an agency has exactly these documents, each once, with their attachments bit for bit."""

    async def complete() -> bool:
        return len(await office.arrived()) >= len(letters)

    await eventually(complete, PATIENCE, f"{office.organ} has all {len(letters)}")
    arrived = await office.arrived()
    assert sorted((each.number, each.subject, *each.digests) for each in arrived) == sorted(
        (each.number, each.subject, each.digest) for each in letters
    )


async def hears(office: Agency, expected: set[tuple[str, str]]) -> None:
    """Wait until an agency has heard of all these statuses."""

    async def complete() -> bool:
        return expected <= await office.heard()

    await eventually(complete, PATIENCE, f"{office.organ} hears {sorted(expected)}")


def deliveries(plane: ProductionPlane) -> dict[tuple[str, str], str]:
    """Give the key of each delivery, by the document's number and the receiver."""
    rows = plane.sql("SELECT d.number, v.receiver, v.id FROM deliveries v JOIN documents d ON d.id = v.document")
    return {(number, receiver): key for number, receiver, key in (line.split("|") for line in rows.splitlines())}
