"""Lists of deadlines by rule and by urgency of the document; what was late told apart in the order of each index.

Revision: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_LISTS = {
    "deadlines_owed": ("organ",),
    "deadlines_claimed": ("creditor",),
    "deadlines_by_rule": ("rule",),
    "deadlines_by_priority": ("priority",),
    "deadlines_by_state": (),
}
_BEFORE = ("deadlines_owed", "deadlines_claimed", "deadlines_by_state")


def upgrade() -> None:
    """Copy the urgency of each document to what is owed of it, and make the indexes anew."""
    op.add_column("deadlines", sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"))
    document, deadlines = (
        sa.table("documents", sa.column("id"), sa.column("priority")),
        sa.table("deadlines", sa.column("document"), sa.column("priority")),
    )
    urgent = sa.select(document.c.id).where(document.c.priority > 0)
    its = sa.select(document.c.priority).where(document.c.id == deadlines.c.document).scalar_subquery()
    op.execute(deadlines.update().where(deadlines.c.document.in_(urgent)).values(priority=its))
    for name in _BEFORE:
        op.drop_index(name, "deadlines")
    for name, first in _LISTS.items():
        last = () if first else ("organ",)
        op.create_index(name, "deadlines", [*first, "state", "late", "due_at", "seq", *last])
