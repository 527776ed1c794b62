"""Sixty days of an invented province: who sent what to whom, and what became of it. The same numbers give the same days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from gateway.core.intake import derived_id
from gateway.core.model import BusinessType, Delivery, Document, Kind, OrganId, Priority, State, StatusCode, SystemId
from gateway.entry.demo.province_names import Seat

DAYS: Final = 60
_SEED: Final = 4764
_TYPES: Final = (
    ("BC", "Báo cáo", "Báo cáo kết quả thực hiện"),
    ("KH", "Kế hoạch", "Kế hoạch triển khai"),
    ("TB", "Thông báo", "Thông báo về"),
    ("GM", "Giấy mời", "Giấy mời họp về"),
    ("QĐ", "Quyết định", "Quyết định về"),
    ("TTr", "Tờ trình", "Tờ trình đề nghị phê duyệt"),
    ("CV", "Công văn", "V/v phối hợp thực hiện"),
    ("CV", "Công văn", "V/v đôn đốc"),
)
_MATTERS: Final = (
    "cải cách hành chính",
    "chuyển đổi số",
    "phòng, chống bão và mưa lũ",
    "giải ngân vốn đầu tư công",
    "tiêm chủng mở rộng",
    "rà soát hộ nghèo, hộ cận nghèo",
    "quyết toán dự án hoàn thành",
    "phòng cháy và chữa cháy",
    "bảo đảm trật tự an toàn giao thông",
    "kê khai tài sản, thu nhập",
    "tuyển sinh năm học mới",
    "cấp giấy chứng nhận quyền sử dụng đất",
    "nuôi trồng thủy sản",
    "bầu cử trưởng thôn",
    "bảo vệ rừng",
    "số hóa hồ sơ lưu trữ",
)
_WHEN: Final = (
    "quý IV",
    "tháng 11",
    "năm 2026",
    "6 tháng cuối năm",
    "đợt 2",
    "theo Nghị quyết của HĐND tỉnh",
    "trên địa bàn tỉnh",
)
_PRIORITIES: Final = (Priority.NORMAL, Priority.URGENT, Priority.VERY_URGENT, Priority.EXPRESS)
_RECEIVERS: Final = ((1, 2, 3, 8), (62, 25, 11, 2))
"""How many receivers a document has, and how often in a hundred."""
REPORTED: Final = {
    State.COLLECTED: StatusCode.ARRIVED,
    State.RECEIVED: StatusCode.REGISTERED,
    State.ASSIGNED: StatusCode.ASSIGNED,
    State.PROCESSING: StatusCode.PROCESSING,
    State.COMPLETED: StatusCode.COMPLETED,
}
CAUSES: Final = (
    ("receiver-refused", "400: ma don vi nhan khong con hieu luc"),
    ("link-unauthorised", "HTTP 401: client certificate expired"),
    ("receiver-failed", "HTTP 500: Oracle ORA-01653 unable to extend table"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Who does not take what is sent: silent agencies, systems that are away, and systems that refuse, for one cause each."""

    silent: frozenset[OrganId]
    away: frozenset[OrganId]
    sick: tuple[OrganId, ...]

    @classmethod
    def among(cls, seats: Sequence[Seat]) -> "Trouble":
        """Choose a few who are not the first: eight are silent, four away, six sick, as far as there are so many."""
        others = [seat.organ for seat in seats[3:]]
        chosen = Random(_SEED).sample(others, min(18, len(others)))  # noqa: S311  an invented province, no secret
        return cls(silent=frozenset(chosen[:8]), away=frozenset(chosen[8:12]), sick=tuple(chosen[12:18]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one delivery; `collected_at` and `moved_at` are when the receiver had it, and reported of it last."""

    delivery: Delivery
    collected_at: datetime | None = None
    moved_at: datetime | None = None


def days(seats: Sequence[Seat], trouble: Trouble, count: int, now: datetime) -> Iterator[tuple[Document, tuple[Fate, ...]]]:
    """Give so many documents with what became of each delivery, in the order of their acceptance."""
    random = Random(_SEED)  # noqa: S311  an invented province, no secret
    weights = list(accumulate(seat.weight for seat in seats))
    numbers: dict[str, int] = {}
    for at in _moments(random, count, now):
        sender = random.choices(seats, cum_weights=weights)[0]
        document = _document(random, sender, numbers, at)
        (number,) = random.choices(_RECEIVERS[0], _RECEIVERS[1])
        to = {seat.organ for seat in random.choices(seats, k=number)} - {sender.organ}
        receivers = sorted(to) or [seats[0].organ if sender.organ != seats[0].organ else seats[1].organ]
        yield document, tuple(_fate(random, document, receiver, trouble, now) for receiver in receivers)


def _moments(random: Random, count: int, now: datetime) -> list[datetime]:
    """Give moments of the last days: most in working hours, few at night and on Sundays."""
    found: list[datetime] = []
    while len(found) < count:
        at = now - timedelta(seconds=random.uniform(1, DAYS * 86_400))
        busy = (0.04 if at.weekday() == 6 else 1) * (1 if 7 <= at.hour < 17 else 0.08)
        if random.random() < busy:
            found.append(at)
    return sorted(found)


def _document(random: Random, sender: Seat, numbers: dict[str, int], at: datetime) -> Document:
    short, name, begins = random.choice(_TYPES)
    number = numbers[sender.organ] = numbers.get(sender.organ, 0) + 1
    notation = f"{short}-{sender.unit}" if short != "CV" else f"{sender.unit}-VP"
    on, due_on = at.date(), _due(random, at)
    natural_key = f"{sender.organ}\n{on.year}\n{number}\n{notation}\n0"
    made = derived_id(natural_key)
    return Document(
        id=made,
        document_id=f"{sender.organ},{on:%Y/%m/%d},{number}/{notation}",
        kind=Kind.DOCUMENT,
        sender=sender.organ,
        number=str(number),
        notation=notation,
        subject=f"{begins} {random.choice(_MATTERS)} {random.choice(_WHEN)}",
        priority=random.choices(_PRIORITIES, (88, 8, 3, 1))[0],
        business_type=BusinessType.NEW,
        promulgated_on=on,
        due_on=due_on,
        response_needed=due_on is not None,
        paper=False,
        natural_key=natural_key,
        sha256=made * 2,
        content_sha256=made * 2,
        size=random.randint(4_000, 3_000_000),
        accepted_at=at,
        system=SystemId(sender.organ),
        type_name=name,
    )


def _due(random: Random, at: datetime) -> date | None:
    return (at + timedelta(days=random.randint(5, 15))).date() if random.random() < 0.3 else None


def _fate(random: Random, document: Document, receiver: OrganId, trouble: Trouble, now: datetime) -> Fate:
    own = Delivery(id=derived_id(document.id, receiver), document=document.id, receiver=receiver, state=State.AVAILABLE)
    age = now - document.accepted_at
    if receiver in trouble.away and age < timedelta(days=1):
        return Fate(delivery=_in(own, State.QUEUED))
    if receiver in trouble.sick and age < timedelta(days=3):
        return Fate(delivery=_in(own, State.FAILED, attempts=8, cause=CAUSES[trouble.sick.index(receiver) % len(CAUSES)]))
    collected_at = document.accepted_at + timedelta(minutes=random.lognormvariate(3, 1))
    if collected_at > now or (receiver in trouble.silent and age < timedelta(days=4)):
        return Fate(delivery=own)
    moved_at = collected_at + timedelta(hours=random.lognormvariate(2, 1))
    if moved_at > now:
        return Fate(delivery=_in(own, State.COLLECTED), collected_at=collected_at)
    ways = (State.RECEIVED, State.PROCESSING, State.COMPLETED, State.ASSIGNED)
    ripe = age > timedelta(days=15) or (document.due_on is not None and document.due_on <= now.date())
    (state,) = random.choices(ways, (1, 1, 1000, 0) if ripe else (30, 40, 20, 10))
    return Fate(delivery=_in(own, state), collected_at=collected_at, moved_at=moved_at)


def _in(delivery: Delivery, state: State, *, attempts: int = 0, cause: tuple[str, str] | None = None) -> Delivery:
    code, answer = cause or (None, None)
    return Delivery(
        id=delivery.id,
        document=delivery.document,
        receiver=delivery.receiver,
        state=state,
        status_code=REPORTED.get(state),
        progress=REPORTED.get(state),
        attempts=attempts,
        cause=code,
        answer=answer,
    )
