"""Payload bytes: on their way in, kept for ever, and looked into."""

from collections.abc import AsyncGenerator, Sequence
from typing import BinaryIO, Protocol

from gateway.core.pdf import PdfFacts


class Staged(Protocol):
    """Bytes on their way into the vault: hashed while they stream; in memory while small, in a temporary file above that."""

    @property
    def size(self) -> int: ...

    @property
    def sha256(self) -> str:
        """SHA-256 of what was written so far, lower-case hex."""

    async def write(self, chunk: bytes) -> None: ...

    def read(self) -> bytes:
        """Give all bytes that were written (for envelopes, which are bounded)."""

    def open(self) -> BinaryIO:
        """Open the bytes for reading and seeking, without copying large ones into memory."""

    def digest(self, algorithm: str) -> bytes:
        """Digest the bytes by `hashlib` name, streaming."""

    async def discard(self) -> None:
        """Forget the bytes, leaving no file. Harmless after `keep`."""


class Vault(Protocol):
    """Payload bytes by content: what is kept is found under its SHA-256, and never changes."""

    def stage(self) -> Staged: ...

    async def keep(self, staged: Sequence[Staged]) -> None:
        """Make the bytes durable (temp file, fsync, rename, fsync of the folder) before returning. Idempotent by content."""

    async def read(self, sha256: str) -> bytes: ...

    def stream(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Stream bytes `start` (inclusive) to `end` (exclusive)."""

    async def ready(self) -> None:
        """Raise `Transient("not-ready")` unless the vault can be written."""


class PdfReader(Protocol):
    """Looks into PDFs away from the hub: what a hostile file does to its reader stays there."""

    async def examine(self, pdf: BinaryIO, size: int, *, signatures: bool) -> PdfFacts:
        """Read a PDF of `size` bytes, from the stream's present place on. Whatever is wrong with it is a fact, never an error.

        Signatures cost more, so they are looked at only where they are asked for.
        """

    async def close(self) -> None: ...


class Scanner(Protocol):
    """Looks for malware."""

    async def scan(self, content: BinaryIO) -> str | None:
        """Give the name of what was found, None where nothing was. Raises `Transient("scan-unavailable")`."""
