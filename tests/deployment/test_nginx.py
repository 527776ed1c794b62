"""config/nginx.conf under a real nginx, in front of two real processes of the hub."""

import asyncio
import io
import json
import re
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from gateway.config import Settings
from gateway.core import signing, writing
from tests.api.test_uploads import BOUNDARY, detached, multipart
from tests.deployment.front import NGINX_CONF, Front, running
from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, document

OUTSIDE = "127.0.0.2"
"""An address that is not the one the configuration lets see its insides."""
CLOSING_SECONDS = 0.02
"""Until a connection under TLS is closed, and its warning that it is not goes unsaid."""
FORGED = {
    "X-Lienthong-Proxy-Secret": "a forged secret of some length",
    "X-Lienthong-Client-Verify": "SUCCESS",
    "X-Forwarded-For": "203.0.113.9",
}
PLACES = {
    "/api/v1/openapi.json": "the rest",
    "/api/v1/documents": "uploads",
    "/healthz": "the insides",
}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with running(tmp_path_factory.mktemp("front")) as front:
        yield front


class Caller:
    """A client of nginx, with the certificate of an agency or without one, from an address of loopback."""

    def __init__(self, front: Front, *, organ: str | None = None, folder: Path | None = None, address: str = "127.0.0.1") -> None:
        self._front = front
        self._tls = front.tls()
        if organ is not None:
            own = (folder or front.folder) / "agencies" / organ
            self._tls.load_cert_chain(own / "cert.pem", own / "key.pem")
        self._address = address

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any, Any]:
        """Ask over a connection of its own."""
        connector = aiohttp.TCPConnector(ssl=self._tls, local_addr=(self._address, 0), force_close=True)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"{self._front.base}{path}", **more) as response,
        ):
            raw = await response.read()
        await asyncio.sleep(CLOSING_SECONDS)
        return response.status, json.loads(raw) if "json" in response.content_type else raw, response.headers

    async def post(self, body: bytes, media: str = "application/xml", **headers: str) -> tuple[int, Any]:
        headers |= {"Content-Type": media}
        status, answer, _ = await self.call("POST", "/api/v1/documents", data=io.BytesIO(body), headers=headers)
        return status, answer


def bearer(front: Front, organ: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {(front.folder / 'agencies' / organ / 'token').read_text().strip()}"}


def signed(front: Front, package: Any, **more: Any) -> bytes:
    own = front.folder / "agencies" / PROVINCE
    key: Any = load_pem_private_key((own / "key.pem").read_bytes(), None)
    certificate = load_pem_x509_certificate((own / "cert.pem").read_bytes())
    return signing.sign(writing.emit(package), certificate=certificate, key=key, **more)


def escaped(front: Front, organ: str) -> str:
    certificate = load_pem_x509_certificate((front.folder / "agencies" / organ / "cert.pem").read_bytes())
    return certificate.public_bytes(Encoding.PEM).decode().replace("\n", "%0A").replace(" ", "%20")


async def test_a_client_certificate_proves_the_system_through_nginx(front: Front) -> None:
    assert (await Caller(front, organ=PROVINCE).call("GET", "/api/v1/inbox"))[0] == 200


async def test_a_token_proves_the_system_without_a_certificate(front: Front) -> None:
    assert (await Caller(front).call("GET", "/api/v1/inbox", headers=bearer(front, DEPARTMENT)))[0] == 200


async def test_a_certificate_that_no_system_has_proves_nothing(front: Front) -> None:
    status, problem, _ = await Caller(front, organ=COMMUNE).call("GET", "/api/v1/inbox")
    assert (status, problem["code"]) == (401, "unauthenticated")


async def test_a_certificate_of_another_authority_is_refused_even_with_a_token(front: Front) -> None:
    stranger = Caller(front, organ=PROVINCE, folder=front.elsewhere)
    status, problem, headers = await stranger.call("GET", "/api/v1/inbox", headers=bearer(front, DEPARTMENT))
    assert (status, problem["code"]) == (401, "unauthenticated")
    assert headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", PLACES)
async def test_a_forged_proxy_secret_never_reaches_the_hub(front: Front, path: str) -> None:
    """The hub refuses a secret that is wrong or repeated with 401, wherever it comes."""
    asked = {"/api/v1/documents": ("POST", 400)}.get(path, ("GET", 200))
    headers = FORGED | bearer(front, DEPARTMENT) | {"Content-Type": "application/xml"}
    status, _, _ = await Caller(front).call(asked[0], path, headers=headers, data=b"<x" if asked[0] == "POST" else None)
    assert status == asked[1]


@pytest.mark.parametrize("organ", [None, COMMUNE])
async def test_a_forged_client_certificate_proves_nothing(front: Front, organ: str | None) -> None:
    """Neither from a caller without a certificate, nor beside one that is verified."""
    headers = FORGED | {"X-Lienthong-Client-Cert": escaped(front, PROVINCE)}
    assert (await Caller(front, organ=organ).call("GET", "/api/v1/inbox", headers=headers))[0] == 401


async def test_the_audit_names_the_address_that_nginx_saw_and_not_the_forged_one(front: Front) -> None:
    caller = Caller(front, address=OUTSIDE)
    assert (await caller.post(b"<x", **FORGED, **bearer(front, DEPARTMENT)))[0] == 400
    connection = sqlite3.connect(front.folder / "data" / "ledger.sqlite3")
    (source,) = connection.execute("SELECT source FROM refusals ORDER BY seq DESC LIMIT 1").fetchone()
    connection.close()
    assert source == OUTSIDE


def test_no_location_has_a_header_of_its_own() -> None:
    """Nginx drops every inherited proxy_set_header once a location has one: forged headers would come through."""
    locations = re.findall(r"^ +location [^{]*\{([^}]*)\}", NGINX_CONF.read_text("utf-8"), re.MULTILINE)
    assert len(locations) >= 3
    assert [text for text in locations if "proxy_set_header" in text] == []


@pytest.mark.parametrize(
    "path", ["/metrics", "/readyz", "/healthz", "/api/v1/admin", "/api/v1/admin/queues", "/api/v1/%61dmin/x"]
)
async def test_the_insides_are_not_there_for_an_outside_address(front: Front, path: str) -> None:
    status, problem, _ = await Caller(front, address=OUTSIDE).call("GET", path, headers=bearer(front, PROVINCE))
    assert (status, problem) == (404, problem | {"code": "not-found", "owner": "sender"})
    assert "trace_id" not in problem  # nginx answered, not the hub


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
async def test_the_insides_are_there_for_an_inside_address(front: Front, path: str) -> None:
    assert (await Caller(front).call("GET", path))[0] == 200


async def test_an_envelope_over_the_hub_s_limit_is_refused_before_a_byte_of_it_is_sent(front: Front) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=front.tls())
    head = [
        "POST /api/v1/documents HTTP/1.1",
        "Host: hub",
        "Content-Type: application/xml",
        "Content-Length: 60000000",
        *(f"{name}: {value}" for name, value in bearer(front, PROVINCE).items()),
    ]
    started = time.monotonic()
    writer.write("\r\n".join((*head, "", "")).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"}"), 10)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too-large"' in answer
    assert time.monotonic() - started < 5


