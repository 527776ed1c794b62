"""Findings counted: which sender's documents break which rule, and how often."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from gateway.core.model import OrganId, Severity
from gateway.infra.tables import findings
from gateway.ports import FindingCount


def counts(
    connection: sa.Connection, organs: Collection[OrganId] | None, since: datetime | None, until: datetime | None
) -> tuple[FindingCount, ...]:
    """Count documents by sender and code, the most frequent first."""
    f = findings.c
    documents = sa.func.count(sa.distinct(f.document)).label("documents")
    select = sa.select(f.sender, f.code, f.severity, f.article, documents, sa.func.max(f.at, type_=f.at.type).label("last_at"))
    if organs is not None:
        select = select.where(f.sender.in_(organs))
    if since is not None:
        select = select.where(f.at >= since)
    if until is not None:
        select = select.where(f.at < until)
    grouped = select.group_by(f.sender, f.code, f.severity, f.article).order_by(documents.desc(), f.sender, f.code)
    return tuple(
        FindingCount(
            sender=OrganId(row.sender),
            code=row.code,
            severity=Severity(row.severity),
            article=row.article,
            documents=row.documents,
            last_at=row.last_at,
        )
        for row in connection.execute(grouped)
    )
