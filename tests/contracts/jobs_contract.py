"""What every implementation of Jobs promises: what a job is about is fixed, and each of it has one turn, whoever gives it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.core.faults import Rejected, Undeliverable
from gateway.core.model import OrganId, State
from gateway.infra.jobs import SqlJobs
from gateway.ports import AuditLog, DeadLetters, Filter, Job, JobState, Ledger, Outbox, Planned, Task
from tests.contracts.dead_letters_contract import WHY, audited, due, failed, listed, own, park, pushed
from tests.contracts.entries import LATER, OTHER, RECEIVER, SENDER

MINUTE = timedelta(minutes=1)
AGAIN = LATER + timedelta(seconds=6)
PLANNED = Planned(
    id="a" * 32, task=Task.REQUEUED, which=Filter(receiver=RECEIVER, parked=False), by="truc-ban", reason=WHY, per_minute=10
)


async def several(ledger: Ledger, outbox: Outbox, count: int, **more: Any) -> list[str]:
    """Let so many deliveries fail; give them in the order of their acceptance."""
    return [each for number in range(1, count + 1) for each in await failed(ledger, outbox, number, **more)]


async def portion(jobs: SqlJobs, limit: int = 200, *, now: datetime = LATER, refused: str | None = None) -> Job | None:
    """Do what a worker does: claim the job whose portion is due, and carry that out. None where none is due."""
    job = await jobs.claim(until=now + MINUTE, now=now)
    return job and await jobs.carry_out(job, limit=limit, route=pushed, refused=refused, again=now, now=now)


def counted(job: Job | None) -> tuple[int, int, int]:
    assert job is not None
    return job.done, job.failed, job.left


async def reasons(jobs: SqlJobs, job: str = PLANNED.id) -> dict[str, str]:
    return {each.view.deliveries[0].id: each.code for each in (await jobs.failures(job, after=None, limit=99)).items}


class BegunContract:
    """A job is begun once, about what there is then."""

    async def test_a_job_is_about_the_dead_letters_that_fit_when_it_is_begun(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        await several(ledger, outbox, 2)
        await failed(ledger, outbox, 3, to=(OTHER,))
        begun = await jobs.begin(PLANNED, now=LATER)
        assert (begun.total, begun.state, begun.which) == (2, JobState.RUNNING, PLANNED.which)
        (late,) = await failed(ledger, outbox, 4)
        assert counted(await portion(jobs)) == (2, 0, 0)
        assert await listed(letters, PLANNED.which) == [late]

    async def test_a_job_about_some_is_about_no_others(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        first, second, third = await several(ledger, outbox, 3)
        begun = await jobs.begin(replace(PLANNED, which=replace(PLANNED.which, ids=[first, third])), now=LATER)
        assert (begun.total, begun.which.ids) == (2, None)
        await portion(jobs)
        assert await listed(letters) == [second]

    async def test_a_job_that_is_asked_for_twice_is_begun_once(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs, audit: AuditLog
    ) -> None:
        await several(ledger, outbox, 2)
        first, second = await asyncio.gather(jobs.begin(PLANNED, now=LATER), jobs.begin(PLANNED, now=LATER))
        assert first == second == await jobs.job(PLANNED.id)
        assert len((await jobs.jobs(running=True, after=None, limit=9)).items) == 1
        assert len(await audited(audit)) == 1

    async def test_a_job_about_nothing_is_not_begun(self, jobs: SqlJobs, audit: AuditLog) -> None:
        with pytest.raises(Rejected, match="not-found"):
            await jobs.begin(PLANNED, now=LATER)
        assert (await jobs.jobs(running=False, after=None, limit=9)).items == ()
        assert await audited(audit) == ()

    async def test_a_job_leaves_one_row_in_the_audit_log_that_counts_what_was_done(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs, audit: AuditLog
    ) -> None:
        await several(ledger, outbox, 3)
        await jobs.begin(PLANNED, now=LATER)
        for count in (0, 2, 3):
            (row,) = await audited(audit)
            assert (row.action, row.actor, row.reason, row.count) == ("deadletters.requeued", "truc-ban", WHY, count)
            await portion(jobs, 2)
        assert row.subject == {"receiver": RECEIVER, "parked": False, "job": PLANNED.id}

    async def test_jobs_are_listed_newest_first_and_those_that_go_on_by_themselves(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs
    ) -> None:
        names = [f"{number:032x}" for number in range(3)]
        for place, name in enumerate(names):
            (letter,) = await failed(ledger, outbox, place + 1)
            await jobs.begin(replace(PLANNED, id=name, which=Filter(ids=[letter])), now=LATER + place * MINUTE)
        await portion(jobs)
        first = await jobs.jobs(running=False, after=None, limit=2)
        second = await jobs.jobs(running=False, after=first.next, limit=2)
        assert [each.id for each in (*first.items, *second.items)] == names[::-1]
        assert second.next is None
        assert [each.id for each in (await jobs.jobs(running=True, after=None, limit=9)).items] == [names[2], names[1]]


class CarriedOutContract:
    """Portion by portion, each one whole."""

    async def test_a_portion_is_of_the_oldest_and_counted_where_it_is_done(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        made = await several(ledger, outbox, 3)
        await jobs.begin(PLANNED, now=LATER)
        assert counted(await portion(jobs, 2)) == (2, 0, 1)
        assert await due(outbox) == made[:2]
        assert await listed(letters) == made[2:]
        ended = await portion(jobs, 2)
        assert counted(ended) == (3, 0, 0)
        assert ended is not None and (ended.state, ended.ended_at) == (JobState.DONE, LATER)
        assert await portion(jobs, 2) is None

    async def test_what_changed_meanwhile_fails_and_says_why(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        first, _, third = await several(ledger, outbox, 3)
        await jobs.begin(PLANNED, now=LATER)
        await park(letters, Filter(ids=[first]))
        await letters.requeue(Filter(ids=[third]), route=pushed, by="chị Lan", reason=WHY, now=LATER, limit=9)
        ended = await portion(jobs)
        assert counted(ended) == (1, 2, 0)
        assert ended is not None and ended.state is JobState.DONE
        assert await reasons(jobs) == {first: "status-conflict", third: "status-conflict"}
        assert (await own(ledger, first)).state is State.SUSPENDED

    async def test_one_that_failed_again_for_another_cause_is_not_what_was_decided_on(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        await jobs.begin(replace(PLANNED, task=Task.TURNED_BACK, which=Filter(cause="receiver-refused")), now=LATER)
        await letters.requeue(Filter(), route=pushed, by="chị Lan", reason=WHY, now=LATER, limit=9)
        attempt = await outbox.begin(letter, until=LATER + 9 * MINUTE, now=LATER)
        assert attempt is not None
        await outbox.came_to_nothing(attempt, Undeliverable("delivery-poisonous"), again=None, now=LATER)
        await portion(jobs)
        assert (await reasons(jobs), await listed(letters)) == ({letter: "status-conflict"}, [letter])

    async def test_where_nothing_can_be_done_all_fail_with_the_reason(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        made = await several(ledger, outbox, 2)
        await jobs.begin(replace(PLANNED, task=Task.REDIRECTED, to=OTHER), now=LATER)
        assert counted(await portion(jobs, refused="receiver-dissolved")) == (0, 2, 0)
        assert await reasons(jobs) == dict.fromkeys(made, "receiver-dissolved")
        assert await listed(letters) == made

    async def test_failures_are_paged_in_the_order_of_acceptance(self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs) -> None:
        made = await several(ledger, outbox, 3)
        await jobs.begin(replace(PLANNED, task=Task.REDIRECTED, to=RECEIVER), now=LATER)
        await portion(jobs)
        first = await jobs.failures(PLANNED.id, after=None, limit=2)
        second = await jobs.failures(PLANNED.id, after=first.next, limit=2)
        assert [each.view.deliveries[0].id for each in (*first.items, *second.items)] == made
        assert second.next is None

    @pytest.mark.parametrize(
        ("task", "state"),
        [
            (Task.REQUEUED, State.QUEUED),
            (Task.PARKED, State.SUSPENDED),
            (Task.REDIRECTED, State.REPLACED),
            (Task.TURNED_BACK, State.REJECTED),
        ],
    )
    async def test_each_task_does_what_the_decision_of_its_name_does(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs, audit: AuditLog, task: Task, state: State
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        to = OTHER if task is Task.REDIRECTED else None
        await jobs.begin(replace(PLANNED, task=task, to=to), now=LATER)
        await portion(jobs)
        assert (await own(ledger, letter)).state is state
        (row,) = await audited(audit)
        assert (row.action, row.subject.get("to")) == (f"deadletters.{task}", to)

    async def test_the_next_portion_is_due_when_it_was_said(self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs) -> None:
        await several(ledger, outbox, 2)
        await jobs.begin(PLANNED, now=LATER)
        job = await jobs.claim(until=LATER + MINUTE, now=LATER)
        assert job is not None
        await jobs.carry_out(job, limit=1, route=pushed, refused=None, again=AGAIN, now=LATER)
        assert await jobs.claim(until=AGAIN, now=AGAIN - timedelta(seconds=1)) is None
        assert counted(await portion(jobs, 1, now=AGAIN)) == (2, 0, 0)

    async def test_jobs_take_turns(self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs) -> None:
        for place, organ in enumerate((RECEIVER, OTHER)):
            await several(ledger, outbox, 3, to=(organ,), sender=OrganId(f"H56.9{place}"))
            await jobs.begin(replace(PLANNED, id=f"{place:032x}", which=Filter(receiver=organ)), now=LATER)
        turns = [await portion(jobs, 1, now=LATER + turn * MINUTE) for turn in range(1, 5)]
        assert [each.id[-1] for each in turns if each] == ["0", "1", "0", "1"]


class ClaimedContract:
    """One worker has a job at a time, until its lease is over."""

    async def test_a_job_is_claimed_once_until_its_lease_is_over(self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs) -> None:
        await several(ledger, outbox, 2)
        await jobs.begin(PLANNED, now=LATER)
        claims = await asyncio.gather(*(jobs.claim(until=LATER + MINUTE, now=LATER) for _ in range(4)))
        assert len([each for each in claims if each]) == 1
        assert await jobs.claim(until=LATER + 2 * MINUTE, now=LATER + MINUTE) is not None

    async def test_who_lost_the_claim_does_nothing(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        made = await several(ledger, outbox, 2)
        await jobs.begin(PLANNED, now=LATER)
        slow = await jobs.claim(until=LATER + MINUTE, now=LATER)
        assert slow is not None
        later = LATER + 2 * MINUTE
        assert counted(await portion(jobs, 1, now=later)) == (1, 0, 1)
        assert await jobs.carry_out(slow, limit=9, route=pushed, refused=None, again=later, now=later) is None
        assert await listed(letters) == made[1:]

    async def test_a_portion_is_done_once_though_its_worker_asks_twice(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs
    ) -> None:
        await several(ledger, outbox, 3)
        await jobs.begin(PLANNED, now=LATER)
        job = await jobs.claim(until=LATER + MINUTE, now=LATER)
        assert job is not None
        both = [await jobs.carry_out(job, limit=1, route=pushed, refused=None, again=LATER, now=LATER) for _ in range(2)]
        assert (counted(both[0]), both[1]) == ((1, 0, 2), None)

    async def test_several_workers_at_once_do_each_once(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs, audit: AuditLog
    ) -> None:
        made = await several(ledger, outbox, 7)
        await jobs.begin(PLANNED, now=LATER)

        async def worker() -> None:
            while await portion(jobs, 2) is not None:
                pass

        await asyncio.gather(*(worker() for _ in range(4)))
        assert counted(await jobs.job(PLANNED.id)) == (7, 0, 0)
        events, _ = await ledger.events({SENDER}, after=None, limit=100)
        assert sorted(each.delivery or "" for each in events if each.type == "delivery.requeued") == sorted(made)
        assert [row.count for row in await audited(audit)] == [7]


class StoppedContract:
    """What a stopped job did not get to stays as it was."""

    async def test_a_stopped_job_leaves_the_rest_as_it_was(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs, audit: AuditLog
    ) -> None:
        made = await several(ledger, outbox, 3)
        await jobs.begin(PLANNED, now=LATER)
        await portion(jobs, 1)
        stopped = await jobs.stop(PLANNED.id, by="chị Lan", reason="nơi nhận lại hỏng", now=AGAIN)
        assert (stopped.state, stopped.ended_at, stopped.stopped_by) == (JobState.STOPPED, AGAIN, "chị Lan")
        assert (counted(stopped), stopped.stopped_why) == ((1, 0, 2), "nơi nhận lại hỏng")
        assert await portion(jobs, now=AGAIN) is None
        assert await listed(letters) == made[1:]
        (row, _) = await audited(audit)
        assert (row.actor, row.action, row.subject) == ("chị Lan", "job.stopped", {"job": PLANNED.id, "left": 2})

    async def test_a_portion_that_was_claimed_before_the_stop_is_not_carried_out(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, jobs: SqlJobs
    ) -> None:
        made = await several(ledger, outbox, 2)
        await jobs.begin(PLANNED, now=LATER)
        job = await jobs.claim(until=LATER + MINUTE, now=LATER)
        assert job is not None
        await jobs.stop(PLANNED.id, by="chị Lan", reason=WHY, now=LATER)
        assert await jobs.carry_out(job, limit=9, route=pushed, refused=None, again=LATER, now=LATER) is None
        assert await listed(letters) == made

    async def test_what_is_over_is_not_stopped_and_what_is_not_there_neither(
        self, ledger: Ledger, outbox: Outbox, jobs: SqlJobs
    ) -> None:
        await several(ledger, outbox, 1)
        await jobs.begin(PLANNED, now=LATER)
        await portion(jobs)
        for job, code in ((PLANNED.id, "job-over"), ("b" * 32, "not-found")):
            with pytest.raises(Rejected, match=code):
                await jobs.stop(job, by="chị Lan", reason=WHY, now=LATER)
        with pytest.raises(Rejected, match="not-found"):
            await jobs.job("b" * 32)
