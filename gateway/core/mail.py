"""The words of a letter by e-mail: what is late first, once for each deadline, in Vietnamese and English. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Final

from gateway.core.deadlines import RULES, Deadline, DeadlineState
from gateway.core.directory import Directory
from gateway.core.hours import WorkingTime
from gateway.core.ladder import WORKING_DAY, Audience
from gateway.core.letters import NO_ADDRESS, Letter, Tone, Unreached
from gateway.core.model import Document, OrganId, Priority
from gateway.core.vietnamese import moment

SHOWN: Final = 50
"""Deadlines that are listed: more are counted, since nobody reads on."""

Two = tuple[str, str]
"""The same in Vietnamese and English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A letter, and what it is about as it stands now."""

    letter: Letter
    deadline: Deadline
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail. `id` is of the letters in it: a repeat of the same has the same."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """What the words are made by: the agencies' names, their working time, and the present moment."""

    directory: Directory
    working_time: WorkingTime
    now: datetime


_TONES: Final[Mapping[Tone, Two]] = {
    Tone.LATE: ("quá hạn", "overdue"),
    Tone.SOON: ("sắp đến hạn", "due soon"),
    Tone.OVER: ("đã xong hoặc được gia hạn", "done or given more time"),
}
_URGENT: Final[Mapping[Priority, str]] = {
    Priority.URGENT: "KHẨN",
    Priority.VERY_URGENT: "THƯỢNG KHẨN",
    Priority.EXPRESS: "HỎA TỐC",
    Priority.EXPRESS_TIMED: "HỎA TỐC HẸN GIỜ",
}
_WHY: Final[Mapping[Audience, Two]] = {
    Audience.AGENCY: ("cơ quan phải thực hiện", "the agency that owes it"),
    Audience.LEADER: ("lãnh đạo cơ quan phải thực hiện", "the leader of the agency that owes it"),
    Audience.SENDER: ("cơ quan gửi văn bản", "the agency that sent the document"),
    Audience.PROVINCE: ("đơn vị vận hành trục liên thông", "the officers of the hub"),
}
_HEADS: Final = (
    "Việc · What",
    "Số, ký hiệu · Code",
    "Trích yếu · Subject",
    "Từ → đến · From → to",
    "Đến hạn · Due",
    "Trễ (giờ làm việc) · Late (working time)",
)
_STYLE: Final = "border:1px solid #999;padding:4px 8px;text-align:left;vertical-align:top"


def compose(mailing: str, to: tuple[str, ...], told: tuple[Told, ...], by: Knowing) -> Mail:
    """Write one e-mail to one recipient."""
    rows = _rows(told)
    subject = _subject(rows)
    reasons = _unreached(told, by.directory)
    first = told[0].letter
    vi, en = _WHY[first.audience]
    opening = [f"Kính gửi {_name(first.organ, by.directory) or vi}:", *subject, *reasons]
    more = len(rows) - SHOWN
    closing = [f"… và {more} việc khác. · … and {more} more."] if more > 0 else []
    closing += [
        "Xem tất cả · See all: GET /api/v1/deadlines",
        f"Thư tự động, gửi cho {vi}; xin đừng trả lời. · Sent automatically to {en}; please do not reply.",
    ]
    cells = [_cells(each, by) for each in rows[:SHOWN]]
    return Mail(
        id=mailing,
        to=to,
        subject=_marked(rows) + " · ".join(subject),
        text=_text(opening, cells, closing),
        html=_html(opening, cells, closing),
    )


def _rows(told: tuple[Told, ...]) -> list[Told]:
    """Give what was last said of each deadline: late before soon before over, the urgent first, then the earliest due."""
    last = {each.deadline.id: each for each in sorted(told, key=lambda each: each.letter.at)}
    order = list(_TONES)
    return sorted(last.values(), key=lambda each: (order.index(each.letter.tone), -each.document.priority, each.deadline.due_at))


def _subject(rows: list[Told]) -> Two:
    """Count documents, each once, where it is worst."""
    worst: dict[str, Tone] = {}
    for each in rows:
        worst.setdefault(each.document.id, each.letter.tone)
    counted = {tone: sum(each is tone for each in worst.values()) for tone in _TONES}
    parts = [(count, *_TONES[tone]) for tone, count in counted.items() if count]
    vi = ", ".join(
        f"{count} văn bản {words}" if not place else f"{count} {words}" for place, (count, words, _) in enumerate(parts)
    )
    return vi, ", ".join(f"{count} {words}" for count, _, words in parts)


