"""The commands `backup` and `restore`."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, run


def backup(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", file_okay=False, show_default=False, help="Nơi giữ các bản · Where they are kept.")
    ],
    *,
    keep: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Chỉ giữ N bản mới nhất · Keep the newest N only.", show_default=False)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Đọc lại từng byte của cả bản · Read every byte of it again.")] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Sao lưu khi trục đang chạy · Back the hub up while it runs."""
    from gateway.entry.cli.backup import backup as make
    from gateway.entry.cli.output import finish

    finish(run(make(config, folder, keep=keep, verify=verify)), as_json=as_json)


def restore(
    backup: Annotated[
        Path,
        typer.Argument(
            metavar="BACKUP", exists=True, file_okay=False, show_default=False, help="Một bản trong DIR · One of those in DIR."
        ),
    ],
    *,
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Thư mục trống · An empty folder.", show_default=False)],
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            exists=True,
            dir_okay=False,
            help="Cấu hình nêu PostgreSQL trống, thay cho cấu hình trong bản sao · Settings that name an empty PostgreSQL.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Dựng lại trục từ một bản sao lưu · Lay a hub out from a backup."""
    from gateway.entry.cli.backup import restore as lay_out
    from gateway.entry.cli.output import finish

    finish(run(lay_out(backup, into, config)), as_json=as_json)
