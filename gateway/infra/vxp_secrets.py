"""Secrets of systems that call by the national SDK: an HMAC needs them whole, so they lie sealed in agencies.toml.

The key (AES-256-GCM) is a file beside the hub's own; each seal is bound to its system's id, so none can be moved to another.
"""

import base64
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.infra.key_files import misconfigured, write_secret

VERSION: Final = "v1:"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
SECRET_BYTES: Final = 32
"""The key of an HMAC-SHA256 is as long as its digest."""


def new_secret() -> str:
    """Make a secret, as it is given to the SDK's settings."""
    return secrets.token_hex(SECRET_BYTES)


def load_key(file: Path) -> bytes:
    """Read the key. Raises Misconfigured."""
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise misconfigured(file, "không đọc được khóa niêm phong", "the sealing key cannot be read") from error
    if len(key) != KEY_BYTES:
        raise misconfigured(file, f"khóa niêm phong phải dài {KEY_BYTES} byte", f"the sealing key has {KEY_BYTES} bytes")
    return key


def ensure_key(file: Path) -> bytes:
    """Read the key; make it where there is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_secret(file, f"{os.urandom(KEY_BYTES).hex()}\n".encode())
    return load_key(file)


def seal(key: bytes, system: str, secret: str) -> str:
    """Seal a secret for agencies.toml."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), system.encode())
    return VERSION + base64.b64encode(nonce + sealed).decode()


def unseal(key: bytes, system: str, sealed: str) -> bytes:
    """Open a seal. Raises ValueError where it was made with another key, for another system, or changed."""
    if not sealed.startswith(VERSION):
        raise ValueError("not a sealed secret")
    raw = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
    try:
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], system.encode())
    except InvalidTag as error:
        raise ValueError("the seal does not open with this key") from error
