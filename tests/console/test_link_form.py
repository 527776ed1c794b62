"""The form of a link: drawn from the adapter's own model, its mistakes beside the fields, tried before it is kept."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core.directory import Link, System
from gateway.core.model import SystemId
from gateway.infra.agencies_file import SYSTEM as TABLE
from gateway.infra.agencies_file import editing, read, revise
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import SYSTEM

OWN = {"push": "yes", "in_flight": "1", "seconds": "60"}
FETCHING = "000.00.00.H56"


def system(hub: Province, name: str = SYSTEM) -> System:
    found = hub.hub.rules().systems.find(SystemId(name))
    assert found is not None
    return found


def settings_of(fields: dict[str, str]) -> dict[str, str]:
    return {f"s.{name}": value for name, value in fields.items()}


def mistakes(text: str) -> list[str]:
    return re.findall(r'<span class="mistake"[^>]*>([^<]+)</span>', text)


async def kept(hub: Province, **link: Any) -> None:
    """Let the link be so in the file."""
    with editing(hub.hub.settings.path(hub.hub.settings.directory.agencies)) as draft:
        revise(draft.get(TABLE, SYSTEM), {"link": link})
    await hub.hub.refresh()


async def test_adapters_are_chosen_from_those_that_were_found(admin: Browser) -> None:
    _, text = await admin.get(f"/systems/{FETCHING}/link")
    assert {"webhook", "folder", "db_tables", "soap_edoc", "remote"} <= set(re.findall(r'\?adapter=(\w+)"', text))
    assert (await admin.get(f"/systems/{FETCHING}/link?adapter=khong_co"))[0] == 404
    assert (await admin.get("/systems/khong-co/link"))[0] == 404


@pytest.mark.parametrize("adapter", ["webhook", "folder", "db_tables", "soap_edoc", "remote", "loopback"])
async def test_the_form_of_each_shipped_adapter_is_drawn_with_what_its_settings_mean(
    hub: Province, admin: Browser, adapter: str
) -> None:
    status, text = await admin.get(f"/systems/{FETCHING}/link?adapter={adapter}")
    names = hub.hub.ports.catalogue.found[adapter].settings().model_fields
    assert (status, re.findall(r'name="s\.(\w+)"', text)) == (200, sorted(names, key=lambda each: not names[each].is_required()))


async def test_a_folder_is_kept_with_its_values_as_what_they_are_and_in_force_at_once(
    hub: Province, admin: Browser, tmp_path: Path
) -> None:
    fields = {"path": str(tmp_path), "settle_seconds": "0.5", "sha256_required": "true", "den": "vao", "port": ""}
    status, _ = await admin.do(
        f"/systems/{SYSTEM}/link", adapter="folder", push="yes", in_flight="4", seconds="30", **settings_of(fields)
    )
    assert status == 303
    given = {"path": str(tmp_path), "settle_seconds": 0.5, "sha256_required": True, "den": "vao"}
    assert system(hub).link == Link(adapter="folder", settings=given, in_flight=4, seconds=30)
    (last, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    changed = ["adapter", "den", "in_flight", "path", "seconds", "settle_seconds", "sha256_required"]
    assert (last.action, last.reason, last.subject) == (
        "system.linked",
        REASON,
        {"system": SYSTEM, "adapter": "folder", "changed": changed},
    )
    assert "adapter, den, in_flight (+4)" in (await admin.get("/audit"))[1]
    _, text = await admin.get(f"/systems/{SYSTEM}/link")
    assert 'value="0.5"' in text and '<option value="true" selected>' in text


async def test_what_the_adapter_refuses_is_said_beside_its_field_and_nothing_is_kept(hub: Province, admin: Browser) -> None:
    fields = settings_of({"url": "so-y-te", "connect_seconds": "nhanh", "networks": "10.0.0.0/8\nmang", "format": "xml"})
    status, text = await admin.do(f"/systems/{SYSTEM}/link", adapter="webhook", **OWN, **fields)
    assert status == 422
    said = dict(zip(re.findall(r'id="s-(\w+)-mistake"', text), mistakes(text), strict=False))
    assert said["secret_file"] == "cần điền"
    assert said["connect_seconds"] == "phải là số"
    assert said["url"].startswith("không phải một địa chỉ")
    assert "json" in said["format"] and "IPv4" in said["networks"]
    assert 'value="so-y-te"' in text and "10.0.0.0/8\nmang</textarea>" in text
    assert system(hub).link == Link(adapter="loopback", settings={})


async def test_a_mistake_of_several_settings_is_said_of_the_form(admin: Browser) -> None:
    status, text = await admin.do(f"/systems/{SYSTEM}/link", adapter="folder", **OWN, **settings_of({"host": "10.0.0.5"}))
    assert (status, "with host: user, known_hosts_file" in text, mistakes(text)) == (422, True, [])


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"in_flight": "0"}, "ít nhất là 1"),
        ({"in_flight": "nhiều"}, "phải là số nguyên"),
        ({"in_flight": "65"}, "nhiều nhất là 64"),
        ({"seconds": "601"}, "nhiều nhất là 600"),
        ({"seconds": "0"}, "phải lớn hơn 0"),
    ],
)
async def test_the_link_s_own_numbers_have_bounds(admin: Browser, own: dict[str, str], said: str) -> None:
    status, text = await admin.do(f"/systems/{SYSTEM}/link", adapter="loopback", **OWN | own)
    assert status == 422 and any(each.startswith(said) for each in mistakes(text)), mistakes(text)


async def test_without_a_reason_nothing_is_kept_and_what_was_filled_in_stays(hub: Province, admin: Browser) -> None:
    fields = {"adapter": "folder", "s.path": "/vao-day", "reason": " "}
    status, text = await admin.do(f"/systems/{SYSTEM}/link", **OWN | fields)
    assert (status, 'value="/vao-day"' in text, "Cần nêu lý do" in text) == (400, True, True)
    assert system(hub).link == Link(adapter="loopback", settings={})


async def test_a_link_is_tried_with_what_is_filled_in_and_not_kept(hub: Province, admin: Browser, tmp_path: Path) -> None:
    before = await hub.hub.ports.catalogue.adapter(system(hub))
    for each in ("den", "di", "trang-thai", "loi"):
        (tmp_path / each).mkdir()
    for folder, well in ((tmp_path / "none", False), (tmp_path, True)):
        status, text = await admin.do(
            f"/systems/{SYSTEM}/link/try", adapter="folder", reason="", **OWN, **settings_of({"path": str(folder)})
        )
        assert (status, "✗" not in text, f'value="{folder}"' in text) == (200, well, True)
    assert system(hub).link == Link(adapter="loopback", settings={})
    assert await hub.hub.ports.catalogue.adapter(system(hub)) is before


async def test_what_is_wrong_is_not_tried(admin: Browser) -> None:
    status, text = await admin.do(f"/systems/{SYSTEM}/link/try", adapter="webhook", **OWN)
    assert (status, "Hệ thống trả lời" in text, mistakes(text)) == (422, False, ["cần điền", "cần điền"])


async def test_another_adapter_begins_with_its_own_defaults(hub: Province, admin: Browser) -> None:
    await kept(hub, adapter="folder", settings={"path": "/vao-day"})
    _, text = await admin.get(f"/systems/{SYSTEM}/link?adapter=soap_edoc")
    assert "/vao-day" not in text and 'name="s.user"' in text


async def test_a_password_in_an_address_is_not_shown_and_stays_where_it_is_not_changed(hub: Province, admin: Browser) -> None:
    url = "postgresql+pg8000://hub:mat-khau@10.0.0.5/vb?k=bi-mat"
    await kept(hub, adapter="db_tables", settings={"url": url, "mapping": "voffice"})
    _, text = await admin.get(f"/systems/{SYSTEM}/link")
    assert "mat-khau" not in text and "bi-mat" not in text
    fields = {"url": "postgresql+pg8000://hub:…@10.0.0.5/vb?…", "mapping": "phu_tho"}
    assert (await admin.do(f"/systems/{SYSTEM}/link", adapter="db_tables", **OWN, **settings_of(fields)))[0] == 303
    link = system(hub).link
    assert link is not None and dict(link.settings) == {"url": url, "mapping": "phu_tho"}
    fields["url"] = "postgresql+pg8000://hub:…@10.0.0.6/vb"
    status, text = await admin.do(f"/systems/{SYSTEM}/link", adapter="db_tables", **OWN, **settings_of(fields))
    assert (status, "ghi lại cả giá trị" in mistakes(text)[0]) == (422, True)


async def test_a_setting_that_the_adapter_does_not_know_is_named_and_goes(hub: Province, admin: Browser) -> None:
    await kept(hub, adapter="folder", settings={"path": "/vao-day", "cu": "x"})
    _, text = await admin.get(f"/systems/{SYSTEM}/link")
    assert "lưu thì bỏ đi" in text and ">cu<" in text
    await admin.do(f"/systems/{SYSTEM}/link", adapter="folder", **OWN, **settings_of({"path": "/vao-day"}))
    link = system(hub).link
    assert link is not None and dict(link.settings) == {"path": "/vao-day"}


async def test_an_adapter_that_is_gone_is_replaced_by_another(hub: Province, admin: Browser) -> None:
    await kept(hub, adapter="khong_co")
    status, text = await admin.get(f"/systems/{SYSTEM}/link")
    assert (status, "?adapter=loopback" in text) == (200, True)
    assert (await admin.do(f"/systems/{SYSTEM}/link", adapter="loopback", **OWN))[0] == 303


async def test_a_link_is_removed_and_its_file_has_nothing_of_it(hub: Province, admin: Browser) -> None:
    assert (await admin.do(f"/systems/{SYSTEM}/link/remove"))[0] == 303
    assert system(hub).link is None
    assert "link" not in read(hub.hub.settings.path(hub.hub.settings.directory.agencies)).get(TABLE, SYSTEM)
    assert (await admin.do(f"/systems/{SYSTEM}/link/remove"))[0] == 404
    (last, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    assert (last.action, last.subject) == ("system.unlinked", {"system": SYSTEM, "adapter": "loopback"})


async def test_an_agency_is_pushed_to_by_one_system_alone(hub: Province, admin: Browser) -> None:
    assert (await admin.do("/systems/000.00.15.H56/link", adapter="loopback", **OWN))[0] == 400
    status, _ = await admin.do("/systems/000.00.15.H56/link", adapter="loopback", **OWN | {"push": "no"})
    assert status == 303
    link = system(hub, "000.00.15.H56").link
    assert link == replace(link or Link(adapter="loopback", settings={}), push=False)


async def test_the_form_is_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    status, text = await admin.do(f"/systems/{SYSTEM}/link/try", adapter="webhook", **OWN, **settings_of({"url": "x"}))
    assert (status, "Try first" in text, mistakes(text)[-1]) == (422, True, "it is needed")
    assert "It has no credentials to fetch with" in (await admin.get(f"/systems/{SYSTEM}"))[1]
