"""Multipart bodies, well-formed unless told otherwise."""

from collections.abc import Iterable, Mapping

BOUNDARY = "b0undary"
RELATED = f'multipart/related; type="application/xml"; boundary={BOUNDARY}'

Headers = tuple[str, ...]


def related(envelope: bytes, parts: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Give the body and its media type."""
    rows: list[tuple[Headers, bytes]] = [(("Content-Type: application/xml", "Content-ID: <root>"), envelope)]
    rows += [(("Content-Type: application/octet-stream", f"Content-ID: <{name}>"), octets) for name, octets in parts.items()]
    return assembled(rows), RELATED


def assembled(rows: Iterable[tuple[Headers, bytes]], *, end: bytes = b"--", boundary: str = BOUNDARY) -> bytes:
    """Put parts together as they are, each of its header lines and its octets."""
    mark = f"--{boundary}".encode()
    body = bytearray()
    for headers, octets in rows:
        head = "".join(f"{line}\r\n" for line in headers)
        body += mark + b"\r\n" + head.encode() + b"\r\n" + octets + b"\r\n"
    return bytes(body) + mark + end + b"\r\n"
