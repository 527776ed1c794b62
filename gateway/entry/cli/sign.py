"""`lienthong sign`: sign a document with a key in a file."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gateway.core import signing
from gateway.infra.key_files import load_identity, misconfigured

_NO_PARTS: Final[Mapping[str, Path]] = MappingProxyType({})


def sign_file(file: Path, key: Path, certificate: Path, out: Path, *, parts: Mapping[str, Path] = _NO_PARTS) -> None:
    """Write the signed document to `out`; `parts` are the files of attachments that will travel as MIME parts, by content id.

    Raises Misconfigured for a file, Rejected for a document that cannot be signed.
    """
    private, leaf = load_identity(key, certificate)
    octets = {name: read(part) for name, part in parts.items()}
    out.write_bytes(signing.sign(read(file), certificate=leaf, key=private, parts=octets))


def read(file: Path) -> bytes:
    """Read a file that the user named."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise misconfigured(file, "không đọc được tệp", "the file cannot be read") from error
