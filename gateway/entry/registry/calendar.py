"""The working calendar, changed by two officers: one proposes, another approves; what is approved is in force at once."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.config import Settings
from gateway.core.calendar_changes import CalendarChange, CalendarProposal, ProposalState, decided
from gateway.core.faults import Misconfigured, Rejected
from gateway.entry.api.hub import Hub
from gateway.entry.registry.changing import threaded
from gateway.flows.keep_time import effect
from gateway.flows.oversee import Decision
from gateway.infra.calendar_edit import carrying_out
from gateway.infra.toml_edit import writable


def own_folder(settings: Settings) -> Path | None:
    """Give the folder of the calendar that the hub may write to; None where the one that ships holds, or it may only be read."""
    named = settings.directory.calendar
    folder = settings.path(named) if named is not None else None
    return folder if folder is not None and os.access(folder, os.W_OK) else None


async def propose(hub: Hub, change: CalendarChange, decision: Decision) -> CalendarProposal:
    """Write a change down that waits for a second officer. Raises `calendar-unchanged` where it is so already."""
    rules = hub.rules()
    there = rules.timekeeping.working_time
    if change.holds(there) or not change.can(there):
        raise Rejected("calendar-unchanged", path="change")
    moved = await effect(hub.ports.deadlines, rules, change.upon(there), decision.now)
    proposal = CalendarProposal(
        id=secrets.token_hex(16),
        change=change,
        by=decision.by,
        reason=decision.reason,
        at=decision.now,
        deadlines=len(moved),
        agencies=len({old.organ for old, _ in moved}),
    )
    await hub.ports.calendar_proposals.propose(proposal)
    return proposal


async def approve(hub: Hub, proposal: str, decision: Decision) -> None:
    """Have a change hold: it is written down as approved under the lock of the file, then the file is replaced.

    Raises `not-found`, `proposal-decided`, `second-officer-needed`, `calendar-changed`, `calendar-read-only`.
    """
    book = hub.ports.calendar_proposals
    approved = _decided(await book.get(proposal), ProposalState.APPROVED, decision)
    async with threaded(_writing(hub.settings, approved.change)):
        await book.decide(approved)
    await hub.refresh()
    hub.ports.telemetry.record("calendar.changed", proposal=proposal, by=decision.by)


async def turn_down(hub: Hub, proposal: str, state: ProposalState, decision: Decision) -> None:
    """Refuse a change, or withdraw one's own.

    Raises `not-found`, `proposal-decided`, `second-officer-needed`, `role-insufficient`.
    """
    book = hub.ports.calendar_proposals
    await book.decide(_decided(await book.get(proposal), state, decision))


def _decided(proposal: CalendarProposal, state: ProposalState, decision: Decision) -> CalendarProposal:
    return decided(proposal, state, decision.by, decision.reason, decision.now)


@contextmanager
def _writing(settings: Settings, change: CalendarChange) -> Iterator[None]:
    folder = own_folder(settings)
    if folder is None:
        raise Misconfigured("calendar-read-only", path="directory.calendar")
    with writable("calendar-read-only", "directory.calendar"), carrying_out(folder, change):
        yield
