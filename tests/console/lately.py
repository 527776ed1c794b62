"""A province that was late for weeks: documents whose receivers did not fetch or answer them in time, agency by agency."""

from datetime import timedelta

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import OrganId, Priority, StatusCode
from gateway.flows.keep_time import keep_time, take_steps
from gateway.ports import Owed, Owing
from tests.api.conftest import Province
from tests.console.morning import SUBJECTS
from tests.contracts.entries import OTHER, RECEIVER, STRANGER, entry, report, seal

SLOW = {RECEIVER: 3, STRANGER: 7, OTHER: 20}
"""Agencies, and of how many days there is one on which they were late."""


async def begun(hub: Province, days: int = 26) -> None:
    """Let documents come for weeks, and time be kept until now."""
    ports, number = hub.hub.ports, 500
    for back in range(days, 0, -1):
        for organ, every in SLOW.items():
            for _ in range(1 + back % 3 if back % every == 0 else 0):
                number += 1
                at = hub.clock.now() - timedelta(days=back, hours=1)
                fields = {"accepted_at": at, "subject": SUBJECTS[number % 5], "priority": Priority(number % 4), "due_on": None}
                made = entry(number, to=(organ,), **fields)  # type: ignore[arg-type]  # fields of Document
                await ports.ledger.accept(made)
                if number % 4 == 0:
                    said = report(StatusCode.REGISTERED, organ)
                    await ports.ledger.record_status(made.deliveries[0].id, said, {organ}, now=at + timedelta(days=1), seal=seal)
    await keep_time(ports.deadlines, hub.hub.rules())
    await take_steps(ports, hub.hub.rules())


async def overdue(hub: Province, rule: Rule = Rule.COLLECTION) -> list[Owed]:
    """Give what is overdue by a rule, the earliest due first."""
    owing = Owing(states=(DeadlineState.OVERDUE,), rule=rule)
    return list((await hub.hub.ports.deadlines.owed(owing, after=None, limit=500)).items)


def debtor(found: list[Owed]) -> OrganId:
    """Give who owes most."""
    owes = [each.deadline.organ for each in found]
    return max(set(owes), key=owes.count)
