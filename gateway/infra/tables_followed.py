"""The tables of what follows a document: what others say of it, statuses that wait for theirs, letters about deadlines."""

import sqlalchemy as sa

from gateway.infra.tables import Moment
from gateway.infra.tables_vxp import METADATA

__all__ = ["METADATA", "held_statuses", "letters", "links"]

links = sa.Table(
    "links",
    METADATA,
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("place", sa.SmallInteger, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("organ", sa.Text, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("promulgated_on", sa.Date),
    sa.Column("document_id", sa.Text),
    sa.Column("target", sa.String(32), sa.ForeignKey("documents.id")),
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id")),
    sa.Column("answer", sa.Text),
    sa.Index("links_by_target", "target"),
    sa.Index("links_by_delivery", "delivery"),
)

held_statuses = sa.Table(
    "held_statuses",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("reporter", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("notation", sa.Text, nullable=False),
    sa.Column("promulgated_on", sa.Date, nullable=False),
    sa.Column("code", sa.String(2), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("staff", sa.JSON, nullable=False),
    sa.Column("reported_at", Moment),
    sa.Column("package", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("resolved_at", Moment),
    sa.Column("outcome", sa.Text),
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id")),
    sa.Column("by", sa.Text),
    sa.Column("note", sa.Text),
)
_OPEN = held_statuses.c.resolved_at.is_(None)
sa.Index("held_statuses_open", held_statuses.c.owner, held_statuses.c.receiver, postgresql_where=_OPEN, sqlite_where=_OPEN)
sa.Index("held_statuses_by_age", held_statuses.c.received_at, postgresql_where=_OPEN, sqlite_where=_OPEN)

letters = sa.Table(
    "letters",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("organ", sa.Text, nullable=False),
    sa.Column("deadline", sa.String(32), sa.ForeignKey("deadlines.id"), nullable=False),
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("step", sa.Text),
    sa.Column("at", Moment, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("instead", sa.JSON, nullable=False),
    sa.Column("mailing", sa.String(32)),
    sa.Column("token", sa.Text),
    sa.Column("until", Moment),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("cause", sa.Text),
    sa.Column("settled_at", Moment),
    sa.Column("sent_at", Moment),
    sa.Index("letters_by_deadline", "deadline"),
    sa.Index("letters_sent", "audience", "organ", "sent_at"),
)
_UNSETTLED = letters.c.settled_at.is_(None)
sa.Index("letters_due", letters.c.due_at, postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED)
sa.Index("letters_under_way", letters.c.mailing, postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED)
