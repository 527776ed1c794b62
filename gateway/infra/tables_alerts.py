"""The tables of alerts: how each stands, what is told of them, and what was measured."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_console import METADATA

__all__ = ["METADATA", "alert_measures", "alert_messages", "alerts"]

alerts = sa.Table(
    "alerts",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("trouble", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("vi", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("opened_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("told", sa.Boolean, nullable=False),
    sa.Column("told_at", Moment),
    sa.Column("silenced_until", Moment),
    sa.Column("by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("decided_at", Moment),
)

alert_messages = sa.Table(
    "alert_messages",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("told", sa.JSON, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("token", sa.Text),
    sa.Column("until", Moment),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("cause", sa.Text),
    sa.Column("settled_at", Moment),
    sa.Column("sent_at", Moment),
)
_UNSETTLED = alert_messages.c.settled_at.is_(None)
sa.Index(
    "alert_messages_due", alert_messages.c.channel, alert_messages.c.seq, postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED
)

alert_measures = sa.Table(
    "alert_measures",
    METADATA,
    sa.Column("trouble", sa.Text, primary_key=True),
    sa.Column("slot", Moment, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
)
"""The worst that a rule measured of a subject in a slot. The trouble "" is of the looks themselves."""
