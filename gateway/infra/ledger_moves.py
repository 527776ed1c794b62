"""How a delivery moves: by compare-and-set, from where it was read to where `lifecycle` leads."""

from datetime import datetime

import sqlalchemy as sa

from gateway.core.faults import Transient
from gateway.core.lifecycle import Standing
from gateway.core.model import Delivery
from gateway.infra.tables import deliveries

RETRY_AFTER_SECONDS = 1
"""Whoever moved it first has committed by then."""


def standing(delivery: Delivery) -> Standing:
    """Give where a delivery stands."""
    return Standing(state=delivery.state, code=delivery.status_code, progress=delivery.progress)


def move(connection: sa.Connection, delivery: Delivery, after: Standing, **more: str | datetime | bool | None) -> None:
    """Move a delivery, setting `more` columns with it. Raises `busy` if it is no longer where it was read."""
    d = deliveries.c
    moved = connection.execute(
        deliveries.update()
        .where(
            d.id == delivery.id,
            d.state == delivery.state.value,
            d.status_code.is_not_distinct_from(delivery.status_code and delivery.status_code.value),
            d.progress.is_not_distinct_from(delivery.progress and delivery.progress.value),
        )
        .values(
            state=after.state.value,
            status_code=after.code and after.code.value,
            progress=after.progress and after.progress.value,
            **more,
        )
    )
    if moved.rowcount != 1:
        raise Transient("busy", retry_after=RETRY_AFTER_SECONDS)
