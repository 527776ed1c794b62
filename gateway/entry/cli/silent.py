"""`lienthong agency silent`: who has not looked for documents, and what waits for whom."""

from datetime import datetime
from pathlib import Path

from gateway.entry.api.admin.agencies import rendered
from gateway.entry.cli.operations import opened
from gateway.entry.cli.output import Outcome, Row
from gateway.flows.attend import Silent, silent
from gateway.infra.clock import SystemClock


async def listing(config: Path) -> Outcome:
    """List the silent agencies."""
    async with opened(config) as at:
        found = await silent(at.presence, at.rules(), SystemClock().now())
    return Outcome(
        data=[rendered(each) for each in found],
        rows=[_row(each) for each in found],
        vi="" if found else "Mọi cơ quan tự lấy văn bản đều đã vào hệ thống trong buổi làm việc gần nhất.",
        en="" if found else "All agencies that fetch their documents have looked in the last half-day.",
    )


def _row(value: Silent) -> Row:
    return {
        "Cơ quan · Agency": value.agency.id,
        "Tên · Name": value.agency.name,
        "Hệ thống · Systems": ", ".join(value.systems) or "(không có · none)",
        "Vào lần cuối · Seen": _shown(value.seen_at) or "chưa bao giờ · never",
        "Im lặng từ · Silent since": _shown(value.since),
        "Đang chờ · Waiting": value.backlog.waiting if value.backlog else 0,
        "Cũ nhất · Oldest": _shown(value.backlog.oldest_at) if value.backlog else None,
    }


def _shown(moment: datetime | None) -> str | None:
    return f"{moment:%d/%m/%Y %H:%M}" if moment else None
