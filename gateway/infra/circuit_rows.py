"""How circuits are rows. A system that has no row has never failed."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from gateway.core.circuit import Circuit, CircuitState
from gateway.core.model import SystemId
from gateway.infra.tables import circuits

_c = circuits.c


def load_all(
    connection: sa.Connection, systems: Collection[SystemId] | None = None, *, lock: bool = False
) -> tuple[Circuit, ...]:
    """Read the circuits of these systems (all when None) that have a row; `lock` them for a change."""
    select = sa.select(circuits)
    if systems is not None:
        select = select.where(_c.system.in_(systems))
    if lock:
        select = select.with_for_update()
    return tuple(_read(row) for row in connection.execute(select.order_by(_c.system)).mappings())


def held_back(connection: sa.Connection) -> tuple[Circuit, ...]:
    """Lock and read the circuits of systems whose documents wait: as they are read they stay until the commit."""
    select = sa.select(circuits).where(_c.state != CircuitState.CLOSED.value).order_by(_c.system).with_for_update()
    return tuple(_read(row) for row in connection.execute(select).mappings())


def load(connection: sa.Connection, system: SystemId) -> Circuit:
    """Read one circuit for a change."""
    (found,) = load_all(connection, [system], lock=True) or (Circuit(system=system),)
    return found


def save(connection: sa.Connection, circuit: Circuit) -> None:
    """Write a circuit. One that another made meanwhile is a conflict, which the executor runs again."""
    row: dict[str, Any] = {
        "state": circuit.state.value,
        "failing": list(circuit.failing),
        "cause": circuit.cause,
        "why": circuit.why,
        "since": circuit.since,
        "probes": circuit.probes,
        "probe_at": circuit.probe_at,
        "proven": circuit.proven,
        "release_at": circuit.release_at,
        "by": circuit.by,
        "until": circuit.until,
    }
    changed = connection.execute(circuits.update().where(_c.system == circuit.system).values(row))
    if changed.rowcount == 0:
        connection.execute(circuits.insert(), row | {"system": circuit.system})


def _read(row: sa.RowMapping) -> Circuit:
    return Circuit(
        **{
            **row,
            "system": SystemId(row["system"]),
            "state": CircuitState(row["state"]),
            "failing": tuple(row["failing"]),
        }
    )
