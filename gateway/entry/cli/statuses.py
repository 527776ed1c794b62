"""`lienthong statuses …`: statuses that wait for their document, or for an operator who says which is meant."""

from pathlib import Path

from gateway.entry.api.admin.statuses import held_status
from gateway.entry.cli.operations import decision, opened
from gateway.entry.cli.output import Outcome
from gateway.flows import oversee
from gateway.infra.clock import SystemClock
from gateway.infra.signer_file import FileSigner

_STATES = {"waiting": "đang chờ · waiting", "quarantined": "cần xử lý · needs a hand"}
_REASONS = {
    "unmatched": "không tìm thấy văn bản · no such document",
    "ambiguous": "nhiều văn bản khớp · several match",
    "conflict": "không hợp bước hiện tại · not allowed at this state",
}
SHOWN = 500


async def listing(config: Path) -> Outcome:
    """List what waits, oldest first."""
    async with opened(config) as at:
        page = await at.held_statuses.held(after=None, limit=SHOWN)
    data = [held_status(each, SystemClock().now()) for each in page.items]
    rows = [
        {
            "Mã · Id": each["id"],
            "Nhận lúc · Received": f"{held.received_at:%d/%m/%Y %H:%M}",
            "Từ · From": each["reporter"],
            "Trạng thái · Status": each["status_code"],
            "Về văn bản · About": f"{each['code']} ({each['owner']})",
            "": _STATES[each["state"]],
            "Vì sao · Why": _REASONS[each["reason"]],
            "Có thể là · May be": ", ".join(one["delivery"] for one in each["candidates"]),
        }
        for each, held in zip(data, page.items, strict=True)
    ]
    return Outcome(
        data=data, rows=rows, vi="" if rows else "Không có trạng thái nào đang chờ.", en="" if rows else "No status waits."
    )


async def resolve(config: Path, status: str, delivery: str | None, reason: str) -> Outcome:
    """Record one on a delivery, or give it up where none is named."""
    async with opened(config) as at:
        hub = at.settings.hub
        signer = FileSigner.load(at.settings.path(hub.key), at.settings.path(hub.certificate), hub.name)
        await oversee.resolve_status(at.held_statuses, signer.seal, status, delivery, decision(reason))
    data = {"id": status, "outcome": "dropped" if delivery is None else "applied", "delivery": delivery}
    if delivery is None:
        return Outcome(data=data, vi="✓ Đã bỏ.", en="Dropped.")
    return Outcome(data=data, vi=f"✓ Đã ghi vào lượt chuyển {delivery}.", en=f"Recorded on {delivery}.")
