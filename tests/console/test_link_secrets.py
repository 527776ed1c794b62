"""The form of an adapter that a province wrote itself: secrets among its settings, tables, and what it says itself."""

import shutil
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.core.directory import Link, System
from gateway.core.model import SystemId
from gateway.sdk.shipped import shipped
from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.console.conftest import settings as usual
from tests.console.test_link_form import kept
from tests.contracts.entries import SYSTEM

__all__ = ["usual"]

OWN = """
from contextlib import asynccontextmanager
from typing import Literal
from pydantic import BaseModel, ConfigDict, SecretStr, field_validator
from gateway.sdk import Adapter, Misconfigured

class Settings(BaseModel):
    model_config = ConfigDict(extra="allow")
    user: str
    pin: SecretStr
    password: str | None = None
    columns: dict[str, str] = {}
    lane: Literal["a", "b"] = "a"

    @field_validator("user")
    @classmethod
    def _known(cls, value):
        if value == "root":
            raise ValueError("nobody is root")
        return value

class Own(Adapter):
    def __init__(self, pin): self.pin = pin
    async def health(self):
        if self.pin != "1234":
            raise Misconfigured("link-unauthorised", detail="sai pin")

@asynccontextmanager
async def open_adapter(settings, context):
    yield Own(settings.pin.get_secret_value())
"""
FIELDS = {"adapter": "own", "push": "yes", "in_flight": "1", "seconds": "60", "s.user": "truc"}


@pytest.fixture
def settings(working_folder: Path, tmp_path: Path, usual: Settings) -> Settings:
    """The hub with two adapters of the province's own, one of which cannot be loaded."""
    for name, code in (("own", OWN), ("broken", "import khong_co")):
        shutil.copytree(shipped("adapters") / "loopback", tmp_path / "adapters" / name)
        manifest = tmp_path / "adapters" / name / "manifest.toml"
        manifest.write_text(manifest.read_text("utf-8").replace('name = "loopback"', f'name = "{name}"'), "utf-8")
        (tmp_path / "adapters" / name / "adapter.py").write_text(code, "utf-8")
    return usual.model_copy(update={"directory": usual.directory.model_copy(update={"adapters": (tmp_path / "adapters",)})})


def link(hub: Province) -> Link:
    system: System | None = hub.hub.rules().systems.find(SystemId(SYSTEM))
    assert system is not None and system.link is not None
    return system.link


async def test_a_secret_is_kept_and_never_shown_and_an_empty_field_leaves_it(hub: Province, admin: Browser) -> None:
    place = f"/systems/{SYSTEM}/link"
    assert (await admin.do(place, **FIELDS, **{"s.pin": "1234", "s.password": "mat-khau"}))[0] == 303
    for path in (place, f"/systems/{SYSTEM}"):
        _, text = await admin.get(path)
        assert "1234" not in text and "mat-khau" not in text
    assert "để trống là giữ nguyên" in (await admin.get(place))[1]
    assert (await admin.do(place, **FIELDS, **{"s.pin": "", "s.password": "moi"}))[0] == 303
    assert dict(link(hub).settings) == {"user": "truc", "pin": "1234", "password": "moi"}
    (last, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    assert last.subject["changed"] == ["password"]


async def test_a_secret_that_was_tried_is_typed_again_before_it_is_kept(hub: Province, admin: Browser) -> None:
    place = f"/systems/{SYSTEM}/link"
    _, text = await admin.do(f"{place}/try", **FIELDS, **{"s.pin": "1234"})
    assert ("✗" in text, "1234" in text, 'name="again.pin"' in text) == (False, False, True)
    status, text = await admin.do(place, **FIELDS, **{"s.pin": "", "again.pin": "1"})
    assert (status, "nhập lại" in text, link(hub).adapter) == (422, True, "loopback")
    assert (await admin.do(place, **FIELDS, **{"s.pin": "1234", "again.pin": "1"}))[0] == 303


async def test_the_secret_that_is_there_is_what_is_tried_where_none_is_typed(hub: Province, admin: Browser) -> None:
    place = f"/systems/{SYSTEM}/link"
    await admin.do(place, **FIELDS, **{"s.pin": "1234"})
    assert "✗" not in (await admin.do(f"{place}/try", **FIELDS, **{"s.pin": ""}))[1]
    _, text = await admin.do(f"{place}/try", **FIELDS, **{"s.pin": "9999"})
    assert "sai pin" in text and "9999" not in text


async def test_a_table_is_written_in_toml_and_what_the_form_does_not_know_stays(hub: Province, admin: Browser) -> None:
    place = f"/systems/{SYSTEM}/link"
    await kept(hub, adapter="own", settings={"user": "cu", "pin": "1234", "them": [1, 2]})
    fields = FIELDS | {"s.pin": "", "s.columns": '{ "so" = "số", "ky_hieu" = "x" }', "s.lane": "b"}
    assert (await admin.do(place, **fields))[0] == 303
    own = {"user": "truc", "pin": "1234", "columns": {"so": "số", "ky_hieu": "x"}, "lane": "b", "them": [1, 2]}
    assert dict(link(hub).settings) == own
    status, text = await admin.do(place, **fields | {"s.columns": "{ so = "})
    assert (status, "không phải TOML" in text, "{ so =</textarea>" in text) == (422, True, True)


async def test_what_the_adapter_s_own_check_says_stands_beside_its_field(admin: Browser) -> None:
    status, text = await admin.do(f"/systems/{SYSTEM}/link", **FIELDS | {"s.user": "root", "s.pin": "1234"})
    assert (status, 'id="s-user-mistake">nobody is root<' in text, "1234" in text) == (422, True, False)


async def test_an_adapter_that_cannot_be_loaded_says_so_in_place_of_its_form(admin: Browser) -> None:
    status, text = await admin.get(f"/systems/{SYSTEM}/link?adapter=broken")
    assert (status, "ModuleNotFoundError: khong_co" in text, 'name="s.' in text) == (200, True, False)
