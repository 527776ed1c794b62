"""Secrets that the hub needs whole (of the national SDK, of second factors): they lie sealed in agencies.toml.

The key (AES-256-GCM) is a file beside the hub's own; each seal is bound to its owner's name, so none can be moved to another.
"""

import base64
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.infra.key_files import misconfigured, write_secret

VERSION: Final = "v1:"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


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


def seal(key: bytes, owner: str, secret: str) -> str:
    """Seal a secret for agencies.toml."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), owner.encode())
    return VERSION + base64.b64encode(nonce + sealed).decode()


def unseal(key: bytes, owner: str, sealed: str) -> bytes:
    """Open a seal. Raises ValueError where it was made with another key, for another owner, or changed."""
    if not sealed.startswith(VERSION):
        raise ValueError("not a sealed secret")
    raw = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
    try:
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode())
    except InvalidTag as error:
        raise ValueError("the seal does not open with this key") from error
