"""The office, broken in one place: how it hands documents over."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.sdk import Consignment, Opener, Taken, Transient, Undeliverable
from gateway.sdk.conformance.comparing import BUSINESS, DUE_DATE, octets
from tests.conformance.office.adapter import Office


class Doubling(Office):
    async def deliver(self, consignment: Consignment) -> Taken:
        return await super().deliver(replace(consignment, key=f"{consignment.key}-{consignment.attempt}"))


class Forgetful(Office):
    """Knows a repeat by what it remembers, which a restart loses."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen: dict[str, str] = {}

    async def deliver(self, consignment: Consignment) -> Taken:
        own = self.seen.setdefault(consignment.key, f"{consignment.key}-{id(self)}")
        return await super().deliver(replace(consignment, key=own))


class Losing(Office):
    async def deliver(self, consignment: Consignment) -> Taken:
        return await super().deliver(replace(consignment, parts=consignment.parts[:1]))


class Tidying(Office):
    """Makes line ends those of its own system."""

    async def digest(self, stream: Opener) -> str:
        async def tidied() -> Any:
            yield (await octets(stream)).replace(b"\r\n", b"\n")

        return await super().digest(tidied)


class Holding(Office):
    async def digest(self, stream: Opener) -> str:
        held = await octets(stream)
        await asyncio.sleep(0.1)
        return hashlib.sha256(held).hexdigest()


class Mapping(Office):
    """Maps fields wrongly."""

    def mapped(self, fields: dict[str, str]) -> dict[str, str]:
        return fields

    def named(self, name: str) -> str:
        return name

    def take(self, key: str, fields: dict[str, str], files: dict[str, str]) -> str:
        return super().take(key, self.mapped(fields), {self.named(name): sha256 for name, sha256 in files.items()})


class Renaming(Mapping):
    """Stores names in ASCII, as a database without Unicode does."""

    def named(self, name: str) -> str:
        return name.encode("ascii", "replace").decode()


class Newing(Mapping):
    """Makes a new document of each, whatever it is about."""

    def mapped(self, fields: dict[str, str]) -> dict[str, str]:
        return {**fields, BUSINESS: "0"}


class Undated(Mapping):
    def mapped(self, fields: dict[str, str]) -> dict[str, str]:
        return {path: text for path, text in fields.items() if path != DUE_DATE}


class Inventing(Mapping):
    """Loses what nobody needs, and invents something: a report, not a failure."""

    def mapped(self, fields: dict[str, str]) -> dict[str, str]:
        kept = {path: text for path, text in fields.items() if not path.endswith("Fax")}
        return {**kept, "MessageHeader/OtherInfo/PageAmount": "99", "MessageHeader/Secrecy": "Thường"}


class Mixing(Office):
    """Keeps what it is at in one place, though several calls are under way."""

    async def deliver(self, consignment: Consignment) -> Taken:
        self.at = consignment
        await asyncio.sleep(0.01)
        return await super().deliver(self.at)


class Hasty(Office):
    """Has the document written down before it has read it."""

    async def deliver(self, consignment: Consignment) -> Taken:
        await self.ask(lambda: self.memory.take(consignment.key, {}, {}))
        taken = await super().deliver(consignment)
        self.memory.documents.pop(consignment.key)
        await super().deliver(consignment)
        return taken


class Stubborn(Office):
    """Does not let itself be cancelled."""

    async def deliver(self, consignment: Consignment) -> Taken:
        task = asyncio.ensure_future(super().deliver(consignment))
        while not task.done():
            try:
                await asyncio.wait({task}, timeout=3)
                break
            except asyncio.CancelledError:
                continue
        task.cancel()
        return await task


class Impatient(Office):
    async def deliver(self, consignment: Consignment) -> Taken:
        try:
            async with asyncio.timeout(0.01):
                return await super().deliver(consignment)
        except TimeoutError as error:
            raise Transient("receiver-timeout") from error


class Punctual(Office):
    """Refuses a document because a clock is wrong."""

    async def deliver(self, consignment: Consignment) -> Taken:
        if abs(self.context.now() - datetime.now(UTC)) > timedelta(minutes=5):
            raise Undeliverable("receiver-refused", detail="Hết hạn")
        return await super().deliver(consignment)
