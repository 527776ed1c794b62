"""The recorded exchanges: the octets of each request, and of its answer all but the server's time of day and the trace."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.entry.vxp.verbs import VERBS
from tests.vxp.recorded_hub import Recorded, recorded_hub
from tests.vxp.recording import exchanges, record


@pytest.fixture
async def recorded(working_folder: Path, tmp_path: Path) -> AsyncIterator[Recorded]:
    async with recorded_hub(working_folder, tmp_path) as hub:
        yield hub


async def test_the_recorded_requests_are_answered_bit_for_bit_as_they_were(recorded: Recorded) -> None:
    for exchange in exchanges():
        assert await recorded.answer(exchange.at, exchange.request) == exchange.answer, exchange.what


async def test_the_files_are_what_recording_makes(recorded: Recorded) -> None:
    assert await record(recorded) == list(exchanges())


def test_every_verb_is_recorded() -> None:
    named = {each.request.lines[0].split()[1].rpartition("/")[2] for each in exchanges()}
    assert named == set(VERBS)
