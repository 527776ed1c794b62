"""The PDF: what is said on its pages, whatever comes."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from gateway.entry.reports.pdf import pdf
from gateway.entry.reports.pdf_table import KEPT, NAMES
from gateway.entry.reports.sheet import Line, Report
from tests.reports.sheets import LINE, report


def pages(drawn: Report) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf(drawn))).pages]


def test_values_are_written_as_vietnamese_readers_do() -> None:
    (page,) = pages(report(LINE))
    for words in ("07", "Sở Y tế", "01/02/2026", "03/02/2026 10:30", "1.234", "92,5%", "2 giờ 05 phút", "UBND xã A; UBND xã B"):
        assert words in page


def test_it_has_the_head_and_the_foot_of_an_official_document() -> None:
    (page,) = pages(report(LINE))
    for words in (
        "TRỤC LIÊN THÔNG",
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Ngày 03 tháng 02 năm 2026",
        "SỔ VĂN BẢN ĐẾN",
        "NGƯỜI LẬP",
        "THỦ TRƯỞNG CƠ QUAN",
        "Trang 1/1",
    ):
        assert words in page


def test_each_page_repeats_the_titles_and_tells_its_number() -> None:
    said = pages(report(*[LINE] * 60))
    assert len(said) > 1
    for number, page in enumerate(said, start=1):
        assert "Cơ quan ban hành" in page and f"Trang {number}/{len(said)}" in page


def test_many_names_are_counted_and_not_printed() -> None:
    names = tuple(f"UBND xã {number}" for number in range(NAMES + 800))
    (page,) = pages(report((*LINE[:7], names)))
    assert "và 800 nơi khác" in page


@pytest.mark.parametrize(
    "text", ["<b>&", "</para>", "x" * 5_000, "từ " * 3_000, "\x00\x0b", "1/2/" * 400, "", "\ud7ff😀"], ids=range(8)
)
def test_nothing_that_a_sender_wrote_keeps_a_page_from_being_drawn(text: str) -> None:
    assert pages(report((1, text, *LINE[2:])))


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    (page,) = pages(report((1, "<b>A & B</b>", *LINE[2:])))
    assert "<b>A & B</b>" in page


def test_lines_that_belong_together_stand_under_what_they_have_in_common() -> None:
    drawn = report(*[("Sở Y tế", *LINE[1:])] * 2, ("Sở Nội vụ", *LINE[1:]), grouped=True)
    (page,) = pages(drawn)
    assert page.count("Sở Nội vụ") == 1
    assert "Số đến" not in page


def test_an_annex_is_not_printed() -> None:
    drawn = report(LINE)
    annex = replace(drawn.sheets[0], title="CHI TIẾT", annex=True)
    assert pages(replace(drawn, sheets=(*drawn.sheets, annex))) == pages(drawn)


def test_an_empty_report_says_so_and_can_be_signed() -> None:
    (page,) = pages(report(empty="Không có văn bản."))
    assert "Không có văn bản." in page and "NGƯỜI LẬP" in page


def test_a_total_stands_on_the_last_page() -> None:
    total: Line = (None, "Cộng", None, None, 9, None, None, None)
    assert "Cộng" in pages(report(*[LINE] * 60, total=total))[-1]


@pytest.mark.parametrize("lines", range(1, 45))
def test_signatures_never_stand_on_a_page_of_their_own(lines: int) -> None:
    last = pages(report(*[LINE] * lines))[-1]
    assert "NGƯỜI LẬP" in last
    assert last.count("Sở Y tế") >= min(lines, KEPT)


@pytest.mark.parametrize("lines", range(1, 45))
def test_no_line_is_lost_or_doubled_where_a_page_ends(lines: int) -> None:
    said = " ".join(pages(report(*[(number, *LINE[1:]) for number in range(1, lines + 1)])))
    found = re.findall(r"(\d+) Sở Y tế", said)
    assert [int(each) for each in found] == list(range(1, lines + 1))


def test_a_group_is_named_again_where_its_lines_go_on() -> None:
    said = pages(report(*[("Sở Y tế", *LINE[1:])] * 60, grouped=True))
    assert len(said) > 1
    assert ["Sở Y tế (tiếp theo)" in page for page in said] == [False, *[True] * (len(said) - 1)]


def test_the_name_of_a_group_never_ends_a_page() -> None:
    groups = [(f"Sở thứ {number}", *LINE[1:]) for number in range(60)]
    for page in pages(report(*groups, grouped=True)):
        named = [int(each) for each in re.findall(r"Sở thứ (\d+)", page)]
        assert page.rindex("Sở Y tế") > page.index(f"Sở thứ {named[-1]}")


def test_a_short_table_is_not_cut() -> None:
    first, second = report(*[LINE] * 9).sheets[0], report(*[LINE] * 5, title="THEO ĐỘ KHẨN").sheets[0]
    said = pages(replace(report(LINE), sheets=(first, second)))
    (page,) = [page for page in said if "THEO ĐỘ KHẨN" in page]
    assert page.partition("THEO ĐỘ KHẨN")[2].count("Sở Y tế") == 5
