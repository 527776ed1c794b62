"""Revise: what a sender does about what it sent before."""

from collections.abc import Collection

from gateway.core.directory import System
from gateway.core.faults import Rejected
from gateway.core.rules import Rules
from gateway.flows.oversee import named
from gateway.ports import Ports, Recalled


async def recall(
    ports: Ports, rules: Rules, caller: System, document: str, *, reason: str, to: Collection[str] | None
) -> Recalled:
    """Ask a document back from all its receivers, or from some, named by any of their ids.

    Raises `status-reason-required`, `not-found` or `status-conflict`.
    """
    if not reason.strip():
        raise Rejected("status-reason-required", path="reason")
    organs = None if to is None else [organ for each in to if (organ := named(rules, each)) is not None]
    recalled = await ports.links.recall(
        document, organs, caller.organs, reason=reason, now=ports.clock.now(), seal=ports.signer.seal
    )
    ports.telemetry.record("document.recalled", document=document, new=recalled.created)
    return recalled
