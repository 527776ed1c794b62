"""/documents/{id}/evidence: all that proves a document, as one package for whoever has no access to the hub."""

from collections.abc import Iterable
from contextlib import aclosing
from urllib.parse import quote

from aiohttp import hdrs, web

from gateway.core.attachments import safe_name
from gateway.core.model import Document, OrganId
from gateway.entry.api.hub import caller, hub
from gateway.flows.attest import Evidence, attest, stream

ZIP = "application/zip"


async def get(request: web.Request) -> web.StreamResponse:
    """Give what concerns the caller's agencies."""
    return await package_of(request, await gathered(request, request.match_info["id"], caller(request).organs))


async def gathered(request: web.Request, document: str, organs: Iterable[OrganId]) -> Evidence:
    """Gather a package while the answer can still say what is wrong."""
    at = hub(request)
    return await attest(at.ports, at.rules(), document, organs)


def file_name(document: Document) -> str:
    """Name the package."""
    return safe_name(f"bang-chung-{document.number}-{document.notation}.zip".replace("/", "-"))


async def package_of(request: web.Request, package: Evidence) -> web.StreamResponse:
    """Stream a package, as a file to be saved."""
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: ZIP,
            hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{quote(file_name(package.document), safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
    )
    response.content_length = package.size
    await response.prepare(request)
    async with aclosing(stream(hub(request).ports.vault, package)) as octets:
        async for chunk in octets:
            await response.write(chunk)
    await response.write_eof()
    return response
