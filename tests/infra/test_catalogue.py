"""Adapters are found in folders, opened once for each system and link, and what is wrong is named."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId
from gateway.infra.catalogue import FolderCatalogue
from gateway.sdk.conformance.golden import consignment
from gateway.sdk.shipped import shipped
from tests.catalogues import catalogue, linked

SHOUTING = """
from contextlib import asynccontextmanager
from pydantic import BaseModel
from gateway.sdk import Adapter

class Settings(BaseModel):
    fails: str = ""
    of: str = ""

@asynccontextmanager
async def open_adapter(settings, context):
    if settings.fails:
        raise RuntimeError("secret " + settings.fails)
    yield Adapter()
    with (context.folder / "log").open("a") as file:
        file.write("closed\\n")
    raise OSError("even that fails")
"""


def copied(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """Copy the loopback adapter into a folder of a province's own, under another name; give that folder."""
    shutil.copytree(shipped("adapters") / "loopback", folder / name)
    manifest = folder / name / "manifest.toml"
    text = manifest.read_text("utf-8").replace('name = "loopback"', f'name = "{name}"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    manifest.write_text(text, "utf-8")
    return folder


def shouting(folder: Path) -> FolderCatalogue:
    (copied(folder / "own", "shouting") / "shouting" / "adapter.py").write_text(SHOUTING)
    return catalogue(folder, folder / "own")


def test_the_shipped_adapters_are_found() -> None:
    folders = {manifest.parent.name for manifest in shipped("adapters").glob("*/manifest.toml")}
    assert {"loopback", "webhook"} <= folders == set(catalogue(Path()).found)


async def test_a_copied_folder_is_an_adapter_without_an_edit_elsewhere(tmp_path: Path) -> None:
    opened = catalogue(tmp_path, copied(tmp_path, "vendor"))
    assert set(opened.found) - set(catalogue(Path()).found) == {"vendor"}
    assert (await (await opened.adapter(linked("vendor"))).deliver(consignment())).reference


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("contract = 1", "contract = 2"), r"manifest.toml: contract = 2"),
        (("contract = 1", 'contract = "1"'), r"manifest.toml: contract = '1'"),
        (("contract = 1\n", ""), r"manifest.toml: contract: Field required"),
        (("push = true", 'push = "yes"'), r"manifest.toml: push: "),
        (("push = true", "push = true\npull = true"), r"manifest.toml: pull: Extra inputs"),
        (('\nen = "', '\nfr = "'), r"manifest.toml: description\.en: Field required"),
        (('"vendor"', '"other"'), r"name = 'other' ≠ 'vendor'"),
        (("push = true", "push"), r"manifest.toml: "),
    ],
)
def test_a_wrong_manifest_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        catalogue(tmp_path, copied(tmp_path, "vendor", change))


def test_a_name_is_found_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="loopback"):
        catalogue(tmp_path, copied(tmp_path, "loopback"))


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="nowhere"):
        catalogue(tmp_path, tmp_path / "nowhere")


async def test_an_unknown_adapter_is_answered_with_those_that_exist() -> None:
    with pytest.raises(Misconfigured, match=r"link-misconfigured: office: .*smoke.*\(.*loopback.*, webhook\)"):
        await catalogue(Path()).adapter(linked("smoke"))


async def test_each_wrong_setting_is_named_without_its_value() -> None:
    settings = {"token": "s3cret", "url": "s3cret", "connect_seconds": 0}
    with pytest.raises(Misconfigured) as refused:
        await catalogue(Path()).adapter(linked("webhook", settings))
    assert all(name in refused.value.detail for name in ("secret_file: ", "token: ", "url: ", "connect_seconds: "))
    assert "s3cret" not in str(refused.value) + refused.value.detail


async def test_an_adapter_that_fails_to_open_is_named_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="shouting: RuntimeError") as refused:
        await shouting(tmp_path).adapter(linked("shouting", {"fails": "s3cret"}))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(("code", "error"), [("import nothing_of_that_name", "ModuleNotFoundError"), ("", "AttributeError")])
async def test_an_adapter_without_the_function_is_named(tmp_path: Path, code: str, error: str) -> None:
    (copied(tmp_path, "vendor") / "vendor" / "adapter.py").write_text(code)
    with pytest.raises(Misconfigured, match=f"link-misconfigured: office: vendor: {error}"):
        await catalogue(tmp_path, tmp_path).adapter(linked("vendor"))


async def test_a_link_is_opened_once_for_each_system() -> None:
    opened = catalogue(Path())
    first = await opened.adapter(linked("loopback"))
    assert await opened.adapter(linked("loopback")) is first
    assert await opened.adapter(linked("loopback", name="other")) is not first


async def test_a_changed_link_opens_anew_and_closes_the_old_one(tmp_path: Path) -> None:
    opened = shouting(tmp_path)
    first = await opened.adapter(linked("shouting"))
    assert await opened.adapter(linked("shouting", {"of": "new"})) is not first
    assert (tmp_path / "log").read_text() == "closed\n"


async def test_one_that_is_opened_beside_leaves_the_one_in_force_alone_and_is_closed(tmp_path: Path) -> None:
    opened = shouting(tmp_path)
    first = await opened.adapter(linked("shouting"))
    async with opened.beside(linked("shouting", {"of": "new"})) as second:
        assert second is not first and not (tmp_path / "log").exists()
    assert (tmp_path / "log").read_text() == "closed\n"
    assert await opened.adapter(linked("shouting")) is first


async def test_what_is_wrong_with_one_that_is_opened_beside_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        async with shouting(tmp_path).beside(linked("shouting", {"fails": "x"})):
            raise AssertionError
    assert caught.value.code == "link-misconfigured"


async def test_changed_organs_open_anew(tmp_path: Path) -> None:
    opened, system = catalogue(tmp_path), linked("loopback")
    first = await opened.adapter(system)
    assert await opened.adapter(replace(system, organs=frozenset({OrganId("H56.41")}))) is not first


async def test_close_closes_all(tmp_path: Path) -> None:
    opened = shouting(tmp_path)
    for name in ("one", "two"):
        await opened.adapter(linked("shouting", name=name))
    await opened.close()
    assert (tmp_path / "log").read_text() == "closed\nclosed\n"


async def test_the_manifest_of_a_system_is_that_of_its_adapter() -> None:
    opened = catalogue(Path())
    assert opened.manifest(linked("loopback")).collect
    assert not opened.manifest(linked("webhook")).collect


async def test_a_system_without_a_link_has_no_adapter() -> None:
    with pytest.raises(Misconfigured, match="link-misconfigured: office"):
        await catalogue(Path()).adapter(replace(linked("loopback"), link=None))


async def test_what_the_other_side_says_while_it_is_opened_keeps_its_code(tmp_path: Path) -> None:
    code = SHOUTING.replace(
        "raise RuntimeError(", 'raise __import__("gateway.sdk").sdk.Misconfigured("link-unauthorised", detail='
    )
    (copied(tmp_path / "own", "vendor") / "vendor" / "adapter.py").write_text(code)
    with pytest.raises(Misconfigured, match="link-unauthorised: office: secret wrong"):
        await catalogue(tmp_path, tmp_path / "own").adapter(linked("vendor", {"fails": "wrong"}))
