"""Changing agencies.toml while the hub runs: written down in the audit log first, in force as soon as it is done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from gateway.entry.api.hub import Hub
from gateway.flows.oversee import Decision
from gateway.infra.agencies_file import DirectoryDraft, editing
from gateway.infra.toml_edit import is_editable, writable

Held = TypeVar("Held")


@asynccontextmanager
async def changing(hub: Hub, action: str, subject: dict[str, object], decision: Decision) -> AsyncIterator[DirectoryDraft]:
    """Edit agencies.toml as `editing` does, for an officer who decides it; nothing is changed where the block raises.

    `subject` is what the audit log keeps: the block may add to it. Raises `directory-read-only` where this machine may not change
    the directory, and what `editing` raises.
    """
    file = hub.settings.path(hub.settings.directory.agencies)
    async with threaded(_writable(file)) as draft:
        yield draft
        draft.directory(file)  # what the hub would refuse is not written down as done
        await hub.ports.audit.record(action, subject, by=decision.by, reason=decision.reason, now=decision.now)
    await hub.refresh()
    hub.ports.telemetry.record("directory.changed", action=action, by=decision.by)


def is_read_only(hub: Hub) -> bool:
    """Tell whether this machine may not change the directory: said before somebody fills in a form for nothing."""
    return not is_editable(hub.settings.path(hub.settings.directory.agencies))


@asynccontextmanager
async def threaded(blocking: AbstractContextManager[Held]) -> AsyncIterator[Held]:
    """Hold what waits for a lock and for the disk: it is entered and left in a thread."""
    held = await asyncio.to_thread(blocking.__enter__)
    try:
        yield held
    except BaseException as error:
        await asyncio.to_thread(blocking.__exit__, type(error), error, error.__traceback__)
        raise
    await asyncio.to_thread(blocking.__exit__, None, None, None)


@contextmanager
def _writable(file: Path) -> Iterator[DirectoryDraft]:
    with writable("directory-read-only", str(file)), editing(file) as draft:
        yield draft
