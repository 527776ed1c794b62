"""XML from the other side, read as the hub reads its own: guarded against what an attacker could multiply, then parsed."""

from gateway.core.xmlsafe import parse

__all__ = ["parse"]
