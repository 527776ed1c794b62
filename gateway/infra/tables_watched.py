"""The tables of who is there: when each system was last seen, and whose turn it is among processes."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_followed import METADATA

__all__ = ["METADATA", "seen", "turns"]

seen = sa.Table(
    "seen",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)

turns = sa.Table(
    "turns",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", Moment, nullable=False),
)
