"""`lienthong check`: what is wrong is named before the hub is started."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway.entry.cli.check import check
from gateway.entry.cli.init import initialise
from gateway.infra.agencies_file import SYSTEM, editing, revise
from tests.rabbitmq import rabbit, rabbit_url

__all__ = ["rabbit", "rabbit_url"]


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


def checked(folder: Path, link: dict[str, Any], more: str = "") -> dict[str, dict[str, Any]]:
    """Check the folder with a link for its agency's system; give the checks by what they looked at."""
    with editing(folder / "agencies.toml") as draft:
        revise(draft.get(SYSTEM, "000.00.00.H56"), {"link": link})
    try:
        config = folder / "checked.toml"
        config.write_text((folder / "gateway.toml").read_text("utf-8") + more, "utf-8")
        return {each["what"]: each for each in asyncio.run(check(config)).data["checks"]}
    finally:
        with editing(folder / "agencies.toml") as draft:
            revise(draft.get(SYSTEM, "000.00.00.H56"), {"link": None})


def test_a_link_that_works_is_in_order(folder: Path) -> None:
    assert checked(folder, {"adapter": "loopback"})["link: 000.00.00.H56"]["ok"]


def test_a_link_through_an_adapter_that_is_not_there_is_named(folder: Path) -> None:
    found = checked(folder, {"adapter": "no-such"})["link: 000.00.00.H56"]
    assert not found["ok"] and "link-misconfigured" in found["detail"]


def test_a_linked_system_that_is_away_is_no_mistake_of_the_settings(folder: Path) -> None:
    (folder / "push-secret").write_text("whsec_" + "0" * 32)
    told = {"url": "http://127.0.0.1:9/nhan", "secret_file": "push-secret", "networks": ["127.0.0.0/8"]}
    found = checked(folder, {"adapter": "webhook", "settings": told})["link: 000.00.00.H56"]
    assert found["ok"] and "chưa kết nối được" in found["detail"]


def test_the_queues_of_linked_systems_are_made_and_counted(folder: Path, rabbit_url: str) -> None:
    assert checked(folder, {"adapter": "loopback"}, f'\n[broker]\nurl = "{rabbit_url}"\n')["hàng đợi · broker"] == {
        "what": "hàng đợi · broker",
        "ok": True,
        "detail": "2 hàng đợi · queues",
    }


def test_a_broker_that_does_not_answer_is_named(folder: Path) -> None:
    assert failed(folder, '\n[broker]\nurl = "amqp://guest:guest@127.0.0.1:9/"\n') == {"hàng đợi · broker"}


def test_a_setting_that_nobody_knows_is_an_error(folder: Path) -> None:
    assert failed(folder, "\n[nonsense]\n") == {"cấu hình · settings"}


def test_a_tls_key_that_is_not_there_is_named(folder: Path) -> None:
    assert failed(folder, '\n[server.tls]\ncertificate = "no.pem"\nkey = "no-key.pem"\n') == {"TLS"}


def test_a_tls_certificate_with_its_key_is_in_order(folder: Path) -> None:
    assert failed(folder, '\n[server.tls]\ncertificate = "hub/cert.pem"\nkey = "hub/key.pem"\n') == set()
