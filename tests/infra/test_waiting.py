"""Wake-ups for those who wait."""

import asyncio

from gateway.core.model import OrganId
from gateway.infra.waiting import ProcessWaiting

ONE, OTHER = OrganId("H56.40.02"), OrganId("H56.01.07")
SOON, LONG = 0.05, 10.0


async def woken(changed: "asyncio.Task[None]") -> bool:
    """Tell whether one who would wait LONG returns at once."""
    done, _ = await asyncio.wait({changed}, timeout=1)
    changed.cancel()
    return bool(done)


async def test_one_who_waits_is_woken_for_any_of_his_organs() -> None:
    waiting = ProcessWaiting()
    with waiting.watch({ONE, OTHER}) as watch:
        changed = asyncio.create_task(watch.changed(LONG))
        await asyncio.sleep(0)
        waiting.notify([OTHER])
        assert await woken(changed)


async def test_what_is_notified_before_he_waits_is_not_missed() -> None:
    waiting = ProcessWaiting()
    with waiting.watch({ONE}) as watch:
        waiting.notify([ONE])
        assert await woken(asyncio.create_task(watch.changed(LONG)))


async def test_one_notice_wakes_once() -> None:
    waiting = ProcessWaiting()
    with waiting.watch({ONE}) as watch:
        waiting.notify([ONE])
        await watch.changed(LONG)
        assert not await woken(asyncio.create_task(watch.changed(LONG)))


async def test_another_organs_notice_wakes_nobody() -> None:
    waiting = ProcessWaiting()
    with waiting.watch({ONE}) as watch:
        waiting.notify([OTHER])
        assert not await woken(asyncio.create_task(watch.changed(LONG)))


async def test_all_who_wait_are_woken() -> None:
    waiting = ProcessWaiting()
    with waiting.watch({ONE}) as first, waiting.watch({ONE}) as second:
        waiting.notify([ONE])
        assert await woken(asyncio.create_task(first.changed(LONG)))
        assert await woken(asyncio.create_task(second.changed(LONG)))


async def test_waiting_ends_by_itself() -> None:
    with ProcessWaiting().watch({ONE}) as watch:
        await asyncio.wait_for(watch.changed(SOON), 5)


async def test_who_kept_a_mark_knows_whether_something_happened_since_to_anybody() -> None:
    waiting, other = ProcessWaiting(), ProcessWaiting()
    before = waiting.mark
    assert waiting.mark == before != other.mark
    waiting.notify([ONE])
    assert waiting.mark != before
