"""Biên nhận & hồi đáp: views that count what they list, filters in the address, who is late since when, telling of several."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import VIETNAM
from gateway.core.roles import Role
from gateway.flows.keep_time import keep_time
from gateway.ports import Owing
from tests.api.conftest import Province
from tests.console import lately
from tests.console.conftest import OFFICERS, REASON, Browser
from tests.contracts.entries import OTHER, RECEIVER, SENDER, entry

SATURDAY = datetime(2026, 11, 28, 9, 0, tzinfo=VIETNAM)
TAB = re.compile(r'<a href="(/console/answers\?[^"]*)"[^>]*>([^<0-9]+?) ([0-9.]+)\+?</a>')
BOX = re.compile(r'name="id" value="([0-9a-f]{32})"')
CELL = re.compile(r'<a href="([^"]+)" aria-label="([0-9.]+): ')


def place(href: str) -> str:
    """Give where a link leads, as `Browser.get` takes it."""
    return unescape(href).removeprefix("/console")


async def rows(admin: Browser, query: str) -> int:
    """Count the rows of a list by its sheet."""
    async with admin.session.get(f"{admin.base}/console/answers.xlsx?{query.partition('?')[2]}") as response:
        return len(list(load_workbook(io.BytesIO(await response.read())).worksheets[0].iter_rows(min_row=2)))


@pytest.fixture
async def late(hub: Province) -> Province:
    """A hub whose agencies were late for weeks."""
    await lately.begun(hub)
    return hub


@pytest.mark.parametrize("query", ["", "rule=collection", f"organ={RECEIVER}", "priority=1", "q=giay%20moi"])
async def test_each_tab_counts_what_it_lists(late: Province, admin: Browser, query: str) -> None:
    _, text = await admin.get(f"/answers?{query}")
    tabs = TAB.findall(text)
    assert len(tabs) == 7
    for href, _, count in tabs:
        assert await rows(admin, place(href)) == int(count), href


async def test_the_filter_chooses_by_every_field(late: Province, admin: Browser) -> None:
    found = await lately.overdue(late)
    day = f"{found[0].deadline.due_at.astimezone(VIETNAM):%Y-%m-%d}"
    for query, fits in [
        (f"organ={RECEIVER}", lambda each: each.deadline.organ == RECEIVER),
        (f"organ={quote(f'UBND phường C (mẫu) ({OTHER})')}", lambda each: each.deadline.organ == OTHER),
        (f"creditor={SENDER}", lambda each: each.deadline.creditor == SENDER),
        (f"creditor={OTHER}", lambda each: False),
        ("priority=2", lambda each: each.document.priority == 2),
        ("priority=express", lambda each: each.document.priority >= 3),
        ("q=ke+hoach+ung+ph", lambda each: "Kế hoạch ứng phó" in each.document.subject),
        (f"since={day}&until={day}", lambda each: f"{each.deadline.due_at.astimezone(VIETNAM):%Y-%m-%d}" == day),
    ]:
        _, text = await admin.get(f"/answers?view=overdue&rule=collection&{query}")
        assert set(BOX.findall(text)) == {each.deadline.id for each in found if fits(each)}, query
    assert found


@pytest.mark.parametrize(
    "query",
    ["view=none", "order=x", "rule=none", "priority=9", "since=x", "after=x", "view=heat&all=1&after=x", "view=heat&rule=x"],
)
async def test_a_filter_that_cannot_be_read_is_said_to_be_wrong(admin: Browser, query: str) -> None:
    status, text = await admin.get(f"/answers?{query}")
    assert (status, "malformed-request" in text) == (400, True)


async def test_a_list_goes_by_due_time_either_way(late: Province, admin: Browser) -> None:
    first, last = [BOX.findall((await admin.get(f"/answers?order={order}"))[1]) for order in ("first", "last")]
    assert (first, len(first) > 1) == (last[::-1], True)


async def test_on_a_day_off_what_is_due_until_the_next_working_day_is_ends_is_due_today(hub: Province, stranger: Browser) -> None:
    hub.clock.time = SATURDAY
    await hub.hub.ports.ledger.accept(entry(1, to=(RECEIVER,), accepted_at=SATURDAY, due_on=None))
    await hub.hub.ports.ledger.accept(entry(2, to=(RECEIVER,), accepted_at=SATURDAY + timedelta(days=2, hours=7), due_on=None))
    assert await stranger.sign_in(OFFICERS[Role.VIEWER]) == 303
    _, text = await stranger.get("/answers?view=today")
    assert "30/11/2026" in text  # the Monday
    assert (">1/UBND-VP<" in text, ">2/UBND-VP<" in text) == (True, False)


async def test_each_number_of_who_is_late_leads_to_as_many(late: Province, admin: Browser) -> None:
    _, text = await admin.get("/answers?view=heat&rule=collection")
    cells = CELL.findall(text)
    assert len(cells) > 6
    for href, count in cells:
        assert await rows(admin, place(href)) == int(count), href


async def test_the_worst_agency_comes_first_and_all_its_days_add_up(late: Province, admin: Browser) -> None:
    _, text = await admin.get("/answers?view=heat")
    lines = [[int(count) for _, count in CELL.findall(line)] for line in text.split("<tr data-row>")[1:]]
    for *days, total, _ in lines:
        assert sum(days) == total
    assert [line[-2] for line in lines] == sorted((line[-2] for line in lines), reverse=True)


async def told(admin: Browser, decision: str, ids: list[str], path: str = "/answers/decide") -> tuple[int, str]:
    fields = [("csrf", await admin.csrf()), ("reason", REASON), ("decision", decision), *(("id", each) for each in ids)]
    status, text = await admin.post(path, fields)  # type: ignore[arg-type]  # a field that comes several times
    return status, " ".join(text.split())


async def reminded(late: Province) -> set[tuple[object, str]]:
    """Give of which deadlines somebody was reminded, and why."""
    audited = (await late.hub.ports.audit.listing(after=None, limit=9)).items
    return {(each.subject["deadline"], each.reason) for each in audited if each.action == "deadline.reminded"}


async def test_chosen_ones_are_shown_before_anybody_is_told_then_reminded_of(late: Province, admin: Browser) -> None:
    ids = [each.deadline.id for each in await lately.overdue(late)][:2]
    status, text = await told(admin, "remind", ids, "/answers/preview")
    assert (status, "Nhắc: 2 thời hạn" in text) == (200, True)
    assert await reminded(late) == set()
    status, text = await told(admin, "remind", ids)
    assert (status, "2 / 2 thời hạn đã nhắc" in text) == (200, True)
    assert await reminded(late) == {(each, REASON) for each in ids}


async def test_what_cannot_be_told_is_named_with_its_reason(late: Province, admin: Browser) -> None:
    first, second = (await lately.overdue(late))[:2]
    await told(admin, "remind", [first.deadline.id])
    _, text = await told(admin, "remind", [first.deadline.id, second.deadline.id, "0" * 32])
    assert "1 / 3 thời hạn đã nhắc" in text
    assert f"{first.document.number}/UBND-VP" in text and "vừa được nhắc" in text and "Không có" in text


async def test_leaders_are_told_once_a_day_and_the_page_says_whom_that_reaches(late: Province, admin: Browser) -> None:
    (owed, *_) = await lately.overdue(late)
    _, text = await told(admin, "escalate", [owed.deadline.id], "/answers/preview")
    assert "Trục chưa gửi thư" in text
    assert (await admin.do(f"/answers/{owed.deadline.id}/escalate"))[0] == 303
    status, text = await admin.do(f"/answers/{owed.deadline.id}/escalate")
    assert (status, "deadline-escalated" in text) == (409, True)
    (audited, *_) = (await late.hub.ports.audit.listing(after=None, limit=1)).items
    assert (audited.action, audited.reason) == ("deadline.escalated", REASON)
    assert "Báo lãnh đạo" in (await admin.get(f"/documents/{owed.document.id}"))[1]


async def test_no_leader_is_told_of_what_is_not_overdue(hub: Province, admin: Browser) -> None:
    await hub.hub.ports.ledger.accept(entry(1, to=(RECEIVER,), accepted_at=hub.clock.now(), due_on=None))
    await keep_time(hub.hub.ports.deadlines, hub.hub.rules())
    (owed,) = (await hub.hub.ports.deadlines.owed(Owing(rule=Rule.COLLECTION), after=None, limit=9)).items
    assert 'data-open="escalate"' not in (await admin.get("/answers?view=open"))[1]
    status, text = await admin.do(f"/answers/{owed.deadline.id}/escalate")
    assert (status, "deadline-not-overdue" in text) == (409, True)


@pytest.mark.parametrize(
    "fields", [{"decision": "remind"}, {"decision": "shout", "id": "x"}, {"decision": "remind", "id": "x", "reason": " "}]
)
async def test_nobody_is_told_of_nothing_or_in_an_unknown_way_or_without_a_reason(admin: Browser, fields: dict[str, str]) -> None:
    assert (await admin.do("/answers/decide", **fields))[0] == 400


@pytest.mark.parametrize(("here", "leads"), [("/console/answers?view=overdue&organ=x", True), ("https://evil.example", False)])
async def test_a_decision_leads_back_to_the_list_it_was_made_on(
    late: Province,
    admin: Browser,
    here: str,
    leads: bool,
) -> None:
    (owed, *_) = await lately.overdue(late)
    fields = {"csrf": await admin.csrf(), "reason": REASON, "here": here}
    url = f"{admin.base}/console/answers/{owed.deadline.id}/waive"
    async with admin.session.post(url, data=fields, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, here if leads else "/console/answers")
    assert await rows(admin, "/answers?view=waived") == 1


async def test_who_may_not_act_is_shown_no_buttons_and_no_boxes(late: Province, officer: Callable[[Role], Any]) -> None:
    browser: Browser = await officer(Role.VIEWER)
    _, text = await browser.get("/answers")
    assert "/UBND-VP" in text and not re.search(r'data-open=|name="decision"|name="id"', text)


async def test_what_was_met_late_is_told_apart(late: Province, admin: Browser) -> None:
    met = Owing(states=(DeadlineState.MET,), late=True)
    (count,) = await late.hub.ports.deadlines.count([met], most=99)
    assert count == await rows(admin, "/answers?view=late") > 0
    assert "(trễ)" in (await admin.get("/answers?view=late"))[1]


async def test_a_matter_of_the_overview_leads_to_as_many_as_it_names(late: Province, admin: Browser) -> None:
    _, text = await admin.get("")
    named = re.findall(r"<p>(\d+) (?:văn bản HỎA TỐC|thời hạn) quá hạn .*?href=\"([^\"]*)\"", text, re.DOTALL)
    assert named
    for count, href in named:
        assert await rows(admin, place(href)) == int(count), href
