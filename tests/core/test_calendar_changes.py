"""A change of the calendar: what it makes of a year, when it can hold, and who decides about it."""

from datetime import date, datetime, timedelta

import pytest

from gateway.core.calendar import Calendar, Year
from gateway.core.calendar_changes import CalendarChange, CalendarProposal, DayChange, Entry, ProposalState, decided
from gateway.core.faults import Rejected
from gateway.core.hours import Closure, WorkingTime
from gateway.core.model import VIETNAM

FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)
NOW = datetime(2026, 11, 20, 9, tzinfo=VIETNAM)
STORM = Closure(begins=NOW, ends=NOW + timedelta(days=1), reason="Bão số 9")


def there(provisional: bool = False, **days: dict[date, str]) -> WorkingTime:
    return WorkingTime(calendar=Calendar(years={2026: Year(provisional=provisional, **days)}))


def change(on: date, *, off: bool, was: Entry | None = None) -> CalendarChange:
    return CalendarChange(days=(DayChange(on=on, off=off, basis="12/TB", was=was),))


def test_a_weekday_off_and_a_saturday_worked_are_written_with_their_basis() -> None:
    swap = CalendarChange(days=(DayChange(on=FRIDAY, off=True, basis="1/TB"), DayChange(on=SATURDAY, off=False, basis="2/TB")))
    assert swap.year_of(there()) == Year(off={FRIDAY: "1/TB"}, worked={SATURDAY: "2/TB"})
    made = swap.upon(there()).calendar
    assert (made.is_working_day(FRIDAY), made.is_working_day(SATURDAY)) == (False, True)


@pytest.mark.parametrize(
    ("before", "made"),
    [(there(off={FRIDAY: "nhầm"}), change(FRIDAY, off=False)), (there(worked={SATURDAY: "nhầm"}), change(SATURDAY, off=True))],
)
def test_a_day_that_is_as_usual_again_is_taken_out(before: WorkingTime, made: CalendarChange) -> None:
    assert made.year_of(before) == Year()


def test_other_days_stay() -> None:
    before = there(off={date(2026, 1, 1): "Tết"}, provisional=True)
    assert change(FRIDAY, off=True).year_of(before) == Year(off={date(2026, 1, 1): "Tết", FRIDAY: "12/TB"}, provisional=True)


def test_a_year_without_a_file_stays_provisional_when_a_day_is_decided() -> None:
    made = change(FRIDAY, off=True).upon(WorkingTime(calendar=Calendar()))
    assert made.calendar.years[2026] == Year(off={FRIDAY: "12/TB"}, provisional=True)


def test_a_year_is_made_official_once() -> None:
    official = CalendarChange(official=2026)
    assert official.can(there(provisional=True)) and not official.can(there())
    assert official.upon(there(provisional=True)).calendar.years[2026] == Year()
    assert not official.can(WorkingTime(calendar=Calendar()))


def test_what_the_calendar_says_already_is_no_change() -> None:
    assert change(FRIDAY, off=False).holds(there()) and change(SATURDAY, off=True).holds(there())
    assert change(FRIDAY, off=True).holds(there(off={FRIDAY: "12/TB"}))
    assert not change(FRIDAY, off=True).holds(there(off={FRIDAY: "một căn cứ khác"}))


@pytest.mark.parametrize("before", [there(off={FRIDAY: "khác"}), there(worked={FRIDAY: "khác"})])
def test_a_change_cannot_be_made_of_a_day_that_has_changed_meanwhile(before: WorkingTime) -> None:
    made = change(FRIDAY, off=True)
    assert made.can(there()) and not made.can(before)
    assert not change(FRIDAY, off=True, was=Entry(off=True, basis="cũ")).can(there())


def test_a_change_can_be_made_though_other_days_have_changed() -> None:
    assert change(FRIDAY, off=True).can(there(off={date(2026, 1, 1): "Tết"}))


def test_a_closure_is_added_once() -> None:
    made = CalendarChange(closure=STORM)
    assert made.year == 2026 and made.can(there())
    closed = made.upon(there())
    assert closed.closures == (STORM,)
    assert made.holds(closed) and not made.can(closed)
    assert not closed.of().is_open(NOW) and there().of().is_open(NOW)


def proposed(state: ProposalState = ProposalState.PENDING) -> CalendarProposal:
    return CalendarProposal(
        id="1", change=CalendarChange(official=2026), by="an", reason="x", at=NOW, deadlines=0, agencies=0, state=state
    )


@pytest.mark.parametrize("state", [ProposalState.APPROVED, ProposalState.REFUSED])
def test_a_second_officer_approves_or_refuses(state: ProposalState) -> None:
    made = decided(proposed(), state, "binh", "đúng", NOW)
    assert (made.state, made.decided_by, made.decided_why, made.decided_at) == (state, "binh", "đúng", NOW)
    with pytest.raises(Rejected, match="second-officer-needed"):
        decided(proposed(), state, "an", "đúng", NOW)


def test_the_proposer_alone_withdraws() -> None:
    assert decided(proposed(), ProposalState.WITHDRAWN, "an", "thôi", NOW).state is ProposalState.WITHDRAWN
    with pytest.raises(Rejected, match="role-insufficient"):
        decided(proposed(), ProposalState.WITHDRAWN, "binh", "thôi", NOW)


@pytest.mark.parametrize("state", [ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.WITHDRAWN])
def test_what_is_decided_is_not_decided_again(state: ProposalState) -> None:
    with pytest.raises(Rejected, match="proposal-decided"):
        decided(proposed(state), ProposalState.APPROVED, "binh", "đúng", NOW)
