"""The hub that the recorded exchanges are made with and replayed on: its agencies, secrets and clock are always the same."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp.test_utils import TestServer

from gateway.config import Settings, Storage
from gateway.core.directory import Agency, Directory, SdkAccess, System, Systems
from gateway.core.model import VIETNAM, OrganId, SystemId, Trust
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.api.quotas import Quotas
from gateway.wiring import LEDGER_FILE, assemble
from tests.api.conftest import FakeClock
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.migrated import new_ledger
from tests.vxp.wire import Request, exchanged, masked

BEGINNING: Final = datetime(2026, 11, 24, 8, 0, tzinfo=VIETNAM)
LOCKED: Final = "H56.40.09"
ENDED: Final = "H56.40.08"
OFFICE: Final = "H56-VPUB"
SERVICES: Final = "H56-DICHVU"
"""A system that calls for several agencies."""
SECRETS: Final = {OFFICE: "test-secret-of-the-office", SERVICES: "test-secret-of-the-services"}
_ON: Final = date(2026, 1, 1)
_FAR: Final = date(2099, 12, 31)
_AGENCIES: Final = (
    Agency(id=OrganId(PROVINCE), name="UBND tỉnh (mẫu)", trust=Trust.CHANNEL, trust_until=_FAR, updated_on=_ON),
    Agency(
        id=OrganId(DEPARTMENT),
        name="Sở A (mẫu)",
        aliases=("H56.15",),
        parent=OrganId(PROVINCE),
        trust=Trust.CHANNEL,
        trust_until=_FAR,
        email="so-a@example.vn",
        updated_on=date(2026, 11, 20),
    ),
    Agency(id=OrganId(COMMUNE), name="UBND xã B (mẫu)", parent=OrganId(PROVINCE), updated_on=_ON),
    Agency(id=OrganId(ENDED), name="UBND xã C (mẫu)", valid_to=date(2026, 7, 1), successor=OrganId(COMMUNE), updated_on=_ON),
    Agency(id=OrganId(LOCKED), name="UBND xã D (mẫu)", locked="đang kiểm tra", updated_on=_ON),
)
_HELD_BY: Final = {OFFICE: {PROVINCE}, SERVICES: {DEPARTMENT, COMMUNE}}


@dataclass(kw_only=True)
class Recorded:
    """The hub, and its clock, which each exchange sets."""

    host: str
    port: int
    clock: FakeClock

    async def answer(self, at: datetime, request: Request) -> str:
        """Give the whole answer to a request that comes at a moment, as text."""
        self.clock.time = at
        return masked(await exchanged(self.host, self.port, request))


@asynccontextmanager
async def recorded_hub(working_folder: Path, data: Path) -> AsyncIterator[Recorded]:
    """Run the hub over an empty ledger. Of the folder it takes its own key, which no answer of the SDK shows."""
    clock, settings = FakeClock(time=BEGINNING), Settings(file=working_folder / "gateway.toml", storage=Storage(data=data))
    new_ledger(data / LEDGER_FILE)
    async with assemble(settings, clock=clock) as parts:
        systems = Systems.of(
            System(
                id=SystemId(each),
                organs=frozenset(map(OrganId, _HELD_BY[each])),
                vxp=SdkAccess(secrets=(SECRETS[each].encode(),)),
            )
            for each in SECRETS
        )
        rules = replace(parts.rules(), directory=Directory.of(_AGENCIES), systems=systems)
        at = Hub.of(parts, rules=lambda: rules, quotas=Quotas(clock=_unhurried()))
        async with TestServer(application(at)) as server:
            yield Recorded(host=server.host, port=server.port or 0, clock=clock)


def _unhurried() -> Callable[[], float]:
    """Give a clock on which requests are a minute apart: those that are refused are many, and none is held up for that."""
    seconds = itertools.count(0.0, 60.0)
    return lambda: next(seconds)


def later(minutes: float) -> datetime:
    """Give a moment after the beginning."""
    return BEGINNING + timedelta(minutes=minutes)
