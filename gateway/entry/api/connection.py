"""One connection of a client: what is no HTTP gets a problem document too, and who says nothing is let go."""

import asyncio
import ssl
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import BaseRequest

from gateway.core.faults import Misconfigured, Rejected
from gateway.entry.api.door import new_trace_id
from gateway.entry.api.problems import prefers_english, problem

IDLE_SECONDS: Final = 75.0
"""A connection without a whole request head for so long is closed; a long poll waits 60 seconds, inside its request."""
BACKLOG: Final = 1024
"""Connections that may wait: 800 agencies may poll at once."""
HEADER_OCTETS: Final = 64 * 1024
"""One header. The national SDK writes parameters there: three thousand receivers fit; into the library's 8 KiB, four hundred."""
HANDLING: Final[dict[str, Any]] = {
    "access_log": None,
    "auto_decompress": False,  # a compressed body is refused by name, not unpacked
    "keepalive_timeout": IDLE_SECONDS,
    "max_field_size": HEADER_OCTETS,
}


class Connection(web.RequestHandler):
    """The HTTP library's connection, with our words for its errors."""

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read as a request; the library's message repeats the input, so it is not told."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of an answer was sent already")
        readable = isinstance(exc, HttpProcessingError) or status < 500
        fault = Rejected("malformed-request", detail=type(exc).__name__) if readable else Misconfigured("internal")
        response = problem(fault, trace_id=new_trace_id(), english=prefers_english(request.headers))
        response.force_close()
        return response


async def listen(runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None) -> asyncio.Server:
    """Listen for the application of a runner that was set up."""
    loop, server = asyncio.get_running_loop(), runner.server
    if server is None:
        raise RuntimeError("the runner is not set up")
    return await loop.create_server(
        lambda: Connection(server, loop=loop, **HANDLING), host, port, ssl=tls, backlog=BACKLOG, reuse_address=True
    )
