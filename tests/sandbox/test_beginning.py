"""How a sandbox begins: with a system that the hub pushes to, in the middle of its work, and where something is wrong."""

import socket
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from gateway.core.faults import Misconfigured
from gateway.entry.cli.sandbox import joined_by
from gateway.entry.sandbox.layout import Joined, Laid, lay_out
from gateway.entry.sandbox.running import opened
from tests.sandbox.conftest import Vendor

SHIPPED = Path(__file__).parents[2] / "adapters"
FLAGS = "".join(f"{flag} = true\n" for flag in ("push", "collect", "statuses", "recall", "separate"))
MANIFEST = f'name = "my_own"\nversion = "1"\ncontract = 1\n{FLAGS}[description]\nvi = "của tôi"\nen = "mine"\n'


async def test_the_hub_pushes_to_me_and_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    laid = lay_out(tmp_path / "hub", port=0, mine=None, joined=Joined(adapter="loopback", settings={}))
    async with opened(laid) as sandbox, aiohttp.ClientSession() as session:
        vendor = Vendor(sandbox=sandbox, session=session)
        pushed = await vendor.play("/send", {"kind": "document"})
        await vendor.until(pushed["answer"]["id"], lambda own: own["state"] in {"collected", "received"})
        await vendor.switch(no_receipt=True)
        _, sent = await vendor.send(vendor.letter())
        await vendor.until(sent["id"], lambda own: own["state"] == "collected")
    laid = lay_out(tmp_path / "hub", port=0, mine=None)
    async with opened(laid) as sandbox, aiohttp.ClientSession() as session:
        vendor = Vendor(sandbox=sandbox, session=session)
        assert sandbox.hub.rules().systems.find(laid.system).link is None  # type: ignore[union-attr]  # it is there
        await vendor.until(sent["id"], lambda own: own["state"] == "completed", minutes=1)


async def test_a_link_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    laid = lay_out(tmp_path / "hub", port=0, mine=None, joined=Joined(adapter="no-such", settings={}))
    with pytest.raises(Misconfigured, match="no-such"):
        async with opened(laid):
            pass


async def test_a_port_that_is_taken_is_named(laid: Laid) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"{port}.*--port"):
            async with opened(replace(laid, settings=laid.settings.listening(port))):
                pass


def test_an_adapter_is_named_by_its_folder_too(tmp_path: Path) -> None:
    own, settings = tmp_path / "mine", tmp_path / "settings.toml"
    own.mkdir()
    (own / "manifest.toml").write_text(MANIFEST, "utf-8")
    settings.write_text('url = "http://127.0.0.1:9000"\n', "utf-8")
    assert joined_by(str(own), settings) == Joined(adapter="my_own", settings={"url": "http://127.0.0.1:9000"}, folder=tmp_path)


@pytest.mark.parametrize("adapter", ["loopback", str(SHIPPED / "loopback")])
def test_an_adapter_that_ships_is_found_once(adapter: str) -> None:
    assert joined_by(adapter, None) == Joined(adapter="loopback", settings={})


def test_settings_that_are_no_toml_are_named(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("url =", "utf-8")
    with pytest.raises(Misconfigured, match="settings"):
        joined_by("webhook", settings)
