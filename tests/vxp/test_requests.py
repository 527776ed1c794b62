"""Wishes for the directory, decided on the command line."""

from datetime import datetime
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.core.model import VIETNAM, SystemId
from gateway.entry.cli import agency_requests
from gateway.entry.cli.init import initialise
from gateway.infra.opening import open_executor
from gateway.infra.vxp_book import SqlVxpBook, request_id
from gateway.ports import AgencyRequest, Wish
from gateway.wiring import database


@pytest.mark.parametrize("decided", ["approve", "refuse"])
async def test_an_agency_that_was_asked_for_is_in_the_directory_once_it_is_approved(decided: str, tmp_path: Path) -> None:
    initialise(tmp_path, port=None, agencies={"H56.01": "A"})
    settings = Settings.load(tmp_path / "gateway.toml")
    executor = open_executor(database(settings))
    wanted = request_id(SystemId("H56.01"), Wish.REGISTER, "H56.01.09")
    now = datetime.now(VIETNAM)
    await SqlVxpBook(executor).ask(
        AgencyRequest(
            id=wanted, system=SystemId("H56.01"), wish=Wish.REGISTER, organ="H56.01.09", fields={"name": "Phòng B"}, asked_at=now
        )
    )
    await executor.close()
    assert len((await agency_requests.listing(settings.file)).rows or ()) == 1
    await getattr(agency_requests, decided)(settings.file, wanted, "theo công văn")
    assert ("Phòng B" in (tmp_path / "agencies.toml").read_text("utf-8")) is (decided == "approve")
    assert not (await agency_requests.listing(settings.file)).rows
