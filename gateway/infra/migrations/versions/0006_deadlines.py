"""Deadlines, and how far the keeper of them has read the events.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the keeper reads the events from the beginning, so what is still owed of the past is found."""
    op.create_table(
        "deadlines",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=True),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_deadlines_document", "deadlines", ["document"])
    op.create_index("ix_deadlines_delivery", "deadlines", ["delivery"])
    op.create_index("deadlines_owed", "deadlines", ["organ", "state", "due_at"])
    op.create_index("deadlines_claimed", "deadlines", ["creditor", "state", "due_at"])
    step = sa.text("next_at IS NOT NULL")
    op.create_index("deadlines_next", "deadlines", ["next_at"], postgresql_where=step, sqlite_where=step)
    op.create_table(
        "timekeeper",
        sa.Column("id", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
