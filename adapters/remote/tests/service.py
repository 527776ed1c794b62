"""A service of another language: the example in Node, run as a process of its own."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

EXAMPLE: Final = Path(__file__).parents[3] / "examples" / "adapter-node" / "adapter.mjs"
TOKEN: Final = "token-of-the-service"
START_SECONDS: Final = 20.0


def node() -> str:
    """Find Node. Without it a test is skipped, and in CI it fails; the example is not part of an installed hub."""
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("node is not installed: apt-get install nodejs", pytrace=False)
    if found is None or not EXAMPLE.exists():
        pytest.skip(f"node or {EXAMPLE} is missing: apt-get install nodejs")
    return found


@asynccontextmanager
async def running(folder: Path, *, kit: bool = True) -> AsyncGenerator[tuple[int, asyncio.subprocess.Process], None]:
    """Run the example with its data in a folder; give its port and process."""
    (folder / "service-token").write_text(f"{TOKEN}\n", "ascii")
    arguments = ["--port", "0", "--folder", str(folder / "data"), "--token-file", str(folder / "service-token")]
    if kit:
        arguments.append("--kit")
    process = await asyncio.create_subprocess_exec(node(), str(EXAMPLE), *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            said = (await process.stdout.readline()).decode()
        yield int(said.rpartition(":")[2]), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
