"""The tree of agencies and the page of each: how they fare, what waits, what they owe, and how they are connected."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from openpyxl import load_workbook

from gateway.core.directory import Agency, Directory
from gateway.core.model import OrganId, Trust
from gateway.flows.keep_time import take_steps
from tests.api.conftest import DEPARTMENT_ALIAS, WARD, Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import OTHER, RECEIVER, SYSTEM, entry
from tests.contracts.outbox_contract import parked
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.documents import document as document_package

HOSTILE = "<script>alert(1)</script>"


def change(hub: Province, *more: Agency, **fields: dict[str, Any]) -> None:
    """Give agencies (`province`, `department`, `commune`, `ward`) other fields, and add some."""
    rules, ids = hub.hub.rules(), {"province": PROVINCE, "department": DEPARTMENT, "commune": COMMUNE, "ward": WARD}
    changed = {ids[name]: own for name, own in fields.items()}
    agencies = [replace(each, **changed.get(each.id, {})) for each in rules.directory]
    made = replace(rules, directory=Directory.of([*agencies, *more]))
    hub.hub.rules = lambda: made


def rows(text: str) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in re.findall(r"<tr data-row>(.*?)</tr>", text, re.DOTALL)]


async def state(admin: Browser, organ: str) -> str:
    (row,) = [each for each in rows((await admin.get(f"/agencies?q={quote(organ)}"))[1]) if organ in each]
    return row


async def test_agencies_stand_below_the_one_that_they_belong_to(hub: Province, admin: Browser) -> None:
    parent = {"parent": OrganId(PROVINCE)}
    change(hub, department=parent, commune={"parent": OrganId(DEPARTMENT_ALIAS)}, ward=parent)
    shown = rows((await admin.get("/agencies"))[1])
    depths = {re.sub(r"^\W*└ ", "", each).partition(" (mẫu)")[0]: "└" in each for each in shown}
    assert depths == {"UBND tỉnh": False, "Sở A": True, "UBND xã B": True, "UBND phường C": True}
    names = [next(name for name in depths if name in each) for each in shown]
    assert names.index("UBND xã B") == names.index("Sở A") + 1


async def test_agencies_above_each_other_in_a_circle_are_shown_once(hub: Province, admin: Browser) -> None:
    change(hub, department={"parent": OrganId(COMMUNE)}, commune={"parent": OrganId(DEPARTMENT)}, ward={"parent": OrganId("H1")})
    assert len(rows((await admin.get("/agencies"))[1])) == 4
    assert (await admin.get(f"/agencies/{COMMUNE}"))[0] == 200


async def test_agencies_are_found_by_name_without_accents_and_by_state(hub: Province, admin: Browser) -> None:
    for query, count in [
        ("q=phuong", 1),
        ("q=XÃ b", 1),
        ("q=khong co", 0),
        ("state=new", 3),
        ("state=good", 1),
        ("q=so&state=new", 0),
    ]:
        assert len(rows((await admin.get(f"/agencies?{quote(query, safe='=&')}"))[1])) == count, query
    assert (await admin.get("/agencies?state=x"))[0] == 400


async def test_one_that_never_asked_is_new_and_well_once_it_has(hub: Province, admin: Browser) -> None:
    assert "Mới hệ thống chưa gửi, chưa lấy gì" in await state(admin, COMMUNE)
    await hub.commune.lease(max=1)
    assert " Tốt " in await state(admin, COMMUNE)


async def test_one_that_only_sends_is_no_stranger(hub: Province, admin: Browser) -> None:
    assert " Mới " in await state(admin, PROVINCE)
    await hub.province.send(document_package())
    assert " Tốt " in await state(admin, PROVINCE)


async def test_one_that_has_not_looked_for_half_a_day_is_silent(hub: Province, admin: Browser) -> None:
    await hub.commune.lease(max=1)
    await hub.hub.ports.ledger.accept(entry(1, to=(OTHER,)))
    hub.clock.advance(days=4)
    await admin.sign_in("can-bo-admin")
    row = await state(admin, OTHER)
    assert "Im lặng từ " in row and " 1 " in row


async def test_one_that_owes_something_is_late(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    await admin.get("/answers")
    hub.clock.advance(days=9)
    await take_steps(hub.hub.ports, hub.hub.rules())  # as the worker does
    await admin.sign_in("can-bo-admin")
    (owed, *_) = await hub.hub.ports.province.overdue()
    assert "Trễ lâu nhất " in await state(admin, owed.organ)
    assert f"/console/answers?organ={owed.organ}" in (await admin.get("/agencies"))[1]


async def test_one_whose_system_is_away_is_disconnected_whatever_it_owes(hub: Province, admin: Browser) -> None:
    await parked(hub.hub.ports.ledger, hub.hub.ports.outbox, (1, 2, 3))
    row = await state(admin, RECEIVER)
    assert "Mất kết nối" in row
    assert rows((await admin.get("/agencies"))[1])[0] == row
    assert f"/console/queues?system={SYSTEM}" in (await admin.get("/agencies"))[1]


async def test_one_whose_system_is_paused_says_why(admin: Browser) -> None:
    await admin.do(f"/queues/{SYSTEM}/pause")
    assert f"Tạm dừng {REASON}" in await state(admin, RECEIVER)


async def test_one_that_is_locked_is_paused(hub: Province, admin: Browser) -> None:
    change(hub, commune={"locked": "chờ đối soát danh bạ"})
    assert "Tạm dừng chờ đối soát danh bạ" in await state(admin, COMMUNE)


async def test_one_that_ended_is_in_a_list_of_its_own_with_its_successor(hub: Province, admin: Browser) -> None:
    yesterday = hub.clock.now().date() - timedelta(days=1)
    change(
        hub, commune={"valid_to": yesterday, "successor": OrganId(WARD)}, department={"valid_from": yesterday + timedelta(days=9)}
    )
    assert len(rows((await admin.get("/agencies"))[1])) == 2
    shown = " ".join(rows((await admin.get("/agencies?state=ended"))[1]))
    assert "kế thừa: UBND phường C (mẫu)" in shown and "có hiệu lực từ" in shown
    assert f"/console/agencies/{WARD}" in (await admin.get(f"/agencies/{COMMUNE}"))[1]


async def test_exceptions_of_signing_are_shown_with_their_end(hub: Province, admin: Browser) -> None:
    until = hub.clock.now().date() + timedelta(days=30)
    change(
        hub,
        commune={"trust": Trust.CHANNEL, "trust_until": until},
        ward={"trust": Trust.LEGACY},
        department={"trust": Trust.LEGACY, "trust_until": until - timedelta(days=60)},
    )
    shown = " ".join(rows((await admin.get("/agencies?state=excepted"))[1]))
    assert f"Miễn ký số đến hết {until:%d/%m/%Y}" in shown and "Chữ ký cũ, không có ngày hết" in shown
    assert "Sở A" not in shown
    assert "Ngoại lệ chữ ký 2" in " ".join((await admin.get("/agencies"))[1].split())


async def test_the_page_of_an_agency_tells_all_that_is_known(hub: Province, admin: Browser) -> None:
    change(hub, department={"parent": OrganId(PROVINCE), "email": "vanthu@so-a.example", "name": HOSTILE})
    status, text = await admin.get(f"/agencies/{DEPARTMENT_ALIAS}")
    assert status == 200 and HOSTILE not in text
    for wanted in (
        DEPARTMENT,
        DEPARTMENT_ALIAS,
        "vanthu@so-a.example",
        f"/console/agencies/{PROVINCE}",
        SYSTEM,
        "bộ nối loopback",
    ):
        assert wanted in text, wanted
    assert f"{hub.department.certificate.serial_number:x}" in text
    for place in (
        f"sender={DEPARTMENT}",
        f"receiver={DEPARTMENT}",
        f"answers?organ={DEPARTMENT}",
        f"undelivered?receiver={DEPARTMENT}",
    ):
        assert place in text, place
    assert f"/console/agencies/{DEPARTMENT}" in (await admin.get(f"/agencies/{PROVINCE}"))[1]


async def test_an_agency_that_there_is_not_is_said_to_be_missing(admin: Browser) -> None:
    status, text = await admin.get("/agencies/H99.99")
    assert (status, "not-found" in text) == (404, True)


async def test_what_fits_is_exported_and_no_cell_is_a_formula(hub: Province, admin: Browser) -> None:
    change(hub, commune={"name": "=1+1", "email": "vanthu@xa-b.example"}, ward={"parent": OrganId(PROVINCE)})
    async with admin.session.get(f"{admin.base}/console/agencies.xlsx") as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
    told = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert set(told) == {PROVINCE, DEPARTMENT, COMMUNE, WARD}
    assert (told[COMMUNE][0], told[COMMUNE][10], told[WARD][3]) == ("'=1+1", "vanthu@xa-b.example", "UBND tỉnh (mẫu)")
    async with admin.session.get(f"{admin.base}/console/agencies.xlsx?q=phuong") as response:
        assert load_workbook(io.BytesIO(await response.read())).worksheets[0].max_row == 2


async def test_a_long_directory_goes_on(hub: Province, admin: Browser) -> None:
    change(hub, *(Agency(id=OrganId(f"H99.{place}"), name=f"Xã {place}") for place in range(55)))
    pages = [rows((await admin.get(f"/agencies?after={after}"))[1]) for after in (0, 50)]
    assert [len(each) for each in pages] == [50, 9]


async def test_the_screens_are_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "<h1>Agencies</h1>" in (await admin.get("/agencies"))[1]
    assert "What is known" in (await admin.get(f"/agencies/{PROVINCE}"))[1]
