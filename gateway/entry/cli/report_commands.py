"""The group `report`: what the ledger counts and lists, to be read here or handed to a leader."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, organ_id, run

report = typer.Typer(help="Sổ văn bản, thống kê, báo cáo · Registers, statistics and reports.", no_args_is_help=True)


class RegisterKind(StrEnum):
    """Which register: sổ văn bản đi, sổ văn bản đến."""

    OUT = "out"
    IN = "in"


Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], metavar="NGÀY", help="2026-11-23")]
Month = Annotated[
    datetime | None, typer.Option("--month", formats=["%Y-%m", "%m/%Y"], metavar="THÁNG", help="2026-11", show_default=False)
]
Agency = Annotated[
    str | None,
    typer.Option("--agency", parser=organ_id, metavar="ID", help="Một cơ quan · One agency; all without it.", show_default=False),
]
OneAgency = Annotated[
    str, typer.Option("--agency", parser=organ_id, metavar="ID", help="Cơ quan · The agency.", show_default=False)
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", dir_okay=False, metavar="TỆP", help="Tệp .xlsx hoặc .pdf · A file to draw.", show_default=False
    ),
]


@report.command("findings")
def findings(*, since: Day = None, until: Day = None, config: Config = CONFIG, as_json: Json = False) -> None:
    """Ghi nhận theo cơ quan · Findings by agency."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.report import findings

    finish(run(findings(config, since, until)), as_json=as_json)


@report.command("registers")
def registers(
    *,
    agency: OneAgency,
    year: Annotated[int | None, typer.Option(min=2000, max=2100, metavar="NĂM", help="2026", show_default=False)] = None,
    month: Month = None,
    kind: Annotated[RegisterKind, typer.Option(help="out: sổ văn bản đi; in: sổ văn bản đến.")] = RegisterKind.IN,
    output: Output = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Sổ văn bản đi, sổ văn bản đến của một cơ quan · An agency's registers."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.report_making import register

    finish(run(register(config, agency, kind.value, year, month, output)), as_json=as_json)


@report.command("ontime")
def ontime(
    *, month: Month = None, agency: Agency = None, output: Output = None, config: Config = CONFIG, as_json: Json = False
) -> None:
    """Thời hạn đúng, trễ, quá hạn trong tháng · How the deadlines of a month were kept."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.report_making import ontime

    finish(run(ontime(config, month, agency, output)), as_json=as_json)


@report.command("overdue")
def overdue(
    *, month: Month = None, agency: Agency = None, output: Output = None, config: Config = CONFIG, as_json: Json = False
) -> None:
    """Việc đang quá hạn: ai nợ ai, từ bao giờ · What is overdue now."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.report_making import overdue

    finish(run(overdue(config, month, agency, output)), as_json=as_json)
