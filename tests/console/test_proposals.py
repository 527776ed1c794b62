"""The working calendar is changed by two officers: one proposes with a basis and a reason, another approves; then it holds."""

import re
import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import aiohttp
import pytest

from gateway.config import Settings
from gateway.core.roles import Role
from gateway.flows.keep_time import move_all
from gateway.infra.calendar_files import shipped_calendar
from gateway.ports import ANYTHING
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, REASON, Browser
from tests.console.test_calendar import owed, plain, rows
from tests.documents import COMMUNE
from tests.documents import document as document_package

HOSTILE = '<script>alert("1")</script>'
BASIS = "12/TB-UBND"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A hub whose calendar is a folder of its own."""
    shutil.copytree(shipped_calendar(), settings.file.parent / "calendar")
    return settings.model_copy(update={"directory": settings.directory.model_copy(update={"calendar": Path("calendar")})})


@pytest.fixture
async def duty(hub: Province) -> AsyncIterator[Browser]:
    """A duty officer beside the administrator."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        browser = Browser(session=session, base=hub.base)
        assert await browser.sign_in(OFFICERS[Role.DUTY]) == 303
        yield browser


def calendar(settings: Settings, file: str = "2026.toml") -> str:
    return (settings.file.parent / "calendar" / file).read_text("utf-8")


