"""`lienthong held …`: what the policy holds, and what an operator decides about it; every decision has a reason and a name."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.config import Settings
from gateway.entry.cli.output import Outcome
from gateway.infra.clock import SystemClock
from gateway.infra.ledger import SqlLedger
from gateway.ports import DocumentView
from gateway.wiring import LEDGER_FILE


async def listing(config: Path) -> Outcome:
    """List the held deliveries, oldest first."""
    async with opened(config) as ledger:
        views = await ledger.held()
    rows = [
        {
            "Văn bản · Document": view.document.id,
            "Nhận lúc · Accepted": f"{view.document.accepted_at:%d/%m/%Y %H:%M}",
            "Từ · From": view.document.sender,
            "Tới · To": view.deliveries[0].receiver,
            "Số, ký hiệu · Code": f"{view.document.number}/{view.document.notation}",
            "Lý do · Why": view.deliveries[0].why,
        }
        for view in views
    ]
    data = [_said(view) | {"why": view.deliveries[0].why} for view in views]
    return Outcome(data=data, rows=rows, vi="" if rows else "Không có văn bản bị giữ.", en="" if rows else "Nothing is held.")


async def release(config: Path, document: str, reason: str) -> Outcome:
    """Let a document go on to its receivers."""
    async with opened(config) as ledger:
        views = await ledger.release(document, by=getpass.getuser(), reason=reason, now=SystemClock().now())
    to = ", ".join(view.deliveries[0].receiver for view in views)
    return Outcome(data=[_said(view) for view in views], vi=f"✓ Đã chuyển tiếp tới {to}.", en=f"Released to {to}.")


async def turn_back(config: Path, document: str, reason: str) -> Outcome:
    """Give a document back to its sender; its receivers never see it."""
    async with opened(config) as ledger:
        views = await ledger.turn_back(document, by=getpass.getuser(), reason=reason, now=SystemClock().now())
    sender = views[0].document.sender
    return Outcome(data=[_said(view) for view in views], vi=f"✓ Đã trả lại {sender}.", en=f"Turned back to {sender}.")


@asynccontextmanager
async def opened(config: Path) -> AsyncIterator[SqlLedger]:
    """Open the ledger of the settings, beside the hub that may be running on it."""
    settings = Settings.load(config)
    ledger = SqlLedger.open(settings.path(settings.storage.data) / LEDGER_FILE)
    try:
        await ledger.ready()
        yield ledger
    finally:
        await ledger.close()


def _said(view: DocumentView) -> dict[str, str | None]:
    return {"document": view.document.id, "delivery": view.deliveries[0].id, "to": view.deliveries[0].receiver}
