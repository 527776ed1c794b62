"""The inbox: deliveries that wait, claimed by leases, handed over or given back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.model import Fact, OrganId, State, SystemId
from gateway.core.receipts import Attestation
from gateway.infra.ledger_events import about
from gateway.infra.ledger_read import delivery_views
from gateway.infra.ledger_rows import receipt_row
from gateway.infra.tables import deliveries, events, lease_items, leases, receipts
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
    done, pending = _claim(connection, token, system, asked, ACKED, now)
    for view in _in_order(connection, pending):
        _collect(connection, view, now, seal)
    _settle(connection, token, pending, ACKED)
    return (*done, *pending)


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
    done, pending = _claim(connection, token, system, asked, RETURNED, now)
    changes = {"lease_token": None, "lease_expires_at": None, "not_before": not_before, "why": reason or None}
    connection.execute(deliveries.update().where(deliveries.c.id.in_(pending)).values(changes))
    for view in _in_order(connection, pending):
        returned = about(view.document, view.deliveries[0], "delivery.returned", now, reason=reason, until=not_before.isoformat())
        connection.execute(events.insert(), returned)
    _settle(connection, token, pending, RETURNED)
    return (*done, *pending)


def renew(connection: sa.Connection, token: str, system: SystemId, until: datetime, now: datetime) -> Lease:
    """Prolong what is still unsettled."""
    _, pending = _claim(connection, token, system, None, ACKED, now)
    if not pending:
        raise Rejected("lease-lost", path=token)
    connection.execute(leases.update().where(leases.c.token == token).values(expires_at=until))
    connection.execute(deliveries.update().where(deliveries.c.id.in_(pending)).values(lease_expires_at=until))
    return Lease(token=token, expires_at=until, items=_in_order(connection, pending))


def _claim(
    connection: sa.Connection, token: str, system: SystemId, asked: Sequence[str] | None, outcome: str, now: datetime
) -> tuple[list[str], list[str]]:
    """Give what already has this outcome under the token, and what may get it now.

    Raises `not-found` (the token, or a delivery that is not of it) and `lease-lost` (expired, withdrawn, or settled otherwise).
    """
    held = connection.execute(sa.select(leases).where(leases.c.token == token, leases.c.system == system)).mappings().first()
    if held is None:
        raise Rejected("not-found", path=token)
    select = sa.select(lease_items.c.delivery, lease_items.c.outcome).where(lease_items.c.token == token)
    settled: dict[str, str | None] = {row.delivery: row.outcome for row in connection.execute(select)}
    foreign = [each for each in asked or () if each not in settled]
    if foreign:
        raise Rejected("not-found", path=foreign[0])
    wanted = (
        list(dict.fromkeys(asked)) if asked is not None else [each for each, had in settled.items() if had in {None, outcome}]
    )
    pending = [each for each in wanted if settled[each] is None]
    if any(settled[each] not in {None, outcome} for each in wanted) or (pending and not _lives(connection, held, pending, now)):
        raise Rejected("lease-lost", path=token)
    return [each for each in wanted if settled[each] == outcome], pending


def _lives(connection: sa.Connection, held: sa.RowMapping, pending: list[str], now: datetime) -> bool:
    """Tell whether the lease has not expired, and every pending delivery is still held by it (a recall takes it away)."""
    still = sa.select(sa.func.count()).where(deliveries.c.id.in_(pending), deliveries.c.lease_token == held["token"])
    return held["expires_at"] > now and connection.execute(still).scalar() == len(pending)


def _collect(connection: sa.Connection, view: DocumentView, now: datetime, seal: Seal) -> None:
    """Move one delivery to where the hand-over leads, with its event and receipt."""
    delivery = view.deliveries[0]
    standing = lifecycle.Standing(state=delivery.state, code=delivery.status_code, progress=delivery.progress)
    after = lifecycle.hand_over(standing)
    connection.execute(
        deliveries.update()
        .where(deliveries.c.id == delivery.id, deliveries.c.state == delivery.state.value)
        .values(state=after.state.value, lease_token=None, lease_expires_at=None, why=None if after != standing else delivery.why)
    )
    if after != standing:
        receipt = seal(Attestation(fact=Fact.COLLECTED, document=view.document, delivery=delivery, at=now))
        connection.execute(receipts.insert(), receipt_row(receipt))
        connection.execute(events.insert(), about(view.document, delivery, "delivery.collected", now))


def _settle(connection: sa.Connection, token: str, settled: Collection[str], outcome: str) -> None:
    connection.execute(
        lease_items.update().where(lease_items.c.token == token, lease_items.c.delivery.in_(settled)).values(outcome=outcome)
    )


def _in_order(connection: sa.Connection, wanted: Iterable[str]) -> tuple[DocumentView, ...]:
    order = {each: index for index, each in enumerate(wanted)}
    views = delivery_views(connection, deliveries.c.id.in_(order))
    return tuple(sorted(views, key=lambda view: order[view.deliveries[0].id]))
