"""Words of the reports."""

from collections.abc import Mapping
from typing import Final

from gateway.core.deadlines import RULES, Rule
from gateway.core.model import BusinessType, Priority, State
from gateway.ports.reports import Counterpart, Registered

STATES: Final[Mapping[State, str]] = {
    State.ACCEPTED: "Đã nhận",
    State.QUEUED: "Chờ chuyển",
    State.AVAILABLE: "Chờ lấy",
    State.DELIVERING: "Đang chuyển",
    State.COLLECTED: "Đã đến",
    State.RECEIVED: "Đã tiếp nhận",
    State.ASSIGNED: "Đã phân công",
    State.PROCESSING: "Đang xử lý",
    State.COMPLETED: "Hoàn thành",
    State.REJECTED: "Trả lại",
    State.RECALL_REQUESTED: "Đang xin thu hồi",
    State.RECALLED: "Đã thu hồi",
    State.REPLACED: "Đã được thay thế",
    State.SUSPENDED: "Tạm giữ",
    State.FAILED: "Không gửi được",
}
PRIORITIES: Final[Mapping[Priority, str]] = {
    Priority.NORMAL: "Thường",
    Priority.URGENT: "Khẩn",
    Priority.VERY_URGENT: "Thượng khẩn",
    Priority.EXPRESS: "Hỏa tốc",
    Priority.EXPRESS_TIMED: "Hỏa tốc hẹn giờ",
}
BUSINESS: Final[Mapping[BusinessType, str]] = {
    BusinessType.NEW: "",
    BusinessType.RECALL: "Thu hồi",
    BusinessType.UPDATE: "Cập nhật",
    BusinessType.REPLACE: "Thay thế",
}
UNKNOWN_TYPE: Final = "(chưa ghi loại)"
"""Documents that were accepted before their type was kept."""


def code(value: Registered) -> str:
    """Write the number and notation as they are printed on the document."""
    return f"{value.number}/{value.notation}"


def links(values: tuple[Counterpart, ...]) -> str:
    """Name the documents of links."""
    return "; ".join(f"{each.code} ngày {each.promulgated_on:%d/%m/%Y}" if each.promulgated_on else each.code for each in values)


def remarks(value: Registered) -> str:
    """Say what is out of the ordinary of a document."""
    urgency = "" if value.priority is Priority.NORMAL else PRIORITIES[value.priority]
    return "; ".join(word for word in (urgency, BUSINESS[value.business_type]) if word)


def rule(value: Rule) -> str:
    """Name a rule, with its article, whose number never begins a line."""
    known = RULES[value]
    article = known.article.replace("Điều ", "Điều\N{NO-BREAK SPACE}")
    return f"{known.vi} ({article})"
