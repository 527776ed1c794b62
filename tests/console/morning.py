"""A morning on which there is something of everything: what waits, failed, is held, paused, overdue."""

from dataclasses import replace
from datetime import timedelta

from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId, Priority, StatusCode
from gateway.flows.keep_time import take_steps
from gateway.flows.oversee import Decision
from gateway.flows.work_off import begin, work_off
from gateway.ports import Filter, NamedStatus, Task
from tests.api.conftest import Province
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import OTHER, RECEIVER, SENDER, SYSTEM, correlation, entry, pushed_entry, report, seal
from tests.contracts.ledger_policy_contract import held_entry
from tests.documents import attachment
from tests.documents import document as package

UNAUTHORISED = Misconfigured("link-unauthorised", detail="HTTP 401: client certificate expired 22/11/2026")
JOB = "e" * 32
SUBJECTS = (
    "V/v đôn đốc báo cáo kết quả thực hiện Nghị quyết phát triển kinh tế - xã hội 9 tháng và nhiệm vụ trọng tâm quý IV",
    "Kế hoạch ứng phó bão số 12 và mưa lũ sau bão trên địa bàn tỉnh",
    "Giấy mời họp trực tuyến về cải cách hành chính",
    "Quyết định phê duyệt quyết toán dự án hoàn thành",
    "Báo cáo tình hình dịch bệnh truyền nhiễm tuần 47",
)


async def begun(hub: Province) -> str:
    """Let all of it happen; give a document that has an attachment."""
    ports, now = hub.hub.ports, hub.clock.now()
    sent = await hub.province.send(package("812", attachments=(attachment(name="bao-cao-quy-iii.pdf"),)))
    for number in range(1, 8):
        await accept(hub, number, minutes=number * 67)
    for number in range(20, 24):
        await accept(hub, number, minutes=12 * 24 * 60)
    await take_steps(ports, hub.hub.rules())
    await pile_up(hub, 3)
    await half_done(hub)
    held = held_entry(300)
    await ports.ledger.accept(replace(held, document=replace(held.document, accepted_at=now - timedelta(hours=3))))
    await ports.ledger.accept(pushed_entry(301, subject=SUBJECTS[1], accepted_at=now - timedelta(hours=1)))
    said = report(StatusCode.REGISTERED, OTHER, "đã vào sổ")
    about = NamedStatus(named=correlation(entry(20), number="", document_id=""), receiver=OTHER, report=said, package=b"<edXML/>")
    await ports.held_statuses.say(about, {OTHER}, now=now - timedelta(days=4), seal=seal)
    await ports.outbox.pause(SYSTEM, by="can-bo-duty", reason="bảo trì máy chủ", until=now + timedelta(hours=2), now=now)
    document: str = sent["id"]
    return document


async def accept(hub: Province, number: int, *, minutes: int = 0, **changes: object) -> str:
    """Accept a document some minutes ago; give its id."""
    at = hub.clock.now() - timedelta(minutes=minutes)
    fields: dict[str, object] = {"accepted_at": at, "priority": Priority(number % 5), "subject": SUBJECTS[number % 5]} | changes
    made = entry(number, to=(OrganId("H56.01.07"), OTHER), **fields)  # type: ignore[arg-type]  # fields of Document
    await hub.hub.ports.ledger.accept(made)
    return made.document.id


async def pile_up(hub: Province, count: int) -> list[str]:
    """Let documents to one receiver fail, all with one cause; give the deliveries."""
    ports, failing = hub.hub.ports, []
    for number in range(100, 100 + count):
        failing += await failed(
            ports.ledger,
            ports.outbox,
            number,
            fault=UNAUTHORISED,
            subject=SUBJECTS[number % 5],
            sender=SENDER,
            priority=Priority(number % 3),
        )
    return failing


async def half_done(hub: Province) -> None:
    """Begin a job about six deliveries, of which one changes before its turn; two have had theirs."""
    ports, rules, now = hub.hub.ports, hub.hub.rules(), hub.clock.now()
    letters = [each for number in range(200, 206) for each in await failed(ports.ledger, ports.outbox, number)]
    decision = Decision(by="can-bo-duty", reason="đơn vị đã đổi mã nhận", now=now)
    which = Filter(cause="receiver-refused", receiver=RECEIVER, parked=False)
    await begin(ports, rules, which, decision, job=JOB, task=Task.REQUEUED, to="", per_minute=60)
    await ports.dead_letters.park(Filter(ids=letters[:1]), by="can-bo-duty", reason="chờ đơn vị", now=now, limit=1)
    for _ in range(2):
        await worked_off(hub)
        hub.clock.advance(seconds=1)


async def worked_off(hub: Province) -> None:
    """Do what the worker does about jobs, as far as something is due."""
    while await work_off(hub.hub.ports, hub.hub.rules()):
        pass
