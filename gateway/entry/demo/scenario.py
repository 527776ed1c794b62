"""The day, act by act."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from gateway.core import xmlsafe
from gateway.core.envelope import NAMESPACE
from gateway.core.model import Priority, StatusCode
from gateway.entry.demo import bad_senders, papers, rule_breakers
from gateway.entry.demo.agency import Agency, Received
from gateway.entry.demo.cast import COMMUNE, FARMING, FINANCE, HEALTH, OFFICE, PROVINCE, WARD
from gateway.entry.demo.packages import Paper

AWAKE_SECONDS = 3.0
"""A long poll that is woken answers in milliseconds; one that is missed waits for the hub's safety poll of five seconds."""
REASON = "Không thuộc thẩm quyền của UBND phường; đề nghị gửi Sở có chức năng"

_WORDS = {
    StatusCode.ARRIVED: "Đã đến",
    StatusCode.REGISTERED: "Văn thư: tiếp nhận, vào sổ văn bản đến",
    StatusCode.ASSIGNED: "Lãnh đạo: phân công xử lý",
    StatusCode.PROCESSING: "Chuyên viên: đang xử lý",
    StatusCode.COMPLETED: "Hoàn thành xử lý",
}
_ALL = tuple(_WORDS)
_UNTIL = {FINANCE.organ: 4, HEALTH.organ: 2, COMMUNE.organ: 5, WARD.organ: 3, PROVINCE.organ: 1}
"""How many of the statuses each agency gets to by the afternoon; who is not named reports none (missing 01 is normal)."""

Agencies = dict[str, Agency]
Act = Callable[[Agencies], Awaitable[None]]


async def morning(agencies: Agencies) -> None:
    """Let all offices open and send."""
    await asyncio.gather(*(agency.open_office() for agency in agencies.values()))
    await asyncio.gather(*(_send_all(agencies[organ], own) for organ, own in papers.morning().items()))


async def noon(agencies: Agencies) -> None:
    """Let everyone collect at once; each gets the most urgent first, and exactly what was addressed to it."""
    collected = await asyncio.gather(*(agency.collect_all() for agency in agencies.values()))
    for agency, received in zip(agencies.values(), collected, strict=True):
        order = [each.priority for each in received]
        holds = order == sorted(order, reverse=True)
        agency.checks.expect("urgent-first", holds=holds, otherwise=f"{agency.role.organ}: {order}")
    for organ in (COMMUNE.organ, WARD.organ):
        first = agencies[organ].inbox[0].priority
        agencies[organ].checks.expect("urgent-first", holds=first == Priority.EXPRESS, otherwise=f"{organ}: {first}")
    health = agencies[HEALTH.organ]
    senders = {each.shown["from"] for each in health.inbox}
    health.checks.expect("old-and-new", holds=senders == {PROVINCE.organ, COMMUNE.organ}, otherwise=senders)


async def afternoon(agencies: Agencies) -> None:
    """Let each agency work on what it holds, and report; the ward refuses what is not its business."""
    await asyncio.gather(*(_work(agency) for agency in agencies.values()))


async def answering(agencies: Agencies) -> None:
    """Let the finance department reply while the province waits for it; then close the matter."""
    province, finance = agencies[PROVINCE.organ], agencies[FINANCE.organ]
    question = next(each for each in finance.inbox if each.shown["from"] == PROVINCE.organ)
    waiting = asyncio.create_task(province.collect(wait=20))
    await asyncio.sleep(0.3)
    sent = await finance.send(papers.reply(question.shown))
    started = time.monotonic()
    received = await waiting
    elapsed = time.monotonic() - started
    holds = [each.shown["id"] for each in received] == [sent.id] and elapsed < AWAKE_SECONDS
    province.checks.expect("long-poll", holds=holds, otherwise=f"{elapsed:.1f} s, {len(received)}")
    linked = xmlsafe.parse(sent.envelope).findtext(f".//{{{NAMESPACE}}}ResponseFor/{{{NAMESPACE}}}DocumentId")
    finance.checks.expect("reply", holds=linked == question.shown["document_id"], otherwise=linked)
    await finance.report(question, StatusCode.COMPLETED, _WORDS[StatusCode.COMPLETED])


async def repeating(agencies: Agencies) -> None:
    """Let senders that got no answer send the very same bytes again."""
    for agency in (agencies[PROVINCE.organ], agencies[COMMUNE.organ]):
        sent = next(iter(agency.sent.values()))
        status, answer = await agency.client.send(sent.envelope)
        agency.checks.expect("repeat", holds=(status, answer) == (200, sent.answer), otherwise=f"{status}: {answer}")
        agency.board.say(f"{agency.role.name} gửi lại đúng tệp cũ: cùng câu trả lời, mã {sent.id[:8]}…", "same answer")


async def evening(agencies: Agencies) -> None:
    """Send once more when one receiver has closed: its delivery waits for tomorrow."""
    await agencies[PROVINCE.organ].send(papers.evening())
    await agencies[OFFICE.organ].collect_all()
    agencies[FARMING.organ].board.say(f"{FARMING.name} đã đóng cửa: một văn bản chờ tới mai", "one waits for tomorrow")


ACTS: tuple[Act, ...] = (
    morning,
    noon,
    afternoon,
    answering,
    repeating,
    bad_senders.try_all,
    rule_breakers.try_all,
    evening,
)


async def _send_all(agency: Agency, own: list[Paper]) -> None:
    for paper in own:
        await agency.send(paper)


async def _work(agency: Agency) -> None:
    for number, received in enumerate(agency.inbox):
        if _misdirected(agency, received):
            await agency.report(received, StatusCode.REFUSED, REASON)
            continue
        for code in _ALL[: _UNTIL.get(agency.role.organ, 0)]:
            await agency.report(received, code, _WORDS[code], as_xml=(number + int(code)) % 3 > 0)


def _misdirected(agency: Agency, received: Received) -> bool:
    return agency.role is WARD and received.shown["from"] == HEALTH.organ
