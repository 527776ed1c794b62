"""Views: filters of the documents' list that an officer keeps under a name, and comes back to with one click."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.visit import Form, Visit
from gateway.ports import KeptView

NAME_CHARACTERS: Final = 60
MOST: Final = 20
"""Of one officer: they stand in one line above the list."""
FILTERS: Final = ("q", "sender", "receiver", "state", "priority", "since", "until")


async def keep(visit: Visit, form: Form) -> web.Response:
    """Keep a filter; one of the same name is replaced. Raises `malformed-request` without a name or a filter."""
    name, query = form.get("name"), filters(form.get("query"))
    if not 0 < len(name) <= NAME_CHARACTERS or not query:
        vi, en = f"Cần tên từ 1 đến {NAME_CHARACTERS} ký tự và ít nhất một điều kiện lọc.", "A name and a filter are needed."
        raise Rejected("malformed-request", path="name", detail=vi, detail_en=en)
    await visit.ports.views.keep(visit.officer.id, KeptView(name=name, query=query), most=MOST)
    return _to(query)


async def forget(visit: Visit, form: Form) -> web.Response:
    """Forget a filter."""
    await visit.ports.views.forget(visit.officer.id, form.get("name"))
    return _to("")


def filters(query: str) -> str:
    """Give a query with the list's own filters alone, each once: two that ask for the same are the same."""
    given = dict(parse_qsl(query))
    return urlencode({name: given[name].strip() for name in FILTERS if given.get(name, "").strip()})


def _to(query: str) -> web.Response:
    place = f"{CONSOLE}/documents"
    return web.Response(status=303, headers={hdrs.LOCATION: f"{place}?{query}" if query else place})
