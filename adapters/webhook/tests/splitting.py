"""Splitting multipart/related as it streams in, without holding more of it than its first part."""

import hashlib
import re
from typing import Any


class Split:
    """Digests of the parts of a body by content id, the root's by ""; what is no multipart is all root.

    `root` is its beginning, of at most `most` octets.
    """

    def __init__(self, content_type: str, most: int) -> None:
        boundary = re.fullmatch(r'multipart/related; type="application/xml"; boundary=([0-9a-f]+)', content_type)
        self._delimiter = b"\r\n--" + boundary[1].encode() if boundary else b""
        self._rest = b"\r\n" if boundary else b""
        self._most = most
        self._root = bytearray()
        self._digests: dict[str, Any] = {} if boundary else {"": hashlib.sha256()}
        self._part: str | None = None if boundary else ""

    @property
    def root(self) -> bytes:
        return bytes(self._root)

    def feed(self, chunk: bytes) -> None:
        """Take the next octets."""
        if not self._delimiter:
            self._add(chunk)
            return
        self._rest += chunk
        while (at := self._rest.find(self._delimiter)) >= 0:
            end = self._rest.find(b"\r\n\r\n", at + len(self._delimiter))
            if end < 0:
                break
            self._add(self._rest[:at])
            self._begin(self._rest[at:end])
            self._rest = self._rest[end + 4 :]
        safe = at if at >= 0 else max(0, len(self._rest) - len(self._delimiter))
        self._add(self._rest[:safe])
        self._rest = self._rest[safe:]

    def digests(self) -> dict[str, str]:
        """Give the digests, once all has come."""
        assert self._rest == (self._delimiter + b"--\r\n" if self._delimiter else b""), self._rest
        return {name: digest.hexdigest() for name, digest in self._digests.items()}

    def _begin(self, head: bytes) -> None:
        found = re.search(rb"\r\nContent-ID: <([^\r\n]*)>", head)
        self._part = found[1].decode() if found else ""
        assert self._part not in self._digests
        self._digests[self._part] = hashlib.sha256()

    def _add(self, octets: bytes) -> None:
        if self._part is None:
            assert not octets
            return
        self._digests[self._part].update(octets)
        if self._part == "":
            self._root += octets[: self._most - len(self._root)]
