"""`lienthong demo --seed-province`: a hub that looks as if it had had sixty busy days, at once and always the same."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.core.circuit import CircuitState
from gateway.core.deadlines import DeadlineState
from gateway.core.directory import NEW_GRAMMAR, OLD_GRAMMAR
from gateway.core.faults import Misconfigured
from gateway.core.model import VIETNAM, State
from gateway.entry.cli.output import Outcome
from gateway.entry.demo.province import seed
from gateway.entry.demo.province_names import MOST, seats
from gateway.entry.demo.province_papers import DAYS, Trouble, days
from gateway.ports import Filter, Owing, Wanted
from gateway.wiring import Parts, assemble

AGENCIES, DOCUMENTS = 60, 2_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("province") / "hub"


@pytest.fixture(scope="module")
def made(home: Path) -> Outcome:
    return seed(folder=home, agencies=AGENCIES, documents=DOCUMENTS, port=8123, silent=True)


@pytest.fixture
async def parts(made: Outcome, home: Path) -> AsyncIterator[Parts]:
    async with assemble(Settings.load(home / "gateway.toml")) as parts:
        yield parts


def test_how_to_serve_it_and_to_sign_in_is_said(made: Outcome, home: Path) -> None:
    password = (home / "operator" / "password").read_text().strip()
    for told in (f"serve --config {home}/gateway.toml", "http://127.0.0.1:8123/console", f"operator / {password}"):
        assert told in made.en


def test_it_says_that_there_are_no_files_and_receipts(made: Outcome) -> None:
    assert "không có tệp, biên nhận" in made.vi


def test_the_command_makes_as_many_as_are_asked_for(tmp_path: Path) -> None:
    asked = ["--seed-province", "--agencies", "5", "--documents", "20", "--dir", str(tmp_path / "hub"), "--json"]
    ran = subprocess.run([sys.executable, "-m", "gateway", "demo", *asked], check=True, capture_output=True)
    told = json.loads(ran.stdout)
    assert (told["agencies"], told["documents"], told["operator"]) == (5, 20, "operator")


def test_a_folder_with_a_hub_is_left_alone(made: Outcome, home: Path) -> None:
    with pytest.raises(Misconfigured):
        seed(folder=home, agencies=AGENCIES, documents=1, port=0, silent=True)


def test_eight_hundred_agencies_have_names_and_ids_of_their_own() -> None:
    for count in (800, MOST):
        named = seats(count)
        assert len({each.organ for each in named}) == len({each.name for each in named}) == count
        assert [each for each in named if not (NEW_GRAMMAR.fullmatch(each.organ) or OLD_GRAMMAR.fullmatch(each.organ))] == []


def test_the_same_day_gives_the_same_province() -> None:
    named, now = seats(20), datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
    first, second = (list(days(named, Trouble.among(named), 50, now)) for _ in range(2))
    assert first == second


async def test_all_its_documents_are_of_the_last_days_and_none_is_of_tomorrow(parts: Parts) -> None:
    ports, after, seen = parts.ports, None, list[datetime]()
    while after is not None or not seen:
        page = await ports.province.find(Wanted(), after=after, limit=500)
        after, seen = page.next, [*seen, *(view.document.accepted_at for view in page.items)]
    now = ports.clock.now()
    assert (len(seen), seen) == (DOCUMENTS, sorted(seen, reverse=True))
    assert now - timedelta(days=DAYS, hours=1) < seen[-1]
    assert seen[0] < now


async def test_documents_are_found_by_their_words(parts: Parts) -> None:
    found = await parts.ports.province.find(Wanted(words=("chuyen", "doi", "so")), after=None, limit=5)
    assert {"chuyển đổi số" in view.document.subject for view in found.items} == {True}


async def test_something_of_everything_hurts(parts: Parts) -> None:
    ports = parts.ports
    assert len({group.cause for group in await ports.dead_letters.groups(Filter())}) == 3
    assert {circuit.state for circuit in await ports.outbox.circuits()} == {CircuitState.PARKED}
    assert sum(tally.waiting for tally in await ports.outbox.queues()) > 0
    assert await ports.province.overdue()
    assert await ports.presence.backlogs()
    for state in (State.COLLECTED, State.RECEIVED, State.PROCESSING, State.COMPLETED):
        assert (await ports.province.find(Wanted(state=state), after=None, limit=1)).items, state


async def test_its_deadlines_are_there_and_its_news_is_told(parts: Parts) -> None:
    assert await parts.ports.deadlines.are_kept()
    owed = await parts.ports.deadlines.owed(Owing(states=(DeadlineState.OPEN,)), after=None, limit=1)
    assert owed.items


async def test_the_systems_that_are_away_are_of_the_directory(parts: Parts) -> None:
    linked = {system.id for system in parts.rules().systems if system.link is not None}
    assert {circuit.system for circuit in await parts.ports.outbox.circuits()} == linked
    assert len(parts.rules().directory.agencies) == AGENCIES
