"""The tables of the national SDK's face."""

import sqlalchemy as sa

from gateway.infra.tables import METADATA, Moment

__all__ = ["METADATA", "vxp_marks", "vxp_places", "vxp_requests", "vxp_seen"]

vxp_seen = sa.Table(
    "vxp_seen",
    METADATA,
    sa.Column("mac", sa.String(64), primary_key=True),
    sa.Column("until", Moment, nullable=False, index=True),
)

vxp_places = sa.Table(
    "vxp_places",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

vxp_marks = sa.Table(
    "vxp_marks",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("package", sa.String(64), primary_key=True),
    sa.Column("transport", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

vxp_requests = sa.Table(
    "vxp_requests",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("wish", sa.Text, nullable=False),
    sa.Column("organ", sa.Text, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("decided_at", Moment),
)
