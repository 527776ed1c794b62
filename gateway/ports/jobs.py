"""Jobs: decisions about many dead letters, carried out portion by portion."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.model import OrganId
from gateway.ports.dead_letters import Filter
from gateway.ports.ledger import DocumentView, Page, Route


class Task(StrEnum):
    """What is done to each dead letter of a job."""

    REQUEUED = "requeued"
    PARKED = "parked"
    REDIRECTED = "redirected"
    TURNED_BACK = "turned_back"


class JobState(StrEnum):
    """Whether a job goes on."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A job that is to begin: who decides what about which dead letters, and why.

    `id` is made by whoever asks, so that asking twice begins one job. `to` is of a redirection. At most `per_minute` are done in
    a minute; None is as fast as it goes.
    """

    id: str
    task: Task
    which: Filter
    to: OrganId | None = None
    per_minute: int | None = None
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How a job stands. `which` says by what its dead letters were chosen, without their ids; it changes no more which they are.

    Of `total` some are `done` and some `failed`; of a job that was stopped the others stay as they were. `due_at` is when its
    next portion is due. `token` proves a claim.
    """

    id: str
    task: Task
    which: Filter
    to: OrganId | None
    per_minute: int | None
    by: str
    reason: str
    begun_at: datetime
    state: JobState
    total: int
    done: int
    failed: int
    due_at: datetime
    token: str | None
    ended_at: datetime | None
    stopped_by: str | None
    stopped_why: str | None

    @property
    def left(self) -> int:
        """Count those that had no turn."""
        return self.total - self.done - self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailure:
    """A dead letter (`view` has that single delivery) that could not be dealt with, and the fault code of why."""

    view: DocumentView
    code: str


class Jobs(Protocol):
    """What is decided about many dead letters. Each job leaves one row in the audit log, which counts what was done."""

    async def begin(self, planned: Planned, *, now: datetime) -> Job:
        """Fix what it is about: the dead letters that fit now. Give the job of this id where there is one.

        Raises `not-found` where none fits.
        """

    async def job(self, job: str) -> Job:
        """Give a job. Raises `not-found`."""

    async def jobs(self, *, running: bool, after: str | None, limit: int) -> Page:
        """List `Job`s, newest first; `running`: those alone that go on. Raises `malformed-request` for a bad cursor."""

    async def failures(self, job: str, *, after: str | None, limit: int) -> Page:
        """List `JobFailure`s, in the order of their acceptance. Raises `malformed-request` for a bad cursor."""

    async def claim(self, *, until: datetime, now: datetime) -> Job | None:
        """Claim the job whose next portion has been due for longest, unless somebody has it."""

    async def carry_out(
        self, job: Job, *, limit: int, route: Route, refused: str | None, again: datetime, now: datetime
    ) -> Job | None:
        """Do the next portion of a claimed job, count it, and give the claim back: all at once, or nothing of it.

        Where `refused`, a fault code, is given, nothing can be done and all of the portion fail with it. The next portion is due
        `again`; where none is left the job is done. None where the claim was lost, or the job was stopped: nothing was done.
        """

    async def stop(self, job: str, *, by: str, reason: str, now: datetime) -> Job:
        """Do no more of it; the rest stays as it was. Raises `not-found`, and `job-over` where it is over."""
