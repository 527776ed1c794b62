"""Agencies that are dissolved or merged: what it means is said first, senders are told the successor, it can be taken back."""

from datetime import date, timedelta
from typing import Any

import pytest

from gateway.config import Settings
from tests.api.conftest import DEPARTMENT_ALIAS, WARD, Province
from tests.console.conftest import Browser
from tests.console.test_agencies import rows
from tests.console.test_agency_changes import last, written
from tests.contracts.entries import RECEIVER, SYSTEM
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.documents import document as document_package

HEIR = "H56.112"


def today(hub: Province) -> date:
    return hub.clock.now().date()


def later(hub: Province, days: int = 30) -> str:
    return (today(hub) + timedelta(days=days)).isoformat()


async def merging(admin: Browser, *organs: str, into: str = HEIR, on: str) -> tuple[int, str]:
    """Look at the preview of a merger."""
    return await admin.get("/agencies/-/merge", params=[*(("organ", each) for each in organs), ("into", into), ("on", on)])


async def merged(admin: Browser, *organs: str, into: str = HEIR, on: str) -> tuple[int, str]:
    """Send the form of a merger: a field comes once for each agency."""
    fields = [("csrf", await admin.csrf()), ("reason", "Nghị quyết 1686"), ("into", into), ("on", on)]
    return await admin.post("/agencies/-/merge", [*fields, *(("organ", each) for each in organs)])  # type: ignore[arg-type]


async def test_before_an_agency_is_dissolved_its_page_says_what_hangs_on_it(
    hub: Province, admin: Browser, letters: list[str]
) -> None:
    await hub.province.send(document_package("812"))
    await admin.get("/answers")  # reads what is owed
    await admin.do(f"/agencies/{COMMUNE}/edit", name="UBND xã B", parent=DEPARTMENT)
    _, text = await admin.get(f"/agencies/{DEPARTMENT}/dissolve")
    (row,) = rows(text)
    assert row.startswith(f"Sở A (mẫu) {DEPARTMENT}, {DEPARTMENT_ALIAS}")
    assert f"undelivered?receiver={DEPARTMENT}" in text and f">{len(letters)}</a>" in text
    assert f"answers?view=open&amp;organ={DEPARTMENT}" in text
    assert SYSTEM in row and f"{DEPARTMENT} không thay đơn vị nào khác" in row
    for said in ("receiver-dissolved", "Mã cũ vẫn là mã của đơn vị cũ", "không báo được trạng thái", "1 đơn vị trực thuộc"):
        assert said in text, said


async def test_a_dissolved_agency_gets_nothing_from_its_day_on_and_senders_are_told_its_successor(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    assert (await admin.do(f"/agencies/{COMMUNE}/dissolve", on=today(hub).isoformat(), successor=WARD))[0] == 303
    table = written(settings, COMMUNE)
    assert (table["valid_to"], table["successor"]) == (today(hub), WARD)
    status, refusal = await hub.province.post_xml("/documents", hub.province.sign(document_package()))
    assert (status, refusal["code"]) == (422, "receiver-dissolved")
    assert f"{WARD} (UBND phường C (mẫu))" in str(refusal)
    _, action, _, subject = await last(hub)
    assert (action, subject) == ("agency.dissolved", {"organ": COMMUNE, "on": today(hub).isoformat(), "successor": WARD})
    assert "kế thừa: UBND phường C (mẫu)" in " ".join(rows((await admin.get("/agencies?state=ended"))[1]))
    assert "Kế tục của" in (await admin.get(f"/agencies/{WARD}"))[1]


async def test_until_its_day_it_goes_on_and_the_list_and_its_page_say_when_it_ends(hub: Province, admin: Browser) -> None:
    day = today(hub) + timedelta(days=30)
    await admin.do(f"/agencies/{COMMUNE}/dissolve", on=day.isoformat(), successor=WARD)
    await hub.province.send(document_package())
    (row,) = [each for each in rows((await admin.get("/agencies?q=xa"))[1]) if COMMUNE in each]
    assert f"hết hiệu lực từ {day:%d/%m/%Y}, kế tục: UBND phường C (mẫu)" in row
    _, text = await admin.get(f"/agencies/{COMMUNE}")
    assert f"hết hiệu lực từ {day:%d/%m/%Y}" in text and "Hoàn tác giải thể" in text


async def test_a_dissolution_is_taken_back_before_its_day_and_never_after(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    await admin.do(f"/agencies/{COMMUNE}/dissolve", on=later(hub), successor=WARD)
    assert (await admin.do(f"/agencies/{COMMUNE}/restore"))[0] == 303
    assert {"valid_to", "successor"} & set(written(settings, COMMUNE)) == set()
    assert (await last(hub))[1] == "agency.restored"
    assert (await admin.do(f"/agencies/{COMMUNE}/restore"))[0] == 400
    await admin.do(f"/agencies/{COMMUNE}/dissolve", on=today(hub).isoformat())
    for path in ("restore", "dissolve"):
        status, text = await admin.do(f"/agencies/{COMMUNE}/{path}", on=later(hub))
        assert (status, "agency-ended" in text) == (409, True)
    assert (await admin.get(f"/agencies/{COMMUNE}/dissolve"))[0] == 409
    assert 'data-open="restore"' not in (await admin.get(f"/agencies/{COMMUNE}"))[1]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"successor": COMMUNE}, 422, "successor-unfit"),
        ({"successor": "H99.99"}, 404, "entry-unknown"),
        ({"on": ""}, 400, "malformed-request"),
        ({"on": "31/12/2030"}, 400, "malformed-request"),
        ({"reason": ""}, 400, "malformed-request"),
    ],
)
async def test_a_dissolution_that_makes_no_sense_is_refused(
    admin: Browser, settings: Settings, fields: dict[str, str], status: int, code: str
) -> None:
    answered, text = await admin.do(f"/agencies/{COMMUNE}/dissolve", **({"on": "2030-07-01"} | fields))
    assert (answered, code in text, "valid_to" in written(settings, COMMUNE)) == (status, True, False)


