"""What needs a hand now, the most harmful first: each a sentence, with the agency, the age, the cause, and a way to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final
from urllib.parse import urlencode

from gateway.core.circuit import CircuitState
from gateway.core.holdings import ending, soon
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import writing
from gateway.entry.console.certificates import authorities
from gateway.entry.console.owing import EXPRESS
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Sayer
from gateway.flows import oversee
from gateway.flows.attend import Attendance
from gateway.flows.oversee import QueueStanding
from gateway.ports import DocumentView, Group, HeldStatus, OverdueTally

NAMED: Final = 3
"""Agencies that one sentence names."""


class Level(IntEnum):
    """How harmful: what is late to the leaders first, then what does not arrive, then what will not."""

    EXPRESS = 0
    REVOCATION = 1
    UNDELIVERABLE = 2
    DISCONNECTED = 3
    OVERDUE = 4
    HELD = 5
    SILENT = 6
    CERTIFICATE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that is looked at."""

    queues: tuple[QueueStanding, ...]
    attended: Attendance
    dead: tuple[Group, ...]
    overdue: tuple[OverdueTally, ...]
    held: tuple[DocumentView, ...]
    unmatched: tuple[HeldStatus, ...]

    @property
    def waiting(self) -> int:
        """Count what waits for any receiver."""
        return sum(each.tally.waiting for each in self.queues) + sum(each.waiting for each in self.attended.backlogs.values())

    @property
    def oldest_at(self) -> datetime | None:
        """Say since when the oldest of it waits."""
        queued = (each.tally.oldest_at for each in self.queues if each.tally.oldest_at)
        return min((*queued, *(each.oldest_at for each in self.attended.backlogs.values())), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One matter: `who` stands in the middle of the sentence, in bold."""

    level: Level
    weight: float
    tone: str
    label: str
    before: str
    who: str
    after: str
    button: str
    url: str


def harms(visit: Visit, sight: Sight) -> list[Harm]:
    """Give what needs a hand, the most harmful first."""
    found = [
        *_overdue(visit, sight),
        *_undeliverable(visit, sight),
        *_disconnected(visit, sight),
        *_held(visit, sight),
        *_unmatched(visit, sight),
        *_silent(visit, sight),
        *_certificates(visit),
        *_revocation_lists(visit),
    ]
    return sorted(found, key=lambda each: (each.level, -each.weight))


def _overdue(visit: Visit, sight: Sight) -> Iterator[Harm]:
    say = Sayer(visit.english)
    for each in sight.overdue:
        age = writing.lasting(visit.now - each.oldest_due_at, english=visit.english)
        count = f"{each.express or each.count}"
        kind = visit.say("văn bản HỎA TỐC" if each.express else "thời hạn", "EXPRESS documents" if each.express else "deadlines")
        rule, hurried = say.rule(each.rule).lower(), {"priority": EXPRESS} if each.express else {}
        yield Harm(
            level=Level.EXPRESS if each.express else Level.OVERDUE,
            weight=each.count,
            tone="bad",
            label=visit.say("Quá hạn", "Overdue"),
            before=visit.say(f"{count} {kind} quá hạn {rule} ở ", f"{count} {kind} overdue ({rule}) at "),
            who=visit.agency(each.organ),
            after=visit.say(f" (lâu nhất {age})", f" (the longest by {age})"),
            button=visit.say("Xem & nhắc", "See"),
            url=f"{CONSOLE}/answers?{urlencode({'organ': each.organ, 'rule': each.rule} | hurried)}",
        )


def _undeliverable(visit: Visit, sight: Sight) -> Iterator[Harm]:
    say = Sayer(visit.english)
    for each in sight.dead:
        yield Harm(
            level=Level.UNDELIVERABLE,
            weight=each.count,
            tone="bad",
            label=visit.say("Không gửi được", "Undeliverable"),
            before=visit.say(f"{each.count} văn bản tới ", f"{each.count} documents to "),
            who=visit.agency(each.receiver),
            after=visit.say(f" cùng nguyên nhân: {say.cause(each.cause)}", f" with one cause: {say.cause(each.cause)}"),
            button=visit.say("Xử lý nhóm", "Deal with them"),
            url=f"{CONSOLE}/undelivered?{urlencode({'receiver': each.receiver, 'cause': each.cause or ''})}",
        )


def _disconnected(visit: Visit, sight: Sight) -> Iterator[Harm]:
    waiting, say = oversee.waiting(sight.queues), Sayer(visit.english)
    circuits = {each.circuit.system: each.circuit for each in sight.queues}
    for system, circuit in circuits.items():
        if circuit.state in {CircuitState.CLOSED, CircuitState.RECOVERING}:
            continue
        since = writing.moment(circuit.since) if circuit.since else ""
        cause = f"{circuit.by}: {circuit.why}" if circuit.by else say.cause(circuit.cause)
        yield Harm(
            level=Level.DISCONNECTED,
            weight=waiting[system],
            tone="warn",
            label=visit.say("Kết nối", "Connection"),
            before=f"{say.circuit(circuit.state)}: ",
            who=_owners(visit, system),
            after=visit.say(
                f" từ {since}, {waiting[system]} văn bản chờ. {cause}", f" since {since}, {waiting[system]} wait. {cause}"
            ),
            button=visit.say("Xem hàng đợi", "See the queue"),
            url=f"{CONSOLE}/queues?{urlencode({'system': system})}",
        )


def _held(visit: Visit, sight: Sight) -> Iterator[Harm]:
    if sight.held:
        count = len({each.document.id for each in sight.held})
        oldest = min(each.document.accepted_at for each in sight.held)
        age = writing.lasting(visit.now - oldest, english=visit.english)
        yield Harm(
            level=Level.HELD,
            weight=count,
            tone="warn",
            label=visit.say("Tạm giữ", "Held"),
            before=visit.say(f"{count} văn bản bị giữ theo ", f"{count} documents are held by "),
            who=visit.say("chính sách", "the policy"),
            after=visit.say(f" (lâu nhất {age})", f" (the oldest for {age})"),
            button=visit.say("Xem", "See"),
            url=f"{CONSOLE}/documents?state=suspended",
        )


def _unmatched(visit: Visit, sight: Sight) -> Iterator[Harm]:
    if sight.unmatched:
        count = len(sight.unmatched)
        age = writing.lasting(visit.now - min(each.received_at for each in sight.unmatched), english=visit.english)
        reporters = sorted({visit.agency(each.report.reporter) for each in sight.unmatched})
        yield Harm(
            level=Level.HELD,
            weight=count,
            tone="warn",
            label=visit.say("Chờ ghép", "Unmatched"),
            before=visit.say(
                f"{count} trạng thái chưa biết của văn bản nào, từ ", f"{count} statuses of unknown documents, from "
            ),
            who=", ".join(reporters[:NAMED]) + ("…" if len(reporters) > NAMED else ""),
            after=visit.say(f" (lâu nhất {age})", f" (the oldest for {age})"),
            button=visit.say("Chọn văn bản", "Match them"),
            url=f"{CONSOLE}/statuses",
        )


def _silent(visit: Visit, sight: Sight) -> Iterator[Harm]:
    for each in sight.attended.silent:
        if each.backlog is None:
            continue
        since = writing.moment(each.since) if each.since else ""
        yield Harm(
            level=Level.SILENT,
            weight=each.backlog.waiting,
            tone="warn",
            label=visit.say("Im lặng", "Silent"),
            before="",
            who=each.agency.name,
            after=visit.say(
                f" {f'không lấy văn bản từ {since}' if since else 'chưa lần nào hỏi trục'}; {each.backlog.waiting} văn bản chờ",
                f" {f'has fetched nothing since {since}' if since else 'has never asked the hub'}; {each.backlog.waiting} wait",
            ),
            button=visit.say("Xem văn bản chờ", "See what waits"),
            url=f"{CONSOLE}/documents?{urlencode({'receiver': each.agency.id, 'state': 'available'})}",
        )


def _certificates(visit: Visit) -> Iterator[Harm]:
    """Name agencies none of whose certificates will hold for long."""
    for each, days in ending(visit.rules, visit.now, soon(visit.rules)):
        if each.revoked:
            after = visit.say(" đã bị thu hồi", " has been revoked")
        elif each.ended(visit.now):
            after = visit.say(" đã hết hạn", " has expired")
        else:
            after = visit.say(f" còn {days} ngày làm việc", f" has {days} working days left")
        yield Harm(
            level=Level.CERTIFICATE,
            weight=-days,
            tone="bad" if each.ended(visit.now) else "warn",
            label=visit.say("Chứng thư", "Certificate"),
            before=visit.say("Chứng thư số của ", "The certificate of "),
            who=each.agency.name,
            after=after,
            button=visit.say("Việc gì dừng", "What stops"),
            url=f"{CONSOLE}/certificates?{urlencode({'q': each.agency.id})}",
        )


def _revocation_lists(visit: Visit) -> Iterator[Harm]:
    """Name CAs under which nothing is accepted for want of a list that still speaks."""
    for each in authorities(visit):
        if each.known is not None and not each.fresh:
            until = writing.moment(each.known.next_update) if each.known.next_update else "–"
            yield Harm(
                level=Level.REVOCATION,
                weight=0,
                tone="bad",
                label=visit.say("Chứng thư", "Certificate"),
                before=visit.say("Danh sách thu hồi của ", "The revocation list of "),
                who=each.name,
                after=visit.say(
                    f" quá hạn từ {until}: văn bản ký bằng chứng thư của CA này phải chờ",
                    f" is stale since {until}: what is signed under it is put off",
                ),
                button=visit.say("Xem", "See"),
                url=f"{CONSOLE}/certificates#crls",
            )


def _owners(visit: Visit, system: str) -> str:
    """Name the agencies that a system is of."""
    found = next((each for each in visit.rules.systems if each.id == system), None)
    return ", ".join(visit.agency(organ) for organ in sorted(found.organs)) if found else system
