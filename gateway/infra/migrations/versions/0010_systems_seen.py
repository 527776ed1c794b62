"""When each system was last seen; lists of deadlines in the order of an index, for each party and for the whole province.

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LISTS = {"deadlines_owed": "organ", "deadlines_claimed": "creditor"}


def upgrade() -> None:
    """Make the table, which fills as systems call, and the indexes anew: SQLite ends them with seq by itself, PostgreSQL not."""
    op.create_table(
        "seen",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("system"),
    )
    for name, party in _LISTS.items():
        op.drop_index(name, "deadlines")
        op.create_index(name, "deadlines", [party, "state", "due_at", "seq"])
    op.create_index("deadlines_by_state", "deadlines", ["state", "due_at", "seq"])
