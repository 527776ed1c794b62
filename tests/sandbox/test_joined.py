"""A system that the hub pushes to by an adapter, and a sandbox that is begun again in the middle of its work."""

from pathlib import Path

import aiohttp
import pytest

from gateway.core.faults import Misconfigured
from gateway.entry.cli.sandbox import joined_by
from gateway.entry.sandbox.layout import Joined, lay_out
from gateway.entry.sandbox.running import opened
from tests.sandbox.conftest import Vendor

SHIPPED = Path(__file__).parents[2] / "adapters"
FLAGS = "".join(f"{flag} = true\n" for flag in ("push", "collect", "statuses", "recall", "separate"))
MANIFEST = f'name = "my_own"\nversion = "1"\ncontract = 1\n{FLAGS}[description]\nvi = "của tôi"\nen = "mine"\n'


async def test_the_hub_pushes_to_my_system_by_its_adapter_and_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
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
