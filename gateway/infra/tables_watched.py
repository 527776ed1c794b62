"""The tables of who is there: when each system was last seen."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_followed import METADATA

__all__ = ["METADATA", "seen"]

seen = sa.Table(
    "seen",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)
