"""The group `statuses`: statuses that wait for their document, or for an operator."""

from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, Reason, run

statuses = typer.Typer(help="Trạng thái chưa khớp văn bản · Statuses whose document is not known.", no_args_is_help=True)


@statuses.command("list")
def statuses_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê trạng thái đang chờ · List what waits."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.statuses import listing

    finish(run(listing(config)), as_json=as_json)


@statuses.command("resolve")
def statuses_resolve(
    status: Annotated[str, typer.Argument(metavar="ID", help="Mã trạng thái · Status id.", show_default=False)],
    *,
    reason: Reason,
    delivery: Annotated[
        str | None, typer.Option(metavar="ID", help="Lượt chuyển đúng · The delivery that is meant.", show_default=False)
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Bỏ trạng thái này · Give it up.")] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi vào lượt chuyển đúng, hoặc bỏ · Say which delivery is meant, or give it up."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.statuses import resolve

    if drop == (delivery is not None):
        raise typer.BadParameter("--delivery hoặc --drop · one of --delivery and --drop.")
    finish(run(resolve(config, status, delivery, reason)), as_json=as_json)
