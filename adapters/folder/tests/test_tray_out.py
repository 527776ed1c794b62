"""What the hub puts into a tray is whole at once, and is put there once, wherever the hub dies."""

import contextlib
import hashlib
import itertools
import json
import subprocess
from pathlib import Path

import pytest

from gateway.sdk import Misconfigured
from gateway.sdk.conformance import golden

from ..adapter import document
from ..local import LocalStore
from ..news import news
from ..tray_out import Item, OutTray
from .crashing import CrashingStore, Died

STEPS = 40
"""More than any item takes."""
ITEMS = {
    "a file": lambda: document(golden.consignment()),
    "a folder": lambda: document(golden.consignment(None, golden.part())),
    "news": lambda: news(golden.notice()),
}


def taken_away(tray: Path) -> list[str]:
    """Take all that is there, as an agency's program does at once, and give the names; a folder has to be whole."""
    found = sorted(each for each in tray.iterdir() if not each.name.startswith(".") and each.suffix != ".sha256")
    for each in found:
        if each.is_dir():
            subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=each, check=True)
        each.rename(tray.parent / f"{each.name}-{len(list(tray.parent.iterdir()))}")
    return [each.name for each in found]


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", ITEMS)
async def test_an_item_has_one_effect_whichever_step_the_hub_dies_at(tmp_path: Path, kind: str, done: bool) -> None:
    died = 0
    for last in range(1, STEPS):
        root = tmp_path / f"{last}"
        (root / "den").mkdir(parents=True)
        item, store = ITEMS[kind](), CrashingStore(LocalStore(root), last=last, done=done)
        effects = []
        try:
            await OutTray(store, "den").put(item)
        except Died:
            died += 1
        effects += taken_away(root / "den")  # the agency takes it before the hub is back
        for _ in range(2):
            await OutTray(LocalStore(root), "den").put(item)
            effects += taken_away(root / "den")
        assert effects == [item.name], last
        assert not list((root / "den/.lienthong/dang-ghi").iterdir()), last
        if not store.died:
            break
    assert died > 4


@pytest.mark.parametrize("kind", ITEMS)
async def test_an_item_has_one_effect_where_the_hub_dies_twice(tmp_path: Path, kind: str) -> None:
    for number, (first, second) in enumerate(itertools.product(range(1, 8), repeat=2)):
        root = tmp_path / f"{number}"
        (root / "den").mkdir(parents=True)
        item, effects = ITEMS[kind](), []
        for last in (first, second, STEPS):
            with contextlib.suppress(Died):
                await OutTray(CrashingStore(LocalStore(root), last=last, done=True), "den").put(item)
            effects += taken_away(root / "den")
        assert effects == [item.name], (first, second)


async def test_the_sidecar_is_there_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    item, seen = document(golden.consignment()), []

    class Watched(LocalStore):
        async def rename(self, old: str, new: str) -> None:
            await super().rename(old, new)
            seen.append(new)

    await OutTray(Watched(tmp_path), "den").put(item)
    in_tray = [each for each in seen if each.startswith("den/2026")]
    assert in_tray == [f"den/{item.name}.sha256", f"den/{item.name}"]


async def test_the_sidecar_is_one_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    name = await OutTray(LocalStore(tmp_path), "den").put(document(golden.consignment()))
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", f"{name}.sha256"], cwd=tmp_path / "den", check=True)


async def test_a_folder_says_which_attachment_is_which_file(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    parts = [golden.part(f"tep-{number}", name="../Phụ lục.pdf", content=f"{number}".encode()) for number in range(2)]
    name = await OutTray(LocalStore(tmp_path), "den").put(document(golden.consignment(None, *parts)))
    files = json.loads((tmp_path / "den" / name / "dinh-kem.json").read_text("utf-8"))
    assert files == {"tep-0": "01-Phụ lục.pdf", "tep-1": "02-Phụ lục.pdf"}
    assert [(tmp_path / "den" / name / each).read_bytes() for each in files.values()] == [b"0", b"1"]


async def test_no_folder_is_made_in_the_agencys_place(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no folder den"):
        await OutTray(LocalStore(tmp_path), "den").put(document(golden.consignment()))
    assert not list(tmp_path.iterdir())


async def test_what_a_late_request_made_ready_again_is_not_put_there_twice(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    item = document(golden.consignment())
    await OutTray(LocalStore(tmp_path), "den").put(item)
    assert taken_away(tmp_path / "den") == [item.name]
    ready = tmp_path / "den/.lienthong/dang-ghi" / f"{item.key}.san-sang"
    ready.write_bytes(b"late")
    await OutTray(LocalStore(tmp_path), "den").put(item)
    assert taken_away(tmp_path / "den") == []


async def test_keys_that_no_name_may_hold_are_apart(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    tray, keys = OutTray(LocalStore(tmp_path), "den"), ("../a", "..\\a", "A", "a", "a\0", "đ", "x" * 400)
    names = {await tray.put(document(golden.consignment(key=key))) for key in keys}
    assert len(names) == len(keys)
    assert sorted(taken_away(tmp_path / "den")) == sorted(names)


async def test_an_item_without_attachments_beside_it_is_the_senders_octets(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    consignment = golden.consignment()
    name = await OutTray(LocalStore(tmp_path), "den").put(document(consignment))
    assert hashlib.sha256((tmp_path / "den" / name).read_bytes()).hexdigest() == consignment.sha256


async def test_a_link_in_place_of_the_hubs_own_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "den").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "den/.lienthong").symlink_to(tmp_path / "elsewhere")
    item: Item = document(golden.consignment())
    with pytest.raises(Misconfigured):
        await OutTray(LocalStore(tmp_path), "den").put(item)
    assert not list((tmp_path / "elsewhere").iterdir())
