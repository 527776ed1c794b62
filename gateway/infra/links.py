"""What documents have to do with each other, on the ledger's executor."""

from collections.abc import Collection
from datetime import datetime

from gateway.core.model import OrganId
from gateway.infra import ledger_recall
from gateway.infra.executor import Executor
from gateway.ports import Recalled, Seal


class SqlLinks:
    """Links port."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def recall(
        self,
        document: str,
        to: Collection[OrganId] | None,
        organs: Collection[OrganId],
        *,
        reason: str,
        now: datetime,
        seal: Seal,
    ) -> Recalled:
        return await self._executor.write(lambda c: ledger_recall.recall(c, document, to, reason, organs, now, seal))