def _marked(rows: list[Told]) -> str:
    """Give the mark of the most urgent that is not over."""
    priority = max((each.document.priority for each in rows if each.letter.tone is not Tone.OVER), default=Priority.NORMAL)
    return f"[{_URGENT[priority]}] " if priority in _URGENT else ""


def _unreached(told: tuple[Told, ...], directory: Directory) -> list[str]:
    """Say whose address is missing or wrong, each once."""
    gone = dict.fromkeys(one for each in told for one in each.letter.instead)
    return [_said(each, directory) for each in gone]


def _said(gone: Unreached, directory: Directory) -> str:
    key = "leader_email" if gone.audience is Audience.LEADER else "email"
    who = f"{gone.organ} {_name(gone.organ, directory)}".strip()
    if gone.cause == NO_ADDRESS:
        return f"Chưa có địa chỉ thư của {who}: ghi {key} trong agencies.toml. · No address of {who}: set {key} in agencies.toml."
    return (
        f"Máy chủ thư từ chối địa chỉ của {who}: sửa {key} trong agencies.toml. · "
        f"The mail server refuses the address of {who}: correct {key} in agencies.toml."
    )


def _cells(told: Told, by: Knowing) -> tuple[str, ...]:
    deadline, document = told.deadline, told.document
    rule = RULES[deadline.rule]
    vi, en = _TONES[told.letter.tone] if told.letter.tone is not Tone.OVER else _over(deadline)
    unit = f" ({deadline.unit})" if deadline.unit else ""
    return (
        f"{vi.upper()} · {en}: {rule.vi}{unit} · {rule.en} ({rule.article})",
        f"{document.number}/{document.notation}",
        document.subject,
        f"{_name(document.sender, by.directory) or document.sender} → {_name(deadline.organ, by.directory) or deadline.organ}",
        moment(deadline.due_at),
        _late(deadline, by),
    )


def _over(deadline: Deadline) -> Two:
    if deadline.state is DeadlineState.MET and deadline.ended_at is not None:
        return f"đã xong {moment(deadline.ended_at)}", "done"
    if deadline.state is DeadlineState.WAIVED:
        return "không còn phải làm", "no longer owed"
    return "được gia hạn", "given more time"


def _late(deadline: Deadline, by: Knowing) -> str:
    """Say how much working time of the agency that owes has passed since the due time; nothing where none has."""
    if deadline.state is DeadlineState.WAIVED:
        return ""
    spent = by.working_time.of(deadline.organ).working_between(deadline.due_at, deadline.ended_at or by.now)
    if spent < timedelta(minutes=1):
        return ""
    days, rest = divmod(spent, WORKING_DAY)
    hours, minutes = divmod(int(rest.total_seconds()) // 60, 60)
    parts = ((days, "ngày", "d"), (hours, "giờ", "h"), (minutes, "phút", "min"))
    return " · ".join(" ".join(f"{part[0]} {part[language]}" for part in parts if part[0]) for language in (1, 2))


def _name(organ: OrganId, directory: Directory) -> str:
    agency = directory.find(organ)
    return agency.name if agency else ""


def _text(opening: list[str], rows: list[tuple[str, ...]], closing: list[str]) -> str:
    """Write it as plain text: a numbered item for each row."""
    items = [
        "\n".join(
            f"{f'{number}.' if not place else '  '} {head}: {one_line(cell)}" for place, (head, cell) in enumerate(_filled(row))
        )
        for number, row in enumerate(rows, 1)
    ]
    return "\n\n".join(("\n".join(opening), *items, "\n".join(closing))) + "\n"


def _filled(row: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(head, cell) for head, cell in zip(_HEADS, row, strict=True) if cell]


def one_line(text: str) -> str:
    """Keep a value on one line: nobody writes lines of his own into a letter."""
    return " ".join(text.split())


def _html(opening: list[str], rows: list[tuple[str, ...]], closing: list[str]) -> str:
    lines = "\n".join(_row("td", row) for row in rows)
    before, after = ("\n".join(f"<p>{escape(one_line(each))}</p>" for each in part) for part in (opening, closing))
    table = f'<table style="border-collapse:collapse">\n{_row("th", _HEADS)}\n{lines}\n</table>'
    head = '<!doctype html>\n<html lang="vi">\n<head><meta charset="utf-8"></head>\n'
    return f"{head}<body>\n{before}\n{table}\n{after}\n</body>\n</html>\n"


def _row(kind: str, cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f'<{kind} style="{_STYLE}">{escape(one_line(each))}</{kind}>' for each in cells) + "</tr>"
