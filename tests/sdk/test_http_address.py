"""No link leads into the hub's own machine, a cloud's metadata or nowhere, however the address is spelled or resolved."""

import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from adapters.webhook.tests.receiver import Answer, Receiver
from gateway.core.faults import Misconfigured
from gateway.sdk.conformance import golden
from gateway.sdk.http import Client, Connection, connected, json_body
from gateway.sdk.http_address import BARRED, BarredError, Gate

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "１２７.0.0.１",
    "127。0。0。1",
    "localhost",
    "[::1]",
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::7f00:1]",
    "0.0.0.0",  # noqa: S104
    "[::]",
]


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, int]]:
    """Listen on a port, to see that nobody comes."""
    made = Receiver()
    yield made, await made.start()
    await made.stop()


def connection(url: str, **settings: Any) -> Connection:
    return Connection(url=url, connect_seconds=2, **settings)  # type: ignore[arg-type]


async def refused(client: Client, url: str) -> None:
    for call in (client.ask("POST", url, body=json_body({})), client.reach(url), anext(client.stream(url))):
        with pytest.raises(Misconfigured, match="link-misconfigured"):
            await call


@pytest.mark.parametrize("host", SPELLINGS)
async def test_the_hubs_own_machine_is_not_reached_under_any_name(
    tmp_path: Path, receiver: tuple[Receiver, int], host: str
) -> None:
    made, port = receiver
    settings = connection(f"http://{host}:{port}/")
    async with connected(settings, golden.context(tmp_path)) as client:
        await refused(client, str(settings.url))
        await refused(client, f"http://{host}:{port}/")  # as an adapter might build it
    assert made.headers == []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "224.0.0.1", "[ff02::1]", "255.255.255.255", "[64:ff9b::7f00:1]"]
)
async def test_what_is_no_agencys_system_is_refused_at_once(tmp_path: Path, host: str) -> None:
    async with connected(connection(f"http://{host}/"), golden.context(tmp_path)) as client:
        await refused(client, f"http://{host}/")


async def test_a_redirect_into_the_machine_is_not_followed(tmp_path: Path, receiver: tuple[Receiver, int]) -> None:
    elsewhere = Receiver()
    made, port = receiver
    async with elsewhere.serving() as url:
        elsewhere.health = Answer(status=302, headers={"Location": f"http://127.0.0.1:{port}/health"})
        settings = connection(url, networks=["127.0.0.0/8"])
        async with connected(settings, golden.context(tmp_path)) as client:
            with pytest.raises(Misconfigured, match="HTTP 302"):
                await client.ask("GET", f"{url}/health")
    assert made.headers == []


async def test_networks_that_are_named_are_reached_and_no_others(tmp_path: Path, receiver: tuple[Receiver, int]) -> None:
    made, port = receiver
    url = f"http://127.0.0.1:{port}/health"
    async with connected(connection(url, networks=["127.0.0.0/8"]), golden.context(tmp_path)) as client:
        await client.ask("GET", url)
        await client.reach(url)
    async with connected(connection(url, networks=["127.0.1.0/24", "10.0.0.0/8"]), golden.context(tmp_path)) as client:
        await refused(client, url)
    assert len(made.headers) == 1


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "203.162.0.1", "fd00::1", "2405:4800::1"]
)
def test_private_and_public_networks_are_open(address: str) -> None:
    assert Gate().allows(address)


@pytest.mark.parametrize("address", [str(each[1]) for each in BARRED] + [str(each[-2]) for each in BARRED] + ["fe80::1%lo"])
def test_every_address_of_a_barred_network_is_refused(address: str) -> None:
    assert not Gate().allows(address)


def test_an_ipv4_address_in_the_clothes_of_ipv6_is_judged_as_what_it_is() -> None:
    assert Gate().allows("::ffff:10.0.0.1")
    assert Gate([ip_network("10.0.0.0/8")]).allows("::ffff:10.0.0.1")
    assert not Gate([ip_network("10.0.0.0/8")]).allows("::ffff:11.0.0.1")


def test_where_networks_are_named_a_private_one_that_is_not_is_refused() -> None:
    gate = Gate([ip_network("10.40.0.0/16"), ip_network("fd00::/8")])
    assert [gate.allows(each) for each in ("10.40.3.4", "fd12::1", "10.41.0.1", "8.8.8.8", "2001:db8::1")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_socket_is_made_for_no_barred_address() -> None:
    with pytest.raises(BarredError):
        Gate().socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))


def test_networks_that_are_none_are_named() -> None:
    for wrong in ("10.0.0.1/8", "mạng", "10.0.0.0/33"):
        with pytest.raises(ValueError, match="networks"):
            connection("http://a.example/", networks=[wrong])
