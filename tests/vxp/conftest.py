"""Agencies that call by the SDK, on a whole hub."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Province, clock, hub, lienthong, settings, working_folder
from tests.vxp.sdk import Sdk

__all__ = ["clock", "hub", "lienthong", "settings", "working_folder"]

PREFIX = "/XrdAdapter/adapter"


@pytest.fixture
def sdk(hub: Province) -> Callable[..., Sdk]:
    def made(organ: str, secret: str | None = None) -> Sdk:
        found = secret or (hub.folder / "agencies" / organ / "vxp-secret").read_text().strip()
        return Sdk(session=hub[organ].session, endpoint=f"{hub.base}{PREFIX}", system=organ, secret=found)

    return made
