"""`lienthong calendar effect`: what a new calendar would do to the deadlines that are running."""

from pathlib import Path
from typing import Final

from gateway.core.deadlines import RULES
from gateway.entry.cli.operations import opened
from gateway.entry.cli.output import Outcome
from gateway.flows.keep_time import move_all
from gateway.infra.clock import SystemClock

_AGAIN: Final = " (hết quá hạn · overdue no more)"


async def effect(config: Path) -> Outcome:
    """Show which running deadlines the files, as they are now, would move; nothing is written."""
    async with opened(config) as at:
        changed = await move_all(at.deadlines, at.rules(), SystemClock().now(), preview=True)
    return Outcome(
        data=[
            {
                "id": old.id,
                "rule": old.rule,
                "by": old.organ,
                "due_at": old.due_at.isoformat(),
                "moves_to": new.due_at.isoformat(),
                "state": new.state,
            }
            for old, new in changed
        ],
        rows=[
            {
                "Thời hạn · Deadline": RULES[old.rule].vi,
                "Cơ quan · Agency": old.organ,
                "Đang là · Is": f"{old.due_at:%d/%m/%Y %H:%M}",
                "Sẽ là · Becomes": f"{new.due_at:%d/%m/%Y %H:%M}{'' if new.state is old.state else _AGAIN}",
            }
            for old, new in changed
        ],
        vi="" if changed else "✓ Không thời hạn đang mở nào đổi.",
        en="" if changed else "No running deadline moves.",
    )
