"""What states, causes, rules and events are called on the screen, in both languages, and how loudly they look."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from gateway.core.circuit import CircuitState
from gateway.core.deadlines import RULES, DeadlineState, Rule
from gateway.core.fault_codes import FAULTS
from gateway.core.model import Event, Lane, Owner, Priority, State, StatusCode
from gateway.core.trust import Verdict
from gateway.entry.reports.words import PRIORITIES
from gateway.entry.reports.words import STATES as STATES_VI
from gateway.ports import JobState, Obstacle, Task

Pair = tuple[str, str]
"""Vietnamese, English."""


class Condition(IntEnum):
    """How an agency fares, the most harmful first."""

    DISCONNECTED = 0
    LATE = 1
    SILENT = 2
    PAUSED = 3
    NEW = 4
    GOOD = 5
    ENDED = 6

    @property
    def word(self) -> str:
        """Name it as addresses do."""
        return self.name.lower()


CONDITIONS: Final[Mapping[Condition, Pair]] = {
    Condition.DISCONNECTED: ("Mất kết nối", "Disconnected"),
    Condition.LATE: ("Trễ", "Late"),
    Condition.SILENT: ("Im lặng", "Silent"),
    Condition.PAUSED: ("Tạm dừng", "Paused"),
    Condition.NEW: ("Mới", "New"),
    Condition.GOOD: ("Tốt", "Good"),
    Condition.ENDED: ("Ngoài hiệu lực", "Not in force"),
}
CONDITION_TONES: Final[Mapping[Condition, str]] = {
    Condition.DISCONNECTED: "bad",
    Condition.LATE: "bad",
    Condition.SILENT: "warn",
    Condition.PAUSED: "warn",
    Condition.NEW: "wait",
    Condition.GOOD: "good",
    Condition.ENDED: "idle",
}

STATES_EN: Final[Mapping[State, str]] = {
    State.ACCEPTED: "Accepted",
    State.QUEUED: "Waiting to be pushed",
    State.AVAILABLE: "Waiting to be fetched",
    State.DELIVERING: "Being delivered",
    State.COLLECTED: "Arrived",
    State.RECEIVED: "Taken in",
    State.ASSIGNED: "Assigned",
    State.PROCESSING: "In process",
    State.COMPLETED: "Completed",
    State.REJECTED: "Returned",
    State.RECALL_REQUESTED: "Recall requested",
    State.RECALLED: "Recalled",
    State.REPLACED: "Replaced",
    State.SUSPENDED: "Held",
    State.FAILED: "Undeliverable",
}
TONES: Final[Mapping[State, str]] = {
    State.FAILED: "bad",
    State.REJECTED: "bad",
    State.SUSPENDED: "warn",
    State.RECALL_REQUESTED: "warn",
    State.QUEUED: "wait",
    State.AVAILABLE: "wait",
    State.DELIVERING: "wait",
    State.ACCEPTED: "wait",
    State.RECALLED: "idle",
    State.REPLACED: "idle",
}
"""How a state looks; what is not named is good."""
PRIORITIES_EN: Final[Mapping[Priority, str]] = {
    Priority.NORMAL: "Normal",
    Priority.URGENT: "Urgent",
    Priority.VERY_URGENT: "Very urgent",
    Priority.EXPRESS: "Express",
    Priority.EXPRESS_TIMED: "Express, timed",
}
CIRCUITS: Final[Mapping[CircuitState, Pair]] = {
    CircuitState.CLOSED: ("Thông", "Flowing"),
    CircuitState.PARKED: ("Mất kết nối", "Parked"),
    CircuitState.RECOVERING: ("Đang hồi phục", "Recovering"),
    CircuitState.PAUSED: ("Tạm dừng", "Paused"),
}
CIRCUIT_TONES: Final[Mapping[CircuitState, str]] = {
    CircuitState.CLOSED: "good",
    CircuitState.PARKED: "bad",
    CircuitState.RECOVERING: "warn",
    CircuitState.PAUSED: "warn",
}
LANES: Final[Mapping[Lane, Pair]] = {Lane.URGENT: ("khẩn", "urgent"), Lane.NORMAL: ("thường", "normal")}
OWNERS: Final[Mapping[Owner, Pair]] = {
    Owner.SENDER: ("bên gửi", "the sender"),
    Owner.HUB: ("trục", "the hub"),
    Owner.RECEIVER: ("bên nhận", "the receiver"),
}
DEADLINES: Final[Mapping[DeadlineState, Pair]] = {
    DeadlineState.OPEN: ("Chưa đến hạn", "Open"),
    DeadlineState.MET: ("Đã xong", "Met"),
    DeadlineState.OVERDUE: ("Quá hạn", "Overdue"),
    DeadlineState.PAUSED: ("Tạm dừng", "Paused"),
    DeadlineState.EXTENDED: ("Đã gia hạn", "Extended"),
    DeadlineState.WAIVED: ("Đã miễn", "Waived"),
}
CODES: Final[Mapping[StatusCode, Pair]] = {
    StatusCode.ARRIVED: ("01 đã đến", "01 arrived"),
    StatusCode.REFUSED: ("02 từ chối", "02 refused"),
    StatusCode.REGISTERED: ("03 đã tiếp nhận", "03 taken in"),
    StatusCode.ASSIGNED: ("04 phân công", "04 assigned"),
    StatusCode.PROCESSING: ("05 đang xử lý", "05 in process"),
    StatusCode.COMPLETED: ("06 hoàn thành", "06 completed"),
    StatusCode.RECALL_REQUESTED: ("13 xin lấy lại", "13 recall requested"),
    StatusCode.RECALL_AGREED: ("15 đồng ý", "15 agreed"),
    StatusCode.RECALL_REFUSED: ("16 không đồng ý", "16 not agreed"),
}
OBSTACLES: Final[Mapping[Obstacle, Pair]] = {
    Obstacle.UNMATCHED: ("Chưa thấy văn bản", "No such document yet"),
    Obstacle.AMBIGUOUS: ("Nhiều văn bản khớp", "Several documents match"),
    Obstacle.CONFLICT: ("Không hợp bước hiện tại", "Not allowed at this state"),
}
REMEDIES: Final[Mapping[Obstacle, Pair]] = {
    Obstacle.UNMATCHED: (
        "Hỏi nơi báo xem văn bản có đi qua trục không; tìm thấy thì ghi vào, không thì bỏ.",
        "Ask who reported whether the document went through the hub; record it there, else drop it.",
    ),
    Obstacle.AMBIGUOUS: ("Chọn đúng văn bản được báo.", "Choose the document that is meant."),
    Obstacle.CONFLICT: (
        "Xem văn bản đang ở bước nào: chờ nó tới bước đó rồi ghi, hoặc bỏ.",
        "See where the document is: record it once that allows it, or drop it.",
    ),
}
VERDICTS: Final[Mapping[Verdict, Pair]] = {
    Verdict.GOOD: ("Dùng được", "Good"),
    Verdict.EARLY: ("Chưa đến ngày", "Not yet"),
    Verdict.EXPIRED: ("Hết hạn", "Expired"),
    Verdict.REVOKED: ("Bị thu hồi", "Revoked"),
    Verdict.UNKNOWN: ("Chưa rõ có bị thu hồi không", "Revocation unknown"),
}
VERDICT_TONES: Final[Mapping[Verdict, str]] = {
    Verdict.GOOD: "good",
    Verdict.EARLY: "wait",
    Verdict.EXPIRED: "idle",
    Verdict.REVOKED: "bad",
    Verdict.UNKNOWN: "warn",
}
TASKS: Final[Mapping[Task, Pair]] = {
    Task.REQUEUED: ("Gửi lại", "Send again"),
    Task.PARKED: ("Để riêng", "Put aside"),
    Task.REDIRECTED: ("Chuyển nơi khác", "Redirect"),
    Task.TURNED_BACK: ("Trả bên gửi", "Give back"),
}
JOB_STATES: Final[Mapping[JobState, Pair]] = {
    JobState.RUNNING: ("Đang chạy", "Running"),
    JobState.DONE: ("Xong", "Done"),
    JobState.STOPPED: ("Đã dừng", "Stopped"),
}
JOB_TONES: Final[Mapping[JobState, str]] = {JobState.RUNNING: "wait", JobState.DONE: "good", JobState.STOPPED: "idle"}
EVENTS: Final[Mapping[str, Pair]] = {
    "document.accepted": ("Trục đã nhận, đã ghi bền vững", "Accepted by the hub, durably"),
    "delivery.available": ("Sẵn sàng cho bên nhận lấy", "Available to the receiver"),
    "delivery.queued": ("Vào hàng đợi chuyển", "Queued to be pushed"),
    "delivery.deferred": ("Chưa chuyển được, sẽ thử lại", "An attempt came to nothing; to be tried again"),
    "delivery.collected": ("Bên nhận đã lấy về", "Collected by the receiver"),
    "delivery.failed": ("Không gửi được", "Undeliverable"),
    "delivery.parked": ("Để riêng", "Put aside"),
    "delivery.requeued": ("Cho gửi lại", "Sent again"),
    "delivery.redirected": ("Chuyển sang nơi nhận khác", "Redirected to another receiver"),
    "delivery.turned_back": ("Trả lại bên gửi", "Given back to the sender"),
    "delivery.returned": ("Bên nhận trả lượt lấy", "Given back by the receiver"),
    "delivery.held": ("Tạm giữ theo chính sách", "Held by the policy"),
    "delivery.released": ("Cho đi tiếp", "Released"),
    "status.received": ("Bên nhận báo trạng thái", "The receiver reported a status"),
    "recall.requested": ("Bên gửi xin thu hồi", "The sender asked it back"),
    "recall.answered": ("Bên nhận trả lời thu hồi", "The receiver answered the recall"),
    "update.requested": ("Bên gửi cập nhật", "The sender updated it"),
    "update.answered": ("Bên nhận trả lời cập nhật", "The receiver answered the update"),
    "document.replaced": ("Đã được thay thế", "Replaced"),
    "document.answered": ("Đã có văn bản hồi đáp", "Answered by a document"),
    "paper.arrived": ("Bản giấy đã đến", "The paper copy arrived"),
    "deadline.reminder": ("Nhắc hạn", "A reminder"),
    "deadline.overdue": ("Quá hạn", "Overdue"),
    "deadline.escalated": ("Báo lãnh đạo", "The leader was told"),
    "deadline.met": ("Xong thời hạn", "A deadline was met"),
    "deadline.extended": ("Gia hạn", "A deadline was extended"),
    "deadline.paused": ("Tạm dừng thời hạn", "A deadline was paused"),
    "deadline.moved": ("Thời hạn dời theo lịch", "A deadline moved with the calendar"),
    "deadline.resumed": ("Tính tiếp thời hạn", "A deadline runs again"),
    "deadline.waived": ("Miễn thời hạn", "A deadline was waived"),
}


@dataclass(frozen=True, slots=True)
class Sayer:
    """Says each word in one language; for a word that it does not know, the word itself."""

    english: bool

    def state(self, state: State) -> str:
        return STATES_EN[state] if self.english else STATES_VI[state]

    def tone(self, state: State) -> str:
        return TONES.get(state, "good")

    def priority(self, priority: Priority) -> str:
        return PRIORITIES_EN[priority] if self.english else PRIORITIES[priority]

    def circuit(self, state: CircuitState) -> str:
        return CIRCUITS[state][self.english]

    def circuit_tone(self, state: CircuitState) -> str:
        return CIRCUIT_TONES[state]

    def lane(self, lane: Lane) -> str:
        return LANES[lane][self.english]

    def owner(self, owner: Owner) -> str:
        return OWNERS[owner][self.english]

    def deadline(self, state: DeadlineState) -> str:
        return DEADLINES[state][self.english]

    def rule(self, rule: Rule) -> str:
        return RULES[rule].en if self.english else RULES[rule].vi

    def cause(self, code: str | None) -> str:
        """Say what a fault code means."""
        if code is None or code not in FAULTS:
            return "No reason is recorded" if self.english else "Chưa rõ nguyên nhân"
        return (FAULTS[code].en if self.english else FAULTS[code].vi).rstrip(".")

    def cure(self, code: str | None) -> str:
        """Say what to do about a fault code."""
        if code is None or code not in FAULTS:
            return ""
        return FAULTS[code].cure_en if self.english else FAULTS[code].cure_vi

    def code(self, code: StatusCode) -> str:
        return CODES[code][self.english]

    def obstacle(self, obstacle: Obstacle) -> str:
        """Say why a status could not be matched."""
        return OBSTACLES[obstacle][self.english]

    def remedy(self, obstacle: Obstacle) -> str:
        """Say what to do about a status that could not be matched."""
        return REMEDIES[obstacle][self.english]

    def verdict(self, verdict: Verdict) -> str:
        return VERDICTS[verdict][self.english]

    def verdict_tone(self, verdict: Verdict) -> str:
        return VERDICT_TONES[verdict]

    def condition(self, condition: Condition) -> str:
        return CONDITIONS[condition][self.english]

    def condition_tone(self, condition: Condition) -> str:
        return CONDITION_TONES[condition]

    def task(self, task: Task) -> str:
        return TASKS[task][self.english]

    def job(self, state: JobState) -> str:
        return JOB_STATES[state][self.english]

    def job_tone(self, state: JobState) -> str:
        return JOB_TONES[state]

    def event(self, event: Event) -> str:
        """Say what happened, with the status code where one was reported."""
        said = EVENTS.get(event.type, (event.type, event.type))[self.english]
        code = event.data.get("status_code") if event.type == "status.received" else None
        return said if code is None else f"{said}: {self.code(StatusCode(code))}"
