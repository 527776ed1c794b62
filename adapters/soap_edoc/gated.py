"""Connections of urllib3 that look at the address they lead to, as all of the hub's do."""

import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from gateway.sdk.http_address import Gate


def pools(gate: Gate) -> dict[str, Any]:
    """Give the pools by scheme whose connections go through a gate."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, gate)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, gate)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connected(connection: HTTPConnection, gate: Gate) -> socket.socket:
    """Connect to the first address that lets us, of those that the gate lets through. Raises as urllib3 does."""
    failed: OSError = OSError("no address")
    try:
        found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, type(error).__name__) from error
    for info in found:
        try:
            made = gate.socket(info)
        except OSError as error:
            failed = error
            continue
        try:
            made.settimeout(connection.timeout)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.connect(info[4])
        except OSError as error:
            made.close()
            failed = error
        else:
            return made
    if isinstance(failed, TimeoutError):
        raise ConnectTimeoutError(connection, "timed out") from failed
    raise NewConnectionError(connection, type(failed).__name__) from failed
