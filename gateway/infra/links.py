"""What documents have to do with each other, on the ledger's executor."""

from collections.abc import Collection
from datetime import datetime

from gateway.core.model import OrganId
from gateway.infra import ledger_links, ledger_recall
from gateway.infra.executor import Executor
from gateway.ports import Correlation, DocumentView, Linked, Recalled, Seal, Thread


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

    async def sent(self, named: Correlation) -> tuple[DocumentView, ...]:
        return await self._executor.read(lambda c: ledger_links.sent(c, named))

    async def linked(self, document: str, organs: Collection[OrganId]) -> Linked:
        return await self._executor.read(lambda c: ledger_links.linked(c, document, organs))

    async def thread(self, document: str, organs: Collection[OrganId], *, limit: int) -> Thread:
        return await self._executor.read(lambda c: ledger_links.thread(c, document, organs, limit))
