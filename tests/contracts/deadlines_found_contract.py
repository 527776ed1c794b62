"""What every implementation of Deadlines promises of what it finds and counts: by party, rule, urgency, words, time, lateness."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.core.deadlines import DeadlineState, Rule, waive
from gateway.core.model import OrganId, Priority, StatusCode
from gateway.infra import deadline_lists
from gateway.ports import Deadlines, Lateness, Ledger, Owed, Owing
from tests.contracts.deadlines_contract import BY, at
from tests.contracts.entries import OTHER, RECEIVER, SENDER, STRANGER, entry, report, seal

MONDAY, TUESDAY, LATER = at("2026-11-23T08:00"), at("2026-11-24T08:00"), at("2026-11-26T08:00")
COLLECTION = Owing(rule=Rule.COLLECTION)
MISSED = (DeadlineState.OVERDUE, DeadlineState.MET)


async def accept(
    ledger: Ledger, number: int, accepted_at: datetime, to: Sequence[OrganId] = (RECEIVER,), **fields: object
) -> None:
    made = entry(number, to=to, accepted_at=accepted_at, due_on=None, **fields)  # type: ignore[arg-type]  # fields of Document
    await ledger.accept(made)


async def begin(ledger: Ledger, deadlines: Deadlines) -> None:
    """Four documents, to be collected by noon of their days: 1 was, 2 was late, 3 is overdue, 4 is overdue and urgent."""
    await accept(ledger, 1, MONDAY, subject="Báo cáo tháng")
    await accept(ledger, 2, MONDAY, subject="Báo cáo quý")
    await accept(ledger, 3, TUESDAY, (RECEIVER, OTHER), subject="Giấy mời họp")
    await accept(ledger, 4, TUESDAY, (OTHER,), sender=STRANGER, priority=Priority.EXPRESS, subject="Báo cáo bão")
    for number, when in ((1, MONDAY + timedelta(hours=1)), (2, TUESDAY)):
        delivery = entry(number).deliveries[0].id
        await ledger.record_status(delivery, report(StatusCode.ARRIVED), {RECEIVER}, now=when, seal=seal)
    await deadlines.keep(BY, limit=100)
    await deadlines.take_steps(BY, limit=100, now=LATER)


async def found(deadlines: Deadlines, owing: Owing, *, latest_first: bool = False) -> list[str]:
    """Give the numbers of the documents of what fits, page by page."""
    items: list[Owed] = []
    after: str | None = None
    while True:
        page = await deadlines.owed(owing, after=after, limit=2, latest_first=latest_first)
        items += page.items
        if (after := page.next) is None:
            return [each.document.number for each in items]


class FindContract:
    """Lists and counts of what is owed, however it is looked for."""

    @pytest.fixture(params=["few", "common"])
    def few(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let words that are sought be those of few documents, then those of many."""
        if request.param == "common":
            monkeypatch.setattr(deadline_lists, "FEW", 0)

    @pytest.mark.parametrize(
        ("more", "numbers"),
        [
            ({}, "12334"),
            ({"debtor": RECEIVER}, "123"),
            ({"debtor": OTHER}, "34"),
            ({"creditor": STRANGER}, "4"),
            ({"organs": (STRANGER, OTHER)}, "34"),
            ({"organs": (STRANGER, SENDER, RECEIVER, OTHER)}, "12334"),
            ({"priorities": (Priority.EXPRESS, Priority.EXPRESS_TIMED)}, "4"),
            ({"priorities": (Priority.NORMAL,), "debtor": RECEIVER}, "123"),
            ({"late": True, "states": MISSED}, "2334"),
            ({"late": True, "states": (DeadlineState.MET,)}, "2"),
            ({"late": False, "states": MISSED}, "1"),
            ({"late": True, "states": (DeadlineState.OPEN,)}, ""),
            ({"states": (DeadlineState.OVERDUE,)}, "334"),
            ({"since": at("2026-11-24T00:00")}, "334"),
            ({"until": at("2026-11-24T00:00")}, "12"),
            ({"since": at("2026-11-24T00:00"), "until": at("2026-11-24T00:00")}, ""),
        ],
    )
    async def test_what_fits_is_listed_and_counted(
        self, ledger: Ledger, deadlines: Deadlines, more: dict[str, object], numbers: str
    ) -> None:
        await begin(ledger, deadlines)
        owing = replace(COLLECTION, **more)  # type: ignore[arg-type]  # fields of Owing
        assert await found(deadlines, owing) == list(numbers)
        assert await deadlines.count([owing], most=10) == (len(numbers),)

    @pytest.mark.usefixtures("few")
    @pytest.mark.parametrize(
        ("words", "more", "numbers"),
        [
            (("bao", "cao"), {}, "124"),
            (("bao", "ca"), {"debtor": RECEIVER}, "12"),
            (("bao", "cao"), {"organs": (OTHER,)}, "4"),
            (("cao", "quy"), {"late": True, "states": MISSED}, "2"),
            (("khong", "co"), {}, ""),
        ],
    )
    async def test_words_are_sought_of_few_documents_and_of_many(
        self, ledger: Ledger, deadlines: Deadlines, words: tuple[str, ...], more: dict[str, object], numbers: str
    ) -> None:
        await begin(ledger, deadlines)
        owing = replace(COLLECTION, words=words, **more)  # type: ignore[arg-type]  # fields of Owing
        assert await found(deadlines, owing) == list(numbers)

    async def test_what_is_named_is_found(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await begin(ledger, deadlines)
        ids = [each.deadline.id for each in (await deadlines.owed(COLLECTION, after=None, limit=9)).items][:2]
        assert await found(deadlines, Owing(ids=ids)) == ["1", "2"]

    async def test_the_latest_come_first_where_that_is_asked_for(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await begin(ledger, deadlines)
        assert await found(deadlines, COLLECTION, latest_first=True) == list("43321")

    async def test_a_count_ends_at_its_limit_and_is_not_made_of_words_that_many_have(
        self, ledger: Ledger, deadlines: Deadlines, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await begin(ledger, deadlines)
        assert await deadlines.count([COLLECTION, replace(COLLECTION, words=("bao",))], most=2) == (2, 2)
        monkeypatch.setattr(deadline_lists, "FEW", 1)
        assert await deadlines.count([replace(COLLECTION, words=("bao",))], most=2) == (None,)

    async def test_who_was_late_is_counted_by_days_the_worst_first(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await begin(ledger, deadlines)
        spans = (at("2026-11-23T00:00"), at("2026-11-24T00:00"), at("2026-11-25T00:00"))
        late = await deadlines.lateness(COLLECTION, spans, skip=0, limit=9)
        assert late == (
            Lateness(organ=RECEIVER, counts=(1, 1), owed=1),
            Lateness(organ=OTHER, counts=(0, 2), owed=2),
        )
        assert await deadlines.lateness(COLLECTION, spans, skip=1, limit=9) == late[1:]
        (urgent,) = await deadlines.lateness(replace(COLLECTION, priorities=(Priority.EXPRESS,)), spans, skip=0, limit=9)
        assert (urgent.organ, urgent.total) == (OTHER, 1)

    async def test_what_is_waived_is_late_no_more(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await begin(ledger, deadlines)
        overdue = (await deadlines.owed(replace(COLLECTION, states=(DeadlineState.OVERDUE,)), after=None, limit=1)).items[0]
        await deadlines.decide(
            overdue.deadline.id,
            lambda each: waive(each.deadline, LATER, "x"),
            action="deadline.waived",
            by="truc-ban",
            reason="x",
            now=LATER,
        )
        assert await deadlines.count([replace(COLLECTION, states=MISSED, late=True)], most=10) == (3,)
