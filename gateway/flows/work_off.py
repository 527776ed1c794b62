"""Work off: decisions about many dead letters, begun as a job, carried out in the background portion by portion, and stopped."""

from datetime import datetime, timedelta
from typing import Final

from gateway.core.faults import Rejected
from gateway.core.rules import Rules
from gateway.flows.oversee import Decision, instead
from gateway.ports import Filter, Job, JobState, Planned, Ports, Task

PACES: Final = (None, 600, 60, 10)
"""How many a minute at most; None is as fast as it goes. For a receiver that has just come back, or one that is slow."""
PORTION: Final = 50
"""Deliveries of one transaction: what is being accepted meanwhile waits for it, and a job has time."""
LEASE: Final = timedelta(minutes=1)
"""How long one portion may take, which takes a fraction of a second; then its worker is taken for dead."""
ID_CHARACTERS: Final = 32
USUAL: Final = 500
"""Dead letters that are dealt with in a second where nothing else is to be done."""


async def begin(
    ports: Ports, rules: Rules, which: Filter, decision: Decision, *, job: str, task: Task, to: str, per_minute: int | None
) -> Job:
    """Begin a job about the dead letters that fit now; one of this id is begun once. `to` is of a redirection.

    Raises `not-found` where none fits, `receiver-unknown`, `receiver-locked`, `receiver-dissolved`, and `malformed-request`.
    """
    if per_minute not in PACES:
        raise Rejected("malformed-request", path="per_minute", detail=str(per_minute))
    if not (len(job) == ID_CHARACTERS and set(job) <= set("0123456789abcdef")):
        raise Rejected("malformed-request", path="job", detail=job)
    planned = Planned(
        id=job,
        task=task,
        which=which,
        to=instead(rules, to, decision.now) if task is Task.REDIRECTED else None,
        per_minute=per_minute,
        by=decision.by,
        reason=decision.reason,
    )
    begun = await ports.jobs.begin(planned, now=decision.now)
    ports.telemetry.record("job.begun", job=begun.id, task=begun.task, by=begun.by, deliveries=begun.total)
    return begun


async def work_off(ports: Ports, rules: Rules) -> bool:
    """Carry out the portion that has been due for longest; False where none is due."""
    now = ports.clock.now()
    job = await ports.jobs.claim(until=now + LEASE, now=now)
    if job is None:
        return False
    size, gap = portion(job.per_minute)
    refused = _refused(job, rules, now)
    after = await ports.jobs.carry_out(
        job, limit=size, route=rules.systems.route, refused=refused, again=now + gap, now=ports.clock.now()
    )
    if after is not None and after.state is JobState.DONE:
        ports.telemetry.record("job.ended", job=after.id, task=after.task, done=after.done, failed=after.failed)
    return True


async def stop(ports: Ports, job: str, decision: Decision) -> Job:
    """Do no more of a job; the rest stays as it was. Raises `not-found` and `job-over`."""
    stopped = await ports.jobs.stop(job, by=decision.by, reason=decision.reason, now=decision.now)
    ports.telemetry.record("job.stopped", job=job, by=decision.by, done=stopped.done, failed=stopped.failed, left=stopped.left)
    return stopped


def portion(per_minute: int | None) -> tuple[int, timedelta]:
    """Give how many are done at once, and how long it is until the next: one each second at the least, unless they are fewer."""
    if per_minute is None:
        return PORTION, timedelta(0)
    size = max(1, per_minute // 60)
    return size, timedelta(minutes=size / per_minute)


def takes(count: int, per_minute: int | None) -> timedelta:
    """Say how long so many will take."""
    return timedelta(seconds=count / USUAL) if per_minute is None else timedelta(minutes=count / per_minute)


def lasting(job: Job, now: datetime) -> timedelta | None:
    """Say how long the rest takes: by its pace, else by how fast it went; None while that is not known."""
    if job.per_minute is not None:
        return takes(job.left, job.per_minute)
    settled = job.total - job.left
    return (now - job.begun_at) * (job.left / settled) if settled else None


def _refused(job: Job, rules: Rules, now: datetime) -> str | None:
    """Give the code of why nothing of a job can be done: where it is sent to may have been dissolved since."""
    try:
        if job.to is not None:
            instead(rules, job.to, now)
    except Rejected as fault:
        return fault.code
    return None
