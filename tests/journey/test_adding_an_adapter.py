"""The guide for vendors, followed word by word in a fresh folder: from no adapter to a certified one that a hub works with."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.services import require

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "adding-an-adapter.md"
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
STOPPING = "trap 'jobs -p | xargs -r kill; wait' EXIT\n"
PATIENCE_SECONDS = 180
PORTS = ("8080", "9900")
"""Of the guide; a test takes free ones instead."""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every block of the guide, one after the other; give the folder where that was done."""
    require("curl", "apt-get install curl")
    folder = tmp_path_factory.mktemp("guide")
    (folder / "docs").symlink_to(ROOT / "docs")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    script = "".join(SHELL_BLOCK.findall(GUIDE.read_text("utf-8")))
    for port in PORTS:
        assert port in script
        script = script.replace(port, str(_free_port()))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", STOPPING + script],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "TERM": "dumb", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


def said(folder: Path, name: str) -> Any:
    return json.loads((folder / "hub" / name).read_text("utf-8"))


def test_the_document_of_the_guide_arrives_at_the_fake_software(followed: Path) -> None:
    (delivery,) = said(followed, "gui.json")["deliveries"]
    assert [(each["khoa"], len(each["tep"])) for each in said(followed, "den.json")] == [(delivery["id"], 1)]


def test_the_sender_sees_what_the_fake_software_reported_and_its_reference(followed: Path) -> None:
    (delivery,) = said(followed, "xem.json")["deliveries"]
    happened = {each["type"]: each["data"] for each in delivery["timeline"]}
    assert (delivery["state"], delivery["status_code"]) == ("received", "03")
    assert happened["status.received"]["description"] == "Đã vào sổ"
    assert happened["delivery.collected"]["reference"] == said(followed, "den.json")[0]["ma"]


def test_the_report_of_the_fake_software_reaches_the_other_agency(followed: Path) -> None:
    (delivery,) = said(followed, "lay.json")["deliveries"]
    assert (delivery["from"], delivery["to"], delivery["subject"]) == ("H56.40.02", "000.00.00.H56", "Báo cáo kết quả liên thông")


def test_the_fake_software_is_told_what_became_of_its_report(followed: Path) -> None:
    told = [(each["so"], each["ma_trang_thai"], each["noi_dung"]) for each in said(followed, "tin.json")]
    assert ("12", "03", "Đã vào sổ số 45") in told


def test_the_new_adapter_is_certified_with_reports_for_people_and_machines(followed: Path) -> None:
    assert 'failures="0"' in (followed / "hub" / "kit.xml").read_text("utf-8")
    assert said(followed, "kit.json")
    assert "van_phong" in (followed / "hub" / "kit.html").read_text("utf-8")


def test_all_that_was_written_is_the_adapter_and_the_hub_s_own_folder(followed: Path) -> None:
    made = sorted(str(file.relative_to(followed)) for file in followed.iterdir() if not file.is_symlink())
    assert made == ["bo-noi", "hub"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
