"""Signatures: what the library of Standard Webhooks verifies, by each secret of a change, over the octets that arrive."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from gateway.sdk import Misconfigured
from gateway.sdk.conformance import golden

from .pushing import consignment, opened, talking
from .receiver import SECRET, Receiver
from .samples import FOLDER, samples

NEW = "whsec_" + base64.b64encode(b"the secret that comes afterwards").decode()
README = Path(__file__).parents[1] / "README.md"


async def test_the_library_verifies_a_document_in_either_format_and_a_status(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiver.serving() as url:
        for form in ("multipart", "json"):
            async with opened(tmp_path, url, format=form) as adapter:
                await adapter.deliver(golden.consignment(document_id=form, key=form))
                await adapter.report(golden.notice(key=f"{form}-news"))
    assert [each.signed for each in receiver.requests] == [True] * 4  # the receiver asks the library


@pytest.mark.parametrize("form", ["multipart", "json"])
async def test_a_large_document_is_signed_over_every_octet(tmp_path: Path, form: str) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url, format=form) as adapter:
        await adapter.deliver(consignment(os.urandom(20_000_001), golden.part("a", os.urandom(9_999_999))))
    assert receiver.requests[0].signed and receiver.requests[0].octets > 30_000_000


async def test_a_receiver_with_another_secret_refuses_and_an_operator_is_asked_for(tmp_path: Path) -> None:
    receiver = Receiver(NEW)
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        with pytest.raises(Misconfigured, match="link-unauthorised: HTTP 401: webhook-signature"):
            await adapter.deliver(consignment())
        with pytest.raises(Misconfigured, match="link-unauthorised"):
            await adapter.report(golden.notice())
    assert receiver.effects == {}


@pytest.mark.parametrize("known", [SECRET, NEW])
async def test_during_a_change_a_receiver_may_know_either_secret(tmp_path: Path, known: str) -> None:
    (tmp_path / "secret").write_text(f"{NEW}\n{SECRET}\n")
    receiver = Receiver(known)
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment())
    assert re.fullmatch(r"v1,\S+ v1,\S+", receiver.headers[0]["webhook-signature"])


async def test_a_secret_that_was_changed_in_its_file_is_used_from_then_on(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment())
        (tmp_path / "secret").write_text(NEW)
        receiver.secrets = (NEW,)
        await adapter.deliver(consignment())
    assert [each.signed for each in receiver.requests] == [True, True]


async def test_the_timestamp_is_of_the_attempt_by_the_clock_of_the_hub(tmp_path: Path) -> None:
    receiver, now = Receiver(), datetime.now(UTC) - timedelta(minutes=4)
    async with receiver.serving() as url, opened(tmp_path, url, now=lambda: now) as adapter:
        await adapter.deliver(consignment())
    assert receiver.headers[0]["webhook-timestamp"] == str(int(now.timestamp()))


@pytest.mark.parametrize("form", ["multipart", "json"])
async def test_every_attempt_has_the_same_octets(tmp_path: Path, form: str) -> None:
    bodies: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        assert length
        bodies.append(await reader.readexactly(int(length[1])))
        writer.write(b"HTTP/1.1 204 OK\r\nConnection: close\r\n\r\n")

    for attempt in (1, 2):  # each time by another process, say
        async with talking(talk) as url, opened(tmp_path, url, format=form) as adapter:
            await adapter.deliver(golden.consignment(None, golden.part(), attempt=attempt))
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("written", [f"{SECRET}\n\n{NEW}", SECRET.rstrip("="), "whsec_" + "A" * 32, "whsec_" + "A" * 86])
async def test_secrets_are_read_as_the_libraries_write_them(tmp_path: Path, written: str) -> None:
    (tmp_path / "secret").write_text(written)
    receiver = Receiver(written.split()[0])
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.deliver(consignment())


@pytest.mark.parametrize(
    "written",
    [
        "s3cret",
        SECRET.removeprefix("whsec_"),
        "whsec_",
        "whsec_" + "A" * 31,
        "whsec_" + "A" * 33,
        "whsec_" + "A" * 87,
        "whsec_" + "-" * 32,
        "whsec_" + "ă" * 32,
        f"{SECRET} {NEW} {SECRET}",
        "",
    ],
)
async def test_a_file_without_secrets_is_named_and_not_quoted(tmp_path: Path, written: str) -> None:
    (tmp_path / "secret").write_text(written)
    with pytest.raises(Misconfigured, match="secret_file") as refused:
        async with opened(tmp_path):
            pass
    assert "AAAA" not in str(refused.value) and SECRET not in str(refused.value)


async def test_the_samples_are_what_is_sent() -> None:
    """If not: python -m adapters.webhook.tests.samples."""
    assert await samples() == {file.name: file.read_bytes() for file in FOLDER.iterdir()}


@pytest.fixture(params=["python", "js"])
def verified(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[dict[str, str], bytes, str], bool]:
    """What README shows, in either language."""
    code = re.search(rf"```{request.param}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert code
    if request.param == "python":
        found: dict[str, Callable[[dict[str, str], bytes, str], bool]] = {}
        exec(code[1], found)  # noqa: S102  the project's own
        return found["verified"]
    if shutil.which("node") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node is not installed: apt-get install nodejs")
    script = tmp_path / "verified.js"
    script.write_text(
        f"{code[1]}\nconst [h, b, s] = JSON.parse(process.argv[2]);\nconsole.log(verified(h, Buffer.from(b, 'hex'), s));"
    )

    def by_node(headers: dict[str, str], body: bytes, secret: str) -> bool:
        told = json.dumps([headers, body.hex(), secret])
        ran = subprocess.run(["node", script, told], capture_output=True, text=True, check=True)
        return bool(json.loads(ran.stdout))

    return by_node


def _signed(body: bytes, at: float, secret: str = SECRET) -> dict[str, str]:
    signature = Webhook(secret).sign("d1", datetime.fromtimestamp(int(at), UTC), body.decode())
    return {"webhook-id": "d1", "webhook-timestamp": str(int(at)), "webhook-signature": f"v1,AAAA v1a,x {signature}"}


def test_the_examples_of_the_readme_take_what_is_right_and_nothing_else(
    verified: Callable[[dict[str, str], bytes, str], bool],
) -> None:
    body, now = "Văn bản".encode(), time.time()
    right = _signed(body, now)
    assert verified(right, body, SECRET)
    wrong = [
        (right, body + b" ", SECRET),
        (right, body, NEW),
        (_signed(body, now - 400), body, SECRET),
        (_signed(body, now + 400), body, SECRET),
        (right | {"webhook-id": "d2"}, body, SECRET),
        (right | {"webhook-signature": "v1,ăâ"}, body, SECRET),
        (right | {"webhook-timestamp": "nay"}, body, SECRET),
        ({}, body, SECRET),
    ]
    assert [verified(*each) for each in wrong] == [False] * len(wrong)


async def test_the_signatures_of_the_samples_are_right() -> None:
    told = json.loads((FOLDER / "signatures.json").read_text())
    for name, headers in told["headers"].items():
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + (FOLDER / name).read_bytes()
        digest = hmac.new(base64.b64decode(told["secret"].removeprefix("whsec_")), signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
