"""The inbox: deliveries that wait, claimed by leases, handed over or given back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Rejected
from gateway.core.model import Fact, OrganId, Problem, State, SystemId
from gateway.core.receipts import Attestation
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import delivery_views, shown_to
from gateway.infra.ledger_rows import receipt_row
from gateway.infra.tables import deliveries, lease_items, leases, receipts
from gateway.ports import DocumentView, Lease, Seal

ACKED = "acked"
RETURNED = "returned"


def lease(
    connection: sa.Connection,
    token: str,
    system: SystemId,
    organs: Collection[OrganId],
    limit: int,
    until: datetime,
    now: datetime,
) -> Lease | None:
    """Claim deliveries, urgent first. The token is made by the caller."""
    d = deliveries.c
    waiting = (
        sa.select(d.id)
        .where(
            d.receiver.in_(organs),
            d.state == State.AVAILABLE.value,
            sa.or_(d.lease_expires_at.is_(None), d.lease_expires_at <= now),
            sa.or_(d.not_before.is_(None), d.not_before <= now),
        )
        .order_by(d.priority.desc(), d.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(connection.execute(waiting).scalars())
    if not found:
        return None
    connection.execute(leases.insert(), {"token": token, "system": system, "expires_at": until})
    connection.execute(lease_items.insert(), [{"token": token, "delivery": each} for each in found])
    connection.execute(
        deliveries.update().where(d.id.in_(found)).values(lease_token=token, lease_expires_at=until, attempts=d.attempts + 1)
    )
    return Lease(token=token, expires_at=until, items=_in_order(connection, found))


def ack(
    connection: sa.Connection, token: str, system: SystemId, asked: Sequence[str] | None, now: datetime, seal: Seal
) -> tuple[str, ...]:
    """Hand over; the same again changes nothing and gives the same."""
    wanted, pending = _claim(connection, token, system, asked, ACKED, now)
    for view in _in_order(connection, pending):
        _collect(connection, view, now, seal)
    _settle(connection, token, pending, ACKED)
    return wanted


def nack(
    connection: sa.Connection,
    token: str,
    system: SystemId,
    asked: Sequence[str] | None,
    now: datetime,
    reason: str,
    not_before: datetime,
) -> tuple[str, ...]:
    """Give back; the same again changes nothing and gives the same."""
    wanted, pending = _claim(connection, token, system, asked, RETURNED, now)
    changes = {"lease_token": None, "lease_expires_at": None, "not_before": not_before, "why": reason or None}
    connection.execute(deliveries.update().where(deliveries.c.id.in_(pending)).values(changes))
    for view in _in_order(connection, pending):
        returned = about(view.document, view.deliveries[0], "delivery.returned", now, reason=reason, until=not_before.isoformat())
        ledger_events.write(connection, [returned])
    _settle(connection, token, pending, RETURNED)
    return wanted


def renew(connection: sa.Connection, token: str, system: SystemId, until: datetime, now: datetime) -> Lease:
    """Prolong what is still unsettled."""
    _, pending = _claim(connection, token, system, None, ACKED, now)
    if not pending:
        raise Rejected("lease-lost")
    connection.execute(leases.update().where(leases.c.token == token).values(expires_at=until))
    connection.execute(deliveries.update().where(deliveries.c.id.in_(pending)).values(lease_expires_at=until))
    return Lease(token=token, expires_at=until, items=_in_order(connection, pending))


def collect(connection: sa.Connection, delivery: str, organs: Collection[OrganId], now: datetime, seal: Seal) -> None:
    """Hand over one delivery, whoever leases it: that its receiver has it is a fact."""
    _collect(connection, _received(connection, delivery, organs), now, seal)


def turn_down(connection: sa.Connection, delivery: str, organs: Collection[OrganId], reason: str, now: datetime) -> None:
    """Have a delivery fail that its receiver's system cannot take: an operator decides, and its sender sees why."""
    view = _received(connection, delivery, organs)
    own = view.deliveries[0]
    if own.state is State.FAILED:
        return
    after = lifecycle.resolve(standing(own), lifecycle.TURN_DOWN)
    said = {"cause": "receiver-refused", "answer": reason or None}
    move(connection, own, after, why=FAULTS["receiver-refused"].vi, lease_token=None, lease_expires_at=None, **said)
    told = said | {"state": after.state.value, "attempt": own.attempts, "next_attempt_at": None}
    failed = ledger_events.to_sender(about(view.document, own, "delivery.failed", now, **told))
    ledger_events.write(connection, [failed])


