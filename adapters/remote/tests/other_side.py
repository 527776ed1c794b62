"""The other side for the kit: the example in Node in a process of its own, controlled as the kit controls any service."""

from pathlib import Path
from typing import Self

from yarl import URL

from gateway.sdk.conformance.remote_side import RemoteSide, Service
from gateway.sdk.opening import find

from .service import TOKEN, running


class OtherSide(RemoteSide):
    """The service, started for each check."""

    def __init__(self, folder: Path) -> None:
        claims = find(Path(__file__).parents[1]).manifest
        super().__init__(Service(url=URL("http://127.0.0.1"), token=TOKEN, manifest=claims, controlled=True), folder)
        self.port = 0

    async def __aenter__(self) -> Self:
        self.port, _ = await self._opened.enter_async_context(running(self._folder))
        self._service = Service(
            url=URL(f"http://127.0.0.1:{self.port}"), token=TOKEN, manifest=self._service.manifest, controlled=True
        )
        return await super().__aenter__()
