"""The overview's agencies, minute by minute; today beside yesterday."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from gateway.config import Broker
from gateway.core.calendar import Calendar, Year
from gateway.core.faults import Transient, Undeliverable
from gateway.core.hours import WorkingTime
from gateway.flows.reconcile import reconcile
from gateway.ports import Chore, ClockStanding, Entry, Tended
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import NOW, OTHER, RECEIVER, SYSTEM, entry, pushed_entry


class Away:
    """A broker that is not there."""

    async def ready(self) -> None:
        raise Transient("broker-unavailable")


@dataclass
class Compared:
    """What a clock was found to be."""

    found: ClockStanding

    async def compare(self) -> ClockStanding:
        return self.found


class Full:
    """A disk that is nearly full."""

    def filled(self) -> float:
        return 96.0


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture(autouse=True)
async def ten_o_clock(hub: Province, admin: Browser) -> None:
    """Let it be ten in the morning: a day has begun, and an hour is far from its end."""
    now = hub.clock.now()
    hub.clock.time = (now + timedelta(days=1)).replace(hour=10, minute=5, second=10)
    await admin.sign_in("can-bo-admin")


def kept(hub: Province, calendar: Calendar) -> None:
    """Let another calendar hold."""
    rules = hub.hub.rules()
    made = replace(rules, timekeeping=replace(rules.timekeeping, working_time=WorkingTime(calendar=calendar)))
    hub.hub.rules = lambda: made


async def agency(admin: Browser, organ: str) -> tuple[str, list[str]]:
    """Give the text of an agency's row on the overview, and its minutes."""
    _, text = await admin.get("")
    (row,) = [each for each in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL) if f'/console/agencies/{organ}"' in each]
    return plain(row), re.findall(r'<rect class="(\w+)"', row)


async def test_what_an_agency_gets_is_shown_in_its_minute_and_counted_today(hub: Province, admin: Browser) -> None:
    await hub.hub.ports.ledger.accept(entry(1, to=(OTHER,)))
    lease = await hub.commune.lease(max=9)
    await hub.commune.post(f"/inbox/leases/{lease['token']}/ack")
    hub.clock.advance(minutes=2)
    row, beats = await agency(admin, OTHER)
    assert beats == ["still"] * 27 + ["made"] + ["still"] * 2
    assert " 0 1 " in row


async def test_what_fails_is_shown_whatever_else_arrived_in_its_minute(hub: Province, admin: Browser) -> None:
    now, outbox = hub.clock.now(), hub.hub.ports.outbox
    (delivery,) = (made := pushed_entry(1)).deliveries
    await hub.hub.ports.ledger.accept(made)
    attempt = await outbox.begin(delivery.id, until=now + timedelta(minutes=1), now=now)
    assert attempt is not None
    await outbox.came_to_nothing(attempt, Undeliverable("receiver-refused"), again=None, now=now)
    assert (await agency(admin, RECEIVER))[1][-1] == "lost"
    _, text = await admin.get("")
    assert "30 phút qua: 0 lượt giao, 1 lỗi, 0 phút chờ" in text


@pytest.mark.parametrize(
    ("made", "organ"), [(entry(1, to=(OTHER,)), OTHER), (pushed_entry(1), RECEIVER)], ids=["polls", "pushed"]
)
async def test_minutes_in_which_something_waits_are_shown(hub: Province, admin: Browser, made: Entry, organ: str) -> None:
    at = hub.clock.now()
    await hub.hub.ports.ledger.accept(replace(made, document=replace(made.document, accepted_at=at)))
    hub.clock.advance(minutes=4)
    row, beats = await agency(admin, organ)
    assert beats == ["still"] * 25 + ["waits"] * 5
    assert " 1 0 " in row


async def test_those_in_trouble_come_first_then_the_busiest(hub: Province, admin: Browser) -> None:
    await admin.do(f"/queues/{SYSTEM}/pause")
    await hub.hub.ports.ledger.accept(entry(1, to=(OTHER,)))
    lease = await hub.commune.lease(max=9)
    await hub.commune.post(f"/inbox/leases/{lease['token']}/ack")
    _, text = await admin.get("")
    shown = re.findall(r'<td><a href="/console/agencies/([^"]+)"', text)
    assert shown[:2] == [RECEIVER, OTHER]
    assert REASON in text


async def test_today_is_told_beside_yesterday_by_the_same_quarter_of_an_hour(hub: Province, admin: Browser) -> None:
    at = hub.clock.now()
    earlier, later = at - timedelta(days=1, minutes=30), at - timedelta(days=1, minutes=-30)
    for number, accepted_at in enumerate((earlier, earlier, later, at - timedelta(minutes=30)), 1):
        await hub.hub.ports.ledger.accept(entry(number, accepted_at=accepted_at))
    assert "giảm 1 so với hôm qua" in (await admin.get(""))[1]


