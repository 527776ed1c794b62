"""Servers in processes of their own, while they are measured."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from bench.doors import Door
from bench.load import Figures, post_all


def measured(
    command: list[str], port: int, probe: str, warm: list[bytes], door: Door, bodies: list[bytes], connections: int
) -> Figures:
    """Start a server, warm it up with the first documents, and measure it on the rest."""
    with _server(command, port, probe) as pid:
        url = f"http://127.0.0.1:{port}"
        asyncio.run(post_all(url, door, warm, connections=connections, server=pid))
        return asyncio.run(post_all(url, door, bodies, connections=connections, server=pid))


@contextlib.contextmanager
def _server(command: list[str], port: int, probe: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL) as process:
        try:
            _await_answer(f"http://127.0.0.1:{port}{probe}")
            yield process.pid
        finally:
            process.terminate()


def _await_answer(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  our own address
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer from {url}")


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
