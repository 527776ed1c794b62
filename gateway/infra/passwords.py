"""Passwords of operators, as Argon2id hashes (RFC 9106, the library's parameters, which follow its second recommendation)."""

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gateway.core.faults import Rejected

SHORTEST: Final = 12
"""Characters: what is guessed over the network is far shorter."""
MADE_BYTES: Final = 12
"""Of a password that is made: sixteen characters."""

_HASHER: Final = PasswordHasher()
_NOBODYS: Final = _HASHER.hash(secrets.token_hex())
"""Compared where there is no such operator, so that the time taken tells nothing."""


def new() -> str:
    """Make a password."""
    return secrets.token_urlsafe(MADE_BYTES)


def hashed(password: str) -> str:
    """Hash a password. Raises `malformed-request` where it is too short."""
    if len(password) < SHORTEST:
        detail = f"Mật khẩu phải có ít nhất {SHORTEST} ký tự."
        raise Rejected("malformed-request", path="password", detail=detail, detail_en=f"At least {SHORTEST} characters.")
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether it is the password of a hash; some 50 ms of work, whether there is a hash or not."""
    try:
        return _HASHER.verify(stored or _NOBODYS, password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False
