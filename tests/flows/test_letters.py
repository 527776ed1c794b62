"""Letters reach people: one e-mail to a recipient, in working hours, once; where one reaches nobody the next one up is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.directory import Agency, Directory
from gateway.core.model import VIETNAM, Priority, StatusCode
from gateway.core.rules import Rules
from gateway.flows.keep_time import keep_time, take_steps
from gateway.flows.write_letters import LEASE, write_letters
from gateway.infra.mailer_smtp import SmtpMailer
from gateway.ports import Mailer, Ports
from tests.contracts.entries import RECEIVER, SENDER, entry, report, seal
from tests.flows.plane import Plane, opened
from tests.mail import HOST, PostOffice, running, words

CLERK, LEADER, SENDERS, OFFICER = "vanthu@a.example", "lanhdao@a.example", "vanthu@ubnd.example", "truc@tinh.example"
USUAL = Agency(id=RECEIVER, name="Sở A (mẫu)", email=CLERK, leader_email=LEADER)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=VIETNAM)


class Day:
    """The plane with a mail server, at times that the test names."""

    def __init__(self, plane: Plane, office: PostOffice) -> None:
        self.plane, self.office = plane, office
        self.rules = plane.rules
        self.known(USUAL)

    def known(self, receiver: Agency) -> None:
        sender = Agency(id=SENDER, name="UBND tỉnh (mẫu)", email=SENDERS)
        timekeeping = replace(self.plane.rules.timekeeping, by_mail=True)
        self.rules: Rules = replace(
            self.plane.rules, directory=Directory.of((receiver, sender)), timekeeping=timekeeping, officers=(OFFICER,)
        )

    @property
    def ports(self) -> Ports:
        return self.plane.ports

    async def sent(self, number: int = 1, now: str = "11-23T08:30", **fields: object) -> str:
        fields = {"due_on": None, "accepted_at": at(now), "subject": f"V/v <báo cáo> {number}", **fields}
        made = entry(number, to=(RECEIVER,), **fields)  # type: ignore[arg-type]  # fields of the document
        await self.ports.ledger.accept(made)
        return made.deliveries[0].id

    async def at(self, now: str) -> int:
        """Let the watch and the writer come by."""
        self.plane.clock.time = at(now)
        await take_steps(self.ports, self.rules)
        return await write_letters(self.ports, self.rules)

    async def collected(self, delivery: str, now: str) -> None:
        await self.ports.ledger.record_status(delivery, report(StatusCode.REGISTERED), {RECEIVER}, now=at(now), seal=seal)
        await keep_time(self.ports.deadlines, self.rules)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with running() as office:
        yield office


@pytest.fixture
async def day(tmp_path: Path, office: PostOffice) -> AsyncIterator[Day]:
    def with_mail(ports: Ports) -> Ports:
        return replace(ports, mailer=mailer(ports, office))

    async with opened(tmp_path, through=with_mail) as plane:
        yield Day(plane, office)


def mailer(ports: Ports, office: PostOffice) -> Mailer:
    return SmtpMailer(HOST, office.port, sender="truc@tinh.example", name="Trục", clock=ports.clock, security="none", seconds=1)


async def test_three_documents_that_are_late_are_one_mail_to_each_side(day: Day) -> None:
    for number in range(3):
        await day.sent(number)
    await day.at("11-23T14:31")
    assert await day.at("11-23T14:40") == 2
    assert [each["Subject"] for each in day.office.to(CLERK)] == ["3 văn bản quá hạn · 3 overdue"]
    assert len(day.office.to(SENDERS)) == 1


async def test_the_mail_says_what_from_whom_and_how_late_in_working_time(day: Day) -> None:
    await day.sent()
    await day.at("11-23T17:30")
    await day.at("11-24T08:30")
    (mail,) = day.office.to(CLERK)
    text = words(mail)
    assert all(
        each in text
        for each in (
            "Kính gửi Sở A (mẫu)",
            "1/UBND-VP",
            "V/v <báo cáo> 1",
            "UBND tỉnh (mẫu) → Sở A (mẫu)",
            "14:30 23/11/2026",
            "3 giờ 30 phút · 3 h 30 min",
        )
    )
    html = words(mail, "html")
    assert "V/v &lt;báo cáo&gt; 1" in html
    assert "<báo" not in html


async def test_what_became_late_in_the_evening_is_told_in_the_morning(day: Day) -> None:
    await day.sent()
    assert await day.at("11-23T19:00") == 0
    assert await day.at("11-24T07:00") == 0
    assert await day.at("11-24T07:36") == 2


async def test_a_hub_that_was_away_all_afternoon_writes_to_nobody_at_night(day: Day) -> None:
    await day.sent()
    await day.at("11-23T14:31")
    assert await day.at("11-23T23:00") == 0
    assert await day.at("11-24T07:36") == 2


async def test_what_is_urgent_is_told_at_night_and_says_so(day: Day) -> None:
    delivery = await day.sent(priority=Priority.EXPRESS)
    arrived = report(StatusCode.ARRIVED)
    await day.ports.ledger.record_status(delivery, arrived, {RECEIVER}, now=at("11-23T22:00"), seal=seal)
    assert await day.at("11-23T22:16") == 1
    (mail,) = day.office.to(CLERK)
    assert mail["Subject"].startswith("[HỎA TỐC] ")


async def test_an_official_who_is_late_all_day_gets_a_mail_an_hour_at_most(day: Day) -> None:
    for number in range(40):
        await day.sent(number, f"11-23T{8 + number // 20:02}:{number % 20 * 3:02}")
    moment = at("11-23T11:00")
    while moment < at("11-23T17:00"):
        await day.at(f"{moment:%m-%dT%H:%M}")
        moment += timedelta(minutes=3)
    assert 1 < len(day.office.to(CLERK)) <= 4
    told = "\n".join(words(each) for each in day.office.to(CLERK))
    assert [told.count(f"{number}/UBND-VP\n") >= 1 for number in range(40)] == [True] * 40


async def test_the_end_of_what_was_told_is_told_once_to_those_who_heard_of_it(day: Day) -> None:
    delivery = await day.sent()
    await day.at("11-23T14:31")
    await day.at("11-23T14:40")
    await day.collected(delivery, "11-23T15:00")
    await day.at("11-23T15:10")
    await day.at("11-23T15:45")
    await day.at("11-23T16:50")
    subjects = [each["Subject"] for each in day.office.to(SENDERS)]
    assert subjects == ["1 văn bản quá hạn · 1 overdue", "1 văn bản đã xong hoặc được gia hạn · 1 done or given more time"]
    assert "đã xong 15:00 23/11/2026".upper() in words(day.office.to(CLERK)[-1])


async def test_without_an_address_the_leader_is_told_whose_is_missing(day: Day) -> None:
    day.known(replace(USUAL, email=None))
    await day.sent()
    await day.at("11-23T14:31")
    await day.at("11-23T14:40")
    await day.at("11-23T14:46")
    (mail,) = day.office.to(LEADER)
    assert "Chưa có địa chỉ thư của 000.00.15.H56 Sở A (mẫu): ghi email trong agencies.toml" in words(mail)


async def test_without_any_address_the_officers_are_told_once(day: Day) -> None:
    day.known(replace(USUAL, email=None, leader_email=None))
    await day.sent()
    for minute in range(31, 60):
        await day.at(f"11-23T14:{minute}")
    (mail,) = day.office.to(OFFICER)
    assert "ghi leader_email trong agencies.toml" in words(mail)


async def test_an_address_that_is_refused_is_told_to_the_next_one_up(day: Day) -> None:
    day.office.refuses[CLERK] = "550 no such user"
    await day.sent()
    for minute in range(31, 50):
        await day.at(f"11-23T14:{minute}")
    (mail,) = day.office.to(LEADER)
    assert "Máy chủ thư từ chối địa chỉ của 000.00.15.H56 Sở A (mẫu)" in words(mail)


async def test_a_mail_server_that_is_away_is_tried_again_and_nothing_is_lost(day: Day) -> None:
    day.office.refuses_all = "451 later"
    await day.sent()
    await day.at("11-23T14:31")
    assert await day.at("11-23T14:40") == 0
    assert await day.at("11-23T14:50") == 0
    day.office.refuses_all = None
    assert await day.at("11-23T15:10") == 2


async def test_what_nobody_answered_for_is_sent_again_under_the_same_id(day: Day) -> None:
    day.office.silent = True
    await day.sent()
    await day.at("11-23T14:31")
    assert await day.at("11-23T14:40") == 0
    day.office.silent = False
    await day.sent(2, "11-23T10:31")
    await day.at("11-23T14:50")
    await day.at("11-23T15:00")
    ids = [each["Message-ID"] for each in day.office.to(day.office.envelopes[0][0])]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_writer_that_died_before_it_sent_is_made_good_once(day: Day) -> None:
    await day.sent()
    await day.at("11-23T14:31")
    now = at("11-23T14:40")
    assert await day.ports.letters.claim(until=now + LEASE, now=now) is not None
    assert await day.at("11-23T14:41") == 1  # the other side's
    assert await day.at("11-23T14:46") == 1
    assert await day.at("11-23T15:00") == 0
    assert (len(day.office.to(CLERK)), len(day.office.to(SENDERS))) == (1, 1)


class Heard:
    """Telemetry that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def record(self, event: str, **facts: str | float | None) -> None:
        self.lines.append(f"{event} {facts}")


async def test_nobody_is_named_in_the_log(day: Day) -> None:
    heard = Heard()
    day.plane.ports = replace(day.ports, telemetry=heard)
    await day.sent()
    await day.at("11-23T14:31")
    await day.at("11-23T14:40")
    logged = "\n".join(heard.lines)
    assert "letters.sent" in logged
    assert not any(each in logged for each in (CLERK, SENDERS, "báo cáo", "1/UBND-VP"))
