"""Every transition of a delivery, in one table; `docs/lifecycle.md` is generated from it. Final states never change.

Overdue is an event, not a state. Statuses arrive in any order (field practice), so progress only moves forward:
a late lower code is history, and only 02, 13, 15 and 16 are guarded.
"""

from dataclasses import dataclass

from gateway.core.faults import Rejected
from gateway.core.model import Owner, State, StatusCode

HAND_OVER = "hand-over"
"""The trigger of the hub itself: the receiver acknowledged that it holds the document."""

RELEASE = "release"
"""The trigger of an operator: what the policy held may go on."""
TURN_BACK = "turn-back"
"""The trigger of an operator: what the policy held goes back to its sender."""

PROGRESS: dict[StatusCode | None, State] = {
    None: State.COLLECTED,
    StatusCode.ARRIVED: State.RECEIVED,
    StatusCode.REGISTERED: State.RECEIVED,
    StatusCode.ASSIGNED: State.ASSIGNED,
    StatusCode.PROCESSING: State.PROCESSING,
    StatusCode.COMPLETED: State.COMPLETED,
}
"""The state that each progress code names, in rising order. No code yet: handed over, and nothing reported."""

_RANK = {code: rank for rank, code in enumerate(PROGRESS)}
_OPEN = frozenset(PROGRESS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: in any of `sources`, `trigger` leads to `target`, where None is «back to the progress made»."""

    trigger: str
    sources: frozenset[State]
    target: State | None


TABLE: tuple[Row, ...] = (
    Row(trigger=HAND_OVER, sources=frozenset({State.AVAILABLE}), target=State.COLLECTED),
    *(
        Row(trigger=code, sources=_OPEN | {State.AVAILABLE}, target=target)
        for code, target in PROGRESS.items()
        if code is not None
    ),
    Row(
        trigger=StatusCode.REFUSED,
        sources=frozenset({State.AVAILABLE, State.COLLECTED, State.RECEIVED, State.RECALL_REQUESTED}),
        target=State.REJECTED,
    ),
    Row(trigger=StatusCode.RECALL_REQUESTED, sources=frozenset({State.AVAILABLE, State.SUSPENDED}), target=State.RECALLED),
    Row(trigger=RELEASE, sources=frozenset({State.SUSPENDED}), target=State.AVAILABLE),
    Row(trigger=TURN_BACK, sources=frozenset({State.SUSPENDED}), target=State.REJECTED),
    Row(trigger=StatusCode.RECALL_REQUESTED, sources=_OPEN, target=State.RECALL_REQUESTED),
    Row(trigger=StatusCode.RECALL_AGREED, sources=frozenset({State.RECALL_REQUESTED}), target=State.RECALLED),
    Row(trigger=StatusCode.RECALL_REFUSED, sources=frozenset({State.RECALL_REQUESTED}), target=None),
)

FINAL = frozenset({State.REJECTED, State.RECALLED, State.REPLACED})

NEEDS_REASON = frozenset({StatusCode.REFUSED, StatusCode.RECALL_REQUESTED, StatusCode.RECALL_REFUSED})
"""A refusal or recall without a reason is refused (QĐ 28/2018 Đ9, NĐ 30/2020 Đ21)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a delivery stands: `code` is the last status that took effect, `progress` the furthest of 01, 03 … 06."""

    state: State
    code: StatusCode | None = None
    progress: StatusCode | None = None


def hand_over(standing: Standing) -> Standing:
    """Move to collected; a delivery that a status has already moved on keeps its standing."""
    target = _target(HAND_OVER, standing.state)
    return standing if target is None else Standing(state=target, code=standing.code, progress=standing.progress)


def resolve(standing: Standing, trigger: str) -> Standing:
    """Give the standing after an operator released or turned back what was held. Raises `status-conflict` where nothing is."""
    target = _target(trigger, standing.state)
    if target is None:
        raise _conflict(standing.state, trigger)
    return Standing(state=target, code=standing.code, progress=standing.progress)


def report(standing: Standing, code: StatusCode) -> Standing:
    """Give the standing after a status; the same standing where the status is only history.

    Raises `status-conflict` where a guarded code (02, 13, 15, 16) does not fit.
    """
    if code in _RANK:
        return _progressed(standing, code)
    if code is StatusCode.REFUSED and _RANK[standing.progress] > _RANK[StatusCode.ARRIVED]:
        raise _conflict(standing.state, code)
    if standing.code is code and (standing.state in FINAL or code is StatusCode.RECALL_REQUESTED):
        return standing
    if code is StatusCode.RECALL_REFUSED and standing.state is State.RECALL_REQUESTED:
        return Standing(state=PROGRESS[standing.progress], code=code, progress=standing.progress)
    target = _target(code, standing.state)
    if target is None:
        raise _conflict(standing.state, code)
    return Standing(state=target, code=code, progress=standing.progress)


def owner(state: State) -> Owner | None:
    """Tell whose move it is in a state; None when nobody owes anything."""
    if state in FINAL or state is State.COMPLETED:
        return Owner.SENDER if state is State.REJECTED else None
    if state in {State.ACCEPTED, State.QUEUED, State.DELIVERING, State.SUSPENDED, State.FAILED}:
        return Owner.HUB
    return Owner.RECEIVER


def _progressed(standing: Standing, code: StatusCode) -> Standing:
    if standing.state is State.SUSPENDED:
        raise _conflict(standing.state, code)
    if standing.state in FINAL or _RANK[code] <= _RANK[standing.progress]:
        return standing
    if standing.state is State.RECALL_REQUESTED:  # work goes on while the recall waits for its answer
        return Standing(state=standing.state, code=standing.code, progress=code)
    return Standing(state=PROGRESS[code], code=code, progress=code)


def _target(trigger: str, state: State) -> State | None:
    return next((row.target for row in TABLE if row.trigger == trigger and state in row.sources), None)


def _conflict(state: State, code: str) -> Rejected:
    return Rejected(
        "status-conflict",
        path="StatusCode",
        detail=f"Trạng thái {code} không hợp lệ khi văn bản đang ở bước «{state}».",
        detail_en=f"Status {code} is not allowed while the delivery is {state}.",
    )
