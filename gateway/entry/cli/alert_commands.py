"""The group `alerts`: what is wrong with the hub itself, and what operators decide about being told of it."""

from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, Reason, run

alerts = typer.Typer(help="Cảnh báo của trục: nhận xử lý, tắt tiếng · Alerts: acknowledge, silence.", no_args_is_help=True)
Alert = Annotated[str, typer.Argument(metavar="ID", help="Mã cảnh báo · Alert id.", show_default=False)]


@alerts.command("list")
def alerts_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê, đang mở trước · List them, what is open first."""
    from gateway.entry.cli.alerts import listing
    from gateway.entry.cli.output import finish

    finish(run(listing(config)), as_json=as_json)


@alerts.command("acknowledge")
def alerts_acknowledge(alert: Alert, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Nhận xử lý; khi hết mới báo · Deal with it; only its end is told."""
    from gateway.entry.cli.alerts import acknowledge
    from gateway.entry.cli.output import finish

    finish(run(acknowledge(config, alert, reason)), as_json=as_json)


@alerts.command("silence")
def alerts_silence(
    alert: Alert,
    *,
    hours: Annotated[int, typer.Option(min=0, max=720, help="Số giờ; 0: cho báo lại · Hours; 0 ends it.", show_default=False)],
    reason: Reason,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Không báo gì trong bấy nhiêu giờ · Have nothing told of it for some hours."""
    from gateway.entry.cli.alerts import silence
    from gateway.entry.cli.output import finish

    finish(run(silence(config, alert, hours, reason)), as_json=as_json)