def _received(connection: sa.Connection, delivery: str, organs: Collection[OrganId]) -> DocumentView:
    """Give a delivery that one of the agencies receives, locked. Raises `not-found`."""
    mine = sa.and_(deliveries.c.id == delivery, shown_to(organs))
    found = delivery_views(connection, mine, lock=True)
    if not found:
        raise Rejected("not-found", path=delivery)
    return found[0]


def _claim(
    connection: sa.Connection, token: str, system: SystemId, asked: Sequence[str] | None, outcome: str, now: datetime
) -> tuple[tuple[str, ...], list[str]]:
    """Give the deliveries that the caller means, and those of them that are to get this outcome now; the others have it.

    Raises `not-found` (the token, or a delivery that is not of it) and `lease-lost` (expired, withdrawn, or settled otherwise).
    """
    owned = sa.select(leases.c.expires_at).where(leases.c.token == token, leases.c.system == system).with_for_update()
    expires_at = connection.execute(owned).scalar()
    if expires_at is None:
        raise Rejected("not-found")
    items = _items(connection, token)
    foreign = [each for each in asked or () if each not in items]
    if foreign:
        raise _each("not-found", foreign)
    meant = asked if asked is not None else [each for each, item in items.items() if item.outcome in {None, outcome}]
    wanted = tuple(dict.fromkeys(meant))
    pending = [each for each in wanted if items[each].outcome is None]
    lost = [each for each in pending if expires_at <= now or not items[each].held]
    lost += [each for each in wanted if items[each].outcome not in {None, outcome}]
    if lost or (asked is None and not wanted):
        raise _each("lease-lost", lost)
    return wanted, pending


def _items(connection: sa.Connection, token: str) -> dict[str, sa.Row[Any]]:
    """Give what was leased under a token, urgent first: its outcome, and whether the lease holds it (a recall takes it away)."""
    d = deliveries.c
    held = (d.lease_token == token).label("held")
    select = sa.select(d.id, lease_items.c.outcome, held).join(deliveries, d.id == lease_items.c.delivery)
    of_lease = select.where(lease_items.c.token == token).order_by(d.priority.desc(), d.seq)
    rows = connection.execute(of_lease.with_for_update(of=deliveries))  # nobody leases them anew before this is decided
    return {row.id: row for row in rows}


def _each(code: str, named: Iterable[str]) -> Rejected:
    return Rejected(code, problems=[Problem(code=code, path=f"deliveries/{each}", vi="", en="") for each in named])


def _collect(connection: sa.Connection, view: DocumentView, now: datetime, seal: Seal) -> None:
    """Move one delivery to where the hand-over leads, with its event and receipt."""
    delivery = view.deliveries[0]
    before = standing(delivery)
    after = lifecycle.hand_over(before)
    why = delivery.why if after == before else None
    move(connection, delivery, after, why=why, lease_token=None, lease_expires_at=None)
    if after != before:
        receipt = seal(Attestation(fact=Fact.COLLECTED, document=view.document, delivery=delivery, at=now))
        connection.execute(receipts.insert(), receipt_row(receipt))
        ledger_events.write(connection, [about(view.document, delivery, "delivery.collected", now)])


def _settle(connection: sa.Connection, token: str, settled: Collection[str], outcome: str) -> None:
    connection.execute(
        lease_items.update().where(lease_items.c.token == token, lease_items.c.delivery.in_(settled)).values(outcome=outcome)
    )


def _in_order(connection: sa.Connection, wanted: Iterable[str]) -> tuple[DocumentView, ...]:
    order = {each: index for index, each in enumerate(wanted)}
    views = delivery_views(connection, deliveries.c.id.in_(order))
    return tuple(sorted(views, key=lambda view: order[view.deliveries[0].id]))
