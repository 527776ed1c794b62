"""`lienthong calendar seed`: a year's calendar file proposed from the law and the lunar calendar, for a person to complete."""

import importlib.metadata
import importlib.util
import json
from datetime import date
from pathlib import Path
from typing import Final

from gateway.core.faults import Misconfigured
from gateway.entry.cli.output import Outcome
from gateway.infra.key_files import misconfigured

FIRST: Final = 2021
"""The Labour Code of 2019, which every proposed day cites, is in force since."""
LAST: Final = 2099
"""The library knows the lunar calendar to here."""
LAWFUL: Final = ("Tết", "Giao thừa", "Mùng", "29 Tết", "Ngày Giỗ Tổ", "Ngày Chiến thắng", "Ngày Quốc tế Lao động", "Quốc khánh")
"""How the library's names of the holidays of article 112 begin; what begins otherwise rests on something else."""
SWAPPED: Final = "thay cho ngày"
COMPENSATORY: Final = " (nghỉ bù)"
SATURDAY: Final = 5

_HEAD: Final = """\
# Lịch làm việc của cơ quan nhà nước năm {year}, TẠM TÍNH: đề xuất theo Bộ luật Lao động 2019 (Đ111, Đ112) và âm lịch, bằng
# thư viện holidays {version}. Trước khi dùng: đối chiếu với thông báo nghỉ Tết, Quốc khánh và công văn hoán đổi của năm ấy;
# sửa ngày, điền số văn bản, điền thứ Bảy làm bù; rồi bỏ dòng status.
# State offices in {year}, PROVISIONAL: proposed by the Labour Code 2019 (articles 111, 112) and the lunar calendar, by the
# library holidays {version}. Before use: compare with the year's announcements, mend the days, name the decisions, fill in the
# working Saturdays; then take the line status out.

status = "tạm tính"
"""
_FILL_IN: Final = """\
# Điền thứ Bảy làm bù, mỗi ngày kèm số văn bản · Fill in the working Saturdays, each with its decision:
# {year}-…-… = "Làm thay ngày …/… (số văn bản)"
"""


def seed(year: int) -> str:
    """Propose the file of a year. Raises `misconfigured` where the library is not installed."""
    if importlib.util.find_spec("holidays") is None:
        raise Misconfigured(
            "misconfigured",
            detail="Thiếu thư viện holidays: pip install 'lienthong[calendar]'",
            detail_en="The library holidays is missing: pip install 'lienthong[calendar]'",
        )
    import holidays  # an extra, and its import costs

    known = holidays.country_holidays("VN", years=year, language="vi")
    off = [_off(day, known[day]) for day in sorted(known) if day.year == year and day.weekday() < SATURDAY]
    worked = [
        _line(day, "Làm bù (điền ngày nghỉ thay và số văn bản)") for day in sorted(known.weekend_workdays) if day.year == year
    ]
    head = _HEAD.format(year=year, version=importlib.metadata.version("holidays"))
    return "\n".join((head, "[off]", *off, "", "[worked]", *worked, _FILL_IN.format(year=year)))


def write(year: int, output: Path) -> Outcome:
    """Write the proposal of a year into a file that is not there yet. Raises `misconfigured`."""
    proposed = seed(year)
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(proposed)
    except FileExistsError:
        raise misconfigured(output, "tệp đã có, không ghi đè", "the file exists and is not overwritten") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise misconfigured(output, f"không ghi được: {reason}", f"it cannot be written: {reason}") from error
    return Outcome(
        data={"year": year, "file": str(output), "provisional": True},
        vi=f"✓ {output}: lịch tạm tính năm {year}. Đối chiếu với thông báo chính thức, điền thứ Bảy làm bù, rồi bỏ dòng status.",
        en=f"{output}: provisional days of {year}. Compare with what is announced, fill in the Saturdays, then take status out.",
    )


def _off(day: date, name: str) -> str:
    """Write a day off with its basis; one that the Labour Code does not know is left for a person to decide, as a comment."""
    _, swapped, worked = name.partition(SWAPPED)
    if swapped:
        return _line(day, f"Nghỉ {SWAPPED} {worked.strip(' )')} (hoán đổi: điền số văn bản)")
    if not name.startswith(LAWFUL):
        return f"# {_line(day, f'{name} (không có trong BLLĐ 2019 Đ112: cần căn cứ)')}"
    holiday, compensatory, _ = name.partition(COMPENSATORY)
    return _line(day, f"{holiday} (nghỉ bù, BLLĐ 2019 Đ111.3)" if compensatory else f"{holiday} (BLLĐ 2019 Đ112)")


def _line(day: date, basis: str) -> str:
    return f"{day.isoformat()} = {json.dumps(basis, ensure_ascii=False)}"
