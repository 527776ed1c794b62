"""How a queue moves: what came and went in the last hour, and when it is empty if that goes on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from gateway.core.model import Lane, OrganId
from gateway.entry.console import writing
from gateway.entry.console.visit import Visit
from gateway.ports import Flow

SPAN: Final = timedelta(hours=1)
"""Long enough to even a burst out, short enough to show what this morning is like."""
FARTHEST: Final = timedelta(days=30)
"""A queue that takes longer is not emptied by waiting."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """What came into a queue and left it within `SPAN`."""

    came: int = 0
    went: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What becomes of a queue if it goes on as in the last hour, and how loudly that looks."""

    text: str
    tone: str


async def flows(visit: Visit) -> tuple[Flow, ...]:
    """Read what came and went in the last hour."""
    return await visit.ports.province.flows(visit.now - SPAN, visit.now)


def passing(found: Iterable[Flow], key: Callable[[OrganId, Lane], Key | None]) -> Mapping[Key, Passing]:
    """Add up what came and went by queues; `key` names the queue of an agency and lane, or None."""
    sums: dict[Key, Passing] = {}
    for each in found:
        queue = key(each.organ, each.lane)
        if queue is not None:
            so_far = sums.get(queue, Passing())
            sums[queue] = Passing(came=so_far.came + each.came, went=so_far.went + each.went)
    return sums


def outlook(visit: Visit, waiting: int, moved: Passing, *, stopped: bool) -> Outlook | None:
    """Say when a queue is empty, or that it grows; None where nothing waits."""
    gain = moved.went - moved.came
    if not waiting:
        return None
    if stopped:
        return Outlook(text=visit.say("khi thông lại", "once it flows again"), tone="warn")
    if not moved.went:
        return Outlook(text=visit.say("một giờ nay không đi được lượt nào", "nothing left it for an hour"), tone="bad")
    if gain < 0:
        return Outlook(text=visit.say(f"dài thêm {-gain} mỗi giờ", f"grows by {-gain} an hour"), tone="warn")
    left = waiting / gain * SPAN if gain else FARTHEST
    if left >= FARTHEST:
        return Outlook(text=visit.say("không ngắn lại", "it does not shrink"), tone="warn")
    span = writing.lasting(left, english=visit.english)
    return Outlook(text=visit.say(f"hết sau khoảng {span}", f"empty in about {span}"), tone="good")
