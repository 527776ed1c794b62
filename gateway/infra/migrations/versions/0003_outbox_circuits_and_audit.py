"""What is pushed: the outbox, a circuit for each system, what became of attempts; and the audit of what operators do.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; whatever is in the ledger so far was polled for, so nothing waits to be pushed."""
    op.add_column("deliveries", sa.Column("cause", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("answer", sa.Text(), nullable=True))
    op.create_index("deliveries_by_state", "deliveries", ["state", "receiver"])
    op.create_table(
        "outbox",
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("relay_token", sa.Text(), nullable=True),
        sa.Column("relay_until", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("attempt_token", sa.Text(), nullable=True),
        sa.Column("attempt_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("delivery"),
    )
    due, waiting = sa.text("published_at IS NULL AND due_at IS NOT NULL"), sa.text("due_at IS NULL")
    op.create_index("outbox_attempted", "outbox", ["attempt_until"])
    op.create_index("outbox_due", "outbox", [sa.text("urgent DESC"), "seq"], postgresql_where=due, sqlite_where=due)
    in_order: list[str | sa.TextClause] = ["system", sa.text("urgent DESC"), "seq"]
    op.create_index("outbox_waiting", "outbox", in_order, postgresql_where=waiting, sqlite_where=waiting)
    op.create_index("outbox_published", "outbox", ["system", "urgent", "published_at"])
    op.create_table(
        "circuits",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failing", sa.JSON(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("probe_at", sa.BigInteger(), nullable=True),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("release_at", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("system"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
