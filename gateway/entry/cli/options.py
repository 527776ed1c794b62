"""What several commands ask alike. Only typer is imported here, since every command pays for this file."""

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

T = TypeVar("T")

CONFIG = Path("gateway.toml")
HUB_URL = "http://127.0.0.1:8080"

Config = Annotated[Path, typer.Option("--config", envvar="LIENTHONG_CONFIG", help="Tệp cấu hình · Settings file.")]
Json = Annotated[bool, typer.Option("--json", help="Kết quả cho máy đọc · Machine-readable output.")]
Reason = Annotated[str, typer.Option(help="Lý do, được ghi lại · The reason, which is kept.", show_default=False)]
FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"]
"""How a moment is written, in Vietnam's time."""
Moment = Annotated[
    datetime | None,
    typer.Option(
        formats=FORMATS,
        metavar="LÚC",
        help="2026-11-23, 23/11/2026 hoặc 2026-11-23T08:30",
    ),
]
Url = Annotated[str, typer.Option("--url", help="Địa chỉ của trục · Address of the hub.")]
TokenFile = Annotated[
    Path,
    typer.Option(
        "--token-file", exists=True, dir_okay=False, help="Tệp chứa mã truy cập · File with the token.", show_default=False
    ),
]
SourceFile = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, show_default=False)]


def run(work: Coroutine[object, object, T]) -> T:
    """Run a command's coroutine."""
    import asyncio

    return asyncio.run(work)


def organ_id(value: str) -> str:
    """Take an organ id on the command line."""
    from gateway.core.directory import TOLERANT_GRAMMAR

    if TOLERANT_GRAMMAR.fullmatch(value):
        return value
    raise typer.BadParameter(f"«{value}» không phải mã định danh (như H56.40.02 hay 000.00.15.H56) · is not an organ id.")


def address(value: str) -> str:
    """Take an e-mail address on the command line; nothing says that there is none."""
    import re

    from gateway.core.directory import ADDRESS

    if not value or re.fullmatch(ADDRESS, value):
        return value
    raise typer.BadParameter(f"«{value}» không phải địa chỉ thư điện tử · is not an e-mail address.")


@dataclass(frozen=True, slots=True)
class Pair:
    """``LEFT=RIGHT`` of the command line."""

    left: str
    right: str


def pair(value: str) -> Pair:
    """Take ``LEFT=RIGHT``."""
    left, _, right = value.partition("=")
    if left.strip() and right.strip():
        return Pair(left.strip(), right.strip())
    raise typer.BadParameter(f"«{value}»: cần dạng A=B · A=B is needed.")


def named_organ(value: str) -> Pair:
    """Take ``ID=NAME``."""
    named = pair(value)
    organ_id(named.left)
    return named


Organ = Annotated[str, typer.Argument(parser=organ_id, metavar="ID", help="Mã định danh · Organ id.", show_default=False)]
Attach = Annotated[
    list[Pair] | None,
    typer.Option(parser=pair, metavar="CID=TỆP", help="Tệp đi thành phần MIME riêng · A file that is a MIME part of its own."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which dead letters, as the command line says it: what is None does not matter."""

    receiver: str | None
    sender: str | None
    cause: str | None
    since: datetime | None
    until: datetime | None
    ids: list[str] | None
    parked: bool | None
