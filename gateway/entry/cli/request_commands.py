"""The group `requests`: what operators decide about agencies that systems ask to have registered or ended."""

from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, Reason, run

requests = typer.Typer(help="Yêu cầu đăng ký, xóa cơ quan · Agencies asked to be registered or ended.", no_args_is_help=True)
Wanted = Annotated[str, typer.Argument(metavar="ID", help="Mã yêu cầu · Request id.", show_default=False)]


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
