"""`lienthong sign`: sign a document with a key in a file."""

from pathlib import Path

from gateway.core import signing
from gateway.infra.key_files import load_identity, misconfigured


def sign_file(file: Path, key: Path, certificate: Path, out: Path) -> None:
    """Write the signed document to `out`. Raises Misconfigured for a file, Rejected for a document that cannot be signed."""
    private, leaf = load_identity(key, certificate)
    out.write_bytes(signing.sign(read(file), certificate=leaf, key=private))


def read(file: Path) -> bytes:
    """Read a file that the user named."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise misconfigured(file, "không đọc được tệp", "the file cannot be read") from error
