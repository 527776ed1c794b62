"""What the reports on deadlines say."""

from datetime import timedelta

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.directory import Agency, Directory
from gateway.core.model import BusinessType, OrganId, Priority
from gateway.entry.reports import arrears, timeliness
from gateway.entry.reports.sheet import Report, Sheet
from gateway.ports.reports import Arrear, Arrears, Kept, Registered
from tests.contracts.entries import entry
from tests.reports.sheets import AT

HEALTH, HOME = OrganId("H56.20"), OrganId("H56.21")
DIRECTORY = Directory.of([Agency(id=HEALTH, name="Sở Y tế"), Agency(id=HOME, name="Sở Nội vụ")])


def kept(organ: OrganId = HEALTH, **fields: object) -> Kept:
    usual = {"organ": organ, "rule": Rule.INTAKE, "type_name": "Công văn", "priority": Priority.NORMAL}
    return Kept(**(usual | fields))  # type: ignore[arg-type]  # the tests name fields of Kept


def ontime(*parts: Kept) -> Report:
    return timeliness.ontime(parts, AT, DIRECTORY, above="", issuer="Tỉnh", at=AT)


def sheet(report: Report, name: str) -> Sheet:
    return next(each for each in report.sheets if each.name == name)


def minutes(*values: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=each) for each in values)


def test_what_is_owed_is_all_that_was_due() -> None:
    counts = timeliness.counted([kept(in_time=5, late=1), kept(overdue=2, open=3, waived=4, extended=6)])
    assert counts.owed == 15


def test_the_share_is_of_what_was_met_or_should_have_been() -> None:
    assert timeliness.counted([kept(in_time=3, late=1, overdue=1, open=7, waived=8)]).share == 0.6


def test_what_nobody_can_judge_has_no_share_and_no_median() -> None:
    counts = timeliness.counted([kept(open=1)])
    assert (counts.share, counts.median) == (None, None)


def test_the_median_of_several_is_that_of_all_their_times() -> None:
    counts = timeliness.counted([kept(took=minutes(1, 2, 60)), kept(took=minutes(3, 4, 5, 6))])
    assert counts.median == timedelta(minutes=4)


def test_agencies_are_named_and_sorted_by_name() -> None:
    lines = sheet(ontime(kept(HEALTH, in_time=1), kept(HOME, in_time=2)), "Theo cơ quan").lines
    assert [line[:2] for line in lines] == [("Sở Nội vụ", 2), ("Sở Y tế", 1)]


def test_an_agency_that_left_the_directory_is_named_by_its_id() -> None:
    assert sheet(ontime(kept(OrganId("H56.99"), in_time=1)), "Theo cơ quan").lines[0][0] == "H56.99"


def test_rules_and_priorities_stand_in_their_own_order() -> None:
    report = ontime(
        *(kept(rule=rule, priority=priority) for rule in reversed(Rule) for priority in (Priority.EXPRESS, Priority.NORMAL))
    )
    assert [line[0] for line in sheet(report, "Theo độ khẩn").lines] == ["Thường", "Hỏa tốc"]
    assert str(sheet(report, "Theo thời hạn").lines[0][0]).startswith("Phát hành")


def test_every_sheet_of_one_report_has_the_same_total() -> None:
    report = ontime(kept(in_time=1), kept(HOME, late=2, type_name=""), kept(rule=Rule.RESPONSE, overdue=3))
    totals = {each.total[len(each.columns) - 9 :] for each in report.sheets if each.total is not None}
    assert totals == {(6, 1, 2, 3, 0, 0, 0, 1 / 6, None)}


def test_documents_of_before_types_were_kept_are_counted_last() -> None:
    lines = sheet(ontime(kept(type_name=""), kept(type_name="Tờ trình")), "Theo loại văn bản").lines
    assert [line[0] for line in lines] == ["Tờ trình", "(chưa ghi loại)"]


def test_a_month_without_deadlines_is_said_to_be_empty() -> None:
    assert [(each.total, len(each.lines)) for each in ontime().sheets] == [(None, 0)] * len(ontime().sheets)


def test_the_list_of_what_is_overdue_says_who_owes_what_to_whom_and_for_how_long() -> None:
    report = arrears.overdue(Arrears(items=(arrear(),), total=1), None, DIRECTORY, above="", issuer="Tỉnh", at=AT)
    (line,) = report.sheets[0].lines
    assert line[0] == "Sở Y tế" and line[2] == "15/UBND-VP" and line[5] == "Sở Nội vụ"
    assert line[7] == timedelta(hours=3) and line[8] == "Khẩn; Phòng Nghiệp vụ; tạm tính; gia hạn: bão số 9"
    assert "1 việc quá hạn" in report.sheets[0].subtitle


def test_a_list_that_is_cut_says_so() -> None:
    report = arrears.overdue(Arrears(items=(arrear(),), total=12), AT, DIRECTORY, above="", issuer="Tỉnh", at=AT)
    assert "1 việc đầu trong số 12" in report.sheets[0].notes[0]
    assert report.sheets[0].subtitle.startswith("Đến hạn trong tháng 2 năm 2026")


def arrear() -> Arrear:
    document = entry(15).document
    about = Registered(
        document=document.id,
        document_id=document.document_id,
        number="15",
        notation="UBND-VP",
        promulgated_on=document.promulgated_on,
        type_name="Công văn",
        subject="V/v kết nối",
        priority=Priority.URGENT,
        business_type=BusinessType.NEW,
        response_needed=True,
        due_on=None,
    )
    own = Deadline(
        id="a",
        rule=Rule.RESPONSE,
        document=document.id,
        delivery="d",
        organ=HEALTH,
        creditor=HOME,
        unit="Phòng Nghiệp vụ",
        starts_at=AT,
        due_at=AT,
        provisional=True,
        state=DeadlineState.OVERDUE,
        reason="bão số 9",
    )
    return Arrear(deadline=own, about=about, late_by=timedelta(hours=3))
