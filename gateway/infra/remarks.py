"""Remarks over SQLAlchemy Core: what officers did with documents beside deciding about them."""

from datetime import datetime

from gateway.infra import audit
from gateway.infra.executor import Executor


class SqlRemarks:
    """Remarks port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def opened(self, document: str, what: str, *, by: str, reason: str, now: datetime) -> None:
        subject = {"document": document, "what": what}
        await self._executor.write(
            lambda c: audit.record(c, actor=by, action="document.opened", subject=subject, reason=reason, at=now)
        )
