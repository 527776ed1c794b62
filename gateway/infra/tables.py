"""The ledger's tables. Times are stored as microseconds since 1970 UTC, so that both databases order and compare them alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gateway.core.model import VIETNAM

METADATA = sa.MetaData()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(sa.TypeDecorator[datetime]):
    """An aware datetime, given back in Vietnam's time."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else (_EPOCH + timedelta(microseconds=value)).astimezone(VIETNAM)


documents = sa.Table(
    "documents",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("notation", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("business_type", sa.SmallInteger, nullable=False),
    sa.Column("promulgated_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("response_needed", sa.Boolean, nullable=False),
    sa.Column("paper", sa.Boolean, nullable=False),
    sa.Column("natural_key", sa.Text, nullable=False, unique=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("accepted_at", Moment, nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("type_name", sa.Text, nullable=False, server_default=""),
    sa.Column("attachments", sa.JSON, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Index("documents_by_sender", "sender", "seq"),
    sa.Index("documents_by_content", "content_sha256"),
    sa.Index("documents_by_document_id", "sender", "document_id"),
    sa.Index("documents_by_priority", "priority", "seq"),
    sa.Index("documents_by_time", "accepted_at"),
    sa.Index("documents_by_code", "sender", "number", "notation", "promulgated_on"),
)

deliveries = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False),
    sa.Column("document_seq", sa.BigInteger, nullable=False),
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("status_code", sa.String(2)),
    sa.Column("progress", sa.String(2)),
    sa.Column("why", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("answer", sa.Text),
    sa.Column("withheld", sa.Boolean, nullable=False),
    sa.Column("paper_arrived_at", Moment),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("not_before", Moment),
    sa.Column("lease_token", sa.Text),
    sa.Column("lease_expires_at", Moment),
    sa.UniqueConstraint("document", "receiver", name="deliveries_once"),
    sa.Index("deliveries_by_receiver", "receiver", "document_seq"),
    sa.Index("deliveries_waiting", "receiver", "state", sa.text("priority DESC"), "seq"),
    sa.Index("deliveries_by_state", "state", "receiver"),
    sa.Index("deliveries_by_state_and_age", "state", "document_seq"),
)

outbox = sa.Table(
    "outbox",
    METADATA,
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("trace_id", sa.String(32), nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("relay_token", sa.Text),
    sa.Column("relay_until", Moment),
    sa.Column("published_at", Moment),
    sa.Column("attempt_token", sa.Text),
    sa.Column("attempt_until", Moment),
    sa.Index("outbox_attempted", "attempt_until"),
)
_DUE = sa.and_(outbox.c.published_at.is_(None), outbox.c.due_at.is_not(None))
_WAITING = outbox.c.due_at.is_(None)
sa.Index("outbox_due", outbox.c.urgent.desc(), outbox.c.seq, postgresql_where=_DUE, sqlite_where=_DUE)
sa.Index(
    "outbox_waiting",
    outbox.c.system,
    outbox.c.urgent.desc(),
    outbox.c.seq,
    postgresql_where=_WAITING,
    sqlite_where=_WAITING,
)
sa.Index("outbox_published", outbox.c.system, outbox.c.urgent, outbox.c.published_at)

circuits = sa.Table(
    "circuits",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("failing", sa.JSON, nullable=False),
    sa.Column("cause", sa.Text),
    sa.Column("why", sa.Text),
    sa.Column("since", Moment),
    sa.Column("probes", sa.Integer, nullable=False),
    sa.Column("probe_at", Moment),
    sa.Column("proven", sa.Boolean, nullable=False),
    sa.Column("release_at", Moment),
    sa.Column("by", sa.Text),
    sa.Column("until", Moment),
)

bulletins = sa.Table(
    "bulletins",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("told", sa.BigInteger, nullable=False),
    sa.Column("token", sa.Text),
    sa.Column("until", Moment),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("again", Moment),
    sa.Column("cause", sa.Text),
    sa.Column("why", sa.Text),
)

deadlines = sa.Table(
    "deadlines",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id"), index=True),
    sa.Column("organ", sa.Text, nullable=False),
    sa.Column("creditor", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("starts_at", Moment, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("decided", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("paused_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("next_at", Moment),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Index("deadlines_owed", "organ", "state", "late", "due_at", "seq"),
    sa.Index("deadlines_claimed", "creditor", "state", "late", "due_at", "seq"),
    sa.Index("deadlines_by_rule", "rule", "state", "late", "due_at", "seq"),
    sa.Index("deadlines_by_priority", "priority", "state", "late", "due_at", "seq"),
    sa.Index("deadlines_by_state", "state", "late", "due_at", "seq", "organ"),
)
"""`priority` is that of the document, for the order of an index; what is late is counted by agencies in `deadlines_by_state`."""
_STEP = deadlines.c.next_at.is_not(None)
sa.Index("deadlines_next", deadlines.c.next_at, postgresql_where=_STEP, sqlite_where=_STEP)

timekeeper = sa.Table(
    "timekeeper",
    METADATA,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

audit = sa.Table(
    "audit",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)

findings = sa.Table(
    "findings",
    METADATA,
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("place", sa.SmallInteger, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("article", sa.Text),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("findings_by_sender", "sender", "at"),
)

receipts = sa.Table(
    "receipts",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id")),
    sa.Column("at", Moment, nullable=False),
    sa.Column("xml", sa.LargeBinary, nullable=False),
)

statuses = sa.Table(
    "statuses",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id"), nullable=False, index=True),
    sa.Column("code", sa.String(2), nullable=False),
    sa.Column("reporter", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("staff", sa.JSON, nullable=False),
    sa.Column("units", sa.JSON, nullable=False),
    sa.Column("reported_at", Moment),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)

events = sa.Table(
    "events",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("document", sa.String(32), nullable=False, index=True),
    sa.Column("delivery", sa.String(32)),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("receiver", sa.Text),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Index("events_by_sender", "sender", "seq"),
    sa.Index("events_by_receiver", "receiver", "seq"),
    sa.Index("events_by_time", "at"),
    sqlite_autoincrement=True,
)

leases = sa.Table(
    "leases",
    METADATA,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

lease_items = sa.Table(
    "lease_items",
    METADATA,
    sa.Column("token", sa.Text, sa.ForeignKey("leases.token"), primary_key=True),
    sa.Column("delivery", sa.String(32), sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Column("outcome", sa.Text),
)

idempotency = sa.Table(
    "idempotency",
    METADATA,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
)

refusals = sa.Table(
    "refusals",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("system", sa.Text),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("trace_id", sa.Text, nullable=False),
)
