"""Jobs are worked off: each dead letter once, whatever the worker died of; at the pace that was chosen; to who is still there."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.directory import Directory
from gateway.core.faults import Rejected
from gateway.entry.worker import Worker
from gateway.flows.oversee import Decision
from gateway.flows.work_off import PACES, begin, lasting, portion, stop, work_off
from gateway.ports import Filter, Job, JobState, Task
from tests.contracts.dead_letters_contract import WHY, audited, failed, listed
from tests.contracts.entries import SENDER
from tests.documents import COMMUNE
from tests.flows.plane import Plane, opened
from tests.flows.test_crash import Crash, Fuse, fused

JOB = "c" * 32
COUNT = 3
PATIENCE_SECONDS = 20
LIMIT = 500
"""Calls that no test here needs."""


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[Plane]:
    async with opened(tmp_path) as plane:
        yield plane


async def pile_up(plane: Plane, count: int = COUNT) -> list[str]:
    ports = plane.ports
    return [each for number in range(1, count + 1) for each in await failed(ports.ledger, ports.outbox, number)]


async def begun(plane: Plane, **more: Any) -> Job:
    asked: dict[str, Any] = {
        "job": JOB,
        "which": Filter(parked=False),
        "task": Task.REQUEUED,
        "to": "",
        "per_minute": None,
    } | more
    decision = Decision(by="truc-ban", reason=WHY, now=plane.clock.now())
    return await begin(plane.ports, plane.rules, decision=decision, **asked)


async def finished(plane: Plane) -> Job:
    """Let worker after worker do what is due, second by second, until the job is over."""
    while (job := await plane.ports.jobs.job(JOB)).state is JobState.RUNNING:
        if not await work_off(plane.ports, plane.rules):
            plane.clock.advance(seconds=1)
    return job


async def requeued(plane: Plane) -> list[str]:
    """Name a delivery for each time that it was let go on."""
    events, _ = await plane.ports.ledger.events({SENDER}, after=None, limit=LIMIT)
    return sorted(each.delivery or "" for each in events if each.type == "delivery.requeued")


async def crash_and_recover(folder: Path, at: int, *, after_effect: bool) -> int:
    """Crash once, then begin again, as who saw no answer does, and run unharmed; give how many calls the first run made."""
    async with opened(folder) as before:
        letters = await pile_up(before)
    fuse = Fuse(at=at, after_effect=after_effect)
    async with opened(folder, through=fused(fuse)) as first:
        with contextlib.suppress(Crash):
            await begun(first, per_minute=60)
            await finished(first)
    async with opened(folder) as second:
        second.clock.advance(minutes=10)
        await begun(second, per_minute=60)
        ended = await finished(second)
        assert (ended.done, ended.failed, ended.left, ended.state) == (COUNT, 0, 0, JobState.DONE)
        assert await requeued(second) == sorted(letters)
        assert [row.count for row in await audited(second.ports.audit)] == [COUNT]
    return fuse.calls


@pytest.mark.parametrize("after_effect", [False, True], ids=["before its effect", "after its effect"])
async def test_a_crash_at_any_call_does_nothing_twice_and_loses_no_count(tmp_path: Path, after_effect: bool) -> None:
    for at in itertools.count(1):
        calls = await crash_and_recover(tmp_path / f"{at}", at, after_effect=after_effect)
        if calls < at:  # it came to the end unharmed
            break
    assert calls > 3 * COUNT


async def test_no_more_are_done_in_a_minute_than_was_chosen(plane: Plane) -> None:
    await pile_up(plane, 13)
    await begun(plane, per_minute=10)
    done = []
    for _ in range(75):
        while await work_off(plane.ports, plane.rules):
            pass
        done.append((await plane.ports.jobs.job(JOB)).done)
        plane.clock.advance(seconds=1)
    assert (done[0], done[5], done[6], done[59], done[74]) == (1, 1, 2, 10, 13)


@given(pace=st.sampled_from([each for each in PACES if each]), seconds=st.integers(1, 3600))
def test_portions_at_their_gaps_make_the_pace_and_are_no_longer_than_a_minute_apart(pace: int, seconds: int) -> None:
    size, gap = portion(pace)
    turns = -(-timedelta(seconds=seconds) // gap)  # rounded up: the first is at once
    assert size * turns <= pace * seconds / 60 + size
    assert size * (timedelta(minutes=1) / gap) == pytest.approx(pace)


async def test_as_fast_as_it_goes_all_are_done_portion_after_portion(plane: Plane) -> None:
    await pile_up(plane)
    await begun(plane)
    assert await work_off(plane.ports, plane.rules)
    assert (await plane.ports.jobs.job(JOB)).state is JobState.DONE
    assert not await work_off(plane.ports, plane.rules)


async def test_the_worker_works_jobs_off(plane: Plane) -> None:
    await pile_up(plane)
    await begun(plane)
    stopping = asyncio.Event()
    working = asyncio.create_task(Worker(plane.ports, lambda: plane.rules).run(stopping))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await plane.ports.jobs.job(JOB)).state is JobState.RUNNING:  # noqa: ASYNC110  the ledger wakes nobody here
            await asyncio.sleep(0.05)
    stopping.set()
    await working
    assert (await plane.ports.jobs.job(JOB)).done == COUNT


async def test_who_was_dissolved_since_gets_nothing_and_it_is_said(plane: Plane) -> None:
    letters = await pile_up(plane, 1)
    await begun(plane, task=Task.REDIRECTED, to=COMMUNE)
    dissolved = (replace(each, valid_to=date(2026, 1, 1)) if each.id == COMMUNE else each for each in plane.rules.directory)
    plane.rules = replace(plane.rules, directory=Directory.of(dissolved))
    job = await finished(plane)
    assert (job.done, job.failed) == (0, 1)
    (failure,) = (await plane.ports.jobs.failures(JOB, after=None, limit=9)).items
    assert failure.code == "receiver-dissolved"
    assert await listed(plane.ports.dead_letters) == letters


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"per_minute": 61}, "malformed-request"),
        ({"job": "../jobs"}, "malformed-request"),
        ({"job": "C" * 32}, "malformed-request"),
        ({"task": Task.REDIRECTED, "to": "H56.99"}, "receiver-unknown"),
        ({"which": Filter(cause="link-unauthorised")}, "not-found"),
    ],
)
async def test_what_cannot_be_meant_is_not_begun(plane: Plane, asked: dict[str, Any], code: str) -> None:
    await pile_up(plane, 1)
    with pytest.raises(Rejected, match=code):
        await begun(plane, **asked)
    assert (await plane.ports.jobs.jobs(running=False, after=None, limit=9)).items == ()


async def test_how_long_it_lasts_is_told_by_its_pace_else_by_how_fast_it_went(plane: Plane) -> None:
    await pile_up(plane)
    job = await begun(plane)
    later = job.begun_at + timedelta(seconds=10)
    assert lasting(job, later) is None
    assert lasting(replace(job, done=1, failed=1), later) == timedelta(seconds=5)
    assert lasting(replace(job, done=1, per_minute=10), later) == timedelta(seconds=12)


async def test_a_stopped_job_is_worked_off_no_more(plane: Plane) -> None:
    await pile_up(plane, 2)
    await begun(plane, per_minute=10)
    await work_off(plane.ports, plane.rules)
    stopped = await stop(plane.ports, JOB, Decision(by="chị Lan", reason=WHY, now=plane.clock.now()))
    assert (stopped.done, stopped.left, stopped.state) == (1, 1, JobState.STOPPED)
    assert not await work_off(plane.ports, plane.rules)
