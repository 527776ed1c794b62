"""The closing of the day: the balance, the promises, and where to look."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from gateway.entry.cli.output import Row, table
from gateway.entry.demo.audit import Balance
from gateway.entry.demo.cast import COMMUNE
from gateway.entry.demo.checks import PROMISES, Checks


def show(console: Console, rows: Sequence[Balance], checks: Checks, url: str) -> None:
    """Print the balance and each promise."""
    console.print()
    console.print(table([*map(_row, rows), _total(rows)]) if rows else "")
    console.print()
    for promise, ok, remark in checks.results():
        mark = "[green]✓[/]" if ok else "[red]✗[/]"
        console.print(f"{mark} {escape(PROMISES[promise])}{f' ({escape(remark)})' if remark else ''}", soft_wrap=True)
    console.print()
    console.print(f"Tài liệu API · API reference: {url}/api/v1/docs", soft_wrap=True)


def invite(console: Console, url: str, home: Path) -> None:
    """Say how to look around while the traffic goes on."""
    token = home / "agencies" / COMMUNE.organ / "token"
    console.print(f'Thử · Try: curl -H "Authorization: Bearer $(cat {token})" {url}/api/v1/inbox', soft_wrap=True)
    console.print(f"Thư mục · Folder: {home}   Ctrl-C để dừng · to stop", soft_wrap=True)


def data(rows: Sequence[Balance], checks: Checks) -> dict[str, Any]:
    """Give the same for machines."""
    results = [{"name": name, "ok": ok, "promise": PROMISES[name], "remark": remark} for name, ok, remark in checks.results()]
    return {"ok": checks.all_hold(), "checks": results, "balance": [asdict(row) for row in rows]}


def _row(row: Balance) -> Row:
    return {
        "Nơi gửi · Sender": f"{row.organ} {row.name}".strip(),
        "Văn bản · Documents": row.documents,
        "Đã nhận · Accepted": row.accepted,
        "= Đã giao · Delivered": row.delivered,
        "+ Chờ · Waiting": row.waiting,
        "+ Lỗi · Failed": row.failed,
        "+ Từ chối · Refused": row.refused,
        "": "✓" if row.ok else "✗",
    }


def _total(rows: Sequence[Balance]) -> Row:
    return _row(
        Balance(
            organ="Tổng · Total",
            name="",
            documents=sum(row.documents for row in rows),
            accepted=sum(row.accepted for row in rows),
            delivered=sum(row.delivered for row in rows),
            waiting=sum(row.waiting for row in rows),
            failed=sum(row.failed for row in rows),
            refused=sum(row.refused for row in rows),
            ok=all(row.ok for row in rows),
        )
    )
