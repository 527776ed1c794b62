"""The words that documents are found by, in a full-text index of either database; lists of officers in the order of an index.

Revision: 0013
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.core.search import words

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BATCH = 1_000


def upgrade() -> None:
    """Make the index, and fill it with what is there."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE searched USING fts5(words, content='', detail=none)")
    else:
        op.create_table(
            "searched",
            sa.Column("rowid", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("words", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("rowid"),
        )
    insert = sa.text("INSERT INTO searched (rowid, words) VALUES (:rowid, :words)")
    for rows in _documents(connection):
        connection.execute(insert, rows)
    if connection.dialect.name == "postgresql":
        op.create_index("searched_words", "searched", [sa.text("to_tsvector('simple', words)")], postgresql_using="gin")
    op.create_index("documents_by_priority", "documents", ["priority", "seq"])
    op.create_index("documents_by_time", "documents", ["accepted_at"])
    op.create_index("deliveries_by_state_and_age", "deliveries", ["state", "document_seq"])


def _documents(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """Give the words of all documents, in batches."""
    select = sa.text(
        "SELECT seq, number, notation, subject, document_id, id FROM documents WHERE seq > :seq ORDER BY seq LIMIT :batch"
    )
    seq = 0
    while rows := connection.execute(select, {"seq": seq, "batch": _BATCH}).all():
        yield [{"rowid": row[0], "words": " ".join(words(" ".join(row[1:])))} for row in rows]
        seq = rows[-1][0]