async def test_an_attachment_of_60_megabytes_goes_through(front: Front) -> None:
    octets = PDF + bytes(60_000_000)
    body = signed(front, detached(octets), parts={"a1": octets})
    media = f'multipart/related; type="application/xml"; boundary={BOUNDARY}'
    parts = multipart(("root", "application/xml", body), ("a1", "application/pdf", octets))
    status, answer = await Caller(front, organ=PROVINCE).post(parts, media)
    assert status == 202, answer


def test_nginx_is_no_narrower_than_the_hub_s_limits() -> None:
    limits = Settings.load(NGINX_CONF.parent / "production.toml").limits
    wide = max(int(number) for number in re.findall(r"client_max_body_size (\d+)g;", NGINX_CONF.read_text("utf-8")))
    wanted = limits.envelope + limits.parts * limits.attachment
    assert wanted <= wide * 1024**3 < wanted + 1024**3


def test_nginx_waits_longer_than_the_longest_poll_and_the_longest_body() -> None:
    text = NGINX_CONF.read_text("utf-8")
    assert min(int(number) for number in re.findall(r"proxy_read_timeout (\d+)s;", text)) > 60
    bodies = [int(number) for number in re.findall(r"client_body_timeout (\d+)s;", text)]
    assert min(bodies) > Settings.load(NGINX_CONF.parent / "production.toml").limits.body_seconds


async def test_a_request_that_was_sent_to_a_process_that_died_is_not_sent_to_the_other(front: Front) -> None:
    """Each process has one of two long polls; that of the other goes on to its end. The first test that kills one: for some
    seconds afterwards nginx leaves out a process that was away."""
    caller = Caller(front, organ=PROVINCE)
    asked = [caller.call("POST", "/api/v1/inbox/leases", json={"max": 1, "seconds": 60, "wait": 4}) for _ in range(2)]
    polls = [asyncio.create_task(each) for each in asked]
    await asyncio.sleep(1.5)
    front.hubs[1].send_signal(signal.SIGKILL)
    front.hubs[1].wait()
    try:
        answers = sorted([(status, headers.get("Retry-After")) for status, _, headers in await asyncio.gather(*polls)])
    finally:
        front.start(1)
    assert answers == [(201, None), (503, "5")]


@pytest.fixture
async def one_killed(front: Front) -> AsyncIterator[Front]:
    front.hubs[1].send_signal(signal.SIGKILL)
    front.hubs[1].wait()
    yield front
    front.start(1)


async def test_requests_succeed_through_the_other_process_while_one_is_killed(one_killed: Front) -> None:
    caller = Caller(one_killed, organ=PROVINCE)
    assert [(await caller.call("GET", "/api/v1/inbox"))[0] for _ in range(20)] == [200] * 20
    sent = [await caller.post(signed(one_killed, document(str(number)))) for number in range(101, 107)]
    assert [status for status, _ in sent] == [202] * 6


async def test_without_any_process_the_caller_is_told_to_come_again(one_killed: Front) -> None:
    one_killed.hubs[0].send_signal(signal.SIGKILL)
    one_killed.hubs[0].wait()
    try:
        status, problem, headers = await Caller(one_killed, organ=PROVINCE).call("GET", "/api/v1/inbox")
    finally:
        one_killed.start(0)
    assert (status, problem["code"], headers["Retry-After"]) == (503, "not-ready", "5")


def test_tls_older_than_1_2_is_refused() -> None:
    (versions,) = re.findall(r"ssl_protocols ([^;]+);", NGINX_CONF.read_text("utf-8"))
    assert set(versions.split()) == {"TLSv1.2", "TLSv1.3"}
