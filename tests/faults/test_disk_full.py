"""A vault whose disk is full: senders are told to come again, nothing is half-written, and with room all goes on."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.faults.correspondence import Office, proven
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

LINKED: Final = "H56.40.01"
LARGE: Final = 1_000_000
BLOCK: Final = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 8 MB where the plane will have its data."""
    disk = tmp_path / "plane" / "data"
    disk.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"only root may mount: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def plane(postgres: PostgresServer, rabbit: RabbitServer, disk: Path) -> Iterator[ProductionPlane]:
    with running(disk.parent, postgres, rabbit, linked=[LINKED], gateways=1, workers=0) as plane:
        yield plane


@pytest.mark.parametrize("size", [0, LARGE], ids=["a small document", "a large document"])
async def test_a_full_disk_refuses_for_now_and_leaves_nothing_behind(plane: ProductionPlane, disk: Path, size: int) -> None:
    office = Office(plane)
    before = await office.post(office.write(LINKED, size=size))
    body, filler = office.write(LINKED, size=size), disk / "filler"
    _fill(filler)
    kept = _files(disk)
    async with office.asking("POST", f"{plane.gateways[0].url}/api/v1/documents", seconds=10, data=body) as response:
        answer = await response.json()
        assert (response.status, answer["code"]) == (503, "storage-unavailable"), answer
        assert response.headers["Retry-After"]
    async with office.asking("GET", f"{plane.gateways[0].url}/readyz", seconds=10) as response:
        assert (response.status, (await response.json())["code"]) == (503, "not-ready")
    assert _files(disk) == kept
    assert plane.sql("SELECT count(*) FROM documents") == "1"
    filler.unlink()
    await proven(plane, office, [before, await office.post(body), await office.post(office.write(LINKED, size=size))])


def _fill(filler: Path) -> None:
    """Write until there is no room."""
    file = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(file, bytes(BLOCK))
    except OSError as error:
        assert error.errno == errno.ENOSPC
    finally:
        os.close(file)


def _files(disk: Path) -> set[str]:
    return {str(file.relative_to(disk)) for file in disk.rglob("*") if file.is_file()}
