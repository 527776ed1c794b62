"""`lienthong report …`: what the ledger counts, for operators."""

from datetime import datetime
from pathlib import Path

from gateway.core.findings import FINDINGS
from gateway.entry.cli.operations import here, opened
from gateway.entry.cli.output import Outcome


async def findings(config: Path, since: datetime | None, until: datetime | None) -> Outcome:
    """Count findings by sender and code, the most frequent first; days are Vietnam's."""
    async with opened(config) as at:
        counted = await at.ledger.finding_counts(None, since=here(since), until=here(until))
    rows = [
        {
            "Cơ quan · Sender": each.sender,
            "Mã · Code": each.code,
            "Điều · Article": each.article,
            "Văn bản · Documents": each.documents,
            "Gần nhất · Last": f"{each.last_at:%d/%m/%Y %H:%M}",
            "Nội dung · Text": FINDINGS[each.code].vi if each.code in FINDINGS else "",
        }
        for each in counted
    ]
    data = [
        {
            "sender": each.sender,
            "code": each.code,
            "severity": each.severity,
            "article": each.article,
            "documents": each.documents,
            "last_at": each.last_at.isoformat(),
        }
        for each in counted
    ]
    return Outcome(data=data, rows=rows, vi="" if rows else "Không có ghi nhận nào.", en="" if rows else "There are no findings.")
