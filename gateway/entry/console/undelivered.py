"""Không gửi được · Undeliverable: grouped by cause, with what it means, what to do, and doing it to the whole group."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.jobs import running
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.flows import work_off
from gateway.ports import DeadLetter, Filter, Task

PAGE_SIZE: Final = 50
DIGITS: Final = 4
"""Of a number a minute."""
EFFECTS: Final[Mapping[Task, tuple[str, str]]] = {
    Task.REQUEUED: (
        "Trục gửi lại tới nơi nhận như chưa từng thử; cái nào vẫn không gửi được thì trở lại danh sách này, kèm lý do.",
        "The hub sends them as if they had never been tried; what fails again comes back to this list, with the reason.",
    ),
    Task.PARKED: (
        "Không gửi nữa cho tới khi có người gửi lại; xem ở «Đã để riêng». Bên gửi thấy việc này.",
        "They are not sent until somebody sends them again; see Put aside. Their senders see it.",
    ),
    Task.REDIRECTED: (
        "Nơi nhận dưới đây nhận thay; nơi nhận cũ không nhận nữa. Bên gửi thấy việc này.",
        "The agency below receives them instead of the present one. Their senders see it.",
    ),
    Task.TURNED_BACK: (
        "Bên gửi thấy văn bản bị trả lại cùng lý do; không gửi lại được nữa.",
        "The senders see that they come back, with the reason; they cannot be sent again.",
    ),
}
"""What comes of each decision."""
_MEANT: Final = frozenset({"receiver", "cause", "parked", "id"})
"""The fields that say what a decision is about."""


async def show(visit: Visit) -> web.Response:
    """Show the groups, the dead letters of the one that is chosen, and the jobs that go on."""
    which = _filter(visit.asked)
    letters = visit.ports.dead_letters
    found = await letters.dead_letters(which, after=visit.asked("after") or None, limit=PAGE_SIZE)
    return page(
        visit,
        "undelivered.html",
        title=visit.say("Không gửi được", "Undeliverable"),
        groups=await letters.groups(Filter(parked=which.parked)),
        letters=found.items,
        next=found.next,
        which=which,
        running=await running(visit),
    )


async def export(visit: Visit) -> web.Response:
    """Give the whole group as a sheet."""
    return await sheet(visit, "khong-gui-duoc", visit.say("Không gửi được", "Undeliverable"), _COLUMNS, _rows(visit))


async def preview(visit: Visit, form: Form) -> web.Response:
    """Say what a decision would be about and how long it would take, before it is made."""
    which, task = _chosen(form), _task(form)
    count = await visit.ports.dead_letters.preview(which)
    return page(
        visit,
        "undelivered_preview.html",
        title=visit.say("Xác nhận", "Confirm"),
        count=count,
        task=task,
        effect=visit.say(*EFFECTS[task]),
        paces={pace: work_off.takes(count, pace) for pace in work_off.PACES},
        kept=[(name, value) for name, value in form.fields if name in _MEANT],
        job=secrets.token_hex(work_off.ID_CHARACTERS // 2),
        running=await running(visit),
        agencies=visit.rules.directory,
    )


async def decide(visit: Visit, form: Form) -> web.Response:
    """Begin a job that carries a decision out, and show it."""
    begun = await work_off.begin(
        visit.ports,
        visit.rules,
        _chosen(form),
        visit.decision(form),
        job=form.get("job"),
        task=_task(form),
        to=form.get("to"),
        per_minute=_pace(form.get("per_minute")),
    )
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/jobs/{begun.id}"})


def _task(form: Form) -> Task:
    """Read what is decided. Raises `malformed-request`."""
    try:
        return Task(form.get("decision"))
    except ValueError as error:
        raise Rejected("malformed-request", path="decision", detail=form.get("decision")) from error


def _pace(written: str) -> int | None:
    """Read how many a minute; empty is as fast as it goes. Raises `malformed-request`."""
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= DIGITS):
        raise Rejected("malformed-request", path="per_minute", detail=written)
    return int(written)


def _chosen(form: Form) -> Filter:
    """Give what a form is about: the deliveries that it names, else the whole group."""
    which = _filter(form.get)
    ids = form.all("id")
    if not ids and which.cause is None and which.receiver is None:
        detail = "Chưa chọn văn bản hay nhóm nào."
        raise Rejected("malformed-request", path="id", detail=detail, detail_en="Nothing was chosen.")
    return Filter(receiver=which.receiver, cause=which.cause, parked=which.parked, ids=ids or None)


def _filter(asked: Callable[[str], str]) -> Filter:
    receiver, cause = asked("receiver"), asked("cause")
    return Filter(receiver=OrganId(receiver) if receiver else None, cause=cause or None, parked=asked("parked") == "1")


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    after, which = None, _filter(visit.asked)
    while True:
        found = await visit.ports.dead_letters.dead_letters(which, after=after, limit=500)
        for each in found.items:
            yield _row(visit, each)
        if found.next is None:
            return
        after = found.next


def _row(visit: Visit, letter: DeadLetter) -> Row:
    document, delivery, say = letter.view.document, letter.view.deliveries[0], Sayer(visit.english)
    return [
        f"{document.number}/{document.notation}",
        document.subject,
        say.priority(document.priority),
        visit.agency(document.sender),
        visit.agency(delivery.receiver),
        delivery.attempts,
        letter.failed_at.replace(tzinfo=None) if letter.failed_at else None,
        say.cause(delivery.cause),
        delivery.answer or delivery.why or "",
        document.id,
    ]


_COLUMNS: Final = (
    ("Số, ký hiệu", "Code", 18),
    ("Trích yếu", "Subject", 60),
    ("Độ khẩn", "Priority", 12),
    ("Nơi gửi", "From", 32),
    ("Nơi nhận", "To", 32),
    ("Lần thử", "Attempts", 10),
    ("Lần cuối", "Last tried", 18),
    ("Nguyên nhân", "Cause", 40),
    ("Bên kia trả lời", "The other side said", 60),
    ("Mã văn bản", "Document", 34),
)
