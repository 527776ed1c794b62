"""Alarm: what is wrong is told to the officers once it has lasted, and its end too, once, whoever looks and whatever fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.alert_rules import USUAL, AlertRules, Trouble
from gateway.core.alerts import AlertState, named
from gateway.core.faults import Fault, Rejected, Transient, Undeliverable
from gateway.core.model import VIETNAM
from gateway.core.rules import Rules
from gateway.flows.alarm import GIVEN_UP, TURN_LASTS, acknowledge, look_out, silence, tell
from gateway.flows.oversee import Decision
from gateway.infra.mailer_smtp import SmtpMailer
from gateway.ports import AlertMessage, Channel
from tests.documents import DEPARTMENT
from tests.flows.plane import PUSHED, Plane, opened
from tests.mail import HOST, PostOffice, running, words

OFFICER = "truc@tinh.example"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
AWAY = Transient("receiver-unreachable", detail="không nối được")


@dataclass
class Program:
    """Another program, which remembers what it was told, or does not answer."""

    told: list[AlertMessage] = field(default_factory=list)
    fault: Fault | None = None

    async def announce(self, message: AlertMessage, rules: AlertRules) -> None:
        if self.fault is not None:
            raise self.fault
        self.told.append(message)


@dataclass
class Disk:
    """A disk that the test fills."""

    full: float = 10.0

    def filled(self) -> float:
        return self.full


@dataclass
class Watch:
    """The plane with a mail server, a program and a disk, and one worker who looks every half minute."""

    plane: Plane
    office: PostOffice
    program: Program
    disk: Disk
    rules: Rules

    async def look(self, *, minutes: float = 0.5, holder: str = "one") -> int:
        """Let time pass; give how much is to be told meanwhile, and send it."""
        told = 0
        for _ in range(int(minutes * 2)):
            self.plane.clock.advance(seconds=30)
            told += await look_out(self.plane.ports, self.rules, holder)
            await tell(self.plane.ports, self.rules)
        return told

    @property
    def subjects(self) -> list[str]:
        return [str(each["Subject"]) for each in self.office.to(OFFICER)]

    def decision(self, reason: str = "đang xử lý") -> Decision:
        return Decision(by="truc-ban", reason=reason, now=self.plane.clock.now())


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    async with running() as office, opened(tmp_path) as plane:
        plane.clock.time = NOW
        program, disk = Program(), Disk()
        mailer = SmtpMailer(
            HOST, office.port, sender="hub@tinh.example", name="Trục (mẫu)", clock=plane.clock, security="none", seconds=5
        )
        plane.ports = replace(plane.ports, mailer=mailer, announcer=program, disk=disk)
        rules = replace(plane.rules, officers=(OFFICER,), alerts=just(Trouble.DISK_NEARLY_FULL))
        yield Watch(plane, office, program, disk, rules)


def just(*troubles: Trouble) -> AlertRules:
    """Switch all other rules off."""
    return {trouble: replace(rule, on=trouble in troubles) for trouble, rule in USUAL.items()}


async def test_trouble_that_lasts_is_told_by_every_channel_once(watch: Watch) -> None:
    watch.disk.full = 93.0
    assert await watch.look(minutes=30) == 1
    (mail,), (message,) = watch.office.to(OFFICER), watch.program.told
    assert mail["Subject"] == "[KHẨN] Cảnh báo: Ổ đĩa dữ liệu sắp đầy · Alert: The data disk is nearly full"
    assert "đã dùng 93 %" in words(mail)
    assert [each.trouble for each in message.told] == [Trouble.DISK_NEARLY_FULL]


async def test_its_end_is_told_once(watch: Watch) -> None:
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    watch.disk.full = 10.0
    assert await watch.look(minutes=10) == 1
    assert watch.subjects[1].startswith("Đã hết: Ổ đĩa")


async def test_nothing_wrong_tells_nothing(watch: Watch) -> None:
    watch.rules = replace(watch.rules, alerts=USUAL)
    assert await watch.look(minutes=60) == 0
    assert watch.office.taken == []


async def test_one_worker_looks_at_a_time_and_another_once_it_is_gone(watch: Watch) -> None:
    watch.disk.full = 93.0
    assert await watch.look(minutes=4) == 0
    assert await watch.look(minutes=1, holder="two") == 0
    later = TURN_LASTS / timedelta(minutes=1)
    assert await watch.look(minutes=later, holder="two") == 1


async def test_an_officer_who_silences_is_left_alone_until_the_silence_ends(watch: Watch) -> None:
    watch.disk.full = 93.0
    await watch.look()
    until = watch.plane.clock.now() + timedelta(hours=1)
    await silence(watch.plane.ports.alerts, named(Trouble.DISK_NEARLY_FULL, ""), until, watch.decision())
    assert await watch.look(minutes=58) == 0
    assert await watch.look(minutes=5) == 1


async def test_an_officer_who_acknowledges_hears_of_the_end(watch: Watch) -> None:
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    taken = await acknowledge(watch.plane.ports.alerts, named(Trouble.DISK_NEARLY_FULL, ""), watch.decision())
    assert taken.state is AlertState.ACKNOWLEDGED
    watch.disk.full = 10.0
    assert await watch.look() == 1


async def test_a_decision_without_a_reason_is_none(watch: Watch) -> None:
    with pytest.raises(Rejected, match="malformed-request"):
        watch.decision(" ")


async def test_what_could_not_be_told_is_told_later_under_the_same_id(watch: Watch) -> None:
    watch.program.fault = AWAY
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    assert len(watch.office.taken) == 1
    watch.program.fault = None
    await watch.look(minutes=20)
    assert len(watch.program.told) == 1
    assert len(watch.office.taken) == 1


async def test_two_messages_arrive_in_order(watch: Watch) -> None:
    watch.program.fault = AWAY
    watch.disk.full = 93.0
    await watch.look(minutes=6)
    watch.disk.full = 10.0
    await watch.look(minutes=1)
    watch.program.fault = None
    await watch.look(minutes=20)
    assert [each.told[0].turn for each in watch.program.told] == ["began", "ended"]


async def test_what_is_refused_for_good_is_given_up(watch: Watch) -> None:
    watch.program.fault = Undeliverable("receiver-refused")
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    watch.program.fault = None
    await watch.look(minutes=60)
    assert watch.program.told == []


async def test_news_of_yesterday_is_given_up(watch: Watch) -> None:
    watch.program.fault = AWAY
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    watch.plane.clock.time += GIVEN_UP
    await watch.look()
    watch.program.fault = None
    await watch.look(minutes=60)
    assert watch.program.told == []


async def test_a_channel_that_is_gone_holds_nothing_up(watch: Watch) -> None:
    watch.program.fault = AWAY
    watch.disk.full = 93.0
    await watch.look(minutes=6)
    watch.plane.ports = replace(watch.plane.ports, announcer=None)
    watch.plane.clock.time += GIVEN_UP
    await watch.look()
    assert await watch.plane.ports.alerts.claim(until=watch.plane.clock.now(), now=watch.plane.clock.now()) is None


async def test_where_nobody_can_be_told_alerts_stand_all_the_same(watch: Watch) -> None:
    watch.plane.ports = replace(watch.plane.ports, mailer=None, announcer=None)
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    (alert,) = await watch.plane.ports.alerts.listing(now=watch.plane.clock.now())
    assert alert.state is AlertState.OPEN


async def test_without_officers_there_is_no_e_mail(watch: Watch) -> None:
    watch.rules = replace(watch.rules, officers=())
    watch.disk.full = 93.0
    await watch.look(minutes=10)
    assert (watch.office.taken, [each.channel for each in watch.program.told]) == ([], [Channel.WEBHOOK])


async def test_documents_that_pile_up_behind_a_system_that_is_away_are_few_alerts(watch: Watch) -> None:
    watch.rules = replace(watch.rules, alerts=just(Trouble.SYSTEM_PARKED, Trouble.QUEUE_WAITS))
    watch.plane.office.down = AWAY
    for number in range(12):
        await watch.plane.send(number)
    await watch.plane.work()
    await watch.look(minutes=60)
    alerts = await watch.plane.ports.alerts.listing(now=watch.plane.clock.now())
    assert {(each.trouble, each.subject) for each in alerts} == {
        (Trouble.SYSTEM_PARKED, PUSHED.id),
        (Trouble.QUEUE_WAITS, PUSHED.id),
    }
    assert next(each.count for each in alerts if each.trouble is Trouble.QUEUE_WAITS) == 12
    assert len(watch.office.taken) == 2


async def test_what_nobody_takes_is_one_alert_for_each_cause(watch: Watch) -> None:
    watch.rules = replace(watch.rules, alerts=just(Trouble.UNDELIVERABLE))
    watch.plane.office.plan = [Undeliverable("receiver-refused", detail="sai mẫu")] * 3
    for number in range(3):
        await watch.plane.send(number)
    await watch.plane.work()
    await watch.look(minutes=10)
    (alert,) = await watch.plane.ports.alerts.listing(now=watch.plane.clock.now())
    department = watch.rules.directory.find(DEPARTMENT)
    assert department is not None
    assert (alert.subject, alert.count) == ("receiver-refused", 3)
    assert department.name in alert.vi and department.name in words(watch.office.taken[0])
