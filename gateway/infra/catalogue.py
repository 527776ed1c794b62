"""Adapters in folders: the shipped ones and a province's own. A folder `<name>` with `manifest.toml` and `adapter.py` is one."""

import asyncio
import hashlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.core.directory import Link, System
from gateway.core.faults import Fault, Misconfigured
from gateway.core.model import OrganId, SystemId
from gateway.infra.shipped import shipped
from gateway.sdk import CONTRACT, Adapter, Context

MANIFEST: Final = "manifest.toml"
MODULE: Final = "adapter.py"
OpenAdapter = Callable[[Mapping[str, object], Context], Adapter]


class Description(BaseModel):
    """What an adapter does, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Manifest(BaseModel):
    """An adapter's `manifest.toml`. `push` and `collect` tell which ways documents go; `contract` is the SDK's `CONTRACT`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    version: str = Field(min_length=1)
    contract: int
    description: Description
    push: bool
    collect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An adapter that was found, and where."""

    manifest: Manifest
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An adapter that was opened, and what for."""

    link: Link
    organs: frozenset[OrganId]
    adapter: Adapter


class FolderCatalogue:
    """Catalogue port over the shipped folder of adapters and further `folders`; relative paths of settings start at `home`.

    Raises `Misconfigured("misconfigured")` naming a manifest that is wrong, or a name that is found twice.
    """

    def __init__(self, folders: Iterable[Path], home: Path) -> None:
        self._home = home
        self._found = _discover((shipped("adapters"), *folders))
        self._openers: dict[str, OpenAdapter] = {}
        self._opened: dict[SystemId, Opened] = {}

    def names(self) -> tuple[str, ...]:
        return tuple(self._found)

    async def adapter(self, system: System) -> Adapter:
        """Open what the link says; an adapter that fails to close is let go, since it keeps nothing."""
        link, before = _link(system), self._opened.get(system.id)
        if before is not None and (before.link, before.organs) == (link, system.organs):
            return before.adapter
        adapter = self._open(system, link)
        self._opened[system.id] = Opened(link=link, organs=system.organs, adapter=adapter)
        if before is not None:
            await _close(before)
        return adapter

    async def collects(self, system: System) -> bool:
        return system.link is not None and self._find(system, system.link).manifest.collect

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

    def _open(self, system: System, link: Link) -> Adapter:
        """Run the adapter's own code, of which anything may come."""
        found = self._find(system, link)
        context = Context(system=system.id, organs=system.organs, folder=self._home)
        try:
            if link.adapter not in self._openers:
                self._openers[link.adapter] = _load(found)
            return self._openers[link.adapter](dict(link.settings), context)
        except Fault:
            raise
        except ValidationError as error:
            raise _wrong(system, f"{link.adapter}: {_mistakes(error)}") from None  # its own words quote the values
        except Exception as error:
            raise _wrong(system, f"{link.adapter}: {type(error).__name__}") from error


def _discover(folders: Iterable[Path]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for folder in folders:
        if not folder.is_dir():
            raise Misconfigured("misconfigured", detail=f"{folder}: không phải thư mục", detail_en=f"{folder}: not a folder")
        for file in sorted(folder.glob(f"*/{MANIFEST}")):
            each = Found(manifest=_manifest(file), folder=file.parent)
            name = each.manifest.name
            if name in found:
                raise Misconfigured("misconfigured", detail=f"adapter {name}: {found[name].folder}, {each.folder}")
            found[name] = each
    return dict(sorted(found.items()))


def _manifest(file: Path) -> Manifest:
    """Read a manifest. Its contract is looked at first: another version may have other keys."""
    try:
        read = tomllib.loads(file.read_text("utf-8"))
        contract = read.get("contract", CONTRACT)
        if contract != CONTRACT:
            raise Misconfigured(
                "misconfigured",
                detail=f"{file}: contract = {contract!r}; trục này dùng {CONTRACT}",
                detail_en=f"{file}: contract = {contract!r}; this hub speaks {CONTRACT}",
            )
        manifest = Manifest.model_validate(read)
    except (OSError, ValueError) as error:
        detail = _mistakes(error) if isinstance(error, ValidationError) else str(error)
        raise Misconfigured("misconfigured", detail=f"{file}: {detail}") from error
    if manifest.name != file.parent.name:
        raise Misconfigured("misconfigured", detail=f"{file}: name = {manifest.name!r} ≠ {file.parent.name!r}")
    return manifest


def _load(found: Found) -> OpenAdapter:
    """Run `adapter.py` under a name that no import statement reaches; pydantic and dataclasses look their modules up by it."""
    file = (found.folder / MODULE).resolve()
    name = f"_adapter_{found.manifest.name}_{hashlib.sha256(str(file).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    opener: Any = module.open_adapter
    return opener  # type: ignore[no-any-return]  # the contract says what it is


def _link(system: System) -> Link:
    if system.link is None:
        raise _wrong(system, "không có link", "it has no link")
    return system.link


def _wrong(system: System, vi: str, en: str = "") -> Misconfigured:
    return Misconfigured("link-misconfigured", detail=f"{system.id}: {vi}", detail_en=f"{system.id}: {en or vi}")


def _mistakes(error: ValidationError) -> str:
    """Name each wrong setting, never its value: it may be a secret."""
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())


async def _close(*opened: Opened) -> None:
    await asyncio.gather(*(each.adapter.close() for each in opened), return_exceptions=True)
