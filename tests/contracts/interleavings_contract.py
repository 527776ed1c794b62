"""Whatever the order of what happens to a delivery, every ledger ends where the table of transitions says, with its receipts."""

import random
from dataclasses import replace

import pytest

from gateway.core.faults import Rejected
from gateway.core.links import LinkKind
from gateway.core.model import Fact, OrganId, State, StatusCode
from gateway.ports import HeldStatuses, Ledger, Links, NamedStatus
from tests.contracts.entries import LATER, NOW, RECEIVER, SENDER, SYSTEM, correlation, entry, report, seal
from tests.contracts.links_revise_contract import revising

FIRST = replace(entry(to=(RECEIVER,)), seal=seal)
OWN = FIRST.deliveries[0].id
STEPS = ["hand over", "recall", "update", "replace", *StatusCode]
FINAL = {State.REJECTED, State.RECALLED, State.REPLACED}


class InterleavingsContract:
    """Steps at random, on a real database; each seed is another interleaving."""

    @pytest.mark.parametrize("seed", range(30))
    async def test_an_interleaving_ends_consistently(self, ledger: Ledger, links: Links, held: HeldStatuses, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  no secret
        steps = [chance.choice(STEPS) for _ in range(12)]
        accepted = chance.randrange(4)
        ends: list[State] = []
        for number, step in enumerate(steps):
            if number == accepted:
                await ledger.accept(FIRST)
            await self._step(ledger, links, held, step, number, known=number >= accepted)
            if number >= accepted:
                ends.append((await ledger.delivery(OWN, {SENDER})).deliveries[0].state)
        final = [each for each in ends if each in FINAL]
        assert len(set(final)) <= 1 and ends[len(ends) - len(final) :] == final
        facts = [each.fact for each in await ledger.receipts(FIRST.document.id, {SENDER})]
        assert facts.count(Fact.ACCEPTED) == 1 and facts.count(Fact.COLLECTED) <= 1
        kinds = [each.type for each in (await ledger.history(FIRST.document.id, {SENDER})).events]
        assert kinds.count("delivery.collected") == facts.count(Fact.COLLECTED)
        assert kinds.count("document.replaced") == (1 if State.REPLACED in final else 0)

    async def _step(self, ledger: Ledger, links: Links, held: HeldStatuses, step: str, number: int, *, known: bool) -> None:
        """Take a step; what is refused changes nothing. Before the document only its statuses come."""
        try:
            if step in set(StatusCode):
                await self._say(held, StatusCode(step), number)
            elif not known:
                return
            elif step == "hand over":
                lease = await ledger.lease(SYSTEM, {OrganId(RECEIVER)}, limit=9, until=LATER, now=NOW)
                if lease is not None:
                    await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
            elif step == "recall":
                await links.recall(FIRST.document.id, None, {SENDER}, reason="Gửi nhầm", now=LATER, seal=seal)
            else:
                kind = LinkKind.UPDATE if step == "update" else LinkKind.REPLACE
                await ledger.accept(revising(kind, [OWN], number=100 + number, target=FIRST))
        except Rejected as fault:
            assert fault.code == "status-conflict"

    async def _say(self, held: HeldStatuses, code: StatusCode, number: int) -> None:
        reporter = SENDER if code is StatusCode.RECALL_REQUESTED else RECEIVER
        said = report(code, reporter, "Lý do", at=NOW.replace(microsecond=number % 3))  # now and then the same again
        status = NamedStatus(named=correlation(FIRST), receiver=RECEIVER, report=said, package=b"")
        await held.say(status, {reporter}, now=NOW, seal=seal)
