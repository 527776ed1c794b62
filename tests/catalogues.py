"""The catalogue as the hub opens it, for tests that need an adapter opened."""

from pathlib import Path

from gateway.core.directory import Link, System
from gateway.core.model import OrganId, SystemId
from gateway.infra.catalogue import FolderCatalogue
from gateway.infra.clock import SystemClock
from gateway.infra.telemetry import LoggedTelemetry


def catalogue(home: Path = Path(), *folders: Path) -> FolderCatalogue:
    """Open the catalogue of the shipped adapters and those of more folders; paths of settings start at `home`."""
    return FolderCatalogue(folders, home, SystemClock(), LoggedTelemetry())


def linked(adapter: str, settings: dict[str, object] | None = None, name: str = "office") -> System:
    """Make a system that is linked through an adapter."""
    link = Link(adapter=adapter, settings=settings or {})
    return System(id=SystemId(name), organs=frozenset({OrganId("H56.40.02")}), link=link)
