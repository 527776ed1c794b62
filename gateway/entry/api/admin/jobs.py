"""/admin/jobs: what officers decided about many dead letters on the console, how far it is, and what could not be done."""

from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.core.model import VIETNAM
from gateway.entry.api.admin import rendering, shapes
from gateway.entry.api.admin.requests import answer
from gateway.entry.api.hub import hub
from gateway.entry.api.inputs import Paging
from gateway.entry.api.requests import query
from gateway.entry.api.shapes import Shape
from gateway.ports import Job, JobFailure, JobState, Task


class JobShape(Shape):
    """A job. Of `total` some are `done` and some `failed`; those that are `left` had no turn yet, or none at all."""

    id: str
    task: Task
    to: str | None
    per_minute: int | None
    by: str
    reason: str
    begun_at: datetime
    state: JobState
    total: int
    done: int
    failed: int
    left: int
    ended_at: datetime | None
    stopped_by: str | None
    stopped_why: str | None


class JobsPage(Shape):
    """A page of jobs, newest first."""

    items: list[JobShape]
    next: str | None


class JobFailureShape(shapes.LetterShape):
    """A delivery that a job could not deal with. `fault` is the code of why; the rest is as it stands now."""

    fault: str


class JobFailuresPage(Shape):
    """A page of what a job could not deal with, in the order of acceptance."""

    items: list[JobFailureShape]
    next: str | None


async def listing(request: web.Request) -> web.Response:
    """List jobs."""
    asked = query(request, Paging)
    page = await hub(request).ports.jobs.jobs(running=False, after=asked.after, limit=asked.limit)
    return answer({"items": [_rendered(each) for each in page.items], "next": page.next})


async def one(request: web.Request) -> web.Response:
    """Show a job."""
    return answer(_rendered(await hub(request).ports.jobs.job(request.match_info["id"])))


async def failures(request: web.Request) -> web.Response:
    """List what a job could not deal with."""
    asked, jobs = query(request, Paging), hub(request).ports.jobs
    job = await jobs.job(request.match_info["id"])
    page = await jobs.failures(job.id, after=asked.after, limit=asked.limit)
    return answer({"items": [_failed(each) for each in page.items], "next": page.next})


def _failed(value: JobFailure) -> dict[str, Any]:
    return rendering.letter(value.view) | {"fault": value.code}


def _rendered(value: Job) -> dict[str, Any]:
    return {
        "id": value.id,
        "task": value.task,
        "to": value.to,
        "per_minute": value.per_minute,
        "by": value.by,
        "reason": value.reason,
        "begun_at": value.begun_at.astimezone(VIETNAM).isoformat(),
        "state": value.state,
        "total": value.total,
        "done": value.done,
        "failed": value.failed,
        "left": value.left,
        "ended_at": value.ended_at.astimezone(VIETNAM).isoformat() if value.ended_at else None,
        "stopped_by": value.stopped_by,
        "stopped_why": value.stopped_why,
    }
