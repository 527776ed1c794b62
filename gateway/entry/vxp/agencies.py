"""The directory in the SDK's shapes, streamed agency by agency; and wishes to change it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.core.directory import ADDRESS, NEW_GRAMMAR, TOLERANT_GRAMMAR, Agency
from gateway.core.faults import Rejected
from gateway.entry.api.requests import bounded
from gateway.entry.vxp.answers import said
from gateway.entry.vxp.call import Call
from gateway.flows import enrol
from gateway.infra.vxp_book import request_id
from gateway.ports import AgencyRequest, Wish
from gateway.sdk.manifest import mistakes

AT_ONCE: Final = 500
"""Agencies of one chunk, some tens of kilobytes: 111,000 are never in memory as text."""
BODY_BYTES: Final = 64 * 1024

Row = dict[str, Any]


async def listing(call: Call) -> web.StreamResponse:
    """List the agencies in force."""
    today = call.at.ports.clock.now().date()
    return await _streamed(call, (_row(each) for each in call.rules.directory if each.in_force(today)))


async def listing_by_level(call: Call) -> web.StreamResponse:
    """List the agencies in force by their ids of QĐ 20/2020; `level` counts from those with nobody above (1)."""
    today, level = call.at.ports.clock.now().date(), call.signed.get("level").strip()
    directory = call.rules.directory

    def wanted(agency: Agency) -> bool:
        return agency.in_force(today) and (not level or str(len(directory.ancestors(agency)) + 1) == level)

    return await _streamed(call, (_row_of_2020(each) for each in directory if wanted(each)))


async def synchronise(call: Call) -> web.StreamResponse:
    """List all agencies, also those that have ended; of those changed since `fromDate`, where that is said."""
    today = call.at.ports.clock.now().date()
    since = call.bound("fromDate")

    def rows() -> Iterator[Row]:
        for each in call.rules.directory:
            row = _unit(each, call.at.settings.vxp.centre, today)
            if since is None or row["version"] >= f"{since:%Y%m%d}":
                yield row

    return await _streamed(call, rows())


def _row(agency: Agency) -> Row:
    return {
        "id": agency.id,
        "pid": agency.parent or "",
        "code": agency.id,
        "name": agency.name,
        "mail": agency.email or "",
        "oldCode": agency.old_code or "",
    }


def _row_of_2020(agency: Agency) -> Row:
    code = next((name for name in (agency.id, *agency.aliases) if NEW_GRAMMAR.fullmatch(name)), agency.id)
    return {"id": agency.id, "code": code, "name": agency.name, "mail": agency.email or "", "code102": agency.old_code or ""}


def _unit(agency: Agency, centre: str, today: date) -> Row:
    ended = agency.valid_to is not None and agency.valid_to <= today
    known = [each for each in (agency.updated_on, agency.valid_from, agency.valid_to) if each is not None and each <= today]
    changed = max(known, default=date.min)
    row = _row(agency)
    del row["oldCode"]
    return row | {
        "version": f"{changed:%Y%m%d}" if known else "0",
        "centerCode": centre,
        "deleted": ended,
        "modifyDate": f"{changed:%Y/%m/%d} 00:00:00" if known else "",
        "isAgency": True,
    }


async def _streamed(call: Call, rows: Iterator[Row]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    await response.prepare(call.request)
    await response.write('{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":['.encode())
    held: list[str] = []
    first = True
    for row in rows:
        held.append(json.dumps(row, ensure_ascii=False))
        if len(held) == AT_ONCE:
            await response.write((("" if first else ",") + ",".join(held)).encode())
            held, first = [], False
    await response.write((("," if held and not first else "") + ",".join(held) + "]}").encode())
    await response.write_eof()
    return response


class _Registered(BaseModel):
    """The body of registerAgency; what is not known is left alone."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    code: str = Field(pattern=f"^{TOLERANT_GRAMMAR.pattern}$")
    name: str = Field(min_length=1, max_length=200)
    pcode: str | None = None
    mail: str | None = Field(default=None, pattern=f"^$|{ADDRESS}")


async def register(call: Call) -> web.Response:
    """Ask that an agency be entered in the directory, for which the caller then acts."""
    try:
        asked = _Registered.model_validate_json(await bounded(call.request, BODY_BYTES))
    except ValidationError as error:
        raise Rejected("malformed-request", detail=mistakes(error)) from error
    if call.rules.directory.find(asked.code) is not None:
        raise Rejected("entry-exists", path=asked.code, detail=asked.code)
    fields = {"name": asked.name}
    if asked.pcode:
        parent = call.rules.directory.find(asked.pcode)
        if parent is None:
            raise Rejected("entry-unknown", path="pcode", detail=asked.pcode)
        fields["parent"] = parent.id
    if asked.mail:
        fields["email"] = asked.mail
    return await _wish(call, Wish.REGISTER, asked.code, fields)


async def delete(call: Call) -> web.Response:
    """Ask that an agency of the caller's be ended."""
    named = call.demanded("AgencyCode")
    agency = call.rules.directory.find(named)
    if agency is None or agency.id not in call.system.organs:
        raise Rejected("sender-mismatch", path="AgencyCode", detail=named, detail_en=named)
    return await _wish(call, Wish.DELETE, agency.id, {})


async def _wish(call: Call, wish: Wish, organ: str, fields: dict[str, str]) -> web.Response:
    system, now = call.system.id, call.at.ports.clock.now()
    made = AgencyRequest(id=request_id(system, wish, organ), system=system, wish=wish, organ=organ, fields=fields, asked_at=now)
    if await enrol.ask(call.at.ports, call.rules, call.system, made):
        return said(ErrorDesc="Đã ghi vào danh bạ.")
    return said(ErrorDesc="Đã ghi nhận, chờ đơn vị vận hành duyệt.")
