"""The samples are what the README says: whole, checked by sha256sum, and taken by the hub."""

import shutil
import subprocess
from pathlib import Path

from gateway.sdk import edxml

from .trays import Tray

SAMPLES = Path(__file__).parents[1] / "samples"


def test_samples_of_what_the_hub_drops_match_their_digests() -> None:
    lists = [each for pattern in ("*.sha256", "*/SHA256SUMS") for each in (SAMPLES / "den").glob(pattern)]
    assert len(lists) == 2
    for each in lists:
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", each.name], cwd=each.parent, check=True)


def test_samples_are_edxml() -> None:
    kinds = [type(edxml.read(each.read_bytes())) for each in sorted(SAMPLES.rglob("*.edxml"))]
    assert set(kinds) == {edxml.DocumentPackage, edxml.StatusPackage}


async def test_samples_of_what_the_agency_drops_are_taken_at_once(tmp_path: Path) -> None:
    tray = Tray(tmp_path)
    shutil.copytree(SAMPLES / "di", tray.folder, dirs_exist_ok=True)
    assert sorted(await tray.given()) == ["0001-7.edxml", "0002-trang-thai.edxml"]


async def test_what_the_hub_dropped_can_be_sent_on_as_it_is(tmp_path: Path) -> None:
    tray = Tray(tmp_path)
    shutil.copytree(SAMPLES / "den", tray.folder, dirs_exist_ok=True)
    given = await tray.waiting()
    assert sorted(len(each.parts) for each in given) == [0, 1]
