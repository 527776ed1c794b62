"""The README says what is so: its commands work on the example, its table and settings are those of the code."""

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest

from gateway.sdk.opening import find

from .scripted import FOLDER
from .service import TOKEN, running
from .wire import schema

README = (FOLDER / "README.md").read_text("utf-8")


async def test_the_commands_work_and_deliver_twice_gives_the_same_answer(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("curl is not installed: apt-get install curl")
    (commands,) = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    async with running(tmp_path) as (port, _):
        environment = {**os.environ, "URL": f"http://127.0.0.1:{port}", "TOKEN": TOKEN}
        said = []
        for _ in range(2):
            shell = await asyncio.create_subprocess_exec(
                "bash", "-euo", "pipefail", "-c", commands, cwd=tmp_path, env=environment
            )
            assert await shell.wait() == 0
            said.append((tmp_path / "lan-1.json").read_text())
        assert said[0] == said[1]
        assert len(list((tmp_path / "data" / "in").iterdir())) == 1


def test_the_table_of_problems_is_that_of_the_openapi_document() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([0-9]{3}) \|", README, re.MULTILINE)
    statuses = schema("Problem")["properties"]["code"]["x-status"]
    assert [(code, int(status)) for code, status in rows] == [*statuses.items()] * 2


def test_every_setting_is_explained() -> None:
    settings = find(FOLDER).settings().model_fields
    assert [name for name in settings if f"`{name}`" not in README] == []
