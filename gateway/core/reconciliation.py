"""Reconciliation: what each 202 promised is somewhere, and nothing is stuck between two states.

`docs/reconciliation.md` is generated from the tables here.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.lifecycle import Standing
from gateway.core.model import State, StatusCode

STUCK: Final = timedelta(minutes=10)
"""What the relay, the broker, a worker or a probe should have moved is stuck after this; each takes seconds when it works."""
SHOWN: Final = 100
"""Discrepancies of one code that are named; the rest are only counted."""


class Category(StrEnum):
    """What became of a delivery, as the balance adds it up."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    HELD = "held"
    FAILED = "failed"
    RECALLING = "recalling"
    RECALLED = "recalled"
    REJECTED = "rejected"
    REPLACED = "replaced"


CATEGORIES: Final[Mapping[State, Category]] = {
    State.ACCEPTED: Category.WAITING,
    State.QUEUED: Category.WAITING,
    State.AVAILABLE: Category.WAITING,
    State.DELIVERING: Category.WAITING,
    State.COLLECTED: Category.DELIVERED,
    State.RECEIVED: Category.DELIVERED,
    State.ASSIGNED: Category.DELIVERED,
    State.PROCESSING: Category.DELIVERED,
    State.COMPLETED: Category.DELIVERED,
    State.SUSPENDED: Category.HELD,
    State.FAILED: Category.FAILED,
    State.RECALL_REQUESTED: Category.RECALLING,
    State.RECALLED: Category.RECALLED,
    State.REJECTED: Category.REJECTED,
    State.REPLACED: Category.REPLACED,
}
"""Each state is in exactly one category."""

WORDS: Final[Mapping[Category, tuple[str, str]]] = {
    Category.DELIVERED: ("đã tới nơi nhận", "delivered"),
    Category.WAITING: ("đang chờ chuyển", "waiting"),
    Category.HELD: ("đang giữ lại", "held"),
    Category.FAILED: ("không gửi được", "failed"),
    Category.RECALLING: ("chờ trả lời thu hồi", "recall not answered yet"),
    Category.RECALLED: ("đã thu hồi", "recalled"),
    Category.REJECTED: ("bị từ chối, trả lại", "refused or turned back"),
    Category.REPLACED: ("đã thay bằng lượt khác", "replaced by another"),
}

UNSETTLED: Final = frozenset(
    state
    for state, category in CATEGORIES.items()
    if category in {Category.WAITING, Category.HELD, Category.FAILED, Category.RECALLING}
)
"""Somebody still has to move it, so it is looked at however long ago it was accepted."""
PUSHED: Final = frozenset({State.QUEUED, State.DELIVERING, State.RECALL_REQUESTED})
"""The states in which a delivery may have a row in the outbox: an attempt that began before a recall goes on."""
HANDED_OVER: Final = frozenset(lifecycle.PROGRESS.values())
"""The states that say that the receiver has the document."""
PROOFS: Final = frozenset({*(code for code in lifecycle.PROGRESS if code is not None), StatusCode.RECALL_REFUSED})
"""The statuses by which a receiver shows that it has the document."""


class Responder(StrEnum):
    """Who of the hub's people has the next step: those who run it, or those who maintain it (the ledger itself is wrong)."""

    OPERATOR = "operator"
    MAINTAINER = "maintainer"


