"""`lienthong check`: what is wrong is named before the hub is started."""

import asyncio
from pathlib import Path

import pytest

from gateway.entry.cli.check import check
from gateway.entry.cli.init import initialise


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    initialise(folder, port=8080, agencies={"000.00.00.H56": "UBND tỉnh (mẫu)"})
    return folder


def failed(folder: Path, more: str = "") -> set[str]:
    """Check the folder with `more` settings; give what failed."""
    config = folder / "checked.toml"
    config.write_text((folder / "gateway.toml").read_text("utf-8") + more, "utf-8")
    outcome = asyncio.run(check(config))
    return {each["what"] for each in outcome.data["checks"] if not each["ok"]}


def test_a_folder_just_made_is_in_order(folder: Path) -> None:
    assert failed(folder) == set()


def test_a_setting_that_nobody_knows_is_an_error(folder: Path) -> None:
    assert failed(folder, "\n[nonsense]\n") == {"cấu hình · settings"}


def test_a_tls_key_that_is_not_there_is_named(folder: Path) -> None:
    assert failed(folder, '\n[server.tls]\ncertificate = "no.pem"\nkey = "no-key.pem"\n') == {"TLS"}


def test_a_tls_certificate_with_its_key_is_in_order(folder: Path) -> None:
    assert failed(folder, '\n[server.tls]\ncertificate = "hub/cert.pem"\nkey = "hub/key.pem"\n') == set()
