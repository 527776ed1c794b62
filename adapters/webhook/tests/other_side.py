"""The other side for the kit: a system that takes signed webhooks, on a port of loopback."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gateway.sdk import StatusCode, edxml
from gateway.sdk.conformance.other_side import REASON, Held, Mood, Outgoing, Told

from .receiver import SECRET, Answer, Content, Receiver

TOKEN: Final = "token-of-the-other-side"
MOODS: Final = {
    Mood.WELL: Answer(),
    Mood.HANGING: Answer(hang=True, takes=False),
    Mood.FAILING: Answer(status=500, body="lỗi nội bộ"),
    Mood.GARBLED: Answer(body="<!DOCTYPE html><html><body>Đăng nhập</body></html>", takes=False),
    Mood.REFUSING: Answer(status=422, body=json.dumps({"detail": REASON})),
    Mood.UNAUTHORISED: Answer(status=401, body="token"),
    Mood.SILENT: Answer(cut=True),
}


class OtherSide:
    """A receiver under the kit's control."""

    impossible: Mapping[Mood, str] = {}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._receiver = Receiver()
        self._port = 0

    async def __aenter__(self) -> Self:
        (self._folder / "secret").write_text(f"{SECRET}\n", "ascii")
        (self._folder / "token").write_text(f"{TOKEN}\n", "ascii")
        self._port = await self._receiver.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._receiver.stop()

    @property
    def settings(self) -> Mapping[str, object]:
        url = f"http://127.0.0.1:{self._port}"
        return {
            "url": f"{url}/lienthong",
            "status_url": f"{url}/statuses",
            "health_url": f"{url}/health",
            "secret_file": "secret",
            "token_file": "token",
            "networks": ["127.0.0.0/8"],
        }

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({SECRET, SECRET.removeprefix("whsec_"), TOKEN})

    async def be(self, mood: Mood) -> None:
        """Behave like that from now on; away, nothing listens on its port."""
        if mood is Mood.AWAY:
            await self._receiver.stop()
            return
        self._receiver.usual = self._receiver.health = MOODS[mood]
        if not self._receiver.serves:
            await self._receiver.start(self._port)

    async def held(self) -> tuple[Held, ...]:
        taken = self._receiver.contents.items()
        return tuple(_held(self._receiver.effects[key], each) for key, each in taken if not _is_event(each))

    async def told(self) -> tuple[Told, ...]:
        return tuple(_told(each) for each in self._receiver.contents.values() if _is_event(each))

    async def offer(self, outgoing: Outgoing) -> str:
        raise NotImplementedError

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        raise NotImplementedError

    async def outcomes(self) -> Mapping[str, str]:
        raise NotImplementedError


def _is_event(content: Content) -> bool:
    return content.kept.startswith(b"{")


def _held(reference: str, content: Content) -> Held:
    """Name attachments as the manifest of the envelope does."""
    package = edxml.read(content.kept)
    assert isinstance(package, edxml.DocumentPackage)
    names = {each.content_id: each.name for each in package.attachments}
    files = {names[content_id]: sha256 for content_id, sha256 in content.parts.items()}
    return Held(reference=reference, envelope=content.kept, files=files)


def _told(content: Content) -> Told:
    data = json.loads(content.kept)["data"]
    code = StatusCode(data["code"]) if data["code"] else None
    return Told(number=data["number"], notation=data["notation"], code=code, description=data["description"])
