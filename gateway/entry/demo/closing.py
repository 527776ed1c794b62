"""The closing of the day: the balance, the promises, and where to look."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.entry.demo.audit import Balance
from gateway.entry.demo.cast import COMMUNE
from gateway.entry.demo.checks import PROMISES, Checks

_HEADINGS = (
    "Văn bản\nDocuments",
    "Đã nhận\nAccepted",
    "= Đã giao\nDelivered",
    "+ Đang chờ\nWaiting",
    "+ Lỗi\nFailed",
    "+ Từ chối\nRefused",
    "",
)


def show(console: Console, rows: Sequence[Balance], checks: Checks, url: str) -> None:
    """Print the balance and each promise."""
    console.print()
    if rows:
        console.print(_table(rows), "")
    for promise, ok, remark in checks.results():
        mark = "[green]✓[/]" if ok else "[red]✗[/]"
        console.print(f"{mark} {escape(PROMISES[promise])}{f' ({escape(remark)})' if remark else ''}", soft_wrap=True)
    console.print()
    console.print(f"Tài liệu API · API reference: {url}/api/v1/docs", soft_wrap=True)


def invite(console: Console, url: str, home: Path) -> None:
    """Say how to look around while the traffic goes on."""
    token = home / "agencies" / COMMUNE.organ / "token"
    password = (home / "operator" / "password").read_text("utf-8").strip()
    console.print(f"Bảng điều khiển · Console: {url}/console   operator / {password}", soft_wrap=True, markup=False)
    console.print(f'Thử · Try: curl -H "Authorization: Bearer $(cat {token})" {url}/api/v1/inbox', soft_wrap=True)
    console.print(f"Thư mục · Folder: {home}   Ctrl-C để dừng · to stop", soft_wrap=True)


def data(rows: Sequence[Balance], checks: Checks) -> dict[str, Any]:
    """Give the same for machines."""
    results = [{"name": name, "ok": ok, "promise": PROMISES[name], "remark": remark} for name, ok, remark in checks.results()]
    return {"ok": checks.all_hold(), "checks": results, "balance": [asdict(row) for row in rows]}


def _table(rows: Sequence[Balance]) -> Table:
    made = Table(box=None, header_style="bold", pad_edge=False)
    made.add_column("Nơi gửi\nSender", no_wrap=True)
    for heading in _HEADINGS:
        made.add_column(heading, justify="right")
    for row in (*rows, _total(rows)):
        made.add_row(escape(row.name), *map(str, _numbers(row)), "✓" if row.ok else "✗")
    return made


def _numbers(row: Balance) -> tuple[int, ...]:
    return (row.documents, row.accepted, row.delivered, row.waiting, row.failed, row.refused)


def _total(rows: Sequence[Balance]) -> Balance:
    documents, accepted, delivered, waiting, failed, refused = map(sum, zip(*map(_numbers, rows), strict=True))
    return Balance(
        organ="",
        name="Tổng · Total",
        documents=documents,
        accepted=accepted,
        delivered=delivered,
        waiting=waiting,
        failed=failed,
        refused=refused,
        ok=all(row.ok for row in rows) and accepted == delivered + waiting + failed + refused,
    )
