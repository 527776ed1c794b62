"""/agencies: the directory, paged by organ id."""

import hashlib

from aiohttp import hdrs, web

from gateway.core.directory import Agency
from gateway.entry.api import rendering
from gateway.entry.api.hub import hub
from gateway.entry.api.inputs import AgenciesQuery
from gateway.entry.api.requests import query


async def listing(request: web.Request) -> web.Response:
    """List agencies in the order of their ids; `ETag` names this very answer."""
    asked = query(request, AgenciesQuery)
    agencies = sorted((each for each in hub(request).rules().directory if _wanted(each, asked)), key=lambda each: each.id)
    page = agencies[: asked.limit]
    text = rendering.dumps(
        {
            "items": [rendering.agency(each) for each in page],
            "next": page[-1].id if len(agencies) > len(page) else None,
        }
    )
    tag = hashlib.sha256(text.encode()).hexdigest()
    if any(each.value == tag for each in request.if_none_match or ()):
        return web.Response(status=304, headers={hdrs.ETAG: f'"{tag}"'})
    return web.Response(text=text, content_type="application/json", headers={hdrs.ETAG: f'"{tag}"'})


def _wanted(agency: Agency, asked: AgenciesQuery) -> bool:
    after = asked.after is None or agency.id > asked.after
    since = asked.updated_since is None or (agency.updated_on is not None and agency.updated_on >= asked.updated_since)
    return after and since
