"""The catalogue of adapters."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from gateway.core.directory import System
from gateway.sdk import Adapter
from gateway.sdk.manifest import Manifest
from gateway.sdk.opening import Found


class Catalogue(Protocol):
    """Gives each linked system its adapter."""

    @property
    def found(self) -> Mapping[str, Found]:
        """The adapters that were found, by name."""

    async def adapter(self, system: System) -> Adapter:
        """Open the adapter of a system's link, once: the same again until the link changes, then the old one is closed.

        Raises `Misconfigured("link-misconfigured")` naming the adapter or setting that is wrong.
        """

    def beside(self, system: System) -> AbstractAsyncContextManager[Adapter]:
        """Open the adapter of a link that is not in force, for as long as the block lasts. Raises as `adapter` does."""

    def manifest(self, system: System) -> Manifest:
        """Tell what the adapter of a system's link can do. Raises `Misconfigured("link-misconfigured")`."""

    async def close(self) -> None: ...
