"""The tables of the console: who is signed in, what officers write and propose, and the words that documents are found by."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_watched import METADATA

__all__ = ["METADATA", "calendar_proposals", "kept_views", "remarks", "searched", "sessions", "upkeep"]

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

calendar_proposals = sa.Table(
    "calendar_proposals",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("change", sa.JSON, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("deadlines", sa.Integer, nullable=False),
    sa.Column("agencies", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_why", sa.Text),
    sa.Column("decided_at", Moment),
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

kept_views = sa.Table(
    "kept_views",
    METADATA,
    sa.Column("operator", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
)

upkeep = sa.Table(
    "upkeep",
    METADATA,
    sa.Column("task", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("well", sa.Boolean, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
