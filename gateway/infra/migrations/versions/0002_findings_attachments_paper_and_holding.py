"""Findings as rows, attachments as they were found, paper copies, units of an assignment, and deliveries that are held.

Revision: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("documents", sa.Column("response_needed", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("documents", sa.Column("paper", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("documents", sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]")),
    ("deliveries", sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("deliveries", sa.Column("paper_arrived_at", sa.BigInteger(), nullable=True)),
    ("statuses", sa.Column("units", sa.JSON(), nullable=False, server_default="[]")),
)


def upgrade() -> None:
    """Move findings out of the documents, and give older rows what they mean: no paper, no hold, an answer where one is due."""
    op.create_table(
        "findings",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.PrimaryKeyConstraint("document", "place"),
    )
    op.create_index("findings_by_sender", "findings", ["sender", "at"])
    op.create_index("documents_by_content", "documents", ["content_sha256"])
    for table, column in _COLUMNS:
        op.add_column(table, column)
    _carry_over(op.get_bind())
    for name in ("findings", "parts"):
        op.drop_column("documents", name)


def _carry_over(connection: sa.Connection) -> None:
    """Take over what older documents say; of their inline attachments nothing was recorded."""
    documents = sa.table(
        "documents",
        *(sa.column(name) for name in ("id", "sender", "accepted_at", "due_on", "response_needed")),
        *(sa.column(name, sa.JSON) for name in ("findings", "parts", "attachments")),
    )
    d = documents.c
    connection.execute(sa.update(documents).where(d.due_on.is_not(None)).values(response_needed=sa.true()))
    columns = ("document", "place", "code", "path", "message", "severity", "article", "sender", "at")
    findings = sa.table("findings", *(sa.column(name) for name in columns))
    kept = sa.select(documents).where(sa.or_(*(sa.cast(each, sa.Text) != "[]" for each in (d.findings, d.parts))))
    for row in connection.execute(kept).all():
        noticed = [
            each | {"document": row.id, "place": place, "sender": row.sender, "at": row.accepted_at}
            for place, each in enumerate(row.findings)
        ]
        if noticed:
            connection.execute(sa.insert(findings), noticed)
        attached = [_attached(part) for part in row.parts]
        connection.execute(sa.update(documents).where(d.id == row.id).values(attachments=attached))


def _attached(part: dict[str, str | int]) -> dict[str, object]:
    return {
        "content_id": part["content_id"],
        "name": part["name"],
        "media_type": part["content_type"],
        "sha256": part["sha256"],
        "size": part["size"],
        "pages": None,
        "apart": True,
    }
