"""What is a local folder's own: a disk that is full, a folder that is away, rights that are missing."""

import asyncio
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.sdk import Misconfigured, Transient
from gateway.sdk.conformance import golden
from gateway.sdk.edxml import stream

from ..adapter import document
from ..local import LocalStore
from ..tray_out import OutTray


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


async def test_a_full_disk_means_again_later_and_takes_the_document_then(small_disk: Path) -> None:
    (small_disk / "den").mkdir()
    (small_disk / "filler").write_bytes(b"x" * 48 * 1024)
    tray = OutTray(LocalStore(small_disk), "den")
    large = golden.part(content=os.urandom(20_000))
    item = document(golden.consignment(None, large))
    with pytest.raises(Transient) as raised:
        await tray.put(item)
    assert raised.value.code == "receiver-failed"
    assert errno.errorcode[errno.ENOSPC] in raised.value.detail
    (small_disk / "filler").unlink()
    assert await tray.put(item) == item.name
    assert (small_disk / "den" / item.name).is_dir()


async def test_health_sees_that_a_disk_is_full(small_disk: Path) -> None:
    (small_disk / "den").mkdir()
    tray = OutTray(LocalStore(small_disk), "den")
    await tray.probe()
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 4096)
    with pytest.raises(Transient):
        await tray.probe()


async def test_a_folder_that_may_not_be_written_to_is_an_operators_turn(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(Misconfigured):
        await LocalStore(tmp_path).write("x", stream(b"x"))


async def test_a_file_in_place_of_a_folder_is_an_operators_turn(tmp_path: Path) -> None:
    (tmp_path / "den").write_bytes(b"")
    with pytest.raises(Misconfigured):
        await OutTray(LocalStore(tmp_path), "den").probe()


async def test_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert await store.look("x") is None
    await store.remove("x")
    for call in (store.rename("x", "y"), store.entries("x"), store.make_folder("x/y")):
        with pytest.raises(FileNotFoundError):
            await call


async def test_a_folder_may_be_made_by_many_at_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for number in range(20):
        await asyncio.gather(*(store.make_folder(f"{number}") for _ in range(8)))


async def test_a_store_that_hangs_does_not_keep_a_call_from_being_cancelled(tmp_path: Path) -> None:
    """A pipe without a reader stands for a mount that hangs: to open it for writing blocks its thread."""
    os.mkfifo(tmp_path / "pipe")
    call = asyncio.ensure_future(LocalStore(tmp_path).write("pipe", stream(b"x")))
    await asyncio.sleep(0.1)
    call.cancel()
    done, _ = await asyncio.wait({call}, timeout=1)
    assert done
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)  # lets the thread go
    await asyncio.sleep(0.1)
    os.close(reader)
