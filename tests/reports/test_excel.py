"""The Excel workbook: real values, ready to be filtered and printed."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import Workbook, load_workbook

from gateway.entry.reports.excel import CELL_CHARACTERS, HEADER, excel
from gateway.entry.reports.sheet import Line, Report
from tests.reports.sheets import AT, LINE, report

FIRST = HEADER + 2
"""The first line, as Excel counts."""


def opened(drawn: Report) -> Workbook:
    return load_workbook(io.BytesIO(excel(drawn)))


def cells(drawn: Report, row: int = FIRST) -> list[object]:
    return [cell.value for cell in opened(drawn)["Sổ"][row]]


def test_dates_numbers_and_times_are_values_and_not_text() -> None:
    said = cells(report(LINE))
    assert said[0] == 7 and said[4:6] == [1234, 0.925]
    day = AT.replace(tzinfo=None)
    assert said[2:4] == [day.replace(day=1, hour=0, minute=0), day]
    assert said[6] == timedelta(hours=2, minutes=5)


def test_vietnamese_letters_and_all_names_are_kept() -> None:
    said = cells(report(LINE))
    assert (said[1], said[7]) == ("Sở Y tế", "UBND xã A; UBND xã B")


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "{=1}", "http://x.vn", "-2+3"])
def test_what_a_sender_wrote_is_never_a_formula_or_a_link(text: str) -> None:
    cell = opened(report((1, text, *LINE[2:])))["Sổ"].cell(FIRST, 2)
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_text_that_excel_would_not_take_is_cut() -> None:
    said = cells(report((1, "x" * (CELL_CHARACTERS + 1), *LINE[2:])))
    assert len(str(said[1])) == CELL_CHARACTERS


def test_control_characters_do_not_break_the_workbook() -> None:
    assert "Sở" in str(cells(report((1, "Sở\x00\x0b Y tế", *LINE[2:])))[1])


def test_the_titles_stay_in_sight_and_on_each_printed_page() -> None:
    page = opened(report(LINE))["Sổ"]
    assert page.freeze_panes == f"A{FIRST}"
    assert page.print_title_rows == f"${HEADER + 1}:${HEADER + 1}"
    assert page.auto_filter.ref == f"A{HEADER + 1}:H{FIRST}"
    assert (page.page_setup.orientation, str(page.page_setup.paperSize), page.page_setup.fitToHeight) == ("landscape", "9", 0)


def test_it_says_who_made_it_under_the_motto() -> None:
    page = opened(report(LINE))["Sổ"]
    said = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Ngày 03 tháng 02 năm 2026", "NGƯỜI LẬP"):
        assert words in said


def test_a_note_is_as_wide_as_the_table_and_wrapped() -> None:
    page = opened(report(LINE, notes=("Căn cứ " * 60,)))["Sổ"]
    note = page.cell(FIRST + 2, 1)
    assert note.alignment.wrap_text
    assert f"A{FIRST + 2}:H{FIRST + 2}" in {str(each) for each in page.merged_cells.ranges}
    assert (page.row_dimensions[FIRST + 2].height or 0) > 40


def test_an_empty_report_says_so() -> None:
    assert cells(report(empty="Không có văn bản."))[0] == "Không có văn bản."


def test_a_total_is_the_last_line() -> None:
    total: Line = (None, "Cộng", None, None, 9, None, None, None)
    assert cells(report(LINE, total=total), FIRST + 1)[1] == "Cộng"


def test_an_annex_is_a_worksheet_too() -> None:
    drawn = report(LINE)
    annex = replace(drawn.sheets[0], name="Chi tiết", annex=True)
    assert opened(replace(drawn, sheets=(*drawn.sheets, annex))).sheetnames == ["Sổ", "Chi tiết"]