async def proposed(browser: Browser, **fields: str) -> str:
    """Propose what is told, a day off without, and give where it stands."""
    sent = fields or {"day": "2026-12-24", "kind": "off", "basis": BASIS}
    asked = {"csrf": await browser.csrf(), "reason": REASON} | sent
    url = f"{browser.base}/console/calendar/propose"
    async with browser.session.post(url, data=asked, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return response.headers["Location"].removeprefix("/console")


async def test_a_proposal_waits_on_top_of_the_calendar_and_changes_nothing(
    hub: Province, settings: Settings, duty: Browser, admin: Browser
) -> None:
    before = calendar(settings)
    place = await proposed(duty)
    _, text = await admin.get("/calendar?year=2026")
    assert (
        "Đề xuất chờ duyệt (1)" in text and "Thứ Năm 24/12/2026 nghỉ" in text and f'href="/console{place}">Xem và duyệt' in text
    )
    assert "Xem và duyệt" not in (await duty.get("/calendar"))[1]
    assert "1 đề xuất chờ duyệt" in (await admin.get(""))[1]
    assert (calendar(settings), hub.hub.rules().timekeeping.working_time.calendar.is_working_day(date(2026, 12, 24))) == (
        before,
        True,
    )


async def test_a_proposal_shows_who_wants_what_why_and_what_it_would_move(hub: Province, duty: Browser, admin: Browser) -> None:
    await hub.province.send(document_package())
    day = hub.hub.rules().timekeeping.working_time.calendar.next_working_day(hub.clock.now().date())
    place = await proposed(duty, day=day.isoformat(), kind="off", basis=BASIS)
    _, text = await admin.get(place)
    assert "can-bo-duty" in text and REASON in text and BASIS in text
    assert re.search(r"\d+ thời hạn của \d+ đơn vị sẽ dời\.", plain(text))
    assert any(each.startswith("UBND xã B (mẫu) ") for each in rows(text))


async def test_what_is_approved_is_written_holds_at_once_and_moves_deadlines(
    hub: Province, settings: Settings, duty: Browser, admin: Browser
) -> None:
    await hub.province.send(document_package())
    await admin.get("/answers")
    day, kept = hub.hub.rules().timekeeping.working_time.calendar.next_working_day(hub.clock.now().date()), await owed(hub)
    place = await proposed(duty, day=day.isoformat(), kind="off", basis=BASIS)
    assert (await admin.do(f"{place}/approve"))[0] == 303
    assert f'{day} = "{BASIS}"' in calendar(settings, f"{day.year}.toml")
    assert any(BASIS in each for each in rows((await admin.get(f"/calendar?year={day.year}"))[1]))
    await move_all(hub.hub.ports.deadlines, hub.hub.rules(), hub.clock.now(), preview=False)
    assert await owed(hub) != kept


async def test_several_days_make_one_proposal(settings: Settings, duty: Browser, admin: Browser) -> None:
    fields = [
        *(("csrf", await duty.csrf()), ("reason", REASON)),
        *(
            ("day", "2026-12-24"),
            ("kind", "off"),
            ("basis", "1/TB"),
            ("day", "2026-12-26"),
            ("kind", "worked"),
            ("basis", "2/TB"),
        ),
    ]
    url = f"{duty.base}/console/calendar/propose"
    async with duty.session.post(url, data=fields, allow_redirects=False) as response:
        place = response.headers["Location"].removeprefix("/console")
    assert "Thứ Năm 24/12/2026 nghỉ; Thứ Bảy 26/12/2026 làm bù" in (await admin.get(place))[1]
    await admin.do(f"{place}/approve")
    assert '2026-12-24 = "1/TB"' in calendar(settings) and '2026-12-26 = "2/TB"' in calendar(settings)


async def test_a_year_is_made_official(hub: Province, settings: Settings, duty: Browser, admin: Browser) -> None:
    place = await proposed(duty, official="2027")
    assert "lịch năm 2027 thành chính thức" in (await admin.get(place))[1]
    await admin.do(f"{place}/approve")
    assert not hub.hub.rules().timekeeping.working_time.calendar.is_provisional(2027)
    assert 'status = "chính thức"' in calendar(settings, "2027.toml")


async def test_an_agency_is_closed(hub: Province, settings: Settings, duty: Browser, admin: Browser) -> None:
    closure = {
        "begins": "2026-12-24T11:30",
        "ends": "2026-12-25T00:00",
        "organ": f"UBND xã B (mẫu) ({COMMUNE})",
        "because": BASIS,
    }
    place = await proposed(duty, **closure)
    assert "UBND xã B (mẫu): nghỉ từ 11:30 24/12/2026 đến 00:00 25/12/2026" in (await admin.get(place))[1]
    await admin.do(f"{place}/approve")
    (made,) = hub.hub.rules().timekeeping.working_time.closures
    assert (made.reason, made.agencies, made.begins.isoformat()) == (BASIS, {COMMUNE}, "2026-12-24T11:30:00+07:00")
    assert any("11:30 24/12/2026" in each for each in rows((await admin.get("/calendar?year=2026"))[1]))


async def test_the_whole_province_is_closed(hub: Province, duty: Browser, admin: Browser) -> None:
    place = await proposed(duty, begins="2026-12-24T11:30", ends="2026-12-25T00:00", everyone="1", because=BASIS)
    await admin.do(f"{place}/approve")
    assert [each.agencies for each in hub.hub.rules().timekeeping.working_time.closures] == [None]


@pytest.mark.parametrize("decision", ["approve", "refuse"])
async def test_who_proposes_does_not_decide(settings: Settings, admin: Browser, decision: str) -> None:
    before, place = calendar(settings), await proposed(admin)
    _, text = await admin.get(place)
    assert ('data-open="approve"' in text, 'data-open="withdraw"' in text) == (False, True)
    status, text = await admin.do(f"{place}/{decision}")
    assert (status, "second-officer-needed" in text, calendar(settings)) == (403, True, before)


async def test_what_is_refused_is_told_with_its_reason(settings: Settings, duty: Browser, admin: Browser) -> None:
    before, place = calendar(settings), await proposed(duty)
    assert (await admin.do(f"{place}/refuse", reason="chưa có công văn"))[0] == 303
    _, text = await duty.get("/calendar")
    assert "chưa có công văn" in text and "Bị từ chối" in text and "Đề xuất chờ duyệt" not in text
    assert calendar(settings) == before


async def test_the_proposer_withdraws_and_nobody_else_does(duty: Browser, admin: Browser) -> None:
    place = await proposed(duty)
    status, text = await admin.do(f"{place}/withdraw")
    assert (status, "role-insufficient" in text) == (403, True)
    assert (await duty.do(f"{place}/withdraw"))[0] == 303
    assert "Đã rút" in (await duty.get("/calendar"))[1]
    status, text = await admin.do(f"{place}/approve")
    assert (status, "proposal-decided" in text) == (409, True)


async def test_what_the_files_say_otherwise_since_is_not_approved(
    hub: Province, settings: Settings, duty: Browser, admin: Browser
) -> None:
    first, second = await proposed(duty), await proposed(duty, day="2026-12-24", kind="off", basis="một công văn khác")
    await admin.do(f"{first}/approve")
    _, page = await admin.get(second)
    assert "Lịch đã đổi từ khi có đề xuất này" in page and 'data-open="approve"' not in page
    before = calendar(settings)
    status, text = await admin.do(f"{second}/approve")
    assert (status, "calendar-changed" in text, calendar(settings)) == (409, True, before)
    assert len(await hub.hub.ports.calendar_proposals.pending(limit=9)) == 1


async def test_a_folder_that_cannot_be_written_is_left_and_the_proposal_waits(
    hub: Province, settings: Settings, duty: Browser, admin: Browser
) -> None:
    before, place = calendar(settings), await proposed(duty)
    (settings.file.parent / "calendar" / ".2026.toml.lock").mkdir()  # root may write where others may not
    status, text = await admin.do(f"{place}/approve")
    assert (status, "calendar-read-only" in text, calendar(settings)) == (503, True, before)
    assert len(await hub.hub.ports.calendar_proposals.pending(limit=9)) == 1


async def test_a_file_that_would_not_load_is_not_replaced(
    hub: Province, settings: Settings, duty: Browser, admin: Browser
) -> None:
    place, file = await proposed(duty), settings.file.parent / "calendar" / "2026.toml"
    file.write_text("off = 3\n")
    assert (await admin.do(f"{place}/approve"))[0] == 500
    assert (file.read_text(), len(await hub.hub.ports.calendar_proposals.pending(limit=9))) == ("off = 3\n", 1)


async def test_what_an_officer_writes_is_text(settings: Settings, duty: Browser, admin: Browser) -> None:
    place = await proposed(duty, day="2026-12-24", kind="off", basis=HOSTILE)
    assert HOSTILE not in (await admin.get(place))[1]
    await admin.do(f"{place}/approve", reason=HOSTILE)
    assert HOSTILE not in (await admin.get("/calendar"))[1]
    assert '2026-12-24 = "<script>alert(\\"1\\")</script>"' in calendar(settings)


async def test_what_is_over_is_listed_by_pages(hub: Province, duty: Browser) -> None:
    for number in range(21):
        day = date(2026, 12, 1) + timedelta(days=number)
        place = await proposed(duty, day=f"{day}", kind="off" if day.weekday() < 5 else "worked", basis=f"số {number}")
        await duty.do(f"{place}/withdraw", reason=f"lần {number}.")
    _, text = await duty.get("/calendar")
    assert "lần 20." in text and "lần 0." not in text
    (after,) = set(re.findall(r"after=(\d+)", text))
    assert "lần 0." in (await duty.get(f"/calendar?after={after}"))[1]


async def test_who_may_only_see_proposes_nothing(stranger: Browser) -> None:
    await stranger.sign_in(OFFICERS[Role.VIEWER])
    assert "Gửi đề xuất" not in (await stranger.get("/calendar?day=2026-12-24&kind=off"))[1]


async def test_a_proposal_that_there_is_not_is_not_found(admin: Browser) -> None:
    assert (await admin.get("/calendar/proposals/none"))[0] == 404
    assert (await admin.do("/calendar/proposals/none/approve"))[0] == 404


async def test_the_audit_log_says_who_proposed_and_who_approved(hub: Province, duty: Browser, admin: Browser) -> None:
    place = await proposed(duty)
    await admin.do(f"{place}/approve")
    entries = (await hub.hub.ports.audit.listing(ANYTHING, after=None, limit=9)).items
    told = [(each.actor, each.action) for each in entries if each.action.startswith("calendar.")]
    assert told == [("can-bo-admin", "calendar.approved"), ("can-bo-duty", "calendar.proposed")]
    _, text = await admin.get("/audit?action=calendar.approved")
    assert "Duyệt đổi lịch" in text and "ngày: 2026-12-24 off" in text


class TestWithoutAFolder:
    """The calendar that ships is of all provinces: nobody changes it."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"directory": settings.directory.model_copy(update={"calendar": None})})

    async def test_the_page_says_what_to_set_and_nothing_is_approved(self, hub: Province, duty: Browser, admin: Browser) -> None:
        before = (shipped_calendar() / "2026.toml").read_bytes()
        place = await proposed(duty)
        for path in ("/calendar", place):
            _, text = await admin.get(path)
            assert '[directory] calendar = "calendar"' in text.replace("&#34;", '"') and 'data-open="approve"' not in text
        status, text = await admin.do(f"{place}/approve")
        assert (status, "calendar-read-only" in text) == (503, True)
        assert (shipped_calendar() / "2026.toml").read_bytes() == before
