"""The queues: what waits where, how fast it moves and when it will be empty; found, narrowed, exported."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.contracts.entries import NOW, OTHER, SYSTEM, entry, pushed_entry
from tests.contracts.outbox_contract import done

HOUR = timedelta(hours=1)


async def waiting(hub: Province, count: int, *, minutes: int = 10) -> None:
    """Let documents to the system that is pushed to wait since some minutes ago."""
    at = hub.clock.now() - timedelta(minutes=minutes)
    for number in range(1, count + 1):
        await hub.hub.ports.ledger.accept(pushed_entry(number, accepted_at=at))


async def made(hub: Province, count: int) -> None:
    """Hand over those that wait longest."""
    outbox, now = hub.hub.ports.outbox, hub.clock.now()
    claim = await outbox.claim(limit=count, until=now + HOUR, now=now)
    for note in claim.notes:
        attempt = await outbox.begin(note.delivery, until=now + HOUR, now=now)
        assert attempt is not None
        await outbox.handed_over(replace(done(attempt), at=now - timedelta(minutes=1)))


def outlook(text: str) -> str:
    row = text.split('<tr data-row class="again">')[1]  # the lane of what is not urgent is the second
    return row.split('data-head="Dự báo">')[1].split("</td>")[0]


async def test_an_empty_queue_has_no_outlook(admin: Browser) -> None:
    assert outlook((await admin.get("/queues"))[1]) == "–"


async def test_a_queue_that_moves_says_when_it_is_empty(hub: Province, admin: Browser) -> None:
    await waiting(hub, 6, minutes=70)
    await made(hub, 4)
    assert "hết sau khoảng 30 phút" in outlook((await admin.get("/queues"))[1])


async def test_a_queue_that_grows_says_how_fast(hub: Province, admin: Browser) -> None:
    await waiting(hub, 5)
    await made(hub, 2)
    assert "dài thêm 3 mỗi giờ" in outlook((await admin.get("/queues"))[1])


async def test_a_queue_that_stands_still_says_so(hub: Province, admin: Browser) -> None:
    await waiting(hub, 2)
    assert "một giờ nay không đi được lượt nào" in outlook((await admin.get("/queues"))[1])


async def test_a_queue_that_is_paused_waits_until_it_flows_again(hub: Province, admin: Browser) -> None:
    await waiting(hub, 2)
    await admin.do(f"/queues/{SYSTEM}/pause")
    assert "khi thông lại" in outlook((await admin.get("/queues"))[1])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 1),
        ("state=waiting", 1),
        ("state=stuck", 0),
        ("q=so+a", 1),
        ("q=khong+ai", 0),
        (f"system={SYSTEM}", 1),
        ("system=x", 0),
    ],
)
async def test_queues_are_narrowed_by_the_address(hub: Province, admin: Browser, query: str, shown: int) -> None:
    await waiting(hub, 1)
    _, text = await admin.get(f"/queues?{query}")
    assert text.count(f'/console/systems/{SYSTEM}">') >= shown
    assert ("Không có hàng đợi nào như vậy." in text) is not bool(shown)


async def test_an_inbox_that_nobody_looks_into_is_among_those_that_are_stuck(hub: Province, admin: Browser) -> None:
    await hub.hub.ports.ledger.accept(entry(1, to=(OTHER,), accepted_at=NOW - timedelta(days=5)))
    _, text = await admin.get("/queues?view=fetched&state=stuck")
    assert f"/console/agencies/{OTHER}" in text and "Im lặng" in text


@pytest.mark.parametrize("query", ["view=x", "state=x", "after=x"])
async def test_an_address_that_means_nothing_is_refused(admin: Browser, query: str) -> None:
    assert (await admin.get(f"/queues?{query}"))[0] == 400


async def test_what_is_narrowed_is_exported(hub: Province, admin: Browser) -> None:
    await waiting(hub, 3)
    async with admin.session.get(f"{admin.base}/console/queues.xlsx?state=waiting") as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
    (row,) = sheet.iter_rows(min_row=2, values_only=True)
    assert (row[0], row[2], row[3], row[5]) == (SYSTEM, "thường", 3, 3)