RESPONDERS: Final[Mapping[Responder, str]] = {
    Responder.OPERATOR: "vận hành · operator",
    Responder.MAINTAINER: "bảo trì · maintainer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a code of discrepancy means to a person."""

    owner: Responder
    vi: str
    en: str
    cure_vi: str
    cure_en: str


def _stuck(vi: str, en: str, cure_vi: str, cure_en: str) -> Kind:
    return Kind(owner=Responder.OPERATOR, vi=vi, en=en, cure_vi=cure_vi, cure_en=cure_en)


def _wrong(vi: str, en: str) -> Kind:
    return Kind(owner=Responder.MAINTAINER, vi=vi, en=en, cure_vi=_RESTORE[0], cure_en=_RESTORE[1])


_RESTORE: Final = (
    "Không sửa tay. Giữ bản sao sổ cái, đối chiếu với bản sao lưu và nhật ký, báo người bảo trì.",
    "Change nothing by hand. Keep a copy of the ledger, compare it with the backup and the log, and tell the maintainers.",
)
_WORKER: Final = (
    "Kiểm tra tiến trình worker còn chạy, và lỗi của nó trong nhật ký; chạy lại worker, rồi kiểm tra lại.",
    "See that the worker runs, and its errors in the log; start it again, then check again.",
)
_BROKER: Final = (
    "Kiểm tra broker và kết nối tới nó (lienthong check), và worker còn chạy; văn bản tự đi tiếp khi cả hai chạy lại.",
    "See to the broker and the connection to it (lienthong check), and that the worker runs; documents go on by themselves.",
)

DISCREPANCIES: Final[Mapping[str, Kind]] = {
    "document-unattested": _wrong("Văn bản không có biên nhận đã nhận.", "A document has no receipt of its acceptance."),
    "document-without-deliveries": _wrong("Văn bản không có lượt chuyển nào.", "A document has no delivery."),
    "promise-unreadable": _wrong(
        "Lời đáp 202 của văn bản không nêu lượt chuyển nào.", "The answer (202) of a document names no delivery."
    ),
    "delivery-missing": _wrong(
        "Lượt chuyển đã hứa trong lời đáp 202 không có trong sổ cái.", "A delivery that the 202 promised is not in the ledger."
    ),
    "delivery-unpromised": _wrong(
        "Lượt chuyển không lời đáp nào hứa, và không thay cho lượt nào.",
        "A delivery that no answer promised, and that replaces none.",
    ),
    "replacement-missing": _wrong(
        "Lượt chuyển đã được thay, nhưng không lượt nào còn hiệu lực thay nó.",
        "A delivery is replaced, and none that counts stands in its place.",
    ),
    "standing-impossible": _wrong(
        "Bước, mã trạng thái và tiến độ không khớp vòng đời (docs/lifecycle.md).",
        "State, status code and progress do not agree with the lifecycle (docs/lifecycle.md).",
    ),
    "receipt-repeated": _wrong("Một sự việc có nhiều hơn một biên nhận.", "One fact has more than one receipt."),
    "status-unattested": _wrong("Trạng thái đã ghi nhưng không có biên nhận.", "A status was recorded without a receipt."),
    "collection-unattested": _wrong(
        "Văn bản ghi là đã tới, nhưng không biên nhận hay trạng thái nào chứng tỏ.",
        "A delivery stands as handed over, and no receipt or status proves it.",
    ),
    "recall-adrift": _stuck(
        "Chờ nơi nhận trả lời thu hồi, nhưng không có gì chứng tỏ nơi nhận có văn bản, và không còn lần gửi nào.",
        "A recall waits for its receiver, though nothing shows that he has the document, and no attempt is left.",
        "Hỏi nơi nhận có văn bản không; nơi nhận báo 15 (đồng ý) hay 16 (từ chối).",
        "Ask the receiver whether he has the document; he then reports 15 (agreed) or 16 (refused).",
    ),
    "outbox-missing": _wrong(
        "Lượt chuyển ở bước gửi đi nhưng không có trong hàng gửi: không ai gửi nó.",
        "A delivery is to be pushed and is not in the outbox: nobody pushes it.",
    ),
    "outbox-leftover": _stuck(
        "Hàng gửi còn giữ lượt chuyển đã qua bước gửi.", "The outbox still has a delivery that is past being pushed.", *_WORKER
    ),
    "attempt-mismatch": _wrong(
        "Hàng gửi và lượt chuyển không khớp nhau về việc có đang gửi hay không.",
        "The outbox and the delivery disagree about whether it is being attempted.",
    ),
    "attempt-overdue": _stuck(
        "Lần gửi đã hết giờ lâu rồi mà chưa ai kết thúc nó.", "An attempt ended long ago, and nobody took it back.", *_WORKER
    ),
    "claim-overdue": _stuck(
        "Tiến trình chuyển tiếp đã nhận lượt này rồi dừng, chưa ai nhận lại.",
        "A relay claimed it and stopped, and none took over.",
        *_BROKER,
    ),
    "relay-overdue": _stuck(
        "Đến hạn đã lâu mà chưa được đưa vào broker, dù hệ thống của nơi nhận vẫn nhận.",
        "Due long ago and not published, though the receiver's system takes documents: it waits for the relay.",
        *_BROKER,
    ),
    "broker-overdue": _stuck(
        "Đã đưa vào broker lâu rồi mà không ai lấy ra gửi, và hàng này không có lần gửi nào đang chạy.",
        "Published long ago and taken by nobody, while nothing of its queue is being attempted.",
        *_WORKER,
    ),
    "release-overdue": _stuck(
        "Chờ hệ thống của nơi nhận, nhưng không ai hỏi lại hệ thống ấy hay thả văn bản ra.",
        "It waits for the receiver's system, and nobody asks that system again or lets its documents go.",
        *_WORKER,
    ),
}
"""Every code. A delivery that rightly waits (a parked system, a retry, a hold, a dead letter) is none: the balance counts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One thing that does not agree. `delivery` is None where it is about the whole document; `since` where that is known."""

    code: str
    document: str
    delivery: str | None
    since: datetime | None

    @property
    def vi(self) -> str:
        return DISCREPANCIES[self.code].vi

    @property
    def en(self) -> str:
        return DISCREPANCIES[self.code].en


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Deliveries, and when the document of the oldest was accepted."""

    deliveries: int = 0
    oldest_at: datetime | None = None

    def __add__(self, other: "Count") -> "Count":
        moments = [at for at in (self.oldest_at, other.oldest_at) if at is not None]
        return Count(deliveries=self.deliveries + other.deliveries, oldest_at=min(moments, default=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The deliveries of the documents accepted from `since` (inclusive) to `until` (exclusive); None is without bound.

    `accepted` counts what the answers to the senders promised, whatever the deliveries say; `added` what operators added
    since, in place of deliveries that they redirected.
    """

    since: datetime | None
    until: datetime | None
    documents: int
    accepted: int
    added: int
    states: Mapping[State, Count]

    def of(self, category: Category) -> Count:
        """Add up a category."""
        counts = (count for state, count in self.states.items() if CATEGORIES[state] is category)
        return sum(counts, start=Count())

    @property
    def found(self) -> int:
        """Count the deliveries that are in a category."""
        return sum(count.deliveries for count in self.states.values())

    @property
    def balanced(self) -> bool:
        """Tell whether accepted + added is the sum of all categories."""
        return self.accepted + self.added == self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The balance, how many discrepancies there are of each code, and the first `SHOWN` of each."""

    balance: Balance
    counts: Mapping[str, int]
    discrepancies: tuple[Discrepancy, ...]

    @property
    def clean(self) -> bool:
        """Tell whether all agrees."""
        return self.balance.balanced and not self.counts


def standings() -> frozenset[Standing]:
    """Find every standing that a delivery can come to, by applying every trigger to every standing from the beginnings on."""
    beginnings = [Standing(state=state) for state in (State.SUSPENDED, State.AVAILABLE, State.QUEUED)]
    seen, waiting = set(beginnings), deque(beginnings)
    while waiting:
        new = set(_following(waiting.popleft())) - seen
        seen |= new
        waiting.extend(new)
    return frozenset(seen)


def _following(standing: Standing) -> list[Standing]:
    triggers = {row.trigger for row in lifecycle.TABLE if not isinstance(row.trigger, StatusCode)}
    moved = [lifecycle.pushed(standing, each) for each in triggers]  # whoever pulls a trigger, the table decides
    moved += [_reported(standing, code) for code in StatusCode]
    return [each for each in moved if each is not None]


def _reported(standing: Standing, code: StatusCode) -> Standing | None:
    try:
        return lifecycle.report(standing, code)
    except Rejected:
        return None
