"""The client of adapters that speak HTTP: bounded answers, streams, trust, and faults instead of a library's exceptions."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.webhook.tests.pushing import saying, talking
from adapters.webhook.tests.receiver import Answer, Receiver
from gateway.core.faults import Misconfigured, Transient
from gateway.infra.key_files import PEM, key_pem
from gateway.sdk.conformance import golden
from gateway.sdk.http import Client, Connection, connected, json_body


@asynccontextmanager
async def client(folder: Path, url: str, **settings: Any) -> AsyncIterator[Client]:
    connection = Connection(url=url, networks=["127.0.0.0/8"], **settings)  # type: ignore[arg-type]
    async with connected(connection, golden.context(folder)) as made:
        yield made


async def test_an_answer_has_its_json_and_its_headers_in_lower_case(tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.usual = Answer(body='{"a": 1}', headers={"X-Odd": "b"})
    receiver.secrets = ()
    async with receiver.serving() as url, client(tmp_path, url) as made:
        receiver.health = receiver.usual
        answer = await made.ask("GET", f"{url}/health")
    assert (answer.json(), answer.headers["x-odd"], answer.whole) == ({"a": 1}, "b", True)


@pytest.mark.parametrize("body", ["", "<html>", "{", "[" * 4000])
async def test_an_answer_that_should_be_json_and_is_not_is_a_failure_of_the_receiver(tmp_path: Path, body: str) -> None:
    receiver = Receiver()
    receiver.health = Answer(body=body)
    async with receiver.serving() as url, client(tmp_path, url) as made:
        answer = await made.ask("GET", f"{url}/health")
    with pytest.raises(Transient, match="receiver-failed: HTTP 200: no JSON"):
        answer.json()


async def test_a_longer_answer_than_asked_for_is_not_whole(tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.health = Answer(body="1" * 100_000)
    async with receiver.serving() as url, client(tmp_path, url) as made:
        part, whole = [await made.ask("GET", f"{url}/health", most=most) for most in (99_999, 100_001)]
    assert (len(part.content), part.whole) == (99_999, False)
    assert (len(whole.content), whole.whole) == (100_000, True)


async def test_an_answer_that_breaks_off_is_not_whole(tmp_path: Path) -> None:
    async with talking(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1")) as url, client(tmp_path, url) as made:
        answer = await made.ask("POST", url, body=json_body({}))
    assert not answer.whole


async def test_a_stream_is_the_body_of_an_answer(tmp_path: Path) -> None:
    content = os.urandom(1_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    async with talking(saying(head, content, early=True)) as url, client(tmp_path, url) as made:
        assert b"".join([chunk async for chunk in made.stream(url)]) == content


async def test_a_stream_that_breaks_off_is_a_failure_of_the_receiver(tmp_path: Path) -> None:
    cut = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234", early=True)
    async with talking(cut) as url, client(tmp_path, url) as made:
        with pytest.raises(Transient, match="receiver-failed: ClientPayloadError"):
            [chunk async for chunk in made.stream(url)]


async def test_a_stream_that_is_refused_is_a_fault(tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.health = Answer(status=404)
    async with receiver.serving() as url, client(tmp_path, url) as made:
        with pytest.raises(Misconfigured, match="link-misconfigured: HTTP 404"):
            await anext(made.stream(f"{url}/health"))


async def test_a_stream_that_is_left_hangs_up(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100_000))
        await reader.read(-1)
        gone.set()

    async with talking(talk) as url, client(tmp_path, url) as made:
        stream = made.stream(url)
        await anext(stream)
        await stream.aclose()
        async with asyncio.timeout(2):
            await gone.wait()


def certificate(folder: Path, name: str) -> None:
    """Write a certificate of its own making and its key, for this machine."""
    key, now, subject = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC), x509.Name([])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    (folder / f"{name}.pem").write_bytes(builder.add_extension(names, critical=True).sign(key, hashes.SHA256()).public_bytes(PEM))
    (folder / f"{name}-key.pem").write_bytes(key_pem(key))


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS, whose certificate is `server.pem`; `client.pem` is another."""
    for name in ("server", "client"):
        certificate(tmp_path, name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server-key.pem")
    return context


async def test_a_certificate_of_the_named_authority_is_trusted(tmp_path: Path, tls: ssl.SSLContext) -> None:
    async with Receiver().serving(tls) as url, client(tmp_path, url, ca_file="server.pem") as made:
        assert (await made.ask("GET", f"{url}/health")).status == 200


async def test_a_certificate_of_nobody_gets_no_octet_of_a_request(tmp_path: Path, tls: ssl.SSLContext) -> None:
    receiver = Receiver()
    for ca_file in (None, "client.pem"):
        async with receiver.serving(tls) as url, client(tmp_path, url, ca_file=ca_file) as made:
            with pytest.raises(Transient, match="receiver-unreachable: ClientConnectorCertificateError"):
                await made.ask("GET", f"{url}/health")
    assert receiver.headers == []


async def test_a_receiver_that_asks_for_it_gets_the_hubs_certificate(tmp_path: Path, tls: ssl.SSLContext) -> None:
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(tmp_path / "client.pem")
    own = {"certificate_file": "client.pem", "key_file": "client-key.pem"}
    async with Receiver().serving(tls) as url, client(tmp_path, url, ca_file="server.pem", **own) as made:
        assert (await made.ask("GET", f"{url}/health")).status == 200


async def test_a_receiver_that_hangs_up_without_it_has_taken_nothing(tmp_path: Path, tls: ssl.SSLContext) -> None:
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(tmp_path / "client.pem")
    receiver = Receiver()
    async with receiver.serving(tls) as url, client(tmp_path, url, ca_file="server.pem") as made:
        with pytest.raises(Transient):
            await made.ask("GET", f"{url}/health")
    assert receiver.headers == []


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<html><head><title>400 No required SSL certificate was sent</title></head>", "link-unauthorised"),
        ("<html><head><title>400 The SSL certificate error</title></head>", "link-unauthorised"),
        ("<title>400 The plain HTTP request was sent to HTTPS port</title>", "link-misconfigured"),
        ("Reason: You're speaking plain HTTP to an SSL-enabled server port.", "link-misconfigured"),
    ],
)
async def test_a_web_server_that_refuses_the_connection_refuses_no_document(tmp_path: Path, page: str, code: str) -> None:
    receiver = Receiver()
    receiver.health = Answer(status=400, body=page)
    async with receiver.serving() as url, client(tmp_path, url) as made:
        with pytest.raises(Misconfigured, match=code):
            await made.ask("GET", f"{url}/health")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"certificate_file": "missing.pem"}, "certificate_file, key_file: FileNotFoundError"),
        ({"certificate_file": "client.pem"}, "certificate_file, key_file: SSLError"),
        ({"certificate_file": "client.pem", "key_file": "server-key.pem"}, "certificate_file, key_file: SSLError"),
        ({"certificate_file": "client.pem", "key_file": "locked.pem"}, "certificate_file, key_file: SSLError"),
        ({"ca_file": "missing.pem"}, "ca_file: FileNotFoundError"),
        ({"ca_file": "client-key.pem"}, "ca_file: SSLError"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, tls: ssl.SSLContext, settings: dict[str, str], named: str
) -> None:
    read = serialization.load_pem_private_key((tmp_path / "client-key.pem").read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"s3cret")
    (tmp_path / "locked.pem").write_bytes(read.private_bytes(PEM, serialization.PrivateFormat.PKCS8, locked))
    with pytest.raises(Misconfigured, match=named):
        async with client(tmp_path, "https://a.example/", **settings):
            pass
