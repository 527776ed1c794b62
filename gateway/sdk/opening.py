"""Opening an adapter that was found: its folder is loaded as a package, its settings are checked, and then it is opened."""

import hashlib
import importlib
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from gateway.core.faults import Fault, Misconfigured
from gateway.sdk.blocking import threaded
from gateway.sdk.contract import Adapter, Context
from gateway.sdk.form import Mistake, mistakes_of
from gateway.sdk.manifest import MANIFEST, Manifest, mistakes, read_manifest

MODULE: Final = "adapter"
FACE: Final = "face"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An adapter that was found, and where. `package` is the name of an installed one, None where it is a mere folder."""

    manifest: Manifest
    folder: Path
    package: str | None = None

    def settings(self) -> type[BaseModel]:
        """Give the model of its settings: its JSON schema is what a form is drawn from. Raises `Misconfigured`."""
        model: type[BaseModel] = self.part(MODULE, "Settings")
        return model

    def mistaken(self, settings: Mapping[str, object]) -> tuple[Mistake, ...]:
        """Say what its model refuses of settings, without opening it. Raises `Misconfigured`."""
        try:
            self.settings().model_validate(dict(settings))
        except ValidationError as error:
            return mistakes_of(error)
        except Fault:
            raise
        except Exception as error:
            raise _wrong(f"{self.manifest.name}: {type(error).__name__}") from error
        return ()

    @asynccontextmanager
    async def opened(self, settings: Mapping[str, object], context: Context) -> AsyncGenerator[Adapter, None]:
        """Open it, for as long as the block lasts. Raises `Misconfigured("link-misconfigured")` naming what is wrong.

        An adapter's own code is run here, of which anything may come.
        """
        name = self.manifest.name
        opening = self._opening(settings, context)
        try:
            adapter = await opening.__aenter__()
        except Fault:
            raise
        except Exception as error:
            raise _wrong(f"{name}: {type(error).__name__}") from error
        try:
            yield adapter
        finally:
            await opening.__aexit__(None, None, None)

    def _opening(self, settings: Mapping[str, object], context: Context) -> AbstractAsyncContextManager[Adapter]:
        name = self.manifest.name
        try:
            read = self.settings().model_validate(dict(settings))
            made: Any = self.part(MODULE, "open_adapter")(read, context)
        except Fault:
            raise
        except ValidationError as error:
            raise _wrong(f"{name}: {mistakes(error)}") from None  # its own words quote the values
        except Exception as error:
            raise _wrong(f"{name}: {type(error).__name__}") from error
        return threaded(made) if isinstance(made, AbstractContextManager) else made

    def face(self) -> Any:
        """Give what its `face.py` answers with. Raises `Misconfigured`."""
        return self.part(FACE, "answer")

    def part(self, module: str, name: str) -> Any:
        """Give what a module of it defines; its tests too are modules of it. Raises `Misconfigured`."""
        try:
            package = self.package or _packaged(self.folder)
            return getattr(importlib.import_module(f"{package}.{module}"), name)
        except ModuleNotFoundError as error:
            raise _wrong(f"{self.manifest.name}: ModuleNotFoundError: {error.name}") from error
        except Exception as error:
            raise _wrong(f"{self.manifest.name}: {type(error).__name__}: {module}.{name}") from error


def find(folder: Path) -> Found:
    """Find the adapter in a folder. Raises `Misconfigured` naming what is wrong with its manifest."""
    found = Found(manifest=read_manifest(folder / MANIFEST), folder=folder.resolve())
    if found.manifest.name != found.folder.name:
        detail = f"{folder / MANIFEST}: name = {found.manifest.name!r} ≠ {found.folder.name!r}"
        raise Misconfigured("misconfigured", detail=detail)
    return found


def _packaged(folder: Path) -> str:
    """Make a package of a folder under a name that no import statement elsewhere reaches; its modules import each other by it."""
    name = f"_adapter_{folder.name}_{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name


def _wrong(detail: str) -> Misconfigured:
    return Misconfigured("link-misconfigured", detail=detail)
