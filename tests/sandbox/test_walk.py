"""The ten minutes of docs/sandbox.md, as they are written."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.entry.sandbox.hints import HINTS
from gateway.entry.sandbox.switches import SWITCHES
from tests.services import require

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Do what the page says; give the JSON that it shows."""
    require("curl", "apt-get install curl")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    script = "".join(SHELL_BLOCK.findall(PAGE)).replace("8080", port)
    stopping = "trap 'jobs -p | xargs -r kill; wait' EXIT\n"
    environment = os.environ | {"PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"}
    command = ["bash", "-euo", "pipefail", "-c", stopping + script]
    folder = tmp_path_factory.mktemp("walk")
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def test_the_walk_ends_without_a_problem_or_a_hint(said: list[dict[str, Any]]) -> None:
    assert (said[-1]["problems"], said[-1]["hints"]) == (0, 0)


def test_the_walk_sees_the_peer_complete_what_was_sent(said: list[dict[str, Any]]) -> None:
    shown = next(each for each in said if "subject" in each)
    assert [each["state"] for each in shown["deliveries"]] == ["completed"]


def test_the_walk_gets_the_first_answer_after_a_lost_one(said: list[dict[str, Any]]) -> None:
    answers = [each for each in said if "receipt" in each and "subject" not in each]
    assert [each["id"] for each in answers] == [answers[0]["id"]] * 2


def test_the_walk_has_a_broken_signature_explained(said: list[dict[str, Any]]) -> None:
    (call,) = next(each["items"] for each in said if each.get("items"))
    assert [each["code"] for each in call["problems"]] == ["signature-invalid"]


def test_the_page_names_every_switch_and_every_hint() -> None:
    assert [name for name in (*SWITCHES, *HINTS) if f"`{name}`" not in PAGE] == []
