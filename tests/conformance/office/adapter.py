"""A good adapter for a system of records, small enough to be broken in one place at a time."""

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gateway.sdk import (
    Accepted,
    Adapter,
    Collected,
    Consignment,
    Context,
    Misconfigured,
    Notice,
    Opener,
    Outcome,
    Taken,
    Transient,
    Undeliverable,
    edxml,
)
from gateway.sdk.conformance.comparing import fields
from tests.conformance.office.memory import FailedError, Memory, RefusedError

T = TypeVar("T")


class Settings(BaseModel):
    """What the office asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token_file: Path = Field(description="Tệp chứa mã truy cập · file of the token")
    name: str = Field(default="Văn phòng", description="Tên văn phòng · name of the office")


class Office(Adapter):
    """The adapter. `memory` is the other side."""

    memory: Memory

    def __init__(self, settings: Settings, context: Context) -> None:
        self.context = context
        self.token = context.secret(settings.token_file, "token_file")

    async def deliver(self, consignment: Consignment) -> Taken:
        package, files = await edxml.unpack(consignment)
        digests: dict[str, str] = {}
        for number, file in enumerate(files):
            name = file.name if file.name not in digests else f"{number} {file.name}"
            digests[name] = await self.digest(file.open)
        values = fields(edxml.write(package))
        return Taken(reference=await self.ask(lambda: self.take(consignment.key, values, digests)))

    def take(self, key: str, fields: dict[str, str], files: dict[str, str]) -> str:
        return self.memory.take(key, fields, files)

    async def report(self, notice: Notice) -> None:
        await self.ask(lambda: self.memory.tell(notice))

    async def collect(self) -> AsyncGenerator[Collected, None]:
        for each in await self.ask(lambda: tuple(self.memory.waiting.values())):
            yield each

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        said = "accepted" if isinstance(outcome, Accepted) else str(outcome)
        await self.ask(lambda: self.memory.settle(collected.reference, said))

    async def health(self) -> None:
        await self.ask(lambda: None)

    async def digest(self, stream: Opener) -> str:
        digest = hashlib.sha256()
        async with aclosing(stream()) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
        return digest.hexdigest()

    async def ask(self, do: Callable[[], T]) -> T:
        try:
            return await self.asked(self.memory.ask(self.token, do))
        except ConnectionRefusedError as error:
            raise Transient("receiver-unreachable") from error
        except PermissionError as error:
            raise Misconfigured("link-unauthorised", detail="Sai mã truy cập") from error
        except RefusedError as error:
            raise Undeliverable("receiver-refused", detail=str(error)) from error
        except (FailedError, ValueError) as error:
            raise Transient("receiver-failed", detail=type(error).__name__) from error

    async def asked(self, call: Awaitable[T]) -> T:
        return await call


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context, made: Any = Office) -> AsyncGenerator[Adapter, None]:
    """Open the adapter, or a broken one."""
    yield made(settings, context)
