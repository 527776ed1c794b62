"""`lienthong check --reconcile`: what each 202 promised is somewhere, and nothing is stuck; the ledger alone is read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.core.model import VIETNAM
from gateway.core.reconciliation import DISCREPANCIES, RESPONDERS, WORDS, Balance, Category, Count, Discrepancy, Report
from gateway.entry.cli.operations import here
from gateway.entry.cli.output import Outcome, Row
from gateway.infra.clock import SystemClock
from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.infra.reconciliation import SqlReconciliation
from gateway.wiring import database

PATIENCE_SECONDS: Final = 3600.0
"""How long a statement may take: a million documents are read through, beside a hub that works."""
NAMED: Final = 3
"""Deliveries that the table names for each code; with --json there are more."""


async def reconcile(config: Path, since: datetime | None, until: datetime | None) -> Outcome:
    """Reconcile the documents accepted from one day (inclusive) to another (exclusive); days are Vietnam's."""
    return await reconcile_ledger(database(Settings.load(config)), since, until)


async def reconcile_ledger(named: Database, since: datetime | None = None, until: datetime | None = None) -> Outcome:
    """Reconcile the ledger in a database."""
    executor = open_executor(_patient(named))
    try:
        await SqlLedger(executor).ready()
        port = SqlReconciliation(executor)
        return outcome(await port.reconcile(since=here(since), until=here(until), now=SystemClock().now()))
    finally:
        await executor.close()


def outcome(report: Report) -> Outcome:
    """Say what was found."""
    balance, wrong = report.balance, sum(report.counts.values())
    sums = [f"{WORDS[each][0]} {balance.of(each).deliveries}" for each in _seen(balance)]
    vi = f"{balance.accepted + balance.added} {'=' if balance.balanced else '≠'} {' + '.join(sums) or '0'}"
    return Outcome(
        data=_data(report),
        rows=[*_balance_rows(balance), *_discrepancy_rows(report)],
        vi=f"✓ Cân: {vi}." if report.clean else f"✗ {'Cân' if balance.balanced else 'Lệch'}: {vi}; {wrong} chỗ không khớp.",
        en="Everything accepted is accounted for." if report.clean else _failure(balance, wrong),
        failed=not report.clean,
    )


def _failure(balance: Balance, wrong: int) -> str:
    unbalanced = "" if balance.balanced else f"{balance.accepted + balance.added} accepted, {balance.found} found; "
    return f"{unbalanced}{wrong} discrepancies."


def _balance_rows(balance: Balance) -> Iterator[Row]:
    yield _row("", f"Đã nhận: văn bản · documents accepted: {balance.documents}", balance.accepted)
    if balance.added:
        yield _row("", "Thêm khi chuyển hướng · added by redirection", balance.added)
    for category in _seen(balance):
        count = balance.of(category)
        yield _row("", " · ".join(WORDS[category]), count.deliveries, since=count.oldest_at)


def _discrepancy_rows(report: Report) -> Iterator[Row]:
    for code, count in report.counts.items():
        kind = DISCREPANCIES[code]
        its = [each for each in report.discrepancies if each.code == code]
        named = ", ".join(each.delivery or each.document for each in its[:NAMED])
        since = min((each.since for each in its if each.since is not None), default=None)
        what = f"{code}: {kind.vi} · {kind.en} {named}{', …' if count > NAMED else ''}"
        yield _row("✗", what, count, since=since, owner=RESPONDERS[kind.owner], cure=f"{kind.cure_vi} · {kind.cure_en}")


def _row(sign: str, what: str, count: int, *, since: datetime | None = None, owner: str = "", cure: str = "") -> Row:
    return {
        "": sign,
        "Mục · Item": what,
        "Lượt · Deliveries": count,
        "Từ · Since": f"{since.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if since else "",
        "Ai xử lý · Owner": owner,
        "Cách xử lý · What to do": cure,
    }


def _seen(balance: Balance) -> list[Category]:
    return [each for each in Category if balance.of(each).deliveries]


def _data(report: Report) -> dict[str, object]:
    balance = report.balance
    return {
        "ok": report.clean,
        "since": _written(balance.since),
        "until": _written(balance.until),
        "documents": balance.documents,
        "accepted": balance.accepted,
        "added": balance.added,
        "found": balance.found,
        "balanced": balance.balanced,
        "categories": {each.value: _count(balance.of(each)) for each in Category},
        "states": {state.value: _count(count) for state, count in balance.states.items()},
        "discrepancies": {
            code: {
                "count": count,
                "owner": DISCREPANCIES[code].owner.value,
                "next": DISCREPANCIES[code].cure_en,
                "items": [_item(each) for each in report.discrepancies if each.code == code],
            }
            for code, count in report.counts.items()
        },
    }


def _count(count: Count) -> dict[str, object]:
    return {"deliveries": count.deliveries, "oldest_at": _written(count.oldest_at)}


def _item(discrepancy: Discrepancy) -> dict[str, object]:
    return {"document": discrepancy.document, "delivery": discrepancy.delivery, "since": _written(discrepancy.since)}


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(VIETNAM).isoformat()


def _patient(named: Database) -> Database:
    return replace(named, statement_seconds=PATIENCE_SECONDS) if isinstance(named, PostgresDatabase) else named
