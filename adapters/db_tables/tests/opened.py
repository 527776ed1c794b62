"""The adapter opened on a vendor's database, as the hub opens it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.db_tables.tests.other_side import OtherSide, PhuTho
from gateway.sdk import Adapter, Collected, CollectedEnvelope, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.comparing import octets
from gateway.sdk.opening import find

FOLDER = Path(__file__).parents[1]
SIDES: dict[str, type[OtherSide]] = {"voffice": OtherSide, "phu_tho": PhuTho}


@asynccontextmanager
async def opened(
    other: OtherSide, folder: Path, heard: list[str] | None = None, **settings: Any
) -> AsyncGenerator[Adapter, None]:
    def log(event: str, **facts: str | float | None) -> None:
        (heard if heard is not None else []).append(f"{event} {facts}")

    context = golden.context(folder, log)
    async with find(FOLDER).opened({**other.settings, **settings}, context) as adapter:
        yield adapter


async def collected(adapter: Adapter) -> list[Collected]:
    async with aclosing(adapter.collect()) as waiting:
        return [each async for each in waiting]


async def document(each: Collected) -> edxml.DocumentPackage:
    assert isinstance(each, CollectedEnvelope)
    package = edxml.read(await octets(each.open))
    assert isinstance(package, edxml.DocumentPackage)
    return package
