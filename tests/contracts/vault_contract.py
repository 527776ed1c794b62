"""What every vault keeps: bytes, found by their content, unchanged."""

import asyncio
import hashlib

import pytest

from gateway.core.faults import Rejected
from gateway.ports import Staged, Vault

SMALL = b"<edXML/>" * 256
LARGE = bytes(range(256)) * 4096
"""Above what a vault holds in memory while it arrives."""
PIECE = 100_000


async def staged(vault: Vault, content: bytes) -> Staged:
    arriving = vault.stage()
    for start in range(0, len(content), PIECE):
        await arriving.write(content[start : start + PIECE])
    return arriving


async def kept(vault: Vault, content: bytes) -> str:
    arriving = await staged(vault, content)
    await vault.keep([arriving])
    await arriving.discard()
    return arriving.sha256


async def streamed(vault: Vault, sha256: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([block async for block in vault.stream(sha256, start, end)])


class VaultContract:
    """Kept is kept."""

    @pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
    async def test_what_is_staged_is_measured_hashed_and_read_as_written(self, vault: Vault, content: bytes) -> None:
        arriving = await staged(vault, content)
        assert arriving.size == len(content)
        assert arriving.sha256 == hashlib.sha256(content).hexdigest()
        assert arriving.read() == content
        assert arriving.digest("sha512") == hashlib.sha512(content).digest()
        await arriving.discard()

    @pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
    async def test_what_is_kept_is_found_by_its_content(self, vault: Vault, content: bytes) -> None:
        sha256 = await kept(vault, content)
        assert await vault.read(sha256) == content
        assert await streamed(vault, sha256) == content

    async def test_several_are_kept_together(self, vault: Vault) -> None:
        together = [await staged(vault, content) for content in (SMALL, LARGE, b"third")]
        await vault.keep(together)
        assert [await vault.read(each.sha256) for each in together] == [SMALL, LARGE, b"third"]

    @pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
    async def test_the_same_content_is_kept_again_without_harm(self, vault: Vault, content: bytes) -> None:
        first = await kept(vault, content)
        assert await kept(vault, content) == first
        assert await vault.read(first) == content

    @pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
    async def test_many_keep_the_same_content_at_once(self, vault: Vault, content: bytes) -> None:
        names = await asyncio.gather(*(kept(vault, content) for _ in range(20)))
        assert await vault.read(names[0]) == content

    async def test_many_keep_different_contents_at_once(self, vault: Vault) -> None:
        contents = [b"%d" % number * 50 for number in range(100)]
        names = await asyncio.gather(*(kept(vault, content) for content in contents))
        assert [await vault.read(name) for name in names] == contents

    @pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
    @pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 700), (1000, None), (0, 0), (0, 10_000_000)])
    async def test_a_range_is_streamed(self, vault: Vault, content: bytes, start: int, end: int | None) -> None:
        sha256 = await kept(vault, content)
        assert await streamed(vault, sha256, start, end) == content[start:end]

    async def test_an_unknown_payload_is_not_found(self, vault: Vault) -> None:
        with pytest.raises(Rejected, match="not-found"):
            await vault.read("0" * 64)
        with pytest.raises(Rejected, match="not-found"):
            await streamed(vault, "0" * 64)

    @pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
    async def test_what_is_discarded_is_not_kept(self, vault: Vault, content: bytes) -> None:
        arriving = await staged(vault, content)
        await arriving.discard()
        with pytest.raises(Rejected, match="not-found"):
            await vault.read(arriving.sha256)

    async def test_the_vault_is_ready(self, vault: Vault) -> None:
        await vault.ready()
