"""One system hangs, one refuses, one floods: what the others feel of it, in figures."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Final

import pytest

from gateway.config import Settings
from gateway.infra.agencies_file import SYSTEM, editing, revise
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.opening import find
from gateway.sdk.shipped import shipped
from tests.faults.correspondence import Office
from tests.journey.exchange import absolute
from tests.postgres import PostgresServer, postgres
from tests.production import PROVINCE, ProductionPlane, eventually
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

WELL, HANGS, REFUSES, FLOODS = (f"H56.40.{number:02d}" for number in range(1, 5))
DOCUMENTS: Final = 80
A_SECOND: Final = 10
"""A pace that leaves the machine room: what is measured is waiting for others, not for the processor."""
SLACK_MS: Final = 500
"""What a p99 of so few documents moves by itself on two busy cores."""
FLOOD: Final = """
from contextlib import asynccontextmanager
from pathlib import Path
from pydantic import BaseModel
from gateway.sdk import Adapter, CollectedEnvelope
from gateway.sdk.edxml import stream

class Settings(BaseModel):
    on: Path

class Flood(Adapter):
    def __init__(self, on):
        self.on = on

    async def collect(self):
        number = 0
        while self.on.exists():
            number += 1
            yield CollectedEnvelope(reference=str(number), open=stream(b"<edXML>" + str(number).encode() + b"</edXML>"))

    async def acknowledge(self, collected, outcome): ...

    async def health(self): ...

@asynccontextmanager
async def open_adapter(settings, context):
    yield Flood(context.folder / settings.on)
"""
MANIFEST: Final = """
name = "flood"
version = "1"
contract = 1
push = false
collect = true
statuses = false
recall = false
separate = false
description = { vi = "Gửi không ngừng", en = "Sends without end" }
"""


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    folder = tmp_path_factory.mktemp("plane")
    plane = ProductionPlane(
        folder, servers=(postgres, rabbit), linked=[WELL], polling=[HANGS, REFUSES, FLOODS], gateways=1, workers=2
    )
    try:
        plane.lay_out()
        adapter = folder / "adapters" / "flood"
        adapter.mkdir(parents=True)
        (adapter / "adapter.py").write_text(FLOOD)
        (adapter / "manifest.toml").write_text(MANIFEST)
        with plane.config.open("a") as settings:
            settings.write('\n[directory]\nadapters = ["adapters"]\n')
        yield plane
    finally:
        plane.end()


async def test_what_one_system_does_moves_nobody_elses_documents(plane: ProductionPlane) -> None:
    found = find(shipped("adapters") / "webhook")
    office = Office(plane, PROVINCE)
    async with AsyncExitStack() as opened:
        sides: dict[str, Any] = {}
        for organ, mood in ((HANGS, Mood.HANGING), (REFUSES, Mood.REFUSING)):
            folder = plane.folder / f"side-{organ}"
            folder.mkdir()
            sides[organ] = await opened.enter_async_context(found.part("tests.other_side", "OtherSide")(folder))
            await sides[organ].be(mood)
            link(plane, organ, {"adapter": "webhook", "settings": absolute(sides[organ].settings, folder), "seconds": 10})
        link(plane, FLOODS, {"adapter": "flood", "settings": {"on": "flood-on"}, "push": False})
        await plane.start()
        await measured(plane, office)  # everything is imported and connected
        before = await measured(plane, office)
        (plane.folder / "flood-on").touch()
        await office.post_all(office.write(organ) for organ in [HANGS, REFUSES] * 20)
        await eventually(lambda: flooded(plane), 30, "the flood has begun")
        during = await measured(plane, office)
        (plane.folder / "flood-on").unlink()
    print(f"\np50/p99 ms: alone {before}, beside a hung, a refusing and a flooding system {during}")  # noqa: T201  the figures
    assert during[1] <= 2 * before[1] + SLACK_MS
    assert await refused(office) == 20


async def measured(plane: ProductionPlane, office: Office) -> tuple[int, int]:
    """Send documents at a pace to the one that is well; give p50 and p99, in ms, from the POST to its having it."""
    began: dict[str, float] = {}
    for _ in range(DOCUMENTS):
        start = time.time()
        sent = await office.post(office.write(WELL))
        began[sent.id] = start
        await asyncio.sleep(max(0.0, start + 1 / A_SECOND - time.time()))
    await eventually(lambda: has(plane, began), 30, "all have arrived")
    arrived = {each["document"]: datetime.fromisoformat(each["at"]).timestamp() for each in reversed(plane.received())}
    waits = sorted(arrived[document] - start for document, start in began.items())
    return round(1000 * waits[len(waits) // 2]), round(1000 * waits[int(len(waits) * 0.99) - 1])


async def has(plane: ProductionPlane, documents: dict[str, float]) -> bool:
    return documents.keys() <= {each["document"] for each in plane.received() if each["taken"]}


async def flooded(plane: ProductionPlane) -> bool:
    return int(plane.sql("SELECT count(*) FROM refusals")) > 200


async def refused(office: Office) -> int:
    page = await office.ask("GET", "/documents?state=failed&limit=100")
    return len(page["items"])


def link(plane: ProductionPlane, organ: str, how: dict[str, object]) -> None:
    settings = Settings.load(plane.config)
    with editing(settings.path(settings.directory.agencies)) as draft:
        revise(draft.get(SYSTEM, organ), {"link": how})
