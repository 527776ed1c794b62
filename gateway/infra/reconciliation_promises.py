"""What each 202 promised, compared with the deliveries and with the receipt of the acceptance: in numbers, then by name."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.links import ADDED, LinkKind
from gateway.core.model import Fact, State
from gateway.core.reconciliation import Discrepancy
from gateway.infra.tables import deliveries, documents, events, receipts
from gateway.infra.tables_followed import links

PAGE: Final = 500
"""Rows that are in memory at once."""
_TO: Final = '"to": '
"""The key that each delivery has once in the JSON text of an answer. In a value of it the quote would be escaped."""

_d, _doc, _r, _e, _l = deliveries.c, documents.c, receipts.c, events.c, links.c
_PROMISED: Final = (
    sa.func.length(_doc.answer, type_=sa.Integer) - sa.func.length(sa.func.replace(_doc.answer, _TO, ""), type_=sa.Integer)
) // len(_TO)
_REDIRECTED: Final = _e.type == "delivery.redirected"
_ADDED: Final = sa.and_(_l.kind == LinkKind.UPDATE.value, _l.answer == ADDED)
_REVISED: Final = sa.or_(_ADDED, _l.kind == LinkKind.REPLACE.value)
_TARGET: Final = _e.data["redirected_delivery"].as_string()


def promised(connection: sa.Connection, period: sa.ColumnElement[bool]) -> int:
    """Count the deliveries that the answers promised."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(_PROMISED), 0)).where(period)).scalar_one())


def added(connection: sa.Connection, period: sa.ColumnElement[bool]) -> int:
    """Count the deliveries that updates added, and those that stand in for others, as the events of the redirections tell."""
    theirs = _e.document.in_(sa.select(_d.document).where(_d.state == State.REPLACED.value))
    select = (
        sa.select(sa.func.count(sa.distinct(_TARGET)))
        .select_from(events)
        .join(documents, _doc.id == _e.document)
        .where(period, theirs, _REDIRECTED, _e.data["created"].as_boolean().is_(True))
    )
    by_updates = sa.select(sa.func.count(sa.distinct(_l.delivery))).join(documents, _doc.id == _l.target).where(period, _ADDED)
    return connection.execute(select).scalar_one() + connection.execute(by_updates).scalar_one()


def discrepancies(connection: sa.Connection, period: sa.ColumnElement[bool]) -> Iterator[Discrepancy]:
    """Find the documents whose promise, deliveries and receipt disagree in number, and say what is wrong with each."""
    found = connection.execute(_disagreeing(period), execution_options={"yield_per": PAGE})
    for page in found.partitions():
        known = [row.id for row in page]
        states: dict[str, dict[str, str]] = {each: {} for each in known}
        own = sa.select(_d.document, _d.id, _d.state).where(_d.document.in_(known)).order_by(_d.seq)
        for document, delivery, state in connection.execute(own):
            states[document][delivery] = state
        targets: dict[str, dict[str, str]] = {each: {} for each in known}
        moved = sa.select(_e.document, _e.delivery, _TARGET).where(_e.document.in_(known), _REDIRECTED)
        for document, delivery, target in connection.execute(moved.order_by(_e.seq)):
            targets[document][delivery] = target
        revised = {row.delivery for row in connection.execute(sa.select(_l.delivery).where(_l.target.in_(known), _REVISED))}
        for row in page:
            for code, named in _of(row, states[row.id], targets[row.id], revised):
                yield Discrepancy(code=code, document=row.id, delivery=named, since=row.accepted_at)


def _disagreeing(period: sa.ColumnElement[bool]) -> sa.Select[Any]:
    own = sa.select(sa.func.count()).select_from(deliveries).where(_d.document == _doc.id)
    named = own.where(_doc.answer.like(sa.literal('%"') + _d.id + sa.literal('"%')))
    accepted = sa.and_(_r.document == _doc.id, _r.fact == Fact.ACCEPTED.value)
    attested = sa.select(sa.func.count()).select_from(receipts).where(accepted)
    each = (
        sa.select(
            _doc.seq,
            _doc.id,
            _doc.accepted_at,
            _doc.answer,
            _PROMISED.label("promised"),
            own.scalar_subquery().label("deliveries"),
            named.scalar_subquery().label("named"),
            own.where(_d.state == State.REPLACED.value).scalar_subquery().label("replaced"),
            attested.scalar_subquery().label("attested"),
        )
        .where(period)
        .subquery()
    ).c
    wrong = sa.or_(
        each.promised == 0,
        each.deliveries == 0,
        each.promised != each.named,
        each.deliveries != each.named,
        each.replaced != 0,
        each.attested != 1,
    )
    return sa.select(each.id, each.accepted_at, each.answer, each.attested).where(wrong).order_by(each.seq)


def _of(
    row: sa.Row[Any], states: Mapping[str, str], targets: Mapping[str, str], revised: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    """Say what is wrong with one document: `states` of its deliveries, `targets` of those that were redirected.

    `revised` are those that another document replaced, or an update added.
    """
    promised = _read(row.answer)
    if row.attested != 1:
        yield "receipt-repeated" if row.attested else "document-unattested", None
    if not states:
        yield "document-without-deliveries", None
    if not promised:
        yield "promise-unreadable", None
    yield from (("delivery-missing", each) for each in promised if each not in states)
    foreseen = {*promised, *targets.values(), *revised}
    yield from (("delivery-unpromised", each) for each in states if promised and each not in foreseen)
    replaced = [each for each, state in states.items() if state == State.REPLACED.value and each not in revised]
    yield from (("replacement-missing", each) for each in replaced if not _stands_in(each, states, targets))


def _stands_in(delivery: str, states: Mapping[str, str], targets: Mapping[str, str]) -> bool:
    """Follow the redirections of a delivery: tell whether one that was not replaced itself stands at their end."""
    followed: set[str] = set()
    while states.get(delivery) == State.REPLACED.value and delivery not in followed:
        followed.add(delivery)
        delivery = targets.get(delivery, "")
    return delivery in states and delivery not in followed


def _read(answer: str) -> list[str]:
    """Read the deliveries that an answer names; none where it cannot be read."""
    try:
        return [str(each["id"]) for each in json.loads(answer)["deliveries"]]
    except (ValueError, TypeError, KeyError):
        return []
