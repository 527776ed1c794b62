"""What documents say of each other, and statuses whose document is not found.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; documents that were accepted before have no links."""
    op.create_table(
        "links",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("promulgated_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=True),
        sa.Column("target", sa.String(length=32), nullable=True),
        sa.Column("delivery", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.ForeignKeyConstraint(["target"], ["documents.id"]),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("document", "place"),
    )
    op.create_index("links_by_target", "links", ["target"])
    op.create_index("links_by_delivery", "links", ["delivery"])
    op.create_table(
        "held_statuses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("notation", sa.Text(), nullable=False),
        sa.Column("promulgated_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("staff", sa.JSON(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("delivery", sa.String(length=32), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    still = sa.text("resolved_at IS NULL")
    op.create_index("held_statuses_open", "held_statuses", ["owner", "receiver"], postgresql_where=still, sqlite_where=still)
    op.create_index("held_statuses_by_age", "held_statuses", ["received_at"], postgresql_where=still, sqlite_where=still)