async def test_communes_are_merged_by_old_and_new_codes_into_one_that_begins_that_day(
    hub: Province, admin: Browser, settings: Settings
) -> None:
    day = today(hub) + timedelta(days=30)
    old = {"name": "UBND xã B (mẫu)", "aliases": "000.05.40.H56"}
    await admin.do(f"/agencies/{COMMUNE}/edit", **old)
    await admin.do("/agencies/-/new", id=HEIR, name="UBND xã mới", aliases="000.12.01.H56", valid_from=day.isoformat())
    _, text = await merging(admin, "000.05.40.H56", WARD, on=day.isoformat())
    assert [each.partition(" (mẫu)")[0] for each in rows(text)] == ["UBND xã B", "UBND phường C"]
    assert f"{HEIR}, 000.12.01.H56" in text and "Gộp 2 đơn vị" in text
    assert "valid_to" not in written(settings, COMMUNE)
    assert (await merged(admin, COMMUNE, WARD, on=day.isoformat()))[0] == 303
    for organ in (COMMUNE, WARD):
        assert (written(settings, organ)["valid_to"], written(settings, organ)["successor"]) == (day, HEIR)
    assert written(settings, COMMUNE)["aliases"] == ["000.05.40.H56"]
    assert "aliases" in written(settings, HEIR) and "valid_to" not in written(settings, HEIR)
    _, action, reason, subject = await last(hub)
    assert (action, reason) == ("agencies.merged", "Nghị quyết 1686")
    assert subject == {"organs": [COMMUNE, WARD], "on": day.isoformat(), "successor": HEIR}
    assert "Kế tục của (2)" in " ".join((await admin.get(f"/agencies/{HEIR}"))[1].split())


async def test_what_is_sent_to_an_old_code_after_a_merger_is_refused_with_the_new_agency_s_name(
    hub: Province, admin: Browser
) -> None:
    assert (await merged(admin, COMMUNE, WARD, into=DEPARTMENT_ALIAS, on=today(hub).isoformat()))[0] == 303
    status, refusal = await hub.province.post_xml("/documents", hub.province.sign(document_package()))
    assert (status, refusal["code"], f"{DEPARTMENT} (Sở A (mẫu))" in str(refusal)) == (422, "receiver-dissolved", True)
    shown = " ".join(rows((await admin.get("/agencies?state=ended"))[1]))
    assert shown.count("kế thừa: Sở A (mẫu)") == 2


async def test_the_preview_of_a_merger_gives_every_reason_against_it(hub: Province, admin: Browser) -> None:
    await admin.do(f"/agencies/{WARD}/dissolve", on=today(hub).isoformat())
    status, text = await merging(admin, WARD, "H99.99", PROVINCE, into=PROVINCE, on=later(hub))
    assert (status, "Chưa gộp được" in text) == (200, True)
    for code in ("agency-ended", "entry-unknown", "successor-unfit"):
        assert code in text, code
    assert 'action="/console/agencies/-/merge"' not in text


@pytest.mark.parametrize(
    ("organs", "fields", "status", "code"),
    [
        ((COMMUNE, WARD), {"into": WARD}, 422, "successor-unfit"),
        ((COMMUNE, "H99.99"), {}, 404, "entry-unknown"),
        ((), {}, 400, "malformed-request"),
        ((COMMUNE,), {"into": ""}, 400, "malformed-request"),
        ((COMMUNE,), {"on": ""}, 400, "malformed-request"),
        (tuple(f"H56.9{place}" for place in range(201)), {}, 400, "malformed-request"),
    ],
)
async def test_a_merger_that_makes_no_sense_is_refused_whole(
    admin: Browser, settings: Settings, organs: tuple[str, ...], fields: dict[str, Any], status: int, code: str
) -> None:
    answered, text = await merged(admin, *organs, **({"into": DEPARTMENT, "on": "2030-07-01"} | fields))
    assert (answered, code in text) == (status, True)
    assert not any("valid_to" in written(settings, organ) for organ in (COMMUNE, WARD, DEPARTMENT))


async def test_those_that_are_chosen_in_the_list_stand_in_the_form(admin: Browser) -> None:
    _, text = await admin.get("/agencies")
    assert f'name="organ" form="chosen" value="{RECEIVER}"' in text
    _, text = await admin.get(f"/agencies/-/merge?organ={COMMUNE}&organ={WARD}")
    assert f">{COMMUNE}\n{WARD}</textarea>" in text and "Gộp nghĩa là" not in text


async def test_one_that_has_ended_cannot_be_chosen(hub: Province, admin: Browser) -> None:
    await admin.do(f"/agencies/{COMMUNE}/dissolve", on=today(hub).isoformat())
    assert 'name="organ"' not in (await admin.get("/agencies?state=ended"))[1]
