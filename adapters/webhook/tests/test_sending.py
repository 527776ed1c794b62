"""What is sent, and to whom: whole documents, safe headers, the token to nobody else."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.sdk import Misconfigured, OrganId, Taken, Transient
from gateway.sdk.conformance.golden import part
from gateway.sdk.http_body import SMALL

from .pushing import ENVELOPE, TOKEN, consignment, heard, opened, saying, talking
from .receiver import Answer, Receiver

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_a_document_is_one_post_with_the_octets_that_the_sender_signed(tmp_path: Path) -> None:
    async with Receiver().serving() as url, opened(tmp_path, url) as adapter:
        assert await adapter.deliver(consignment()) == Taken(reference="R-1")


async def test_the_receiver_sees_these_headers(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment())
    headers = receiver.headers[0]
    assert headers.pop("Host").startswith("127.0.0.1:")
    assert headers.pop("webhook-timestamp") and headers.pop("webhook-signature")
    assert headers == {
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {TOKEN}",
        "Content-Length": str(len(ENVELOPE)),
        "Content-Type": "application/xml",
        "Idempotency-Key": "d" * 64,
        "User-Agent": "Lienthong",
        "webhook-id": "d" * 64,
        "X-Lienthong-Attempt": "3",
        "X-Lienthong-Delivery": "d" * 64,
        "X-Lienthong-Document": "0" * 64,
        "X-Lienthong-From": "H56.01",
        "X-Lienthong-Priority": "2",
        "X-Lienthong-Sha256": consignment().sha256,
        "X-Lienthong-To": "H56.40.02",
        "traceparent": consignment().trace,
    }


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 20_000_000])
async def test_an_envelope_arrives_bit_for_bit(tmp_path: Path, size: int) -> None:
    envelope, receiver = os.urandom(size), Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment(envelope))
    assert (receiver.requests[0].sha256, receiver.requests[0].octets) == (consignment(envelope).sha256, size)


async def test_parts_arrive_bit_for_bit_beside_the_envelope(tmp_path: Path) -> None:
    parts = (part("a@x", b""), part("b", b"\r\n--\r\n--x--\r\n" * 9), part("%41;\"'", os.urandom(9_000_000)))
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment(ENVELOPE, *parts))
    assert receiver.requests[0].sha256 == consignment().sha256
    assert receiver.requests[0].parts == {each.content_id: each.sha256 for each in parts}
    assert receiver.headers[0]["Content-Type"].startswith('multipart/related; type="application/xml"; boundary=')
    assert receiver.headers[0]["Content-Length"] == str(receiver.requests[0].octets)


async def test_no_value_breaks_out_of_its_header(tmp_path: Path) -> None:
    receiver, odd = Receiver(), "Sở\r\nX-Evil: 1"
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment(sender=OrganId(odd), trace=odd))
        await adapter.deliver(consignment(ENVELOPE, replace(part(odd, b"x"), media_type=odd)))
    assert receiver.headers[0]["X-Lienthong-From"] == receiver.headers[0]["traceparent"] == "S%E1%BB%9F%0D%0AX-Evil:%201"
    assert list(receiver.requests[1].parts) == ["S%E1%BB%9F%0D%0AX-Evil:%201"]
    assert not any("X-Evil" in headers for headers in receiver.headers)


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    elsewhere, receiver = Receiver(), Receiver()
    async with elsewhere.serving() as there, receiver.serving() as url, opened(tmp_path, url) as adapter:
        receiver.usual = Answer(status=307, headers={"Location": there})
        with pytest.raises(Misconfigured, match="link-misconfigured"):
            await adapter.deliver(consignment())
    assert elsewhere.headers == []


async def test_no_cookie_is_kept(tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.usual = Answer(headers={"Set-Cookie": "a=b; Path=/"})
    async with receiver.serving() as url, opened(tmp_path, url.replace("127.0.0.1", "localhost")) as adapter:
        await adapter.deliver(consignment())
        await adapter.deliver(consignment())
    assert not any("Cookie" in headers for headers in receiver.headers)


async def test_a_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    async with Receiver().serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment())


async def test_documents_one_after_another_share_a_connection(tmp_path: Path) -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            await heard(reader)
            writer.write(OK)

    async with talking(talk) as url, opened(tmp_path, url) as adapter:
        for _ in range(3):
            await adapter.deliver(consignment())
    assert connections == 1


async def test_a_cancelled_delivery_hangs_up_and_closes_what_it_read_from(tmp_path: Path) -> None:
    begun, gone, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        begun.set()
        await reader.read(-1)
        gone.set()

    passes = iter((True, False))

    async def slow() -> AsyncIterator[bytes]:
        """Give all at once to be signed, and then without end: of a body that is too large to be held."""
        if next(passes):
            yield bytes(SMALL + 1)
            return
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0.1)
        finally:
            closed.set()

    async with talking(talk) as url, opened(tmp_path, url) as adapter:
        delivery = asyncio.create_task(adapter.deliver(consignment(size=SMALL + 1, open=slow)))
        await begun.wait()
        delivery.cancel()
        async with asyncio.timeout(2):
            await asyncio.gather(gone.wait(), closed.wait())
        with pytest.raises(asyncio.CancelledError):
            await delivery


@pytest.mark.parametrize(("size", "error"), [(len(ENVELOPE) + 1, EOFError), (len(ENVELOPE) - 1, EOFError)])
async def test_a_document_of_another_size_than_announced_is_no_fault_of_the_receiver(
    tmp_path: Path, size: int, error: type[Exception]
) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        with pytest.raises(error):
            await adapter.deliver(consignment(size=size))
    assert receiver.effects == {}


async def test_a_fault_of_the_vault_comes_through_as_it_is(tmp_path: Path) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x"
        raise Transient("storage-unavailable")

    async with Receiver().serving() as url, opened(tmp_path, url) as adapter:
        with pytest.raises(Transient, match="storage-unavailable"):
            await adapter.deliver(consignment(open=failing))


async def test_a_receiver_that_takes_a_document_before_it_has_it_is_not_believed(tmp_path: Path) -> None:
    async with talking(saying(OK, pause=0.2, early=True)) as url, opened(tmp_path, url) as adapter:
        with pytest.raises(Transient, match="receiver-failed"):
            await adapter.deliver(consignment(bytes(50_000_000)))


async def test_a_token_that_was_changed_in_its_file_is_used_from_then_on(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment())
        (tmp_path / "token").write_text("renewed")
        await adapter.deliver(consignment())
    assert [headers["Authorization"] for headers in receiver.headers] == [f"Bearer {TOKEN}", "Bearer renewed"]


async def test_without_a_token_the_signature_stands_alone(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url, token_file=None) as adapter:
        await adapter.deliver(consignment())
    assert "Authorization" not in receiver.headers[0] and receiver.requests[0].signed


@pytest.mark.parametrize("content", [b"", b"two words", b"two\nlines", "mật".encode(), b"\xff"])
async def test_a_token_file_without_one_token_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(Misconfigured, match="token_file"):
        async with opened(tmp_path, "http://127.0.0.1"):
            pass


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "ftp://127.0.0.1"),
        ("url", "/path"),
        ("url", "http://user:s3cret@127.0.0.1/"),
        ("url", "http://127.0.0.1/#there"),
        ("health_url", "http://s3cret@127.0.0.1/"),
        ("secret_file", "missing"),
        ("secret_file", "token"),
        ("format", "xml"),
        ("ca_file", "missing.pem"),
        ("ca_file", "token"),
        ("token_file", "missing"),
        ("connect_seconds", 61),
        ("verify", False),
    ],
)
async def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(Misconfigured, match=f"link-misconfigured: .*{name}: ") as refused:
        async with opened(tmp_path, **{name: value}):  # type: ignore[arg-type]
            pass
    assert "s3cret" not in str(refused.value)


async def test_a_small_document_is_read_once_to_be_signed_and_sent(tmp_path: Path) -> None:
    receiver, reads = Receiver(), []

    async def read() -> AsyncIterator[bytes]:
        reads.append(1)
        yield ENVELOPE

    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment(open=read))
    assert (len(reads), len(receiver.effects)) == (1, 1)
