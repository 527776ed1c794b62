"""The report on a terminal."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.sdk.conformance.report import GROUPS, Checked, Loss, Report, Verdict

SIGNS: Final = {Verdict.PASSED: "[green]✓[/]", Verdict.FAILED: "[bold red]✗[/]", Verdict.SKIPPED: "[dim]–[/]"}


def show(report: Report, console: Console) -> None:
    """Print what was found: a line for each part, then what is wrong, then what the mapping loses."""
    console.print(_summary(report))
    for each in report.of(Verdict.FAILED):
        console.print(f"\n[bold red]✗ {escape(_title(each))}[/]\n  [dim]{escape(each.en)}[/]", highlight=False)
        for line in each.words.splitlines():
            console.print(f"    {escape(line)}", highlight=False)
    for kind, loss in report.losses.items():
        _show_loss(kind, loss, console)
    verdict = "[bold red]KHÔNG ĐẠT · FAILED[/]"
    if report.passed:
        partly = "[bold yellow]CHỈ THỬ ĐƯỢC MỘT PHẦN · ONLY PARTLY TRIED[/]"
        verdict = partly if report.partial else "[bold green]ĐẠT · PASSED[/]"
    counts = (
        f"{report.count(Verdict.PASSED)} đạt · passed, {report.count(Verdict.FAILED)} hỏng · failed, "
        f"{report.count(Verdict.SKIPPED)} bỏ qua · skipped, {report.seconds:.1f} s"
    )
    console.print(f"\n{verdict}  {counts}", highlight=False)


def _summary(report: Report) -> Table:
    table = Table(title=f"{report.manifest.name} {report.manifest.version}", title_justify="left", title_style="bold")
    table.add_column("Nhóm · Part")
    for heading in ("Đạt", "Hỏng", "Bỏ qua", "Giây"):
        table.add_column(heading, justify="right")
    for group, checks in report.groups():
        counts = {verdict: sum(each.verdict is verdict for each in checks) for verdict in Verdict}
        worst = Verdict.FAILED if counts[Verdict.FAILED] else Verdict.PASSED if counts[Verdict.PASSED] else Verdict.SKIPPED
        vi, en = GROUPS[group]
        cells = [str(counts[verdict]) if counts[verdict] else "" for verdict in Verdict]
        table.add_row(f"{SIGNS[worst]} {vi} [dim]· {en}[/]", *cells, f"{sum(each.seconds for each in checks):.1f}")
    return table


def _show_loss(kind: str, loss: Loss, console: Console) -> None:
    parts = (
        ("mất · dropped", loss.dropped),
        ("đổi · changed", loss.changed),
        ("thêm · invented", loss.invented),
    )
    console.print(
        f"\n[bold]Trường edXML[/] [dim]· fields{escape(f' {kind}' if kind else '')}[/]: {len(loss.kept)} giữ nguyên · kept",
        highlight=False,
    )
    for name, paths in parts:
        if paths:
            console.print(f"  {name} ({len(paths)}): {escape('; '.join(_gathered(paths)))}", highlight=False)


def _title(check: Checked) -> str:
    return f"{check.vi} [{check.case}]" if check.case else check.vi


def _gathered(paths: tuple[str, ...]) -> Iterator[str]:
    """Name fields in few words: those of one element together, in the words of edXML."""
    elements: dict[str, list[str]] = {}
    for path in paths:
        above, _, name = path.removeprefix("MessageHeader/").removeprefix("TraceHeaderList/").rpartition("/")
        elements.setdefault(above.rpartition("/")[2], []).append(name)
    for element, names in elements.items():
        yield f"{element} {', '.join(names)}" if element else ", ".join(names)
