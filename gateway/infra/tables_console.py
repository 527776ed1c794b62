"""The tables of the console: who is signed in, what officers write about documents, and the words that these are found by."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_watched import METADATA

__all__ = ["METADATA", "remarks", "searched", "sessions"]

sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("operator", sa.Text, nullable=False, index=True),
    sa.Column("proof", sa.String(64), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
)

remarks = sa.Table(
    "remarks",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

searched = sa.Table(
    "searched",
    METADATA,
    sa.Column("rowid", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
)
"""By the `seq` of documents. In SQLite it is a table of FTS5 without content: it is asked with MATCH, and never read."""
sa.Index("searched_words", sa.func.to_tsvector(sa.text("'simple'"), searched.c.words), postgresql_using="gin").ddl_if(
    dialect="postgresql"
)
