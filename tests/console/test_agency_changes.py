"""What administrators change about agencies: all of it in agencies.toml and the audit log, and every mistake by its code."""

import os
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.config import Settings
from gateway.core.model import Trust
from gateway.core.roles import Role
from tests.api.conftest import DEPARTMENT_ALIAS, WARD, Province
from tests.console.conftest import OFFICERS, REASON, Browser
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.documents import document as document_package

NEW = "H56.70"
FILLED = {"name": "UBND xã D", "parent": PROVINCE, "email": "vanthu@xa-d.example", "leader_email": "chutich@xa-d.example"}


def written(settings: Settings, organ: str) -> dict[str, Any]:
    tables = tomllib.loads((settings.file.parent / "agencies.toml").read_text("utf-8"))["agency"]
    found: dict[str, Any] = next((each for each in tables if each["id"] == organ), {})
    return found


async def last(hub: Province) -> tuple[str, str, str, dict[str, Any]]:
    entry = (await hub.hub.ports.audit.listing(after=None, limit=1)).items[0]
    return entry.actor, entry.action, entry.reason, dict(entry.subject)


async def test_an_agency_is_added_and_in_force_with_the_page_that_answers(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    more = {"aliases": "000.01.02.H56\r\n H56.70.00", "valid_from": "2025-07-01"}
    assert (await admin.do("/agencies/-/new", id=NEW, **FILLED, **more))[0] == 303
    assert written(settings, NEW) == {
        "id": NEW,
        **FILLED,
        "aliases": ["000.01.02.H56", "H56.70.00"],
        "valid_from": date(2025, 7, 1),
        "updated_on": hub.clock.now().date(),
    }
    assert "UBND xã D" in (await admin.get("/agencies/000.01.02.H56"))[1]
    subject = {"organ": NEW, "name": "UBND xã D"}
    assert await last(hub) == (OFFICERS[Role.ADMIN], "agency.added", REASON, subject)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"id": COMMUNE}, 409, "entry-exists"),
        ({"id": DEPARTMENT_ALIAS}, 409, "entry-exists"),
        ({"aliases": f"{NEW}.1 {COMMUNE}"}, 409, "entry-exists"),
        ({"parent": "H99.99"}, 404, "entry-unknown"),
        ({"id": "x y"}, 400, "malformed-request"),
        ({"id": ""}, 400, "malformed-request"),
        ({"name": "  "}, 400, "malformed-request"),
        ({"name": "x" * 201}, 400, "malformed-request"),
        ({"email": "vanthu@"}, 400, "malformed-request"),
        ({"leader_email": "a@b.vn, c@d.vn"}, 400, "malformed-request"),
        ({"aliases": "../../etc"}, 400, "malformed-request"),
        ({"valid_from": "hôm nay"}, 400, "malformed-request"),
        ({"reason": " "}, 400, "malformed-request"),
    ],
)
async def test_a_new_agency_that_makes_no_sense_is_refused_and_nothing_is_written(
    admin: Browser, settings: Settings, fields: dict[str, str], status: int, code: str
) -> None:
    before = (settings.file.parent / "agencies.toml").read_bytes()
    answered, text = await admin.do("/agencies/-/new", **({"id": NEW} | FILLED | fields))
    assert (answered, code in text) == (status, True)
    assert (settings.file.parent / "agencies.toml").read_bytes() == before


