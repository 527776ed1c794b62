"""`lienthong deadlines …`: what is owed in the province, and what an operator decides about it, with a reason and a name."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.core.deadlines import RULES, DeadlineState
from gateway.core.model import VIETNAM
from gateway.entry.api.deadlines import STATES, owed
from gateway.entry.cli.operations import decision, opened
from gateway.entry.cli.output import Outcome
from gateway.flows import keep_time
from gateway.infra.clock import SystemClock
from gateway.ports import Owed, Owing

__all__ = ["STATES", "escalate", "extend", "listing", "pause", "remind", "resume", "waive"]

SHOWN: Final = 500
"""Deadlines that are listed; whoever has more asks for one state, or for the report."""
_STATES: Final[Mapping[DeadlineState, str]] = {
    DeadlineState.OPEN: "đang tính · open",
    DeadlineState.MET: "đã xong · met",
    DeadlineState.OVERDUE: "quá hạn · overdue",
    DeadlineState.EXTENDED: "được gia hạn · extended",
    DeadlineState.PAUSED: "tạm dừng · paused",
    DeadlineState.WAIVED: "được miễn · waived",
}


async def listing(config: Path, state: str | None) -> Outcome:
    """List the earliest due, of one state or of all."""
    async with opened(config) as at:
        rules, now = at.rules(), SystemClock().now()
        await keep_time.keep_time(at.deadlines, rules)
        states = None if state is None else STATES[state]
        page = await at.deadlines.owed(Owing(states=states), after=None, limit=SHOWN)
    return Outcome(
        data=[owed(each, rules, now) for each in page.items],
        rows=[_row(each) for each in page.items],
        vi="" if page.items else "Không có thời hạn nào.",
        en="" if page.items else "There is none.",
    )


async def extend(config: Path, deadline: str, due_at: datetime, reason: str) -> Outcome:
    """Give a deadline another due time."""
    async with opened(config) as at:
        rules, moment = at.rules(), due_at.replace(tzinfo=VIETNAM)
        found = await keep_time.extend(at.deadlines, rules, deadline, moment, decision(reason))
    when = _moment(found)
    return Outcome(data=owed(found, rules, SystemClock().now()), vi=f"✓ Đã gia hạn tới {when}.", en=f"Extended until {when}.")


async def pause(config: Path, deadline: str, reason: str) -> Outcome:
    """Let none of its time pass."""
    async with opened(config) as at:
        found = await keep_time.put_off(at.deadlines, deadline, decision(reason))
        data = owed(found, at.rules(), SystemClock().now())
    return Outcome(
        data=data,
        vi=f"✓ Đã tạm dừng. Tính tiếp: lienthong deadlines resume {deadline} --reason …",
        en=f"Paused. To go on: lienthong deadlines resume {deadline} --reason …",
    )


async def resume(config: Path, deadline: str, reason: str) -> Outcome:
    """Let its time pass again."""
    async with opened(config) as at:
        rules = at.rules()
        found = await keep_time.take_up(at.deadlines, rules, deadline, decision(reason))
    when = _moment(found)
    data = owed(found, rules, SystemClock().now())
    return Outcome(data=data, vi=f"✓ Tính tiếp; hạn mới: {when}.", en=f"Resumed; it is due at {when}.")


async def waive(config: Path, deadline: str, reason: str) -> Outcome:
    """Ask for it no more."""
    async with opened(config) as at:
        found = await keep_time.let_off(at.deadlines, deadline, decision(reason))
        data = owed(found, at.rules(), SystemClock().now())
    return Outcome(data=data, vi="✓ Đã miễn.", en="Waived.")


async def remind(config: Path, deadline: str, reason: str) -> Outcome:
    """Remind who owes it."""
    async with opened(config) as at:
        found = await keep_time.remind(at.deadlines, at.rules(), deadline, decision(reason))
        data = owed(found, at.rules(), SystemClock().now())
    return Outcome(data=data, vi="✓ Đã nhắc.", en="Reminded.")


async def escalate(config: Path, deadline: str, reason: str) -> Outcome:
    """Tell the leader of who owes it."""
    async with opened(config) as at:
        found = await keep_time.escalate(at.deadlines, at.rules(), deadline, decision(reason))
        data = owed(found, at.rules(), SystemClock().now())
    return Outcome(data=data, vi="✓ Đã báo lãnh đạo.", en="The leader was told.")


def _row(value: Owed) -> dict[str, object]:
    deadline, document = value.deadline, value.document
    return {
        "Mã · Id": deadline.id,
        "Thời hạn · Deadline": RULES[deadline.rule].vi,
        "Cơ quan · Agency": deadline.organ,
        "Số, ký hiệu · Code": f"{document.number}/{document.notation}",
        "Đến hạn · Due": _moment(value),
        "Trạng thái · State": _STATES[deadline.state],
        "Lý do · Why": deadline.reason,
    }


def _moment(value: Owed) -> str:
    return f"{value.deadline.due_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
