"""`lienthong sign`, `send`, `inbox`, `status` and `verify` against a hub that runs."""

import contextlib
import hashlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from gateway.core import writing
from gateway.core.envelope import DocumentPackage
from gateway.entry.cli.init import initialise
from tests.cli.conftest import Lienthong
from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, attachment, document

NUMBERS = map(str, count(1))


@dataclass(frozen=True, kw_only=True)
class RunningHub:
    """A hub in a process of its own, and how an agency's commands reach it."""

    home: Path
    url: str

    def own(self, organ: str) -> Path:
        return self.home / "agencies" / organ

    def as_system(self, organ: str) -> tuple[object, ...]:
        return ("--url", self.url, "--token-file", self.own(organ) / "token")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    home = tmp_path_factory.mktemp("client") / "hub"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    initialise(home, port=port, agencies={})
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(home / "gateway.toml")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_ready(port)
            yield RunningHub(home=home, url=f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def _wait_until_ready(port: int) -> None:
    for _ in range(200):
        asking = http.client.HTTPConnection("127.0.0.1", port)
        with contextlib.suppress(OSError), contextlib.closing(asking):
            asking.request("GET", "/readyz")
            if asking.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the hub did not become ready")


@pytest.fixture
def package() -> DocumentPackage:
    """A document that was not sent before, for the commune alone."""
    return document(next(NUMBERS), to=(COMMUNE,))


@pytest.fixture
def signed(package: DocumentPackage, hub: RunningHub, tmp_path: Path, lienthong: Lienthong) -> Path:
    draft, out, own = tmp_path / "draft.edxml", tmp_path / "signed.edxml", hub.own(PROVINCE)
    draft.write_bytes(writing.emit(package))
    ran = lienthong("sign", draft, "--key", own / "key.pem", "--cert", own / "cert.pem", "-o", out)
    assert ran.code == 0, ran.err
    return out


def test_a_signed_file_is_sent(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    answer = lienthong("send", signed, *hub.as_system(PROVINCE), "--json").json
    assert [(each["to"], each["state"]) for each in answer["deliveries"]] == [(COMMUNE, "available")]
    assert answer["sha256"] == hashlib.sha256(signed.read_bytes()).hexdigest()


def test_sending_again_says_that_it_was_there(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    first = lienthong("send", signed, *hub.as_system(PROVINCE))
    again = lienthong("send", signed, *hub.as_system(PROVINCE))
    assert ("Đã nhận" in first.out, "Đã có từ trước" in again.out, again.code) == (True, True, 0)


def test_a_refusal_is_told_with_its_code_its_place_and_its_cure(
    package: DocumentPackage, hub: RunningHub, tmp_path: Path, lienthong: Lienthong
) -> None:
    unsigned = tmp_path / "unsigned.edxml"
    unsigned.write_bytes(writing.emit(package))
    ran = lienthong("send", unsigned, *hub.as_system(PROVINCE))
    assert (ran.code, ran.out) == (1, "")
    assert "422 signature-missing" in ran.err
    assert "lt-1" in ran.err


def test_a_refusal_is_a_problem_document_for_machines(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    ran = lienthong("send", signed, *hub.as_system(DEPARTMENT), "--json")
    assert (ran.code, ran.json["code"]) == (1, "sender-mismatch")


def test_a_file_is_signed_and_sent_as_a_part(
    package: DocumentPackage, hub: RunningHub, tmp_path: Path, lienthong: Lienthong
) -> None:
    large, draft, signed, own = tmp_path / "phu-luc.pdf", tmp_path / "draft.edxml", tmp_path / "signed.edxml", hub.own(PROVINCE)
    large.write_bytes(PDF * 50_000)
    draft.write_bytes(writing.emit(replace(package, attachments=(replace(attachment(), encoded=None),))))
    part = ("--attach", f"cid:a1={large}")
    ran = lienthong("sign", draft, "--key", own / "key.pem", "--cert", own / "cert.pem", "-o", signed, *part)
    assert ran.code == 0, ran.err
    assert lienthong("verify", signed, "--ca", hub.home / "ca", *part).code == 0
    ran = lienthong("send", signed, *hub.as_system(PROVINCE), *part)
    assert ran.code == 0, ran.err


def test_a_hub_that_does_not_answer_is_told(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    ran = lienthong("send", signed, "--url", "http://127.0.0.1:9", "--token-file", hub.own(PROVINCE) / "token")
    assert ran.code == 1
    assert "not-ready" in ran.err
    assert "127.0.0.1:9" in ran.err


def test_what_waits_is_taken_saved_and_acknowledged(signed: Path, hub: RunningHub, tmp_path: Path, lienthong: Lienthong) -> None:
    sent = lienthong("send", signed, *hub.as_system(PROVINCE), "--json").json
    waiting = lienthong("inbox", *hub.as_system(COMMUNE), "--json").json["deliveries"]
    assert sent["id"] in {each["document"] for each in waiting}
    ran = lienthong("inbox", *hub.as_system(COMMUNE), "--take", 100, "--out", tmp_path / "in", "--ack")
    assert ran.code == 0, ran.err
    assert (tmp_path / "in" / f"{sent['id']}.edxml").read_bytes() == signed.read_bytes()
    assert lienthong("inbox", *hub.as_system(COMMUNE), "--json").json["deliveries"] == []


def test_an_empty_inbox_is_no_error(hub: RunningHub, lienthong: Lienthong) -> None:
    ran = lienthong("inbox", *hub.as_system(DEPARTMENT), "--take", 1, "--ack")
    assert (ran.code, "0 văn bản" in ran.out) == (0, True)


def test_a_status_is_reported(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    [delivery] = lienthong("send", signed, *hub.as_system(PROVINCE), "--json").json["deliveries"]
    answer = lienthong("status", delivery["id"], "03", *hub.as_system(COMMUNE), "--description", "Vào sổ", "--json").json
    assert (answer["delivery"], answer["state"], answer["status_code"]) == (delivery["id"], "received", "03")


def test_a_status_without_its_reason_is_refused(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    [delivery] = lienthong("send", signed, *hub.as_system(PROVINCE), "--json").json["deliveries"]
    ran = lienthong("status", delivery["id"], "02", *hub.as_system(COMMUNE))
    assert ran.code == 1
    assert "status-reason-required" in ran.err


def test_a_signed_file_is_verified_offline(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    assert lienthong("verify", signed, "--ca", hub.home / "ca").code == 0


def test_a_changed_file_is_not_valid(signed: Path, hub: RunningHub, lienthong: Lienthong) -> None:
    signed.write_bytes(signed.read_bytes().replace("báo cáo".encode(), b"bao cao"))
    ran = lienthong("verify", signed, "--ca", hub.home / "ca", "--json")
    assert (ran.code, ran.json["code"]) == (1, "signature-invalid")


def test_a_new_token_works_within_a_second_or_two(signed: Path, hub: RunningHub, tmp_path: Path, lienthong: Lienthong) -> None:
    token_file = tmp_path / "token"
    config = hub.home / "gateway.toml"
    lienthong("system", "add", "vendor-1", "--organ", PROVINCE, "--token-file", token_file, "--config", config)
    for _ in range(40):
        ran = lienthong("send", signed, "--url", hub.url, "--token-file", token_file)
        if ran.code == 0:
            return
        assert "unauthenticated" in ran.err
        time.sleep(0.1)
    raise AssertionError("the new system was never let in")
