"""The group `requests`, what operators decide about agencies that systems ask to have registered or ended, and `system vxp`."""

from typing import Annotated

import typer

from gateway.entry.cli.directory_commands import Day, SystemId, system
from gateway.entry.cli.options import CONFIG, Config, Json, Reason, run

requests = typer.Typer(help="Yêu cầu đăng ký, xóa cơ quan · Agencies asked to be registered or ended.", no_args_is_help=True)
Wanted = Annotated[str, typer.Argument(metavar="ID", help="Mã yêu cầu · Request id.", show_default=False)]
Registers = Annotated[
    bool | None,
    typer.Option(
        "--registers/--no-registers",
        help="Tự đăng ký, xóa cơ quan của mình, không chờ duyệt · It has its agencies registered and ended without approval.",
        show_default=False,
    ),
]
Window = Annotated[
    int | None, typer.Option(min=1, max=24 * 3600, metavar="GIÂY", help="Độ lệch đồng hồ · How far its clock may be off.")
]


@requests.command("list")
def requests_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê yêu cầu chờ duyệt · List what waits."""
    from gateway.entry.cli.agency_requests import listing
    from gateway.entry.cli.output import finish

    finish(run(listing(config)), as_json=as_json)


@requests.command("approve")
def requests_approve(wanted: Wanted, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Duyệt, ghi vào danh bạ · Approve, and change the directory."""
    from gateway.entry.cli.agency_requests import approve
    from gateway.entry.cli.output import finish

    finish(run(approve(config, wanted, reason)), as_json=as_json)


@requests.command("refuse")
def requests_refuse(wanted: Wanted, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Từ chối · Refuse."""
    from gateway.entry.cli.agency_requests import refuse
    from gateway.entry.cli.output import finish

    finish(run(refuse(config, wanted, reason)), as_json=as_json)


@system.command("vxp")
def system_vxp(
    name: SystemId,
    *,
    registers: Registers = None,
    until: Day = None,
    window_seconds: Window = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Quyền của hệ thống gọi bằng SDK · What it may do by the SDK."""
    from gateway.config import Settings
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.system import set_vxp

    if registers is None and window_seconds is None:
        raise typer.BadParameter("Chưa nêu gì để đổi · Nothing to change was named.")
    if until is not None and not registers:
        raise typer.BadParameter("--until đi cùng --registers · They go together.")
    day = until.date() if until else None
    outcome = set_vxp(Settings.load(config), name, registers=registers, until=day, window_seconds=window_seconds)
    finish(outcome, as_json=as_json)
