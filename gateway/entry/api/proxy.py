"""A reverse proxy that ends TLS: what it says of a client is believed from it alone, by its address and a shared secret."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.faults import Rejected

SECRET = "X-Lienthong-Proxy-Secret"  # noqa: S105  the name of a header
CERTIFICATE = "X-Lienthong-Client-Cert"
"""nginx's $ssl_client_escaped_cert: the PEM, URL-encoded."""
VERIFIED = "X-Lienthong-Client-Verify"
"""nginx's $ssl_client_verify: SUCCESS where the chain was good."""
FORWARDED = "X-Forwarded-For"
LONGEST_CERTIFICATE = 8_000
"""Characters; a PEM of RSA-4096 with long names has 3,000, escaped a third more."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """The proxies that are believed. Without networks none is, whatever headers say."""

    networks: tuple[Network, ...] = ()
    secret: bytes = b""

    def speaks(self, request: web.Request) -> bool:
        """Tell whether a request came through a trusted proxy. Raises `unauthenticated` where its secret is wrong or repeated."""
        if not self.networks or not self._is_inside(_peer(request)):
            return False
        given = request.headers.getall(SECRET, [])
        if not given:
            return False  # a client of that machine, not its proxy
        if len(given) != 1 or not hmac.compare_digest(given[0].encode("utf-8", "surrogateescape"), self.secret):
            raise Rejected("unauthenticated", path=SECRET)
        return True

    def source(self, request: web.Request) -> str:
        """Give the client's address: the last one that no trusted proxy added; from anybody else, the peer's own."""
        if not self.speaks(request):
            return _peer(request)
        hops = [hop.strip() for line in request.headers.getall(FORWARDED, []) for hop in line.split(",")]
        return next((hop for hop in reversed(hops) if _is_address(hop) and not self._is_inside(hop)), _peer(request))

    def certificate_sha256(self, request: web.Request) -> str | None:
        """Give the digest of the client certificate that the proxy has verified; None where there is none."""
        if not self.speaks(request):
            return None
        given, verified = request.headers.getall(CERTIFICATE, []), request.headers.getall(VERIFIED, [])
        if len(given) != 1 or verified != ["SUCCESS"] or len(given[0]) > LONGEST_CERTIFICATE:
            return None
        try:
            certificate = x509.load_pem_x509_certificate(unquote_to_bytes(given[0]))
        except ValueError:
            return None
        return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()

    def _is_inside(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self.networks)


def _peer(request: web.Request) -> str:
    """Give the address that the connection came from, which no header can change."""
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
