"""`lienthong held …`: what the policy holds, and what an operator decides about it; every decision has a reason and a name."""

from pathlib import Path

from gateway.entry.cli.operations import decision, opened
from gateway.entry.cli.output import Outcome
from gateway.flows import oversee
from gateway.ports import DocumentView


async def listing(config: Path) -> Outcome:
    """List the held deliveries, oldest first."""
    async with opened(config) as at:
        views = await at.ledger.held()
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
    async with opened(config) as at:
        views = await oversee.release(at.ledger, at.rules(), document, decision(reason))
    to = ", ".join(view.deliveries[0].receiver for view in views)
    return Outcome(data=[_said(view) for view in views], vi=f"✓ Đã chuyển tiếp tới {to}.", en=f"Released to {to}.")


async def turn_back(config: Path, document: str, reason: str) -> Outcome:
    """Give a document back to its sender; its receivers never see it."""
    async with opened(config) as at:
        views = await oversee.refuse(at.ledger, document, decision(reason))
    sender = views[0].document.sender
    return Outcome(data=[_said(view) for view in views], vi=f"✓ Đã trả lại {sender}.", en=f"Turned back to {sender}.")


def _said(view: DocumentView) -> dict[str, str | None]:
    return {"document": view.document.id, "delivery": view.deliveries[0].id, "to": view.deliveries[0].receiver}
