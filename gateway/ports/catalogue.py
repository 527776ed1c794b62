"""The catalogue of adapters."""

from typing import Protocol

from gateway.core.directory import System
from gateway.sdk import Adapter


class Catalogue(Protocol):
    """Gives each linked system its adapter."""

    def names(self) -> tuple[str, ...]:
        """Name the adapters that were found."""

    async def adapter(self, system: System) -> Adapter:
        """Open the adapter of a system's link, once: the same again until the link changes, then the old one is closed.

        Raises `Misconfigured("link-misconfigured")` naming the adapter or setting that is wrong.
        """

    async def collects(self, system: System) -> bool:
        """Tell whether the system is to be asked for what waits there."""

    async def close(self) -> None: ...
