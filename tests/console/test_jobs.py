"""Jobs over HTTP: what is decided about dead letters is counted first, begun once, seen, and stopped."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.core.model import State
from gateway.core.roles import Role
from gateway.flows.work_off import work_off
from gateway.ports import Filter, Job, JobState
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.console.morning import worked_off
from tests.contracts.dead_letters_contract import failed, own
from tests.contracts.entries import OTHER, RECEIVER

JOB = "d" * 32
GROUP = {"receiver": RECEIVER, "decision": "requeued", "job": JOB}


async def job(hub: Province, name: str = JOB) -> Job:
    found: Job = await hub.hub.ports.jobs.job(name)
    return found


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


async def test_a_decision_is_counted_with_what_it_does_and_how_long_it_takes(
    hub: Province, admin: Browser, letters: list[str]
) -> None:
    status, text = await admin.do("/undelivered/preview", receiver=RECEIVER, decision="requeued")
    said = plain(text)
    assert (status, "Gửi lại: 3 văn bản" in said, "như chưa từng thử" in said) == (200, True, True)
    assert ("Nhanh nhất có thể · dưới 1 phút" in said, "60 mỗi phút · dưới 1 phút" in said) == (True, True)
    assert re.search(r'name="job" value="[0-9a-f]{32}"', text)


async def test_a_group_is_sent_again_by_a_job_with_a_reason_in_the_audit_log(
    hub: Province, admin: Browser, letters: list[str]
) -> None:
    async with admin.session.post(
        f"{admin.base}/console/undelivered/decide",
        data=GROUP | {"csrf": await admin.csrf(), "reason": REASON},
        allow_redirects=False,
    ) as response:
        assert (response.status, response.headers["Location"]) == (303, f"/console/jobs/{JOB}")
    assert "0 / 3 văn bản đã xử lý" in plain((await admin.get(f"/jobs/{JOB}"))[1])
    await worked_off(hub)
    said = plain((await admin.get(f"/jobs/{JOB}"))[1])
    assert ("3 / 3 văn bản đã xử lý" in said, "Xong" in said) == (True, True)
    (entry, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    assert (entry.action, entry.actor, entry.reason, entry.count) == ("deadletters.requeued", "can-bo-admin", REASON, 3)


async def test_a_form_that_is_sent_twice_begins_one_job(hub: Province, admin: Browser, letters: list[str]) -> None:
    assert [(await admin.do("/undelivered/decide", **GROUP))[0] for _ in range(2)] == [303, 303]
    assert len((await hub.hub.ports.jobs.jobs(running=False, after=None, limit=9)).items) == 1


async def test_one_that_was_chosen_is_dealt_with_alone(hub: Province, admin: Browser, letters: list[str]) -> None:
    await admin.do("/undelivered/decide", id=letters[0], decision="turned_back", job=JOB)
    await worked_off(hub)
    assert await hub.hub.ports.dead_letters.preview(Filter()) == 2
    assert (await own(hub.hub.ports.ledger, letters[0])).state is State.REJECTED


async def test_what_is_redirected_goes_to_the_agency_that_is_named(hub: Province, admin: Browser, letters: list[str]) -> None:
    assert (await admin.do("/undelivered/decide", **GROUP | {"decision": "redirected", "to": "H56.99"}))[0] == 422
    assert (await admin.do("/undelivered/decide", **GROUP | {"decision": "redirected", "to": OTHER}))[0] == 303
    await worked_off(hub)
    assert ((await job(hub)).to, await hub.hub.ports.dead_letters.preview(Filter())) == (OTHER, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "requeued", "receiver": ""},
        {"decision": "deleted"},
        {"reason": " "},
        {"job": ""},
        {"job": "../../x"},
        {"per_minute": "61"},
        {"per_minute": "-1"},
        {"per_minute": "²"},
    ],
)
async def test_nothing_is_begun_about_nothing_without_a_reason_or_in_an_unknown_way(
    hub: Province, admin: Browser, letters: list[str], fields: dict[str, str]
) -> None:
    assert (await admin.do("/undelivered/decide", **GROUP | fields))[0] == 400
    assert (await hub.hub.ports.jobs.jobs(running=False, after=None, limit=9)).items == ()


async def test_nothing_is_begun_about_what_is_gone(admin: Browser, letters: list[str]) -> None:
    status, text = await admin.do("/undelivered/decide", **GROUP | {"receiver": OTHER})
    assert (status, "Không còn văn bản nào như đã chọn." in text) == (404, True)


async def test_what_could_not_be_done_is_named_with_its_document_and_stays_as_it_was(
    hub: Province, admin: Browser, letters: list[str]
) -> None:
    ports = hub.hub.ports
    await admin.do("/undelivered/decide", **GROUP)
    await ports.dead_letters.park(Filter(ids=[letters[0]]), by="chị Lan", reason="chờ", now=hub.clock.now(), limit=1)
    await worked_off(hub)
    _, text = await admin.get(f"/jobs/{JOB}")
    said, document = plain(text), (await own(ports.ledger, letters[0])).document
    assert ("2 / 3 văn bản đã xử lý" in said, "Đã khác lúc bắt đầu" in said) == (True, True)
    assert f'href="/console/documents/{document}"' in text
    assert (await own(ports.ledger, letters[0])).state is State.SUSPENDED


async def test_a_job_is_stopped_with_a_reason_and_the_rest_stays(hub: Province, admin: Browser, letters: list[str]) -> None:
    await admin.do("/undelivered/decide", **GROUP | {"per_minute": "10"})
    await work_off(hub.hub.ports, hub.hub.rules())
    assert (await admin.do(f"/jobs/{JOB}/stop", reason=""))[0] == 400
    assert (await admin.do(f"/jobs/{JOB}/stop"))[0] == 303
    hub.clock.advance(seconds=60)
    await worked_off(hub)
    stopped = await job(hub)
    assert (stopped.state, stopped.done, stopped.left, stopped.stopped_why) == (JobState.STOPPED, 1, 2, REASON)
    assert "2 văn bản còn lại giữ nguyên như cũ." in plain((await admin.get(f"/jobs/{JOB}"))[1])
    assert await hub.hub.ports.dead_letters.preview(Filter()) == 2
    status, text = await admin.do(f"/jobs/{JOB}/stop")
    assert (status, "job-over" in text) == (409, True)


async def test_a_job_that_there_is_not_is_said_to_be_missing(admin: Browser) -> None:
    for status, text in (await admin.get("/jobs/none"), await admin.do("/jobs/none/stop")):
        assert (status, "not-found" in text) == (404, True)


async def test_how_long_it_lasts_still_is_told_by_its_pace(hub: Province, admin: Browser, letters: list[str]) -> None:
    await admin.do("/undelivered/decide", **GROUP | {"per_minute": "10"})
    await work_off(hub.hub.ports, hub.hub.rules())
    ends = hub.clock.now() + timedelta(seconds=12)
    assert f"{ends:%H:%M %d/%m/%Y} (còn dưới 1 phút)" in plain((await admin.get(f"/jobs/{JOB}"))[1])


async def test_jobs_that_go_on_are_seen_where_dead_letters_are(hub: Province, admin: Browser, letters: list[str]) -> None:
    await admin.do("/undelivered/decide", **GROUP | {"per_minute": "10"})
    for path in ("/undelivered", "/undelivered?parked=1", "/jobs"):
        assert f"/console/jobs/{JOB}" in (await admin.get(path))[1], path
    _, text = await admin.do("/undelivered/preview", receiver=RECEIVER, decision="parked")
    assert f"/console/jobs/{JOB}" in text
    hub.clock.advance(seconds=60)
    for _ in letters:
        await worked_off(hub)
        hub.clock.advance(seconds=60)
    assert f"/console/jobs/{JOB}" not in (await admin.get("/undelivered"))[1]
    assert f"/console/jobs/{JOB}" in (await admin.get("/jobs"))[1]


async def test_the_list_of_jobs_is_paged_newest_first(hub: Province, admin: Browser) -> None:
    ports = hub.hub.ports
    for number in range(52):
        (letter,) = await failed(ports.ledger, ports.outbox, number)
        await admin.do("/undelivered/decide", id=letter, decision="parked", job=f"{number:032x}")
    await worked_off(hub)
    _, first = await admin.get("/jobs")
    after = first.rpartition("after=")[2].partition('"')[0].partition("&")[0]
    _, second = await admin.get(f"/jobs?after={after}")
    shown = [re.findall(r'href="/console/jobs/([0-9a-f]{32})"', text) for text in (first, second)]
    assert [int(each, 16) for each in (*shown[0], *shown[1])] == list(range(52))[::-1]


async def test_who_may_not_act_sees_jobs_and_no_button_to_stop_them(
    hub: Province, officer: Callable[[Role], Any], letters: list[str]
) -> None:
    browser: Browser = await officer(Role.DUTY)
    await browser.do("/undelivered/decide", **GROUP | {"per_minute": "10"})
    assert 'data-open="stop"' in (await browser.get(f"/jobs/{JOB}"))[1]
    browser = await officer(Role.VIEWER)
    status, text = await browser.get(f"/jobs/{JOB}")
    assert (status, 'data-open="stop"' in text) == (200, False)


async def test_a_job_is_named_in_the_audit_log_and_found_from_there(hub: Province, admin: Browser, letters: list[str]) -> None:
    await admin.do("/undelivered/decide", **GROUP)
    assert f'href="/console/jobs/{JOB}"' in (await admin.get("/audit"))[1]


@pytest.mark.parametrize("path", ["/jobs", f"/jobs/{JOB}", "/undelivered"])
async def test_jobs_are_shown_in_english_too(hub: Province, admin: Browser, letters: list[str], path: str) -> None:
    await admin.do("/undelivered/decide", **GROUP)
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "Send again: 3 documents" in plain((await admin.get(path))[1]).replace("0 / 3", "3")
