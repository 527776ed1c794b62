"""What operators see of jobs by the API: how far each is, and what it could not deal with."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.flows.oversee import Decision
from gateway.flows.work_off import begin, stop, work_off
from gateway.ports import Filter, Task
from tests.api.conftest import Client, Province
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import RECEIVER

JOB = "f" * 32


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


@pytest.fixture
async def letters(hub: Province) -> list[str]:
    """Three deliveries of a job that was stopped: one failed, one is done, one had no turn."""
    ports, rules = hub.hub.ports, hub.hub.rules()
    made = [each for number in (1, 2, 3) for each in await failed(ports.ledger, ports.outbox, number)]
    decision = Decision(by="truc-ban", reason="đã sửa", now=hub.clock.now())
    which = Filter(receiver=RECEIVER, parked=False)
    await begin(ports, rules, which, decision, job=JOB, task=Task.REQUEUED, to="", per_minute=60)
    await ports.dead_letters.park(Filter(ids=made[:1]), by="chị Lan", reason="chờ", now=decision.now, limit=1)
    for _ in range(2):
        await work_off(ports, rules)
        hub.clock.advance(seconds=1)
    await stop(ports, JOB, replace(decision, reason="lại hỏng"))
    return made


@pytest.mark.usefixtures("letters")
async def test_a_job_is_shown_with_its_counts(operator: Client) -> None:
    status, listed = await operator.get("/admin/jobs")
    assert status == 200
    assert (await operator.get(f"/admin/jobs/{JOB}"))[1] == listed["items"][0]
    told = listed["items"][0]
    assert (told["task"], told["state"], told["per_minute"]) == ("requeued", "stopped", 60)
    assert (told["total"], told["done"], told["failed"], told["left"]) == (3, 1, 1, 1)
    assert (told["by"], told["reason"], told["stopped_why"]) == ("truc-ban", "đã sửa", "lại hỏng")


async def test_what_a_job_could_not_do_is_listed_with_why(operator: Client, letters: list[str]) -> None:
    _, page = await operator.get(f"/admin/jobs/{JOB}/failures")
    assert [(each["delivery"], each["fault"], each["state"]) for each in page["items"]] == [
        (letters[0], "status-conflict", "suspended")
    ]
    assert page["next"] is None


@pytest.mark.parametrize("path", ["jobs/none", "jobs/none/failures"])
async def test_a_job_that_there_is_not_is_not_found(operator: Client, path: str) -> None:
    status, body = await operator.get(f"/admin/{path}")
    assert (status, body["code"]) == (404, "not-found")


@pytest.mark.parametrize("path", ["jobs", f"jobs/{JOB}"])
async def test_no_system_sees_jobs(hub: Province, path: str) -> None:
    status, _ = await hub.province.get(f"/admin/{path}")
    assert status == 404
