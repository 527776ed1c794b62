"""Connecting: what is said of an address where nothing, or nobody who understands, answers."""

import socket
import time
from collections.abc import Iterator

import pytest

from gateway.sdk import Transient

from ..database import connect
from ..drivers import Limits

LIMITS = Limits(connect_seconds=0.5, statement_seconds=1, tls=None)
URLS = ["postgresql+pg8000://u@127.0.0.1:{}/d", "oracle+oracledb://u@127.0.0.1:{}/?service_name=d"]


@pytest.fixture
def mute() -> Iterator[int]:
    """Listen, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def fault_at(url: str) -> Transient:
    database = connect(url, "secret", LIMITS)
    try:
        with pytest.raises(Transient) as fault, database.transaction():
            pass
    finally:
        database.close()
    assert "secret" not in f"{fault.value} {fault.value.detail}"
    return fault.value


@pytest.mark.parametrize("url", URLS)
def test_where_nothing_listens_nothing_can_have_arrived(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert fault_at(url.format(port)).code == "receiver-unreachable"


@pytest.mark.parametrize("url", URLS[:1])
def test_a_listener_that_never_answers_is_given_up_in_the_time_for_connecting(url: str, mute: int) -> None:
    begun = time.monotonic()
    assert fault_at(url.format(mute)).code == "receiver-unreachable"
    assert time.monotonic() - begun < 5


def test_a_name_that_is_no_host_means_again_later() -> None:
    assert fault_at("postgresql+pg8000://u@khong-co.invalid/d").code == "receiver-unreachable"
