"""`lienthong demo --once`: the whole day, on a machine with nothing installed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.entry.demo.checks import PROMISES

COMMAND = [sys.executable, "-m", "gateway", "demo"]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Play one day for people, with a place of its own for temporary folders."""
    place = tmp_path_factory.mktemp("place")
    environment = os.environ | {"TMPDIR": str(place)}
    ran = subprocess.run([*COMMAND, "--once"], capture_output=True, text=True, env=environment, check=False, timeout=120)
    assert list(place.glob("lienthong-demo-*")) == []
    return ran


def test_every_promise_holds(day: subprocess.CompletedProcess[str]) -> None:
    assert day.returncode == 0, day.stdout + day.stderr
    assert [words for words in PROMISES.values() if f"✓ {words}" not in day.stdout] == []


def test_the_bad_senders_are_refused_with_their_reasons(day: subprocess.CompletedProcess[str]) -> None:
    for code in ("signature-invalid", "signature-missing", "sender-mismatch", "certificate-unregistered"):
        assert code in day.stdout


def test_the_address_of_the_api_reference_is_shown(day: subprocess.CompletedProcess[str]) -> None:
    assert "/api/v1/docs" in day.stdout


def test_the_balance_of_a_second_day_in_the_same_folder_is_that_day_alone(tmp_path: Path) -> None:
    days = [
        json.loads(subprocess.run([*COMMAND, "--once", "--json", "--dir", tmp_path], capture_output=True, check=True).stdout)
        for _ in range(2)
    ]
    assert days[0]["ok"]
    assert days[1]["balance"] == days[0]["balance"]
    for row in days[1]["balance"]:
        assert row["accepted"] == row["delivered"] + row["waiting"] + row["failed"] + row["refused"]


def test_without_once_it_goes_on_until_it_is_stopped_and_stops_its_hub(tmp_path: Path) -> None:
    log = tmp_path / "demo.log"
    with log.open("wb") as out, subprocess.Popen([*COMMAND, "--dir", str(tmp_path / "hub")], stdout=out, stderr=out) as demo:
        deadline = time.monotonic() + 90
        while "CV-VT" not in log.read_text("utf-8"):
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.2)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0, log.read_text("utf-8")
    assert "hub.stopped" in (tmp_path / "hub" / "hub.log").read_text("utf-8")
