"""A package of evidence proved by hand: the very commands that it prints, with common tools and nothing of the gateway's."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.core import evidence
from gateway.core.evidence_guide import COMMAND
from tests.evidences import listed, whole
from tests.services import require

require("xmlsec1", "apt-get install xmlsec1")
require("openssl", "apt-get install openssl")
require("bash", "apt-get install bash")

COMMANDS = tuple(line.removeprefix(COMMAND) for line in whole()[evidence.GUIDE].decode().splitlines() if line.startswith(COMMAND))
WRONG = "SAI · WRONG"
SUMS, LIST, ENVELOPE, RECEIPTS, CHAIN = (
    next(each for each in COMMANDS if sign in each)
    for sign in ("sha256sum --check", "-signature", evidence.ENVELOPE, "receipts/*.xml", "while IFS=")
)


def unpacked(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, octets in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)
    return folder


def ran(command: str, folder: Path) -> tuple[bool, str]:
    """Run a command; tell whether it, and what it says, is content."""
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return done.returncode == 0 and WRONG not in said and "verify failure" not in said, said


def test_there_is_a_command_for_every_kind_of_file() -> None:
    assert len(COMMANDS) == 12
    for name in whole():
        if name not in {evidence.GUIDE, evidence.SUMS, evidence.SEAL}:
            assert any(name in each or name.startswith(evidence.RECEIPTS) for each in COMMANDS), name


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{place}" for place in range(len(COMMANDS))])  # times are in them
def test_every_command_that_it_prints_proves_a_whole_package(command: str, tmp_path: Path) -> None:
    content, said = ran(command, unpacked(whole(), tmp_path))
    assert content, said


@pytest.mark.parametrize(
    ("command", "name", "old", "new"),
    [
        (SUMS, evidence.ENVELOPE, b"UBND-VP", b"UBND-VQ"),
        (LIST, evidence.SUMS, b"a", b"b"),
        (ENVELOPE, evidence.ENVELOPE, b"UBND-VP", b"UBND-VQ"),
        (RECEIPTS, next(name for name in whole() if "-status-" in name), b"<code>03", b"<code>06"),
        (CHAIN, evidence.EVENTS, b"delivery.collected", b"delivery.withdrawn"),
    ],
    ids=["sums", "list", "envelope", "receipts", "chain"],
)
def test_what_was_changed_is_found_by_the_command_for_it(command: str, name: str, old: bytes, new: bytes, tmp_path: Path) -> None:
    assert old in whole()[name]
    assert not ran(command, unpacked({**whole(), name: whole()[name].replace(old, new, 1)}, tmp_path))[0]


def test_an_event_that_was_taken_out_is_found_by_the_command_for_the_chain(tmp_path: Path) -> None:
    first, *rest = whole()[evidence.EVENTS].splitlines(keepends=True)
    assert not ran(CHAIN, unpacked(listed({**whole(), evidence.EVENTS: first + rest[1]}), tmp_path))[0]
