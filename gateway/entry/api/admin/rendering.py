"""How what operators see takes its shapes; the command line prints the same as JSON."""

from datetime import datetime
from typing import Any

from gateway.core.circuit import Circuit
from gateway.core.fault_codes import FAULTS
from gateway.core.model import VIETNAM
from gateway.flows.oversee import QueueStanding
from gateway.ports import AuditEntry, Bulk, DeadLetter, DocumentView, Group, Untold


def letter(view: DocumentView) -> dict[str, Any]:
    """Shape a delivery that waits for an operator."""
    value, (own,) = view.document, view.deliveries
    return {
        "delivery": own.id,
        "document": value.id,
        "document_id": value.document_id,
        "code": {"number": value.number, "notation": value.notation},
        "from": value.sender,
        "to": own.receiver,
        "subject": value.subject,
        "priority": int(value.priority),
        "accepted_at": value.accepted_at.isoformat(),
        "state": own.state,
        "why": own.why,
    }


def dead_letter(value: DeadLetter) -> dict[str, Any]:
    """Shape a dead letter."""
    (own,) = value.view.deliveries
    return letter(value.view) | {
        "cause": own.cause,
        "answer": own.answer,
        "owner": FAULTS[own.cause].owner if own.cause in FAULTS else own.owner,
        "attempts": own.attempts,
        "failed_at": _iso(value.failed_at),
        "parked": value.parked,
    }


def group(value: Group) -> dict[str, Any]:
    """Shape a group, with the words of the catalogue."""
    known = FAULTS.get(value.cause or "")
    return {
        "cause": value.cause,
        "message": known.vi if known else None,
        "owner": known.owner if known else None,
        "to": value.receiver,
        "count": value.count,
        "oldest_at": _iso(value.oldest_at),
    }


def bulk(value: Bulk) -> dict[str, Any]:
    """Shape what came of a decision."""
    failed = [{"delivery": each.delivery, "code": each.code} for each in value.failed]
    return {"matched": value.matched, "done": value.done, "failed": failed}


def circuit(value: Circuit) -> dict[str, Any]:
    """Shape a circuit."""
    return {
        "system": value.system,
        "state": value.state,
        "cause": value.cause,
        "why": value.why,
        "since": _iso(value.since),
        "probe_at": _iso(value.probe_at),
        "by": value.by,
        "until": _iso(value.until),
    }


def queue(value: QueueStanding) -> dict[str, Any]:
    """Shape a queue, with the circuit of its system."""
    tally = value.tally
    return {
        "system": tally.queue.system,
        "lane": tally.queue.lane,
        "waiting": tally.waiting,
        "published": tally.published,
        "attempted": tally.attempted,
        "oldest_at": _iso(tally.oldest_at),
        "circuit": circuit(value.circuit),
    }


def untold(value: Untold) -> dict[str, Any]:
    """Shape a system that could not be told its news."""
    return {
        "system": value.system,
        "oldest_at": value.oldest_at.isoformat(),
        "attempts": value.attempts,
        "cause": value.cause,
        "why": value.why,
        "again": _iso(value.again),
    }


def decided(view: DocumentView) -> dict[str, Any]:
    """Shape a delivery that was decided about."""
    (own,) = view.deliveries
    return {"delivery": own.id, "document": view.document.id, "to": own.receiver}


def audited(value: AuditEntry) -> dict[str, Any]:
    """Shape an entry of the audit log."""
    return {
        "seq": value.seq,
        "at": _iso(value.at),
        "actor": value.actor,
        "action": value.action,
        "subject": dict(value.subject),
        "reason": value.reason,
        "count": value.count,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).isoformat() if moment else None
