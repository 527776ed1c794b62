"""Lists as Excel workbooks: the whole filtered set, with no cell that a spreadsheet would compute."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from typing import Final

from aiohttp import web
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from gateway.core.faults import Rejected
from gateway.entry.console.pages import HEADERS
from gateway.entry.console.visit import Visit

EXPORTED: Final = 50_000
"""Rows of one sheet, which a person can still filter; a larger set is narrowed first."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Row = Sequence[object]
Column = tuple[str, str, int]
"""The head in Vietnamese and in English, and the width in characters."""


async def sheet(visit: Visit, name: str, title: str, columns: Sequence[Column], rows: AsyncIterator[Row]) -> web.Response:
    """Give a workbook to be saved. Raises `malformed-request` where it has more rows than a sheet should."""
    kept: list[Row] = []
    async for row in rows:
        kept.append(row)
        if len(kept) > EXPORTED:
            detail = f"Hơn {EXPORTED} dòng: thu hẹp bộ lọc rồi xuất lại."
            raise Rejected(
                "malformed-request", path="q", detail=detail, detail_en=f"More than {EXPORTED} rows: narrow the filter."
            )
    heads = [(visit.say(vi, en), width) for vi, en, width in columns]
    data = await asyncio.to_thread(_drawn, title, heads, kept)
    said = {"Content-Disposition": f'attachment; filename="{name}-{visit.now:%Y%m%d-%H%M}.xlsx"'}
    return web.Response(body=data, content_type=XLSX, headers=HEADERS | said)


def unformulated(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (CWE-1236)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _drawn(title: str, heads: Sequence[tuple[str, int]], rows: Sequence[Row]) -> bytes:
    book = Workbook(write_only=True)
    drawn = book.create_sheet(title)
    drawn.freeze_panes = "A2"
    for place, (_, width) in enumerate(heads, 1):
        drawn.column_dimensions[get_column_letter(place)].width = width
    drawn.append([head for head, _ in heads])
    for row in rows:
        drawn.append([unformulated(cell) if isinstance(cell, str) else cell for cell in row])
    drawn.auto_filter.ref = f"A1:{get_column_letter(len(heads))}1"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
