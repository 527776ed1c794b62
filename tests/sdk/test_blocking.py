import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from gateway.core.faults import Transient
from gateway.flows.within import within
from gateway.sdk import Collected, CollectedStatus, StatusCode
from gateway.sdk.blocking import BlockingAdapter, Threaded

STATUS = CollectedStatus(reference="1", key="d", code=StatusCode.ARRIVED)


class Slow(BlockingAdapter):
    """Gives one status, then hangs until it is let go."""

    def __init__(self) -> None:
        self.go, self.ended = threading.Event(), threading.Event()

    def collect(self) -> Iterator[Collected]:
        try:
            yield STATUS
            self.go.wait()
        finally:
            self.ended.set()


async def test_a_collection_that_hangs_is_given_up_as_what_it_is_and_ends_with_its_thread() -> None:
    slow = Slow()
    with pytest.raises(Transient) as fault:
        async with aclosing(Threaded(slow).collect()) as waiting:
            assert await anext(waiting) == STATUS
            await within(0.05, anext(waiting))
    assert fault.value.code == "receiver-timeout"
    slow.go.set()
    assert slow.ended.wait(5)


async def test_a_collection_that_is_left_half_way_is_closed() -> None:
    slow = Slow()
    async with aclosing(Threaded(slow).collect()) as waiting:
        assert await anext(waiting) == STATUS
    assert slow.ended.is_set()
