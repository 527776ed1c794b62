"""The rules in force, from the files that the settings name."""

import asyncio
from dataclasses import replace

from gateway.config import Settings
from gateway.core.faults import Fault
from gateway.core.rules import Limits, Rules
from gateway.infra.rules_files import Loaded, Sources, load
from gateway.infra.telemetry import LoggedTelemetry
from gateway.ports import Clock

RELOAD_SECONDS = 1.0
"""How soon a change of the directory or of a revocation list is in force."""


class CurrentRules:
    """The rules in force: parsed, validated, then swapped; the old ones stay when the new ones are wrong."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._loaded = load_rules(settings, clock)
        self._stamp = self._loaded.stamp()

    def __call__(self) -> Rules:
        return self._loaded.rules

    def reload(self, settings: Settings) -> None:
        """Load by other settings, and swap. Raises Misconfigured, having changed nothing."""
        self._loaded = load_rules(settings, self._clock)
        self._settings, self._stamp = settings, self._loaded.stamp()

    async def refresh(self) -> None:
        """Load at once what has just been changed. Raises Misconfigured, having changed nothing."""
        await asyncio.to_thread(self.reload, self._settings)

    async def follow(self, telemetry: LoggedTelemetry) -> None:
        """Reload whenever a file changes, for ever."""
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            seen = await asyncio.to_thread(self._loaded.stamp)
            if seen == self._stamp:
                continue
            self._stamp = seen
            try:
                self._loaded = await asyncio.to_thread(load_rules, self._settings, self._clock)
            except (Fault, OSError) as error:
                telemetry.record("rules.refused", error=str(error))
            else:
                telemetry.record("rules.reloaded", agencies=len(self._loaded.rules.directory.agencies))


def load_rules(settings: Settings, clock: Clock) -> Loaded:
    """Load the rules that the settings name."""
    limits = Limits(envelope=settings.limits.envelope, attachment=settings.limits.attachment, parts=settings.limits.parts)
    directory = settings.directory
    named = {name: getattr(directory, name) for name in ("policy", "calendar", "deadlines", "alerts")}
    own = {name: settings.path(path) for name, path in {**named, "key": directory.key}.items() if path is not None}
    sources = Sources(agencies=settings.path(directory.agencies), trust=settings.path(directory.trust), **own)
    loaded = load(sources, limits, clock.now())
    if settings.mail is None:
        return loaded
    timekeeping = replace(loaded.rules.timekeeping, by_mail=True)
    return replace(
        loaded,
        rules=replace(
            loaded.rules, timekeeping=timekeeping, officers=settings.mail.officers, address=settings.console.address or ""
        ),
    )
