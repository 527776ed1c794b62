"""Where a link may lead: the very address that is connected to is looked at, however its name was spelled or resolved."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from pydantic import IPvAnyNetwork

Info = tuple[int, int, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it."""

BARRED: Final = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # unspecified: Linux connects to itself
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local: metadata of clouds
        "192.0.0.0/24",  # protocol assignments, likewise
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/8",  # unspecified, loopback, IPv4 embedded (mapped addresses are judged as what they map)
        "2001::/32",  # Teredo: IPv4 embedded
        "2002::/16",  # 6to4: likewise
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, abolished
        "ff00::/8",  # multicast
    )
)
"""No agency's system is there, and what is there (the hub's own database, a cloud's metadata) is nobody's to be sent to.

Private networks are open: provinces run on them. RFC 6890 has the table.
"""


class BarredError(OSError):
    """No connection is made to this address. Its words are the same for every one: of many attempts one error is raised."""

    def __init__(self, address: str) -> None:
        super().__init__("barred address")
        self.address = address


class Gate:
    """Decides which addresses may be connected to: those of `networks` alone, or without any all that are not `BARRED`."""

    def __init__(self, networks: Iterable[IPvAnyNetwork | IPv4Network | IPv6Network] = ()) -> None:
        self._networks = tuple(ip_network(str(each)) for each in networks)

    def allows(self, address: str) -> bool:
        """Say whether a numeric address may be connected to."""
        read = ip_address(address)
        judged = read.ipv4_mapped or read if isinstance(read, IPv6Address) else read
        if self._networks:
            return any(judged in each for each in self._networks)
        return not any(judged in each for each in BARRED)

    def socket(self, info: Info) -> socket.socket:
        """Make the socket of a connection to be; aiohttp asks for it with each address. Raises `BarredError`."""
        family, kind, protocol, _, address = info
        if not self.allows(str(address[0])):
            raise BarredError(str(address[0]))
        return socket.socket(family, kind, protocol)
