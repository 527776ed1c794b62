"""The vault over a folder: what is on the disk, and what is not when the disk fails."""

import contextlib
import os
import resource
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.core.faults import Rejected, Transient
from gateway.infra.vault_files import ARRIVALS, LEFTOVER_SECONDS, MEMORY_BYTES, FileVault
from tests.contracts.vault_contract import LARGE, kept, staged


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[FileVault]:
    vault = await FileVault.open(tmp_path)
    yield vault
    await vault.close()


@contextlib.contextmanager
def no_file_may_grow_beyond(limit: int) -> Iterator[None]:
    """Let the operating system refuse to write, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def arrivals(folder: Path) -> list[Path]:
    return list((folder / ARRIVALS).iterdir())


async def test_a_small_arrival_makes_no_file(vault: FileVault, tmp_path: Path) -> None:
    arriving = await staged(vault, b"x" * MEMORY_BYTES)
    assert arrivals(tmp_path) == []
    await arriving.discard()


async def test_a_large_arrival_is_a_file_that_only_its_owner_may_read(vault: FileVault, tmp_path: Path) -> None:
    arriving = await staged(vault, LARGE)
    (file,) = arrivals(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    await arriving.discard()
    assert arrivals(tmp_path) == []


async def test_nothing_is_left_among_the_arrivals_once_it_is_kept(vault: FileVault, tmp_path: Path) -> None:
    for _ in range(2):
        await kept(vault, LARGE)
    assert arrivals(tmp_path) == []


async def test_a_full_disk_keeps_nothing_and_says_when_to_try_again(vault: FileVault, tmp_path: Path) -> None:
    content = os.urandom(MEMORY_BYTES)
    arriving = await staged(vault, content)
    with no_file_may_grow_beyond(MEMORY_BYTES // 2), pytest.raises(Transient) as caught:
        await vault.keep([arriving])
    assert (caught.value.code, caught.value.retry_after) == ("storage-unavailable", 5)
    with pytest.raises(Rejected, match="not-found"):
        await vault.read(arriving.sha256)
    await arriving.discard()
    assert arrivals(tmp_path) == []


async def test_what_a_full_disk_refused_is_kept_whole_when_there_is_room_again(vault: FileVault, tmp_path: Path) -> None:
    arriving = await staged(vault, LARGE)
    (file,) = arrivals(tmp_path)
    with no_file_may_grow_beyond(file.stat().st_size + 1000), pytest.raises(Transient):  # a part of it is written
        await arriving.write(b"y" * 2 * MEMORY_BYTES)
    await vault.keep([arriving])
    assert await vault.read(arriving.sha256) == LARGE + b"y" * 2 * MEMORY_BYTES


async def test_a_payload_whose_place_cannot_be_made_is_refused_for_now(vault: FileVault, tmp_path: Path) -> None:
    arriving = await staged(vault, LARGE)
    (tmp_path / arriving.sha256[:2]).write_bytes(b"a file where the folder should be")
    with pytest.raises(Transient, match="storage-unavailable"):
        await vault.keep([arriving])
    await arriving.discard()


async def test_the_vault_goes_on_after_a_full_disk(vault: FileVault) -> None:
    arriving = await staged(vault, os.urandom(MEMORY_BYTES))
    with no_file_may_grow_beyond(MEMORY_BYTES // 2), pytest.raises(Transient):
        await vault.keep([arriving])
    assert await vault.read(await kept(vault, LARGE)) == LARGE


async def test_what_a_killed_process_left_is_removed_after_a_day(tmp_path: Path) -> None:
    (tmp_path / ARRIVALS).mkdir()
    old, young = tmp_path / ARRIVALS / "old", tmp_path / ARRIVALS / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - LEFTOVER_SECONDS - 60,) * 2)
    vault = await FileVault.open(tmp_path)
    assert arrivals(tmp_path) == [young]
    await vault.close()


async def test_a_vault_opened_again_has_what_was_kept(tmp_path: Path) -> None:
    first = await FileVault.open(tmp_path)
    names = [await kept(first, content) for content in (b"small", LARGE)]
    await first.close()
    second = await FileVault.open(tmp_path)
    assert [await second.read(name) for name in names] == [b"small", LARGE]
    await second.close()


async def test_a_vault_whose_folder_is_gone_is_not_ready(vault: FileVault, tmp_path: Path) -> None:
    (tmp_path / ARRIVALS).rmdir()
    with pytest.raises(Transient, match="not-ready"):
        await vault.ready()
