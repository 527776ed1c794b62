"""The working calendar: a year's days and hours with their reasons, and which deadlines another day off would move."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from gateway.core.calendar import Calendar, Year
from gateway.core.deadlines import DeadlineState
from gateway.core.hours import USUAL, Closure, WorkingTime
from gateway.core.model import VIETNAM, OrganId
from gateway.ports import Owing
from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.documents import COMMUNE, DEPARTMENT
from tests.documents import document as document_package

HOSTILE = "<script>alert(1)</script>"


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def rows(text: str) -> list[str]:
    return [plain(each) for each in re.findall(r"<tr data-row>(.*?)</tr>", text, re.DOTALL)]


def keep(hub: Province, **fields: object) -> None:
    """Let another working time hold."""
    rules = hub.hub.rules()
    working_time = WorkingTime(**{"calendar": Calendar(), **fields})  # type: ignore[arg-type]  # its fields
    made = replace(rules, timekeeping=replace(rules.timekeeping, working_time=working_time))
    hub.hub.rules = lambda: made


async def test_a_year_shows_its_days_off_and_worked_with_their_basis(admin: Browser) -> None:
    status, text = await admin.get("/calendar?year=2026")
    assert (status, "Chính thức" in text, "250 ngày làm việc" in text) == (200, True, True)
    assert "Thứ Sáu 02/01/2026 nghỉ Hoán đổi sang thứ Bảy 10/1/2026 (12729/VPCP-KGVX)" in rows(text)
    assert "Thứ Bảy 10/01/2026 làm bù Làm thay ngày 02/01 (12729/VPCP-KGVX)" in rows(text)
    january = plain(text.partition("Tháng 1 ")[2].partition("</table>")[0])
    assert january.startswith("21 ngày T2 T3 T4 T5 T6 T7 CN 1 2 3 4 5")
    assert len(re.findall(r'<td class="(?:off|worked)"', text)) == 15


async def test_the_year_of_today_is_shown_with_today_marked(hub: Province, admin: Browser) -> None:
    _, text = await admin.get("/calendar")
    assert f'aria-current="date">{hub.clock.now().day}<' in text
    assert f"<h1>Lịch làm việc {hub.clock.now().year}</h1>" in text


async def test_a_year_without_a_file_is_provisional_and_says_how_to_make_one(admin: Browser) -> None:
    _, text = await admin.get("/calendar?year=2031")
    assert "Tạm tính" in text and "lienthong calendar seed 2031" in text and "Chưa ghi ngày nào." in text


@pytest.mark.parametrize(
    "query", ["year=x", "year=1999", "year=²", "day=x&kind=off", "day=2026-11-27&kind=x", "day=9999-12-31&kind=off"]
)
async def test_what_is_no_year_and_no_day_is_refused(admin: Browser, query: str) -> None:
    assert (await admin.get(f"/calendar?{query}"))[0] == 400


async def test_hours_and_closures_say_whose_they_are_and_until_when(hub: Province, admin: Browser) -> None:
    early = replace(USUAL, valid_from=date(2026, 4, 16), valid_to=date(2026, 10, 16), agencies=frozenset({OrganId(COMMUNE)}))
    begins = datetime(2026, 9, 10, 11, 30, tzinfo=VIETNAM)
    storm = Closure(begins=begins, ends=begins + timedelta(days=1), reason=HOSTILE)
    keep(hub, hours=(early,), closures=(storm,), duty=frozenset({OrganId(DEPARTMENT)}))
    _, text = await admin.get("/calendar?year=2026")
    assert "Cả tỉnh 07:30–11:30, 13:30–17:00 luôn luôn" in rows(text)
    assert "UBND xã B (mẫu) 07:30–11:30, 13:30–17:00 từ 16/04/2026 đến hết 15/10/2026" in rows(text)
    assert "Sở A (mẫu) trực suốt ngày đêm, mọi ngày luôn luôn" in rows(text)
    assert any(each.startswith("Cả tỉnh 11:30 10/09/2026 11:30 11/09/2026") for each in rows(text))
    assert HOSTILE not in text
    assert "11:30 10/09/2026" not in (await admin.get("/calendar?year=2027"))[1]


async def test_a_day_off_shows_the_deadlines_that_it_would_move_and_moves_none(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    await admin.get("/answers")
    day = hub.hub.rules().timekeeping.working_time.calendar.next_working_day(hub.clock.now().date())
    kept = await owed(hub)
    _, text = await admin.get(f"/calendar?day={day}&kind=off")
    assert re.search(r"\d+ thời hạn của \d+ đơn vị sẽ dời\.", plain(text))
    assert any(each.startswith("UBND xã B (mẫu) ") and each.endswith(" Xem") for each in rows(text))
    assert "Gửi đề xuất" in text
    assert await owed(hub) == kept


async def test_what_the_calendar_moves_anyway_is_no_effect_of_a_day(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    await admin.get("/answers")
    keep(hub, calendar=Calendar(years={day.year: Year(off=dict.fromkeys(days(hub), "bão")) for day in days(hub)}))
    assert "Không thời hạn đang mở nào đổi." in (await admin.get("/calendar?day=2025-01-06&kind=off"))[1]


async def test_a_day_that_concerns_nothing_moves_nothing(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    assert "Không thời hạn đang mở nào đổi." in (await admin.get("/calendar?day=2025-01-06&kind=off"))[1]


async def test_a_day_off_that_would_be_worked_moves_deadlines_too(hub: Province, admin: Browser) -> None:
    off = Year(off=dict.fromkeys(days(hub), "nghỉ"))
    keep(hub, calendar=Calendar(years={day.year: off for day in days(hub)}))
    await hub.province.send(document_package())
    _, text = await admin.get(f"/calendar?day={days(hub)[0]}&kind=worked")
    assert "đơn vị sẽ dời." in plain(text)


async def test_the_calendar_is_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "<h1>Working calendar 2026</h1>" in (await admin.get("/calendar?year=2026"))[1]


def days(hub: Province) -> list[date]:
    """Give the next three days."""
    return [hub.clock.now().date() + timedelta(days=number) for number in (1, 2, 3)]


async def owed(hub: Province) -> list[datetime]:
    page = await hub.hub.ports.deadlines.owed(Owing(states=(DeadlineState.OPEN,)), after=None, limit=99)
    return [each.deadline.due_at for each in page.items]
