"""Every transition of a delivery, in one table; `docs/lifecycle.md` is generated from it. Final states never change.

Overdue is an event, not a state. Statuses arrive in any order (field practice), so progress only moves forward:
a late lower code is history, and only 02, 13, 15 and 16 are guarded.
"""

from dataclasses import dataclass, replace
from typing import Final

from gateway.core.faults import Rejected
from gateway.core.model import Owner, State, StatusCode

HAND_OVER = "hand-over"
"""The trigger of the hub itself: the receiver acknowledged that it holds the document."""
ATTEMPT = "attempt"
"""The trigger of a worker: the document is on its way into the receiver's system."""
DEFER = "defer"
"""The trigger of a worker: an attempt came to nothing, or nobody knows what it came to; another follows."""
WITHDRAW = "withdraw"
"""The trigger of a worker: an attempt surely came to nothing, and a recall is waiting for that."""
FAIL = "fail"
"""The trigger of a worker: there will be no further attempt unless an operator says so."""
TURN_DOWN = "turn-down"
"""The trigger of a receiver that polls: its system cannot take the document."""

RELEASE = "release"
"""The trigger of an operator: what waits may go on, to a receiver that polls."""
REQUEUE = "requeue"
"""The trigger of an operator: what waits may go on, to a receiver whose system is pushed to."""
TURN_BACK = "turn-back"
"""The trigger of an operator: what waits goes back to its sender."""
PARK = "park"
"""The trigger of an operator: what could not be delivered is put aside, out of the list of what needs a hand."""
REDIRECT = "redirect"
"""The trigger of an operator: another delivery of the document, to another receiver, takes this one's place."""

SUPERSEDE: Final = "replace"
"""The trigger of a sender: another document of his takes this one's place."""
ASK_UPDATE: Final = "update"
"""The trigger of a sender: who has the document is asked to take what another says of it. No state changes; 15 or 16 answers."""

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
_ON_THE_WAY = frozenset({State.AVAILABLE, State.QUEUED, State.DELIVERING, State.FAILED, State.SUSPENDED})
"""Not known to be handed over, and yet the receiver may have it: its answer may be faster than what we hear of an attempt.

What the policy holds is suspended too, but no receiver knows of it, and nobody attempts it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: in any of `sources`, `trigger` leads to `target`, where None is «back to the progress made»."""

    trigger: str
    sources: frozenset[State]
    target: State | None


TABLE: tuple[Row, ...] = (
    Row(trigger=HAND_OVER, sources=_ON_THE_WAY, target=State.COLLECTED),
    Row(trigger=ATTEMPT, sources=frozenset({State.QUEUED}), target=State.DELIVERING),
    Row(trigger=DEFER, sources=frozenset({State.DELIVERING}), target=State.QUEUED),
    Row(trigger=FAIL, sources=frozenset({State.DELIVERING, State.QUEUED, State.RECALL_REQUESTED}), target=State.FAILED),
    Row(trigger=TURN_DOWN, sources=frozenset({State.AVAILABLE}), target=State.FAILED),
    Row(trigger=WITHDRAW, sources=frozenset({State.RECALL_REQUESTED}), target=State.RECALLED),
    *(Row(trigger=code, sources=_OPEN | _ON_THE_WAY, target=target) for code, target in PROGRESS.items() if code is not None),
    Row(
        trigger=StatusCode.REFUSED,
        sources=_ON_THE_WAY | {State.COLLECTED, State.RECEIVED, State.RECALL_REQUESTED},
        target=State.REJECTED,
    ),
    Row(
        trigger=StatusCode.RECALL_REQUESTED,
        sources=frozenset({State.AVAILABLE, State.SUSPENDED, State.QUEUED, State.FAILED}),
        target=State.RECALLED,
    ),
    Row(trigger=StatusCode.RECALL_REQUESTED, sources=_OPEN | {State.DELIVERING}, target=State.RECALL_REQUESTED),
    Row(trigger=StatusCode.RECALL_AGREED, sources=frozenset({State.RECALL_REQUESTED}), target=State.RECALLED),
    Row(trigger=StatusCode.RECALL_REFUSED, sources=frozenset({State.RECALL_REQUESTED}), target=None),
    Row(trigger=RELEASE, sources=frozenset({State.SUSPENDED, State.FAILED, State.QUEUED}), target=State.AVAILABLE),
    Row(trigger=REQUEUE, sources=frozenset({State.SUSPENDED, State.FAILED, State.AVAILABLE}), target=State.QUEUED),
    Row(trigger=TURN_BACK, sources=frozenset({State.SUSPENDED, State.FAILED}), target=State.REJECTED),
    Row(trigger=PARK, sources=frozenset({State.FAILED}), target=State.SUSPENDED),
    Row(trigger=REDIRECT, sources=frozenset({State.SUSPENDED, State.FAILED}), target=State.REPLACED),
    Row(trigger=SUPERSEDE, sources=_OPEN | _ON_THE_WAY | {State.RECALL_REQUESTED}, target=State.REPLACED),
)

