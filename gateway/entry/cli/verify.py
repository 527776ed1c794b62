"""`lienthong verify`: prove a signed document or a receipt of the hub, offline."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gateway.entry.cli.sign import read
from gateway.entry.proving import Verdict, judge
from gateway.infra.authority import load_trust

_NO_FILES: Final[Mapping[str, Path]] = MappingProxyType({})


def verify_file(
    file: Path, ca: Path | None = None, *, parts: Mapping[str, Path] = _NO_FILES, now: datetime | None = None
) -> Verdict:
    """Verify a file with the certificate that it shows, and that certificate with the CA folder, if one is given.

    `parts` are the files of attachments that travelled as MIME parts, by content id. A receipt's certificate must have been
    valid at the time that it gives, a document's must be now; revocation is asked of now. Raises Misconfigured for files.
    """
    digests = {name: partial(_digest, each) for name, each in parts.items()}
    return judge(read(file), load_trust(ca) if ca else None, now or datetime.now(UTC), parts=digests)


def _digest(file: Path, algorithm: str) -> bytes:
    return hashlib.new(algorithm, read(file)).digest()
