"""What programs prove themselves by: tokens, of which agencies.toml keeps the digest, and secrets of the national SDK."""

import hashlib
import secrets
from typing import Final

from gateway.infra.agencies_file import DirectoryDraft, revise

TOKEN_BYTES: Final = 32
"""256 bits: beyond guessing, so its plain SHA-256 may be stored."""
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Make a secret, as it is given to the settings of the national SDK: as long as the digest of its HMAC."""
    return secrets.token_hex(SECRET_BYTES)


def new_token() -> str:
    """Make a token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Give what agencies.toml keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def rotate(draft: DirectoryDraft, kind: str, name: str, *, keep_old: bool) -> str:
    """Give a system or an operator a new token; the old ones end at once, or hold until the next rotation.

    Raises `entry-unknown`.
    """
    token, table = new_token(), draft.get(kind, name)
    old = [*table.get("token_sha256", [])] if keep_old else []
    revise(table, {"token_sha256": [*old, digest(token)]})
    return token