async def test_what_is_known_of_an_agency_is_changed_and_told_with_what_it_was(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    fields = {"name": "UBND xã Bình", "parent": DEPARTMENT_ALIAS, "aliases": "000.05.40.H56", "email": "vanthu@binh.example"}
    assert (await admin.do(f"/agencies/{COMMUNE}/edit", **fields))[0] == 303
    table = written(settings, COMMUNE)
    assert (table["name"], table["parent"], table["email"]) == ("UBND xã Bình", DEPARTMENT, "vanthu@binh.example")
    _, action, _, subject = await last(hub)
    assert (action, subject["changed"][0]) == ("agency.changed", "name: UBND xã B (mẫu) → UBND xã Bình")
    assert (await admin.do("/agencies/000.05.40.H56/edit", name="UBND xã Bình"))[0] == 303
    assert {"parent", "aliases", "email"} & set(written(settings, COMMUNE)) == set()


async def test_the_form_of_an_agency_holds_what_is_known_and_sent_as_it_is_changes_nothing(hub: Province, admin: Browser) -> None:
    _, text = await admin.get(f"/agencies/{DEPARTMENT}/edit")
    assert 'value="Sở A (mẫu)"' in text and f">{DEPARTMENT_ALIAS}</textarea>" in text
    status, text = await admin.do(f"/agencies/{DEPARTMENT}/edit", name="Sở A (mẫu)", aliases=DEPARTMENT_ALIAS)
    assert (status, "Chưa đổi gì" in text) == (400, True)


async def test_an_id_by_which_another_agency_names_it_is_not_taken_away(admin: Browser, settings: Settings) -> None:
    file = settings.file.parent / "agencies.toml"
    text = file.read_text("utf-8").replace(f'id = "{COMMUNE}"', f'id = "{COMMUNE}"\nparent = "{DEPARTMENT_ALIAS}"', 1)
    file.write_text(text, "utf-8")
    status, text = await admin.do(f"/agencies/{DEPARTMENT}/edit", name="Sở A (mẫu)")
    assert (status, f"Không bỏ được mã {DEPARTMENT_ALIAS}" in text) == (400, True)


async def test_no_agency_stands_above_itself(admin: Browser) -> None:
    assert (await admin.do(f"/agencies/{COMMUNE}/edit", name="UBND xã B", parent=DEPARTMENT))[0] == 303
    for organ, parent in ((DEPARTMENT, COMMUNE), (COMMUNE, COMMUNE)):
        status, text = await admin.do(f"/agencies/{organ}/edit", name="Khác", parent=parent)
        assert (status, "vòng lặp" in text) == (400, True)


async def test_a_locked_agency_gets_nothing_and_senders_are_told_why_until_it_is_unlocked(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    assert (await admin.do(f"/agencies/{COMMUNE}/lock"))[0] == 303
    assert written(settings, COMMUNE)["locked"] == REASON
    package = hub.province.sign(document_package())
    status, refusal = await hub.province.post_xml("/documents", package)
    assert (status, refusal["code"], REASON in str(refusal)) == (422, "receiver-locked", True)
    assert 'data-open="unlock"' in (await admin.get(f"/agencies/{COMMUNE}"))[1]
    assert (await admin.do(f"/agencies/{COMMUNE}/unlock"))[0] == 303
    assert (await hub.province.post_xml("/documents", package))[0] == 202
    assert (await admin.do(f"/agencies/{COMMUNE}/unlock"))[0] == 400


async def test_an_exception_from_signing_is_dated_always_and_taken_back(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    today = hub.clock.now().date()
    assert (await admin.do(f"/agencies/{COMMUNE}/trust", trust="channel"))[0] == 303
    assert written(settings, COMMUNE)["trust_until"] == today + timedelta(days=365)
    until = today + timedelta(days=30)
    assert (await admin.do(f"/agencies/{COMMUNE}/trust", trust="legacy", until=until.isoformat()))[0] == 303
    assert f"Chữ ký cũ đến hết {until:%d/%m/%Y}" in (await admin.get(f"/agencies/{COMMUNE}"))[1]
    assert (await admin.do(f"/agencies/{COMMUNE}/trust", trust=Trust.SIGNED))[0] == 303
    assert {"trust", "trust_until"} & set(written(settings, COMMUNE)) == set()
    assert (await last(hub))[1] == "agency.trusted"


@pytest.mark.parametrize("fields", [{"trust": "blind"}, {"trust": ""}, {"trust": "channel", "until": "2020-01-01"}])
async def test_an_exception_that_makes_no_sense_is_refused(admin: Browser, settings: Settings, fields: dict[str, str]) -> None:
    assert (await admin.do(f"/agencies/{COMMUNE}/trust", **fields))[0] == 400
    assert "trust" not in written(settings, COMMUNE)


async def test_where_the_directory_is_read_only_its_pages_say_so_and_refuse(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    assert "directory-read-only" not in (await admin.get("/agencies/-/new"))[1]
    lock = settings.file.parent / ".agencies.toml.lock"
    lock.unlink(missing_ok=True)
    os.mkdir(lock)  # noqa: PTH102  as where its folder is mounted read-only: root may write anywhere else
    for page in ("/agencies", f"/agencies/{COMMUNE}", "/agencies/-/new", f"/agencies/{COMMUNE}/certificates/new"):
        assert "Máy này chỉ đọc được danh bạ" in (await admin.get(page))[1], page
    for path, fields in ((f"/agencies/{COMMUNE}/lock", {}), ("/agencies/-/new", {"id": NEW} | FILLED)):
        status, text = await admin.do(path, **fields)
        assert (status, "directory-read-only" in text, "Máy này chỉ đọc được danh bạ" in text) == (503, True, True)
    assert (await hub.hub.ports.audit.listing(after=None, limit=5)).items[0].action == "console.sign-in"


@pytest.mark.parametrize("path", ["/edit", "/lock", "/unlock", "/trust", "/dissolve", "/restore", "/certificates/check"])
async def test_an_agency_that_there_is_not_is_said_to_be_missing(admin: Browser, path: str) -> None:
    status, text = await admin.do(f"/agencies/H99.99{path}", name="x", trust="channel", on="2030-01-01")
    assert (status, "not-found" in text) == (404, True)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DUTY, Role.AUDITOR])
async def test_only_administrators_are_shown_the_buttons(officer: Callable[[Role], Any], role: Role) -> None:
    browser: Browser = await officer(role)
    pages = (await browser.get("/agencies"))[1] + (await browser.get(f"/agencies/{COMMUNE}"))[1]
    for word in ("Thêm đơn vị", "Gộp đơn vị", "/edit", "/dissolve", "/certificates/new", "take-away", 'name="organ"'):
        assert word not in pages, word


async def test_what_is_known_is_written_as_text(admin: Browser) -> None:
    hostile = "<script>alert(1)</script>"
    assert (await admin.do("/agencies/-/new", id=NEW, name=hostile))[0] == 303
    for page in (
        f"/agencies/{NEW}",
        f"/agencies/{NEW}/edit",
        f"/agencies/{NEW}/dissolve",
        "/agencies/-/new",
        "/agencies",
        "/audit",
    ):
        assert hostile not in (await admin.get(page))[1], page


async def test_the_forms_are_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "Add an agency" in (await admin.get("/agencies/-/new"))[1]
    assert "What it means" in (await admin.get(f"/agencies/{WARD}/dissolve"))[1]
    assert "Nothing is written until it is confirmed" in (await admin.get("/agencies/-/merge"))[1]
    assert "Register a certificate" in (await admin.get(f"/agencies/{WARD}/certificates/new"))[1]
