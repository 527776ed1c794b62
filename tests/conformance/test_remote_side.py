"""Certifying a service over HTTP: the example in Node, with its test mode and without."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from adapters.remote.tests.service import EXAMPLE, TOKEN, node
from gateway.sdk import Misconfigured
from gateway.sdk.conformance import certification, certify
from gateway.sdk.conformance.certification import run
from gateway.sdk.conformance.remote_side import NO_KIT, VARIABLE, RemoteSide, meet
from gateway.sdk.conformance.report import Report, Verdict
from gateway.sdk.conformance.trial import Subject
from gateway.sdk.opening import Found, find
from gateway.sdk.shipped import shipped
from tests.conformance.trying import QUICK, failed


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """Run the example; give its address."""
    (folder / "token").write_text(TOKEN, "ascii")
    arguments = ["--port", "0", "--folder", str(folder / "data"), "--token-file", str(folder / "token"), *options]
    with subprocess.Popen([node(), str(EXAMPLE), *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def certified(address: str) -> Report:
    service = asyncio.run(meet(address))
    remote = find(shipped("adapters") / "remote")
    found = Found(manifest=service.manifest, folder=remote.folder)
    return run(Subject(found=found, side=partial(RemoteSide, service), patience=QUICK * 4), address)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)


def test_a_service_in_test_mode_is_tried_in_every_mood(tmp_path: Path) -> None:
    with serving(tmp_path, "--kit") as address:
        report = certified(address)
    assert failed(report) == set()
    assert report.count(Verdict.SKIPPED) == 1
    assert (report.passed, report.partial) == (True, False)


def test_of_a_service_without_test_mode_what_cannot_be_seen_is_skipped(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        report = certified(address)
    assert failed(report) == set()
    assert NO_KIT in {each.words.partition(": ")[2] or each.words for each in report.of(Verdict.SKIPPED)}
    assert (report.passed, report.partial) == (True, True)


def test_a_wrong_token_is_told_before_anything_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "wrong")
    with serving(tmp_path) as address, pytest.raises(Misconfigured, match="/manifest: HTTP 401"):
        asyncio.run(meet(address))


@pytest.mark.parametrize(("token", "said"), [("", VARIABLE), (TOKEN, "/manifest: ClientConnectorError")])
def test_what_cannot_be_met_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], token: str, said: str
) -> None:
    monkeypatch.setenv(VARIABLE, token)
    assert certify(f"http://127.0.0.1:{unused_port()}") == certification.IMPOSSIBLE
    assert said in capsys.readouterr().out.replace("\n", "")