FINAL = frozenset({State.REJECTED, State.RECALLED, State.REPLACED})
ANSWERS = frozenset({StatusCode.RECALL_AGREED, StatusCode.RECALL_REFUSED})
"""The receiver's answer to what the sender asked last: a recall, else an update."""
HOLDING = _OPEN | {State.DELIVERING, State.RECALL_REQUESTED}
"""The receiver has the document, or may have it."""

NEEDS_REASON = frozenset({StatusCode.REFUSED, StatusCode.RECALL_REQUESTED, StatusCode.RECALL_REFUSED})
"""A refusal or recall without a reason is refused (QĐ 28/2018 Đ9, NĐ 30/2020 Đ21)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a delivery stands: `code` is the last status that took effect, `progress` the furthest of 01, 03 … 06.

    `updating` tells that an update waits for its answer.
    """

    state: State
    code: StatusCode | None = None
    progress: StatusCode | None = None
    updating: bool = False


def hand_over(standing: Standing) -> Standing:
    """Move to collected; a delivery that a status has already moved on keeps its standing."""
    target = _target(HAND_OVER, standing.state)
    return standing if target is None else replace(standing, state=target)


def pushed(standing: Standing, trigger: str) -> Standing | None:
    """Give the standing after what a worker did (ATTEMPT, DEFER, WITHDRAW, FAIL); None where it is past being pushed.

    While a recall waits for its answer attempts go on: only they can tell whether the receiver has the document.
    Once the receiver has reported anything, nothing has to. Of an attempt that was lost another may begin.
    """
    if standing.state is State.RECALL_REQUESTED and standing.progress is not None:
        return None
    if standing.state is State.RECALL_REQUESTED and trigger in {ATTEMPT, DEFER}:
        return standing
    if standing.state is State.DELIVERING and trigger == ATTEMPT:
        return standing
    target = _target(trigger, standing.state)
    return None if target is None else replace(standing, state=target)


def superseded(standing: Standing) -> Standing | None:
    """Give the standing after another document took this one's place; None where it is over already."""
    target = _target(SUPERSEDE, standing.state)
    return None if target is None else replace(standing, state=target)


def asked_to_update(standing: Standing) -> Standing | None:
    """Give the standing while an update waits for its answer; None where the receiver has nothing to update."""
    return replace(standing, updating=True) if standing.state in HOLDING else None


def resolve(standing: Standing, trigger: str) -> Standing:
    """Give the standing after what an operator decided. Raises `status-conflict` where the state does not allow it."""
    target = _target(trigger, standing.state)
    if target is None:
        raise _conflict(standing.state, trigger)
    return replace(standing, state=target)


def report(standing: Standing, code: StatusCode) -> Standing:
    """Give the standing after a status; the same standing where the status is only history.

    Raises `status-conflict` where a guarded code (02, 13, 15, 16) does not fit.
    """
    if code in _RANK:
        return _progressed(standing, code)
    if code is StatusCode.REFUSED and _RANK[standing.progress] > _RANK[StatusCode.ARRIVED]:
        raise _conflict(standing.state, code)
    if _is_doubled(standing, code):
        return standing
    if code in ANSWERS and standing.updating and standing.state not in FINAL | {State.RECALL_REQUESTED}:
        return replace(standing, code=code, updating=False)
    if code is StatusCode.RECALL_REFUSED and standing.state is State.RECALL_REQUESTED:
        return replace(standing, state=PROGRESS[standing.progress], code=code)
    target = _target(code, standing.state)
    if target is None:
        raise _conflict(standing.state, code)
    return replace(standing, state=target, code=code)


def owner(state: State) -> Owner | None:
    """Tell whose move it is in a state; None when nobody owes anything."""
    if state in FINAL or state is State.COMPLETED:
        return Owner.SENDER if state is State.REJECTED else None
    if state in {State.ACCEPTED, State.QUEUED, State.DELIVERING, State.SUSPENDED, State.FAILED}:
        return Owner.HUB
    return Owner.RECEIVER


def _is_doubled(standing: Standing, code: StatusCode) -> bool:
    """Tell whether the status says what was said last."""
    if standing.code is not code:
        return False
    return standing.state in FINAL | {State.RECALL_REQUESTED} or (code in ANSWERS and not standing.updating)


def _progressed(standing: Standing, code: StatusCode) -> Standing:
    if standing.state in FINAL or _RANK[code] <= _RANK[standing.progress]:
        return standing
    if standing.state is State.RECALL_REQUESTED:  # work goes on while the recall waits for its answer
        return replace(standing, progress=code)
    return replace(standing, state=PROGRESS[code], code=code, progress=code)


def _target(trigger: str, state: State) -> State | None:
    return next((row.target for row in TABLE if row.trigger == trigger and state in row.sources), None)


def _conflict(state: State, code: str) -> Rejected:
    return Rejected(
        "status-conflict",
        path="StatusCode",
        detail=f"Trạng thái {code} không hợp lệ khi văn bản đang ở bước «{state}».",
        detail_en=f"Status {code} is not allowed while the delivery is {state}.",
    )
