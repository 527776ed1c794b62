"""How a process of the hub runs: on the faster loop where there is one, until SIGTERM; SIGHUP reads the settings anew."""

import asyncio
import importlib
import importlib.util
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.core.faults import Fault
from gateway.infra.allocator import return_large_blocks
from gateway.ports import Telemetry

FIXED: Final = ("server", "storage", "database", "broker", "hub", "work", "vxp", "alerts", "console")
"""Sections that are read once: what they open is open. A change of theirs takes a restart, and is said so."""


def in_force(found: Settings, running: Settings) -> Settings:
    """Give settings that were read anew, but for the sections that are read once."""
    return found.model_copy(update={name: getattr(running, name) for name in FIXED})


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run until it ends, on uvloop where that is installed (extra `fast`), else on the standard event loop."""
    return_large_blocks()
    fast = importlib.util.find_spec("uvloop") is not None
    factory = importlib.import_module("uvloop").new_event_loop if fast else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_awaited(main))


async def _awaited(main: Callable[[], Awaitable[None]]) -> None:
    await main()


def stopping() -> asyncio.Event:
    """Give the event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@dataclass(slots=True)
class Reloading:
    """The settings in force: parsed, validated, then swapped at SIGHUP; the old ones stay where the new ones are wrong."""

    settings: Settings
    telemetry: Telemetry
    apply: Callable[[Settings], None]
    """Puts new settings in force; raises Fault, having changed nothing, where it cannot."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def listen(self) -> None:
        """Begin to listen for the signal."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._begin)

    def _begin(self) -> None:
        task = asyncio.create_task(self.reload(self.settings.file))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def reload(self, file: Path) -> None:
        """Read the settings anew."""
        try:
            found = await asyncio.to_thread(Settings.load, file)
            await asyncio.to_thread(self.apply, found)
        except (Fault, OSError) as error:
            self.telemetry.record("settings.refused", error=str(error))
            return
        fixed = [name for name in FIXED if getattr(found, name) != getattr(self.settings, name)]
        if fixed:
            self.telemetry.record("settings.need_restart", sections=", ".join(fixed))
        self.settings = found
        self.telemetry.record("settings.reloaded")
