"""The commands of the group `calendar`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, run

calendar = typer.Typer(help="Lịch làm việc và thời hạn · Working time, and what is due when.", no_args_is_help=True)

Agency = Annotated[str | None, typer.Option(metavar="ID", help="Giờ làm việc của cơ quan này · The hours of this agency.")]


@calendar.command("due")
def calendar_due(
    rule: Annotated[str | None, typer.Argument(metavar="[OP]", help="add_working, intake, assignment, issue, response …")] = None,
    start: Annotated[str | None, typer.Argument(metavar="[LÚC]", help="ISO 8601, giờ Việt Nam · Vietnam's time")] = None,
    *,
    minutes: Annotated[float | None, typer.Option(min=0, help="Số phút làm việc · Working minutes.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='Mỗi dòng {"id","op","start","minutes"?}; "-" là đầu vào chuẩn · JSON lines.'),
    ] = None,
    agency: Agency = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Tính thời hạn · Say when something is due."""
    from gateway.entry.cli.calendar import answer, answers, working_time
    from gateway.entry.cli.output import finish

    at = working_time(config)
    if batch is None:
        if rule is None or start is None:
            raise typer.BadParameter("OP LÚC, hoặc --batch FILE · OP and a moment, or --batch FILE.")
        finish(answer(at, agency, rule, start, minutes), as_json=as_json)
        return
    with sys.stdin if str(batch) == "-" else batch.open(encoding="utf-8") as lines:
        for line in answers(at, agency, iter(lines)):
            sys.stdout.write(f"{line}\n")


@calendar.command("show")
def calendar_show(
    year: Annotated[int, typer.Argument(metavar="NĂM")],
    *,
    agency: Agency = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Những ngày khác thường của một năm · The days of a year that are not as usual."""
    from gateway.entry.cli.calendar import shown, working_time
    from gateway.entry.cli.output import finish

    finish(shown(working_time(config), agency, year), as_json=as_json)


@calendar.command("check")
def calendar_check(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Kiểm tra các tệp lịch · Check the calendar's files."""
    from gateway.entry.cli.calendar import checked, working_time
    from gateway.entry.cli.output import finish

    finish(checked(working_time(config)), as_json=as_json)


@calendar.command("effect")
def calendar_effect(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Lịch mới sẽ đổi thời hạn đang mở nào · Which open deadlines the files would move."""
    from gateway.entry.cli.calendar_effect import effect
    from gateway.entry.cli.output import finish

    finish(run(effect(config)), as_json=as_json)


@calendar.command("seed")
def calendar_seed(
    year: Annotated[int, typer.Argument(metavar="NĂM", min=2021, max=2099)],
    *,
    output: Annotated[
        Path | None,
        typer.Option(metavar="TỆP", dir_okay=False, help="Ghi vào tệp mới; không thì in ra · A new file; else printed."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Đề xuất lịch tạm tính của một năm · Propose the provisional file of a year."""
    from gateway.entry.cli.calendar_seed import seed, write
    from gateway.entry.cli.output import finish

    if output is None:
        sys.stdout.write(seed(year))
        return
    finish(write(year, output), as_json=as_json)
