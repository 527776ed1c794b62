"""A tray that an agency puts into, in a folder, with a clock."""

import hashlib
from datetime import timedelta
from pathlib import Path

from gateway.sdk import CollectedEnvelope

from ..local import LocalStore
from ..store import Store
from ..tray_in import InTray
from .clocks import MovedClock

SETTLE, GIVE_UP = 10, 600


class Tray:
    """A tray in a folder, the agency's hand in it, and a clock."""

    def __init__(self, root: Path) -> None:
        self.root, self.clock, self.heard = root, MovedClock(), list[str]()
        for name in ("di", "loi"):
            (root / name).mkdir(parents=True)
        self.folder, self.harmed = root / "di", root / "loi"
        self.tray = self.opened()

    def opened(self, store: Store | None = None, *, digest_required: bool = False) -> InTray:
        return InTray(
            store or LocalStore(self.root),
            folder="di",
            harmed="loi",
            settle=timedelta(seconds=SETTLE),
            give_up=timedelta(seconds=GIVE_UP),
            digest_required=digest_required,
            now=self.clock,
            log=lambda event, **facts: self.heard.append(f"{event} {facts}"),
        )

    def digest(self, name: str, content: bytes) -> None:
        (self.folder / f"{name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n")

    def names(self) -> set[str]:
        return {each.name for each in self.folder.iterdir()}

    async def waiting(self, tray: InTray | None = None) -> list[CollectedEnvelope]:
        return [each async for each in (tray or self.tray).waiting()]

    async def given(self) -> list[str]:
        return [each.reference for each in await self.waiting()]

    async def after(self, seconds: float) -> list[str]:
        """Look now, and again so much later."""
        first = await self.given()
        self.clock.pass_(seconds)
        return first + await self.given()
