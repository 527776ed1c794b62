"""Adapters: the shipped ones, those of a province's own folders, and installed ones. Each is a folder with `manifest.toml`."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from gateway.core.directory import Link, System
from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId, SystemId
from gateway.ports import Clock, Telemetry
from gateway.sdk import Adapter, Context
from gateway.sdk.manifest import MANIFEST, Manifest, read_manifest
from gateway.sdk.opening import Found, find
from gateway.sdk.shipped import shipped

GROUP: Final = "lienthong.adapters"
"""Entry points of installed packages: each names a package that has a manifest."""
CLOSE_SECONDS: Final = 10.0
"""An adapter that fails to close in time is let go, since it keeps nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An adapter that was opened, what for, and what closes it."""

    link: Link
    organs: frozenset[OrganId]
    adapter: Adapter
    closing: AsyncExitStack


class FolderCatalogue:
    """Catalogue port over the shipped folder of adapters, further `folders`, and what is installed.

    Relative paths of settings start at `home`. Raises `Misconfigured("misconfigured")` naming a manifest that is wrong, or a
    name that is found twice.
    """

    def __init__(self, folders: Iterable[Path], home: Path, clock: Clock, telemetry: Telemetry) -> None:
        self._home = home
        self._clock = clock
        self._telemetry = telemetry
        self._found = _discover((shipped("adapters"), *folders))
        self._opened: dict[SystemId, Opened] = {}
        self._opening: dict[SystemId, asyncio.Lock] = {}

    @property
    def found(self) -> Mapping[str, Found]:
        return self._found

    async def adapter(self, system: System) -> Adapter:
        async with self._opening.setdefault(system.id, asyncio.Lock()):
            link, before = _link(system), self._opened.get(system.id)
            if before is not None and (before.link, before.organs) == (link, system.organs):
                return before.adapter
            self._opened[system.id] = opened = await self._open(system, link)
            if before is not None:
                await _close(before)
            return opened.adapter

    @asynccontextmanager
    async def beside(self, system: System) -> AsyncGenerator[Adapter, None]:
        opened = await self._open(system, _link(system))
        try:
            yield opened.adapter
        finally:
            with suppress(TimeoutError):
                await _close(opened)

    def manifest(self, system: System) -> Manifest:
        return self._find(system, _link(system)).manifest

    async def close(self) -> None:
        opened = tuple(self._opened.values())
        self._opened.clear()
        await _close(*opened)

    def _find(self, system: System, link: Link) -> Found:
        found = self._found.get(link.adapter)
        if found is None:
            exist = ", ".join(self._found)
            raise _wrong(system, f"không có adapter {link.adapter} ({exist})", f"there is no adapter {link.adapter} ({exist})")
        return found

    async def _open(self, system: System, link: Link) -> Opened:
        def log(event: str, **facts: str | float | None) -> None:
            self._telemetry.record(f"adapter.{event}", **facts, system=system.id)

        context = Context(system=system.id, organs=system.organs, folder=self._home, now=self._clock.now, log=log)
        closing = AsyncExitStack()
        try:
            adapter = await closing.enter_async_context(self._find(system, link).opened(link.settings, context))
        except Misconfigured as fault:
            said = f"{system.id}: {fault.detail}", f"{system.id}: {fault.detail_en}"
            raise Misconfigured(fault.code, detail=said[0], detail_en=said[1]) from fault.__cause__
        return Opened(link=link, organs=system.organs, adapter=adapter, closing=closing)


def _discover(folders: Iterable[Path]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for each in (*_in_folders(folders), *_installed()):
        name = each.manifest.name
        if name in found:
            raise Misconfigured("misconfigured", detail=f"adapter {name}: {found[name].folder}, {each.folder}")
        found[name] = each
    return dict(sorted(found.items()))


def _in_folders(folders: Iterable[Path]) -> Iterator[Found]:
    for folder in folders:
        if not folder.is_dir():
            raise Misconfigured("misconfigured", detail=f"{folder}: không phải thư mục", detail_en=f"{folder}: not a folder")
        for file in sorted(folder.glob(f"*/{MANIFEST}")):
            yield find(file.parent)


def _installed() -> Iterator[Found]:
    """Find the packages that entry points name; none is imported before it is used."""
    for point in entry_points(group=GROUP):
        spec = find_spec(point.value)
        if spec is None or not spec.submodule_search_locations:
            raise Misconfigured("misconfigured", detail=f"{GROUP}: {point.name} = {point.value}")
        folder = Path(spec.submodule_search_locations[0])
        yield Found(manifest=read_manifest(folder / MANIFEST), folder=folder, package=point.value)


def _link(system: System) -> Link:
    if system.link is None:
        raise _wrong(system, "không có link", "it has no link")
    return system.link


def _wrong(system: System, vi: str, en: str = "") -> Misconfigured:
    return Misconfigured("link-misconfigured", detail=f"{system.id}: {vi}", detail_en=f"{system.id}: {en or vi}")


async def _close(*opened: Opened) -> None:
    async with asyncio.timeout(CLOSE_SECONDS):
        await asyncio.gather(*(each.closing.aclose() for each in opened), return_exceptions=True)