async def test_today_is_told_alone_where_there_was_nothing_yesterday(hub: Province, admin: Browser) -> None:
    await hub.hub.ports.ledger.accept(entry(1, accepted_at=hub.clock.now()))
    assert "hôm qua" not in (await admin.get(""))[1]


async def test_the_strip_tells_what_the_hub_stands_on(hub: Province, admin: Browser) -> None:
    today = hub.clock.now().date()
    kept(hub, Calendar(years={today.year: Year(off={today + timedelta(days=number): "nghỉ" for number in (0, 9, 8)})}))
    shown = plain((await admin.get(""))[1].partition('class="card strip"')[2])
    for wanted in ("Cơ sở dữ liệu SQLite · ", "Hàng đợi trong bộ nhớ · thông", "Ổ đĩa trống ", "Đồng hồ 10:05:10 UTC+7"):
        assert wanted in shown, wanted
    assert re.search(rf"Lịch {today.year} chính thức · nghỉ [\w ]+ {today + timedelta(days=8):%d/%m/%Y}", shown)


async def test_a_broker_that_is_away_and_a_full_disk_are_loud(hub: Province, admin: Browser) -> None:
    hub.hub.ports = replace(hub.hub.ports, broker=Away(), disk=Full())  # type: ignore[arg-type]  # what is asked of it
    hub.hub.settings = hub.hub.settings.model_copy(update={"broker": Broker(url="amqp://x@localhost/")})
    shown = (await admin.get(""))[1].partition('class="card strip"')[2]
    assert re.search(r'class="pill bad"[^>]*>RabbitMQ · ', shown)
    assert '<span class="pill bad">trống 4 %</span>' in shown


@pytest.mark.parametrize(
    ("ahead", "against", "kept", "tone", "said"),
    [
        (0, "postgresql", True, "good", "khớp PostgreSQL"),
        (0, "ledger", True, "good", "UTC+7"),
        (0, "ledger", False, "warn", "không có NTP"),
        (2, "postgresql", True, "warn", "nhanh 2 giây"),
        (-30, "ledger", True, "bad", "chậm 30 giây"),
    ],
)
async def test_a_clock_that_is_off_says_by_how_much(
    hub: Province, admin: Browser, ahead: int, against: str, kept: bool, tone: str, said: str
) -> None:
    found = ClockStanding(ahead=timedelta(seconds=ahead), against=against, kept=kept)
    hub.hub.ports = replace(hub.hub.ports, clock_check=Compared(found))
    shown = (await admin.get(""))[1].partition('class="card strip"')[2]
    assert re.search(rf'class="pill {tone}" [^>]*>10:05:10 UTC\+7[^<]*', shown)
    assert said in shown


async def test_a_year_that_is_not_decided_is_provisional(hub: Province, admin: Browser) -> None:
    kept(hub, Calendar())
    assert f'<a class="pill warn" href="/console/calendar">{hub.clock.now().year} tạm tính</a>' in (await admin.get(""))[1]


@pytest.mark.parametrize(
    ("tended", "hours", "said", "tone"),
    [
        (None, 0, "chưa lần nào", "bad"),
        (Tended(at=NOW, well=True, detail="1,2 GB"), 3, "3 giờ trước · 1,2 GB", "good"),
        (Tended(at=NOW, well=True, detail="1,2 GB"), 30, "1 ngày 6 giờ trước", "bad"),
        (Tended(at=NOW, well=False), 3, "lỗi 3 giờ trước", "bad"),
    ],
    ids=["never", "good", "late", "failed"],
)
async def test_the_strip_says_when_there_was_a_backup(
    hub: Province, admin: Browser, tended: Tended | None, hours: int, said: str, tone: str
) -> None:
    if tended is not None:
        await hub.hub.ports.upkeep.done(Chore.BACKUP, replace(tended, at=hub.clock.now() - timedelta(hours=hours)))
    (part,) = re.findall(r'Sao lưu</span> <span class="pill (\w+)">([^<]*)<', (await admin.get(""))[1])
    assert part[0] == tone and part[1].startswith(said)


async def test_the_strip_says_when_the_ledger_was_reconciled_and_what_did_not_agree(hub: Province, admin: Browser) -> None:
    reconciled = r'Đối soát</span> <span class="pill (\w+)">([^<]*)<'
    assert re.findall(reconciled, (await admin.get(""))[1]) == [("warn", "chưa lần nào")]
    await reconcile(hub.hub.ports, since=None, until=None)
    assert re.findall(reconciled, (await admin.get(""))[1]) == [("good", "dưới 1 phút trước · khớp")]
    await hub.hub.ports.upkeep.done(Chore.RECONCILIATION, Tended(at=hub.clock.now(), well=False, detail="3"))
    assert re.findall(reconciled, (await admin.get(""))[1]) == [("bad", "dưới 1 phút trước · 3 chỗ không khớp")]
