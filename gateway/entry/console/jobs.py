"""Lượt xử lý · Jobs: what was decided about many dead letters, how far it is, and what could not be done and why."""

from typing import Final

from aiohttp import hdrs, web

from gateway.core.model import State
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.flows import work_off
from gateway.ports import Job, JobFailure, Task

PAGE_SIZE: Final = 50
AT_A_GLANCE: Final = 5
"""Jobs that go on which other pages name; all are in their own list."""
_CHANGED: Final = "status-conflict"


async def show(visit: Visit) -> web.Response:
    """Show all jobs, newest first."""
    found = await visit.ports.jobs.jobs(running=False, after=visit.asked("after") or None, limit=PAGE_SIZE)
    return page(visit, "jobs.html", title=visit.say("Lượt xử lý", "Jobs"), jobs=found.items, next=found.next)


async def one(visit: Visit) -> web.Response:
    """Show how far a job is, and what it could not do."""
    job = await visit.ports.jobs.job(visit.request.match_info["id"])
    failed = await visit.ports.jobs.failures(job.id, after=visit.asked("after") or None, limit=PAGE_SIZE)
    return page(
        visit,
        "job.html",
        title=f"{Sayer(visit.english).task(job.task)}: {job.total}",
        job=job,
        failures=failed.items,
        next=failed.next,
        why=lambda failure: _why(visit, job, failure),
        lasting_still=work_off.lasting(job, visit.now),
    )


async def stop(visit: Visit, form: Form) -> web.Response:
    """Do no more of a job."""
    stopped = await work_off.stop(visit.ports, visit.request.match_info["id"], visit.decision(form))
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/jobs/{stopped.id}"})


async def running(visit: Visit) -> tuple[Job, ...]:
    """Give the jobs that go on, for pages about what they deal with."""
    found: tuple[Job, ...] = (await visit.ports.jobs.jobs(running=True, after=None, limit=AT_A_GLANCE)).items
    return found


def _why(visit: Visit, job: Job, failure: JobFailure) -> str:
    """Say why one could not be dealt with."""
    if failure.code != _CHANGED:
        return Sayer(visit.english).cause(failure.code)
    if job.task is Task.REDIRECTED and failure.view.deliveries[0].state is State.FAILED:
        vi = "Nơi nhận thay chính là nơi nhận này, hoặc đã xong lượt của mình với văn bản này"
        return visit.say(vi, "The other receiver is its own, or is done with this document")
    return visit.say("Đã khác lúc bắt đầu", "It changed since the job began")
