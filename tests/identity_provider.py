"""An identity provider of its own process, by which anybody is whoever he says: the other side of OpenID Connect."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.request import urlopen

import pytest

SECONDS: Final = 20
LAN: Final = {"sub": "lan@tinh.example", "amr": ["pwd", "otp"]}
BA: Final = {"sub": "ba@tinh.example"}


@contextmanager
def running(*people: dict[str, Any]) -> Iterator[str]:
    """Run a provider that knows these people; give its issuer."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    known = [word for each in people for word in ("--user-claims", json.dumps(each))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", *known]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        issuer, end = f"http://127.0.0.1:{port}", time.monotonic() + SECONDS
        while not _answers(f"{issuer}/.well-known/openid-configuration"):
            assert process.poll() is None and time.monotonic() < end, "the identity provider does not start"
            time.sleep(0.05)
        yield issuer
        process.terminate()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=1) as answer:  # noqa: S310  our own
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """A provider that knows Lan, who shows a code besides her password, and Ba, who does not."""
    with running(LAN, BA) as found:
        yield found
