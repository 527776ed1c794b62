"""Signs: what each rule sees of a hub, and what it does not."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.alert_rules import USUAL, Trouble, reached
from gateway.core.alerts import Sign
from gateway.core.directory import Agency, Directory
from gateway.core.faults import Transient
from gateway.core.model import VIETNAM, OrganId, Priority, StatusCode
from gateway.flows.acknowledge import PATIENCE
from gateway.flows.keep_time import take_steps
from gateway.flows.oversee import Decision, pause
from gateway.flows.signs import signs
from gateway.infra.broker_memory import MemoryBroker
from gateway.ports import Chore, NamedStatus, Tended
from tests import pki
from tests.contracts.entries import RECEIVER, correlation, entry, report, seal
from tests.documents import COMMUNE
from tests.flows.plane import PUSHED, Plane, opened

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
AWAY = Transient("receiver-unreachable", detail="không nối được")


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        plane.clock.time = NOW
        yield plane


async def seen(plane: Plane, trouble: Trouble, at: float | None = None) -> list[Sign]:
    """Give what is a matter by one rule, with another threshold where one is given."""
    rule = USUAL[trouble] if at is None else replace(USUAL[trouble], at=at)
    found = await signs(plane.ports, replace(plane.rules, alerts={**USUAL, trouble: rule}))
    return [each for each in found if each.trouble is trouble and reached(trouble, rule, each.value)]


@pytest.mark.parametrize(
    ("priority", "trouble", "minutes"), [(1, Trouble.URGENT_WAITS, 2), (0, Trouble.QUEUE_WAITS, 15)], ids=["urgent", "ordinary"]
)
async def test_a_document_that_waits_for_too_long_is_seen_with_its_system(
    plane: Plane, priority: int, trouble: Trouble, minutes: int
) -> None:
    await plane.send(priority=Priority(priority))
    plane.clock.advance(minutes=minutes)
    assert await seen(plane, trouble) == []
    plane.clock.advance(seconds=1)
    (sign,) = await seen(plane, trouble)
    assert (sign.subject, sign.count, sign.since) == (PUSHED.id, 1, NOW + timedelta(minutes=minutes))
    assert "09:00 23/11/2026" in sign.vi


async def test_an_urgent_document_is_not_seen_as_an_ordinary_one(plane: Plane) -> None:
    await plane.send(priority=Priority.URGENT)
    plane.clock.advance(hours=1)
    assert await seen(plane, Trouble.QUEUE_WAITS) == []


async def test_a_system_that_takes_nothing_is_seen_with_the_cause(plane: Plane) -> None:
    plane.office.down = AWAY
    for number in range(4):
        await plane.send(number)
    await plane.work()
    (sign,) = await seen(plane, Trouble.SYSTEM_PARKED)
    assert sign.subject == PUSHED.id and sign.since == NOW
    assert "không nối được" in sign.vi and "out of reach" in sign.en


async def test_a_system_that_officers_paused_is_no_trouble(plane: Plane) -> None:
    await pause(plane.ports.outbox, plane.rules, PUSHED.id, Decision(by="truc", reason="bảo trì", now=NOW), None)
    assert await seen(plane, Trouble.SYSTEM_PARKED) == []


class Hanging(MemoryBroker):
    """A broker that does not answer."""

    async def ready(self) -> None:
        raise Transient("broker-unavailable")


async def test_a_broker_that_is_away_is_seen(plane: Plane) -> None:
    assert await seen(plane, Trouble.BROKER_DOWN) == []
    plane.ports = replace(plane.ports, broker=Hanging())
    assert len(await seen(plane, Trouble.BROKER_DOWN)) == 1


async def test_express_documents_that_are_overdue_are_seen_with_the_agency(plane: Plane) -> None:
    await plane.ports.ledger.accept(entry(1, to=(RECEIVER,), priority=Priority.EXPRESS, accepted_at=NOW))
    await plane.ports.ledger.accept(entry(2, to=(RECEIVER,), accepted_at=NOW))
    plane.clock.advance(days=2)
    await take_steps(plane.ports, plane.rules)
    (sign,) = await seen(plane, Trouble.OVERDUE_EXPRESS)
    assert sign.subject == RECEIVER and sign.count >= 1
    assert await seen(plane, Trouble.OVERDUE_EXPRESS, at=99) == []


async def test_silent_agencies_are_seen_where_they_are_many(plane: Plane) -> None:
    plane.clock.time = NOW.replace(hour=15)
    assert await seen(plane, Trouble.SILENT_AGENCIES) == []
    (sign,) = await seen(plane, Trouble.SILENT_AGENCIES, at=0)
    name = next(each.name for each in plane.rules.directory.agencies if each.id == COMMUNE)
    assert name in sign.vi


async def test_a_certificate_that_ends_is_seen_unless_another_follows(plane: Plane) -> None:
    certified = pki.pki().agency("expired")
    plane.rules = replace(plane.rules, directory=Directory.of((certified, Agency(id=OrganId("H56.99"), name="Không ký (mẫu)"))))
    plane.clock.time = certified.certificates[0].not_valid_after_utc.astimezone(VIETNAM) - timedelta(days=22)
    assert await seen(plane, Trouble.CERTIFICATE_ENDING, at=12) == []
    plane.clock.advance(days=6)
    (sign,) = await seen(plane, Trouble.CERTIFICATE_ENDING, at=12)
    assert sign.subject == certified.id and re.fullmatch(rf"{re.escape(certified.name)}: còn 1\d ngày làm việc, tới .*", sign.vi)
    plane.clock.advance(days=17)
    (sign,) = await seen(plane, Trouble.CERTIFICATE_ENDING, at=0)
    assert "đã hết hạn lúc" in sign.vi and "ended at" in sign.en
    followed = replace(certified, certificates=pki.pki().agency("expired", "department-next").certificates)
    plane.rules = replace(plane.rules, directory=Directory.of((followed,)))
    assert await seen(plane, Trouble.CERTIFICATE_ENDING) == []


async def test_an_agency_all_of_whose_certificates_are_revoked_is_seen_at_once(plane: Plane) -> None:
    revoked = pki.pki().agency("revoked")
    plane.rules = replace(plane.rules, directory=Directory.of((revoked,)), trust=pki.pki().store)
    (sign,) = await seen(plane, Trouble.CERTIFICATE_ENDING, at=0)
    assert sign.vi == f"{revoked.name}: đã bị thu hồi" and sign.en.endswith("revoked")


async def test_statuses_that_only_an_officer_can_match_are_seen(plane: Plane) -> None:
    named = NamedStatus(named=correlation(entry(1)), receiver=RECEIVER, report=report(StatusCode.REGISTERED), package=b"<edXML/>")
    await plane.ports.held_statuses.say(named, {RECEIVER}, now=NOW, seal=seal)
    assert await seen(plane, Trouble.STATUSES_UNMATCHED) == []
    plane.clock.time = NOW + PATIENCE
    (sign,) = await seen(plane, Trouble.STATUSES_UNMATCHED)
    assert (sign.count, sign.since) == (1, NOW + PATIENCE)
    assert await seen(plane, Trouble.STATUSES_UNMATCHED, at=2) == []


async def test_a_clock_that_was_set_back_is_seen(plane: Plane) -> None:
    await plane.send()
    assert await seen(plane, Trouble.CLOCK_OFF) == []
    plane.clock.time -= timedelta(seconds=30)
    (sign,) = await seen(plane, Trouble.CLOCK_OFF)
    assert sign.vi == "chậm 30 giây so với việc cuối cùng trong sổ cái" and sign.en.startswith("30 seconds behind")


async def test_a_backup_that_is_late_or_failed_is_seen_and_none_that_never_was(plane: Plane) -> None:
    assert await seen(plane, Trouble.BACKUP_LATE) == []
    await plane.ports.upkeep.done(Chore.BACKUP, Tended(at=plane.clock.now(), well=True))
    assert await seen(plane, Trouble.BACKUP_LATE) == []
    plane.clock.time += timedelta(hours=26)
    (late,) = await seen(plane, Trouble.BACKUP_LATE)
    assert late.vi.startswith("lần cuối")
    await plane.ports.upkeep.done(Chore.BACKUP, Tended(at=plane.clock.now(), well=False))
    (failed,) = await seen(plane, Trouble.BACKUP_LATE)
    assert failed.vi.startswith("hỏng lúc")


async def test_the_disk_is_that_of_the_payloads(plane: Plane) -> None:
    assert len(await seen(plane, Trouble.DISK_NEARLY_FULL, at=0)) == 1
    assert await seen(plane, Trouble.DISK_NEARLY_FULL, at=101) == []
    assert 0 < await asyncio.to_thread(plane.ports.disk.filled) < 100
