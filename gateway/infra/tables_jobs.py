"""The tables of jobs: what was decided about many dead letters, and on which of them it is still to be carried out, or failed."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_alerts import METADATA

__all__ = ["METADATA", "job_items", "jobs"]

jobs = sa.Table(
    "jobs",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("meant", sa.JSON, nullable=False),
    sa.Column("to", sa.Text),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("per_minute", sa.Integer),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("token", sa.Text),
    sa.Column("until", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("stopped_by", sa.Text),
    sa.Column("stopped_why", sa.Text),
    sa.Column("audit", sa.BigInteger, nullable=False),
)
_RUNS = jobs.c.state == "running"
sa.Index("jobs_due", jobs.c.due_at, postgresql_where=_RUNS, sqlite_where=_RUNS)

job_items = sa.Table(
    "job_items",
    METADATA,
    sa.Column("job", sa.String(32), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("delivery", sa.String(32), nullable=False),
    sa.Column("code", sa.Text),
)
"""In the order of the deliveries. Without a code: to be done; with one: why it could not be. What was done is in the events."""
_LEFT, _FAILED = job_items.c.code.is_(None), job_items.c.code.is_not(None)
sa.Index("job_items_left", job_items.c.job, job_items.c.place, postgresql_where=_LEFT, sqlite_where=_LEFT)
sa.Index("job_items_failed", job_items.c.job, job_items.c.place, postgresql_where=_FAILED, sqlite_where=_FAILED)
