"""What is known of one call of the API."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import BaseModel

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BASE = "/api/v1"
XML = "application/xml"
OCTETS = "application/octet-stream"
TEXT = "text/plain"
UPLOAD_REFUSALS = (400, 408, 409, 413, 415, 422, 503)
JSON_REFUSALS = (400, 404, 409, 413, 415)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One call. `answers` maps a status to a JSON shape or a media type; `refusals` lists further problem statuses.

    Anybody may make a `public` call, only operators one for `operators`, every system any other.
    """

    method: str
    path: str
    handler: Handler
    vi: str
    en: str
    answers: dict[int, type[BaseModel] | str]
    refusals: tuple[int, ...] = ()
    query: type[BaseModel] | None = None
    takes: type[BaseModel] | None = None
    takes_xml: bool = False
    takes_multipart: bool = False
    public: bool = False
    operators: bool = False
    headers: dict[str, str] = field(default_factory=dict)
