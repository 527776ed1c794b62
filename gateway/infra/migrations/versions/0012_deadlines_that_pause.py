"""Deadlines that pause, and who set their due time; what recalls and updates were held to owe is waived.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_deadlines = sa.table(
    "deadlines",
    *(sa.column(name) for name in ("rule", "document", "state", "reason", "decided", "starts_at", "ended_at", "next_at")),
)
_documents = sa.table("documents", sa.column("id"), sa.column("business_type"))
_ENDLESS = ("intake", "receipt_notice", "assignment", "processing", "response")
"""Rules whose ends are reported of the document that a recall or an update is about, never of itself."""


def upgrade() -> None:
    """Add the columns. A deadline that is owed, or was met, has a reason only where a person gave it another time."""
    op.add_column("deadlines", sa.Column("decided", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("deadlines", sa.Column("paused_at", sa.BigInteger(), nullable=True))
    d = _deadlines.c
    op.execute(_deadlines.update().where(d.reason != "", d.state != "waived").values(decided=sa.true()))
    notices = sa.select(_documents.c.id).where(_documents.c.business_type.in_((1, 2)))
    endless = sa.and_(d.rule.in_(_ENDLESS), d.document.in_(notices), d.state.in_(("open", "extended", "overdue")))
    never = {"state": "waived", "reason": "recall or update", "ended_at": d.starts_at, "next_at": None}
    op.execute(_deadlines.update().where(endless).values(never))
