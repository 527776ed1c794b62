"""What every implementation of Alerts promises: a look changes all or nothing, each message is sent by one, in order."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Alert, AlertState, Sign, Turn, named
from gateway.core.faults import Rejected
from gateway.infra.audit import SqlAuditLog
from gateway.infra.executor import Executor
from gateway.ports import AlertMessage, Alerts, Channel
from tests.contracts.entries import NOW

MINUTE = timedelta(minutes=1)
RULES = {trouble: replace(rule, lasting=0 * MINUTE, quiet=0 * MINUTE) for trouble, rule in USUAL.items()}
PARKED = Sign(trouble=Trouble.SYSTEM_PARKED, subject="voffice", since=NOW - MINUTE, vi="không trả lời", en="no answer", count=3)
DISK = Sign(trouble=Trouble.DISK_NEARLY_FULL, vi="90 %", en="90 %", value=90)
ID = named(Trouble.SYSTEM_PARKED, "voffice")
BOTH = (Channel.MAIL, Channel.WEBHOOK)
WHY = "đang xử lý"


async def look(alerts: Alerts, *signs: Sign, after: int = 0, channels: tuple[Channel, ...] = (Channel.MAIL,)) -> list[Turn]:
    """Look, so many minutes later; give what is told."""
    return [each.turn for each in await alerts.look(signs, RULES, channels=channels, now=NOW + after * MINUTE)]


async def only(alerts: Alerts, after: int = 0) -> Alert:
    (one,) = await alerts.listing(now=NOW + after * MINUTE)
    return one


async def claimed(alerts: Alerts, after: int = 0) -> AlertMessage | None:
    return await alerts.claim(until=NOW + (after + 5) * MINUTE, now=NOW + after * MINUTE)


async def taken(alerts: Alerts, after: int = 0) -> AlertMessage:
    message = await claimed(alerts, after)
    assert message is not None
    return message


class AlertsContract:
    """Looks and decisions."""

    async def test_what_is_seen_is_kept_as_it_was_seen(self, alerts: Alerts) -> None:
        assert await look(alerts, PARKED) == [Turn.BEGAN]
        found = await only(alerts)
        assert (found.id, found.trouble, found.subject, found.state) == (ID, PARKED.trouble, "voffice", AlertState.OPEN)
        assert (found.since, found.opened_at, found.vi, found.count, found.told) == (NOW - MINUTE, NOW, PARKED.vi, 3, True)

    async def test_the_same_seen_again_is_told_no_more(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        assert await look(alerts, PARKED, after=1) == []
        assert (await only(alerts)).seen_at == NOW + MINUTE

    async def test_what_is_gone_is_closed_and_stays_in_the_list(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        assert await look(alerts, after=1) == [Turn.ENDED]
        assert ((await only(alerts)).state, (await only(alerts)).closed_at) == (AlertState.CLOSED, NOW + MINUTE)

    async def test_what_has_not_lasted_is_not_listed(self, alerts: Alerts) -> None:
        await alerts.look([DISK], USUAL, channels=(), now=NOW)
        assert await alerts.listing(now=NOW) == ()

    async def test_what_stands_is_listed_before_what_is_over(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        await look(alerts, after=1)
        await look(alerts, DISK, after=2)
        assert [each.trouble for each in await alerts.listing(now=NOW)] == [DISK.trouble, PARKED.trouble]

    async def test_two_who_look_at_once_tell_it_once(self, alerts: Alerts) -> None:
        told = await asyncio.gather(*(look(alerts, PARKED, DISK) for _ in range(4)))
        assert sum(map(len, told)) == 2

    async def test_one_is_acknowledged_and_that_is_audited(self, alerts: Alerts, executor: Executor) -> None:
        await look(alerts, PARKED)
        decided = await alerts.acknowledge(ID, by="truc", reason=WHY, now=NOW + MINUTE)
        assert decided == await only(alerts)
        assert (decided.state, decided.by, decided.reason) == (AlertState.ACKNOWLEDGED, "truc", WHY)
        (entry,) = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.reason) == ("truc", "alert.acknowledged", WHY)
        assert entry.subject == {"alert": ID, "trouble": "system-parked", "subject": "voffice"}

    async def test_one_is_silenced_until_a_moment_and_no_longer_when_somebody_says_so(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        until = NOW + 60 * MINUTE
        assert (await alerts.silence(ID, until=until, by="truc", reason=WHY, now=NOW)).silenced_until == until
        assert await look(alerts, after=1) == []
        await alerts.silence(ID, until=None, by="truc", reason=WHY, now=NOW + 2 * MINUTE)
        assert await look(alerts, after=3) == [Turn.ENDED]

    async def test_a_decision_is_about_an_alert_that_is_there(self, alerts: Alerts) -> None:
        with pytest.raises(Rejected, match="not-found"):
            await alerts.acknowledge(ID, by="truc", reason=WHY, now=NOW)
        with pytest.raises(Rejected, match="not-found"):
            await alerts.silence(ID, until=None, by="truc", reason=WHY, now=NOW)

    async def test_a_decision_that_is_refused_changes_nothing(self, alerts: Alerts, executor: Executor) -> None:
        await look(alerts, PARKED)
        await look(alerts, after=1)
        before = await only(alerts)
        with pytest.raises(Rejected, match="alert-closed"):
            await alerts.acknowledge(ID, by="truc", reason=WHY, now=NOW)
        assert await only(alerts) == before
        assert (await SqlAuditLog(executor).listing(after=None, limit=9)).items == ()


class AlertMeasuresContract:
    """What looks measured."""

    async def test_the_worst_of_a_quarter_of_an_hour_is_remembered(self, alerts: Alerts) -> None:
        for minute, full in enumerate((90, 97, 80)):
            await look(alerts, replace(DISK, value=full), after=minute)
        found = await alerts.measured(DISK.trouble, since=NOW)
        assert found.looks == ((NOW, NOW + 2 * MINUTE),) and found.since == NOW
        (only_one,) = found.found
        assert (only_one.subject, only_one.value) == ("", 97.0)
        assert (only_one.first_at, only_one.last_at) == (NOW, NOW + 2 * MINUTE)

    async def test_what_is_no_matter_to_the_rule_is_remembered_and_nothing_is_not(self, alerts: Alerts) -> None:
        await look(alerts, replace(DISK, value=12), replace(PARKED, value=0))
        await look(alerts, after=15)
        assert [each.value for each in (await alerts.measured(DISK.trouble, since=NOW)).found] == [12.0]
        parked = await alerts.measured(PARKED.trouble, since=NOW)
        assert (parked.found, len(parked.looks)) == ((), 2)

    async def test_what_is_older_than_a_month_is_forgotten(self, alerts: Alerts) -> None:
        await look(alerts, DISK)
        await look(alerts, DISK, after=31 * 24 * 60 + 15)
        assert len((await alerts.measured(DISK.trouble, since=NOW)).found) == 1
        assert len((await alerts.measured(DISK.trouble, since=NOW + 15 * MINUTE)).looks) == 1

    async def test_only_what_was_since_then_is_given(self, alerts: Alerts) -> None:
        await look(alerts, DISK)
        await look(alerts, replace(DISK, value=91), after=60)
        found = await alerts.measured(DISK.trouble, since=NOW + 60 * MINUTE)
        assert ([each.value for each in found.found], found.since) == ([91.0], NOW + 60 * MINUTE)


class AlertMessagesContract:
    """What is told, and by whom."""

    async def test_one_look_is_one_message_for_each_channel(self, alerts: Alerts) -> None:
        await look(alerts, PARKED, DISK, channels=BOTH)
        messages = [await taken(alerts), await taken(alerts)]
        assert await claimed(alerts) is None
        assert {each.channel for each in messages} == set(BOTH)
        assert [each.trouble for each in messages[0].told] == [DISK.trouble, PARKED.trouble]
        assert messages[0].told == messages[1].told and messages[0].id != messages[1].id

    async def test_where_nobody_can_be_told_nothing_is_kept_for_it(self, alerts: Alerts) -> None:
        await look(alerts, PARKED, channels=())
        assert await claimed(alerts) is None

    async def test_what_is_told_is_kept_with_its_times(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        await look(alerts, after=1)
        first = await taken(alerts, 1)
        await alerts.settle(first, cause=None, now=NOW + MINUTE)
        (began,), (ended,) = first.told, (await taken(alerts, 1)).told
        assert (began.turn, began.since, began.ended_at) == (Turn.BEGAN, NOW - MINUTE, None)
        assert (ended.turn, ended.since, ended.ended_at) == (Turn.ENDED, NOW - MINUTE, NOW + MINUTE)

    async def test_a_later_message_waits_for_the_one_before(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        await look(alerts, after=1)
        first = await taken(alerts, 1)
        assert await claimed(alerts, 1) is None
        await alerts.put_off(first, again=NOW + 9 * MINUTE, cause="mail-unavailable")
        assert await claimed(alerts, 8) is None
        again = await taken(alerts, 9)
        assert (again.id, again.attempts) == (first.id, 1)

    async def test_one_channel_does_not_wait_for_another(self, alerts: Alerts) -> None:
        await look(alerts, PARKED, channels=BOTH)
        await look(alerts, after=1, channels=BOTH)
        first = await taken(alerts, 1)
        await alerts.put_off(first, again=NOW + 60 * MINUTE, cause="mail-unavailable")
        for _ in range(2):
            other = await taken(alerts, 2)
            assert other.channel is not first.channel
            await alerts.settle(other, cause=None, now=NOW + 2 * MINUTE)

    async def test_a_message_is_claimed_by_one_of_many(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        claims = await asyncio.gather(*(claimed(alerts) for _ in range(5)))
        assert sum(each is not None for each in claims) == 1

    async def test_a_claim_that_ended_is_claimed_again_under_the_same_id(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        first = await taken(alerts)
        assert await claimed(alerts, 4) is None
        again = await taken(alerts, 5)
        assert again.id == first.id and again.token != first.token

    async def test_who_lost_a_claim_changes_nothing(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        first = await taken(alerts)
        again = await taken(alerts, 5)
        await alerts.settle(first, cause=None, now=NOW + 5 * MINUTE)
        await alerts.put_off(first, again=NOW, cause="mail-unavailable")
        assert await claimed(alerts, 6) is None
        await alerts.put_off(again, again=NOW + 7 * MINUTE, cause="mail-unavailable")
        assert (await taken(alerts, 7)).attempts == 1

    async def test_what_is_settled_is_not_sent_again(self, alerts: Alerts) -> None:
        await look(alerts, PARKED)
        await alerts.settle(await taken(alerts), cause="mail-refused", now=NOW)
        assert await claimed(alerts, 60) is None
