"""`lienthong queues`, `lienthong system pause|resume`: what waits to be pushed to which system, and whether it flows."""

from datetime import datetime
from pathlib import Path

from gateway.core.circuit import CircuitState
from gateway.core.fault_codes import FAULTS
from gateway.core.model import VIETNAM
from gateway.entry.api.admin import rendering
from gateway.entry.cli.operations import decision, here, opened
from gateway.entry.cli.output import Outcome
from gateway.flows import oversee
from gateway.flows.oversee import QueueStanding
from gateway.ports import Untold

_STATES = {
    CircuitState.CLOSED: "thông · flowing",
    CircuitState.PARKED: "ngắt, đang dò lại · parked",
    CircuitState.RECOVERING: "đang thông dần · recovering",
    CircuitState.PAUSED: "tạm dừng · paused",
}


async def listing(config: Path) -> Outcome:
    """List the queues, with the circuits of their systems."""
    async with opened(config) as at:
        found = await oversee.queues(at.outbox, at.rules())
        untold = await at.notices.untold()
    vi = "\n".join(f"✗ {each.system} chưa nghe được tin từ {each.oldest_at:%d/%m/%Y %H:%M}: {_cause(each)}" for each in untold)
    en = "\n".join(f"{each.system} could not be told its news since {each.oldest_at:%Y-%m-%d %H:%M}" for each in untold)
    return Outcome(
        data={"items": [rendering.queue(each) for each in found], "untold": [rendering.untold(each) for each in untold]},
        rows=[_row(each) for each in found],
        vi=vi if found else "Chưa có hệ thống nào mà trục tự chuyển tới.",
        en=en if found else "There is no system that the hub pushes to.",
    )


async def pause(config: Path, system: str, reason: str, until: datetime | None) -> Outcome:
    """Push nothing to a system for a while."""
    async with opened(config) as at:
        circuit = await oversee.pause(at.outbox, at.rules(), system, decision(reason), here(until))
    vi, en = (f" tới {until:%d/%m/%Y %H:%M}", f" until {until:%Y-%m-%d %H:%M}") if until else ("", "")
    return Outcome(
        data=rendering.circuit(circuit),
        vi=f"✓ Tạm dừng chuyển tới {system}{vi}. Chuyển tiếp: lienthong system resume {system} --reason …",
        en=f"Paused {system}{en}. To go on: lienthong system resume {system} --reason …",
    )


async def resume(config: Path, system: str, reason: str) -> Outcome:
    """Push to a system again."""
    async with opened(config) as at:
        circuit = await oversee.resume(at.outbox, at.rules(), system, decision(reason))
    state = _STATES[circuit.state]
    return Outcome(data=rendering.circuit(circuit), vi=f"✓ Chuyển tiếp tới {system}: {state}.", en=f"Resumed {system}.")


async def replay(config: Path, system: str, reason: str, since: datetime) -> Outcome:
    """Have a system told again all news since a moment."""
    moment = since.replace(tzinfo=VIETNAM)
    async with opened(config) as at:
        await oversee.replay(at.notices, at.rules(), system, decision(reason), moment)
    return Outcome(
        data={"system": system, "since": moment.isoformat()},
        vi=f"✓ {system} được báo lại mọi tin từ {moment:%d/%m/%Y %H:%M}.",
        en=f"{system} is told again all news since {moment:%Y-%m-%d %H:%M}.",
    )


def _cause(untold: Untold) -> str:
    return f"{FAULTS[untold.cause].vi} {untold.why or ''}".strip()


def _row(standing: QueueStanding) -> dict[str, object]:
    tally, circuit = standing.tally, standing.circuit
    return {
        "Hệ thống · System": tally.queue.system,
        "Làn · Lane": tally.queue.lane,
        "Đang chờ · Waiting": tally.waiting,
        "Ở hàng đợi · Published": tally.published,
        "Đang chuyển · Attempted": tally.attempted,
        "Cũ nhất · Oldest": f"{tally.oldest_at:%d/%m/%Y %H:%M}" if tally.oldest_at else None,
        "Trạng thái · Circuit": _STATES[circuit.state],
        "Lý do · Why": " ".join(part for part in (circuit.cause, circuit.why) if part),
    }
