"""The aiohttp application."""

from functools import cache
from importlib.resources import files

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.entry.api.door import DOCS, answer_faults, authenticate, for_operators, new_trace_id, within_quota
from gateway.entry.api.faces import add_faces
from gateway.entry.api.hub import HUB, Hub
from gateway.entry.api.openapi import describe
from gateway.entry.api.presence import keep_presence, notice
from gateway.entry.api.problems import prefers_english, problem
from gateway.entry.api.rendering import dumps
from gateway.entry.api.route import BASE
from gateway.entry.api.routes import ROUTES
from gateway.entry.console.routes import add_console
from gateway.entry.vxp.verbs import add_vxp

_PAGE_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
"""The reference page loads nothing from outside; Swagger UI sets inline styles."""
_PAGE_FILES = {
    "index.html": "text/html",
    "init.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}


def application(hub: Hub) -> web.Application:
    """Make the application over a hub."""
    app = web.Application(middlewares=[answer_faults, notice, authenticate, within_quota], client_max_size=0)
    app[HUB] = hub
    app.on_response_prepare.append(_name_server)
    app.cleanup_ctx.append(keep_presence)
    for route in ROUTES:
        handler = for_operators(route.handler) if route.operators else route.handler
        app.router.add_route(route.method, route.path, handler, expect_handler=_expect)
    add_faces(app, _expect)
    add_vxp(app, hub.settings.vxp.prefix, _expect)
    add_console(app, _expect)
    _add_reference(app)
    return app


def health_pages(hub: Hub) -> web.Application:
    """Make the application of a process that serves no agency: its health and measures."""
    app = web.Application(middlewares=[answer_faults], client_max_size=0)
    app[HUB] = hub
    app.on_response_prepare.append(_name_server)
    for route in ROUTES:
        if route.public:
            app.router.add_route(route.method, route.path, route.handler)
    return app


async def _name_server(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "lienthong"  # not which versions of what


async def _expect(request: web.Request) -> web.StreamResponse | None:
    """Answer Expect (RFC 9110 §10.1.1) before the body comes: 100-continue, and nothing else can be met."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
        return None
    fault = Rejected("malformed-request", path=hdrs.EXPECT, detail="100-continue")
    return problem(fault, trace_id=new_trace_id(), english=prefers_english(request.headers))


def _add_reference(app: web.Application) -> None:
    """Serve the OpenAPI document and the page that shows it."""

    async def openapi(_request: web.Request) -> web.Response:
        return web.Response(text=_description(), content_type="application/json")

    async def page(request: web.Request) -> web.Response:
        name = request.match_info.get("name", "") or "index.html"
        if name not in _PAGE_FILES:
            raise web.HTTPNotFound
        return web.Response(
            body=files("gateway.entry.api").joinpath("swagger", name).read_bytes(),
            content_type=_PAGE_FILES[name],
            charset="utf-8",
            headers={"Content-Security-Policy": _PAGE_POLICY, "X-Content-Type-Options": "nosniff"},
        )

    app.router.add_get(f"{BASE}/openapi.json", openapi)
    app.router.add_get(DOCS, page)
    app.router.add_get(f"{DOCS}/{{name:.*}}", page)


@cache
def _description() -> str:
    """Write the OpenAPI document; few that start a hub ask for it."""
    return dumps(describe())
