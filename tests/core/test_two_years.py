"""Two real years of traffic through the deadlines, against an oracle that has looked at every minute of them."""

import heapq
import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate, count
from typing import Any, Final

from gateway.core import deadlines
from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.happenings import Happening
from gateway.core.ladder import USUAL, Step
from gateway.core.model import VIETNAM, BusinessType, Document, Event, Kind, OrganId, Priority, SystemId
from gateway.core.timekeeping import Timekeeping
from tests.judging import working_time

BY: Final = Timekeeping(working_time=working_time())
MINUTE: Final = timedelta(minutes=1)
BEGINNING: Final = datetime(2024, 12, 1, tzinfo=VIETNAM)
FIRST: Final = datetime(2025, 1, 1, tzinfo=VIETNAM)
LAST: Final = datetime(2026, 12, 10, tzinfo=VIETNAM)
END: Final = datetime(2027, 3, 1, tzinfo=VIETNAM)
DOCUMENTS: Final = 1500
SENDER, RECEIVER = OrganId("000.00.00.H56"), OrganId("H56.40.02")


class Minutes:
    """Every minute of the time, looked at once: whether offices are open, and how many open minutes came before."""

    def __init__(self) -> None:
        number = (END + timedelta(days=60) - BEGINNING) // MINUTE
        days = BY.working_time.calendar
        is_open = [self._open(BEGINNING + index * MINUTE, days) for index in range(number)]
        self.before = [0, *accumulate(is_open)]
        self.open = is_open

    @staticmethod
    def _open(moment: datetime, days: Any) -> bool:
        clock = moment.time()
        inside = time(7, 30) <= clock < time(11, 30) or time(13, 30) <= clock < time(17)
        return inside and days.is_working_day(moment.date())

    def after(self, start: datetime, minutes: float) -> datetime:
        """Walk so many open minutes on; half of one at the end where that is asked for."""
        index = (start - BEGINNING) // MINUTE
        while not self.open[index]:
            index += 1
        whole = int(minutes)
        end = bisect_left(self.before, self.before[index] + whole)
        if minutes > whole:
            while not self.open[end]:
                end += 1
            return BEGINNING + end * MINUTE + MINUTE * (minutes - whole)
        return BEGINNING + (end if whole else index) * MINUTE

    def back(self, end: datetime, minutes: int) -> datetime:
        """Walk so many open minutes back."""
        index = (end - BEGINNING) // MINUTE
        while minutes:
            index -= 1
            minutes -= self.open[index]
        return BEGINNING + index * MINUTE

    def between(self, start: datetime, end: datetime) -> int:
        return self.before[(end - BEGINNING) // MINUTE] - self.before[(start - BEGINNING) // MINUTE]

    def day_ends(self, moment: datetime) -> datetime:
        index = (moment - BEGINNING) // MINUTE
        while not (self.open[index] and (BEGINNING + index * MINUTE).time() == time(16, 59)):
            index += 1
        return BEGINNING + (index + 1) * MINUTE


@dataclass
class Story:
    """What happens to one document at one receiver, and what is therefore owed, from when until when.

    `pauses` are those of what is owed: from when, and until when; None where it ends while it is paused, or never.
    """

    number: int
    document: Document
    happens: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    owed: dict[Rule, tuple[datetime, datetime, datetime | None]] = field(default_factory=dict)
    pauses: dict[Rule, tuple[datetime, datetime | None]] = field(default_factory=dict)


def stories(minutes: Minutes) -> Iterator[Story]:
    chance = random.Random(4764)  # noqa: S311  no secret
    span = (LAST - FIRST) // MINUTE
    for number in range(DOCUMENTS):
        accepted = FIRST + chance.randrange(span) * MINUTE
        due_on = accepted.date() + timedelta(days=chance.randrange(1, 25)) if chance.random() < 0.5 else None
        story = tell(number, accepted, due_on, Priority(chance.choice([0, 0, 0, 1, 2, 3, 4])), chance, minutes)
        interrupt(story, chance)
        yield story


def tell(number: int, accepted: datetime, due_on: date | None, priority: Priority, chance: random.Random, at: Minutes) -> Story:
    """Let the receiver be quick, slow or silent, as it happens; say what that makes of each deadline."""
    story = Story(number=number, document=document(number, accepted, due_on, priority))
    steps = [accepted]
    for longest in (600, 900, 1500, 6000, 20000):
        steps.append(steps[-1] + chance.randrange(1, longest) * MINUTE)
    reached = chance.randrange(1, len(steps) + 1)
    moments: list[datetime | None] = [*steps[:reached], *[None] * (len(steps) - reached)]
    _, collected, registered, assigned, processing, completed = moments
    told = [
        (accepted, "delivery.available", {}),
        (collected, "delivery.collected", {}),
        *(
            (when, "status.received", {"status_code": code})
            for when, code in ((registered, "03"), (assigned, "04"), (processing, "05"), (completed, "06"))
        ),
    ]
    story.happens = [(when, kind, {"to": RECEIVER, **data}) for when, kind, data in told if when is not None]
    story.owed[Rule.COLLECTION] = (accepted, at.after(accepted, 240), collected)
    if due_on is not None:
        response = at.day_ends(datetime.combine(due_on, time(), tzinfo=VIETNAM))
        story.owed[Rule.RESPONSE] = (accepted, response, None)
        if processing is not None:
            story.owed[Rule.PROCESSING] = (processing, response, completed)
    if collected is not None:
        urgent = {Priority.URGENT: 30, Priority.NORMAL: None}.get(priority, 15)
        taken_in = at.after(collected, 120) if urgent is None else collected + urgent * MINUTE
        story.owed[Rule.INTAKE] = (collected, taken_in, registered)
        story.owed[Rule.RECEIPT_NOTICE] = (collected, collected.replace(hour=23, minute=59, second=59), registered)
    if registered is not None:
        story.owed[Rule.ASSIGNMENT] = (registered, at.day_ends(registered), assigned)
    return story


def interrupt(story: Story, chance: random.Random) -> None:
    """Pause some of what is owed before it is due, and resume most of that."""
    for rule, (start, due, ended) in story.owed.items():
        since = start + chance.randrange(1, chance.choice([20, 500, 9000])) * MINUTE
        until = since + chance.randrange(1, chance.choice([60, 9000])) * MINUTE
        if chance.random() < 0.3 and since < due and (ended is None or since < ended):
            ends_meanwhile = ended is not None and ended <= until
            never = until >= END or (ended is None and chance.random() < 0.1)
            story.pauses[rule] = (since, None if ends_meanwhile or never else until)


def due_again(story: Story, rule: Rule, at: Minutes) -> datetime:
    """Say when it is due after its pause: once as much time has passed as was left, which is by the clock for some."""
    _, due, _ = story.owed[rule]
    since, until = story.pauses[rule]
    if until is None:
        return due
    by_the_clock = rule is Rule.RECEIPT_NOTICE or (rule is Rule.INTAKE and story.document.priority is not Priority.NORMAL)
    left = at.between(since, due)
    return max(due, until + (due - since) if by_the_clock or not left else at.after(until, left))


def document(number: int, accepted: datetime, due_on: date | None, priority: Priority) -> Document:
    return Document(
        id=f"{number:032x}",
        document_id=str(number),
        kind=Kind.DOCUMENT,
        sender=SENDER,
        number=str(number),
        notation="UBND-VP",
        subject="V/v mô phỏng hai năm",
        priority=priority,
        business_type=BusinessType.NEW,
        promulgated_on=accepted.date(),
        due_on=due_on,
        response_needed=due_on is not None,
        paper=False,
        natural_key=str(number),
        sha256="",
        content_sha256="",
        size=0,
        accepted_at=accepted,
        system=SystemId("province"),
    )


def expected_steps(story: Story, rule: Rule, at: Minutes) -> list[tuple[Step, datetime]]:
    """Give the steps until it ends; where it is paused, those before, and those of its new time that come after."""
    start, due, ended = story.owed[rule]
    if rule not in story.pauses:
        return steps_between(rule, start, due, start, ended or END, at)
    since, until = story.pauses[rule]
    before = steps_between(rule, start, due, start, since, at)
    if until is None:
        return before
    return before + steps_between(rule, start, due_again(story, rule, at), until + MINUTE / 60, ended or END, at)


def steps_between(
    rule: Rule, start: datetime, due: datetime, first: datetime, end: datetime, at: Minutes
) -> list[tuple[Step, datetime]]:
    """Give the steps of a deadline from a moment on until before another."""
    moments = {
        Step.HALF: lambda: at.after(start, at.between(start, due) / 2),
        Step.LAST_DAY: lambda: at.back(due, 450),
        Step.OVERDUE: lambda: max(due, start),
        Step.DAY_LATER: lambda: at.after(due, 450),
        Step.THREE_DAYS_LATER: lambda: at.after(due, 1350),
    }
    found, last = [], start
    for step, _ in USUAL[rule]:
        if due <= start and step in {Step.HALF, Step.LAST_DAY}:
            continue
        when = moments[step]()
        if when < last or (when == last and step is not Step.OVERDUE):
            continue
        last = when
        if first <= when < end:
            found.append((step, when))
    return found


def lived(told: list[Story]) -> tuple[dict[tuple[int, Rule], Deadline], dict[tuple[int, Rule], list[tuple[Step, datetime]]]]:
    """Let the two years pass, in the order of time: events first, then what people decide, then steps, where they are at once."""
    order = count()
    agenda: list[tuple[datetime, int, int, Any]] = [
        (when, 0, next(order), (story, kind, data)) for story in told for when, kind, data in story.happens
    ]
    agenda += [
        (when, 1, next(order), (story, rule))
        for story in told
        for rule, pause in story.pauses.items()
        for when in pause
        if when is not None
    ]
    heapq.heapify(agenda)
    known: dict[int, dict[str, Deadline]] = {story.number: {} for story in told}
    said: dict[tuple[int, Rule], list[tuple[Step, datetime]]] = {}
    while agenda and agenda[0][0] < END:
        when, kind_of, _, what = heapq.heappop(agenda)
        if kind_of == 2:
            number, name = what
            before = known[number][name]
            if before.next_at != when:  # it ended meanwhile
                continue
            after, rungs = BY.due(before, when)
            said.setdefault((number, after.rule), []).extend((rung.step, rung.at) for rung in rungs)
            changed = [after]
        elif kind_of == 1:
            (story, rule), number = what, what[0].number
            (one,) = [each for each in known[number].values() if each.rule is rule]
            begins = story.pauses[rule][0] == when
            changed = [deadlines.pause(one, when, "x") if begins else BY.resumed(one, story.document.priority, "y", when)]
        else:
            story, kind, data = what
            number, own = story.number, known[story.number]
            event = Event(seq=number, at=when, type=kind, document=story.document.id, delivery=str(number), data=data)
            changed = list(BY.kept(Happening(event=event, document=story.document), tuple(own.values())))
        for each in changed:
            known[number][each.id] = each
            if each.next_at is not None:
                heapq.heappush(agenda, (each.next_at, 2, next(order), (number, each.id)))
    return {(number, each.rule): each for number, own in known.items() for each in own.values()}, said


def test_two_years_of_traffic_are_kept_as_one_who_looks_at_each_minute_would() -> None:
    minutes = Minutes()
    told = list(stories(minutes))
    kept, said = lived(told)
    assert len(kept) == sum(len(story.owed) for story in told)
    for story in told:
        for rule, (start, due, ended) in story.owed.items():
            found, paused = kept[story.number, rule], rule in story.pauses and story.pauses[rule][1] is None
            if rule in story.pauses:
                due = due_again(story, rule, minutes)
            assert (found.starts_at, found.due_at, found.ended_at) == (start, due, ended), (story.number, rule)
            assert (found.state is DeadlineState.MET) == (ended is not None)
            assert found.late == (ended is not None and ended > due and not paused), (story.number, rule)
            assert said.get((story.number, rule), []) == expected_steps(story, rule, minutes), (story.number, rule)
    assert sum(len(story.pauses) for story in told) > DOCUMENTS / 2
