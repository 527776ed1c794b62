"""sendEdoc and updateStatus: what the SDK hands in, and what it says of what it was given."""

import json

from aiohttp import web

from gateway.core.faults import Fault, Rejected
from gateway.core.model import OrganId
from gateway.entry.api.hub import SOURCE, TRACE_ID
from gateway.entry.api.pace import arriving
from gateway.entry.api.requests import demand_uncompressed, too_large
from gateway.entry.vxp.answers import said
from gateway.entry.vxp.call import Call
from gateway.entry.vxp.proof import narrowed
from gateway.flows import hand_over
from gateway.flows.accept import Package, accept
from gateway.flows.acknowledge import acknowledge_package
from gateway.flows.refuse import refuse
from gateway.ports import Mark, Staged, Transport

CHUNK = 256 * 1024
LOOPBACK = ("127.", "::1")


async def send(call: Call) -> web.Response:
    """Take a document or a status package: the body is the file itself, bound to the call by its digest."""
    staged = call.at.ports.vault.stage()
    try:
        await _receive(call, staged)
        _demand_bound(call, staged.sha256)
        made = await _taken(call, staged)
    except Fault as fault:
        await refuse(
            call.at.ports,
            fault,
            source=call.request[SOURCE],
            caller=call.system,
            sha256=staged.sha256,
            size=staged.size,
            trace_id=call.request[TRACE_ID],
        )
        raise
    finally:
        await staged.discard()
    return said(DocId=made)


async def _taken(call: Call, staged: Staged) -> str:
    caller, kind = narrowed(call.system, call.demanded("from"), call.rules), call.demanded("messagetype").lower()
    if kind == "status":
        outcome = await acknowledge_package(call.at.ports, call.rules, staged.read(), caller)
        return str(json.loads(outcome.answer)["id"])
    if kind != "edoc":
        raise Rejected("malformed-request", path="messagetype", detail="edoc hoặc status.", detail_en="edoc or status.")
    only = _receivers(call)
    package = Package(envelope=staged, parts={})
    trace = call.request[TRACE_ID]
    accepted = await accept(call.at.ports, call.rules, package, caller, idempotency_key=None, trace_id=trace, only=only)
    went = {each["to"] for each in json.loads(accepted.answer)["deliveries"]}
    if only is not None and not accepted.created and not only <= went:  # it was sent before, to others
        raise Rejected("duplicate-document", path="to")
    return accepted.document


def _receivers(call: Call) -> frozenset[OrganId] | None:
    """Read `to`, a JSON list of ids; None where it is absent: then all that the envelope names are meant."""
    given = call.signed.get("to").strip()
    if not given:
        return None
    try:
        named = json.loads(given)
    except (ValueError, RecursionError):
        named = [given]
    listed = named if isinstance(named, list) else [named]
    if not all(isinstance(each, str) for each in listed):
        raise Rejected("malformed-request", path="to", detail="Danh sách mã cơ quan.", detail_en="A list of ids.")
    found = {each: call.rules.directory.find(each) for each in listed}
    unknown = [each for each, agency in found.items() if agency is None]
    if unknown:
        named_unknown = ", ".join(unknown)
        raise Rejected("receiver-unknown", path="to", detail=f"{named_unknown}.", detail_en=f"{named_unknown}.")
    return frozenset(agency.id for agency in found.values() if agency is not None) or None


async def _receive(call: Call, staged: Staged) -> None:
    limit, request = call.rules.limits.envelope, call.request
    demand_uncompressed(request)
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)
    async with arriving(request.content, call.at.patience):
        async for chunk in request.content.iter_chunked(CHUNK):
            if staged.size + len(chunk) > limit:
                raise too_large(limit)
            await staged.write(chunk)


def _demand_bound(call: Call, sha256: str) -> None:
    """Hold that the body is what was signed. Raises `file-digest-mismatch` or `unauthenticated`.

    The SDK writes each byte without leading zero. A digest that is not signed binds nothing: it will do only where nobody can
    have changed the body on its way (TLS, or this very machine).
    """
    signed = call.signed.get("hash-file")
    given = (signed or call.request.headers.get("XroadVnpt-hash-file", "")).strip().lower()
    unpadded = "".join(f"{byte:x}" for byte in bytes.fromhex(sha256))
    if given and given not in {sha256, unpadded}:
        raise Rejected("file-digest-mismatch", path="hash-file")
    private = call.request.secure or call.at.proxy.speaks(call.request) or call.request[SOURCE].startswith(LOOPBACK)
    if not signed and not private:
        raise Rejected("unauthenticated", path="hash-file", detail="Thiếu hash-file đã ký.", detail_en="hash-file is not signed.")


async def update(call: Call) -> web.Response:
    """Write down how far a package came: done is collected, fail is a hand-over that was refused; never a business status."""
    package, word = call.demanded("docId"), call.demanded("status").lower()
    try:
        transport = Transport(word)
    except ValueError:
        transport = Transport.INITIAL
    if transport is Transport.INITIAL:
        raise Rejected(
            "malformed-request", path="status", detail="done, processing hoặc fail.", detail_en="done, processing, fail."
        )
    ports, description = call.at.ports, call.signed.get("description")[:500]
    if "-" in package:
        await ports.vxp.status(package, call.system.organs)
    elif transport is Transport.DONE:
        await hand_over.collect(ports, call.system, package)
    elif transport is Transport.FAIL:
        await hand_over.turn_down(ports, call.system, package, description)
    else:
        await ports.ledger.delivery(package, call.system.organs)
    await ports.vxp.mark(call.system.id, package, Mark(transport=transport, description=description, at=ports.clock.now()))
    return said()
