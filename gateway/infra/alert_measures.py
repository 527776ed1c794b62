"""Measures of alerts over SQLAlchemy Core: a row for each subject and slot, and one for the looks of each quarter of an hour."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.alert_rules import Trouble
from gateway.core.alerts import Sign
from gateway.core.measures import KEPT, Measure, Measures, is_kept, slot
from gateway.infra.tables_alerts import alert_measures

LOOKS: Final = ""
"""The trouble of the rows that tell when anybody looked."""

_m = alert_measures.c


def keep(connection: sa.Connection, signs: Collection[Sign], now: datetime) -> None:
    """Remember what a look saw; what is too old is forgotten at the first look of a quarter of an hour."""
    this = slot(now)
    if connection.execute(sa.select(_m.slot).where(_m.trouble == LOOKS, _m.slot == this)).first() is None:
        named = (LOOKS, *(each.value for each in Trouble))
        connection.execute(alert_measures.delete().where(_m.trouble.in_(named), _m.slot < slot(now - KEPT)))
    worst: dict[tuple[str, str], dict[str, Any]] = {(LOOKS, ""): _row(LOOKS, this, "", 0.0, now)}
    for each in filter(is_kept, signs):
        key = (each.trouble.value, each.subject)
        worst[key] = _row(each.trouble.value, slot(now, each.trouble), each.subject, each.value, now)
    connection.execute(_upsert(connection), [worst[key] for key in sorted(worst)])


def read(connection: sa.Connection, trouble: Trouble, since: datetime) -> Measures:
    """Give what one rule measured from a moment on."""
    select = sa.select(alert_measures).where(_m.trouble.in_((LOOKS, trouble.value)), _m.slot >= slot(since, trouble))
    rows = connection.execute(select.order_by(_m.trouble, _m.slot, _m.subject)).all()
    return Measures(
        trouble=trouble,
        looks=tuple((row.first_at, row.last_at) for row in rows if row.trouble == LOOKS),
        found=tuple(
            Measure(subject=row.subject, value=row.value, first_at=row.first_at, last_at=row.last_at)
            for row in rows
            if row.trouble != LOOKS
        ),
    )


def _row(trouble: str, begins: datetime, subject: str, value: float, now: datetime) -> dict[str, Any]:
    return {"trouble": trouble, "slot": begins, "subject": subject, "value": value, "first_at": now, "last_at": now}


def _upsert(connection: sa.Connection) -> sa.Insert:
    """Insert, or keep the worst, seen last now."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgres  # the embedded ledger does not pay for it

        made = insert_postgres(alert_measures)
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_sqlite

        made = insert_sqlite(alert_measures)  # type: ignore[assignment]  # the same by another class
    new = made.excluded
    worst = sa.case((new.value > _m.value, new.value), else_=_m.value)
    return made.on_conflict_do_update(
        index_elements=["trouble", "slot", "subject"], set_={"value": worst, "last_at": new.last_at}
    )
