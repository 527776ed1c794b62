"""The group `adapter`: what adapters there are, a new one to begin with, and the kit that proves one right."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json

adapter = typer.Typer(help="Bộ nối tới hệ thống của cơ quan · Adapters.", no_args_is_help=True)


Report = Annotated[
    Path | None, typer.Option(dir_okay=False, help="Ghi thêm báo cáo vào tệp này · Write this report too.", show_default=False)
]


@adapter.command("new")
def adapter_new(
    name: Annotated[
        str, typer.Argument(metavar="TÊN", help="a-z, 0-9, _; bắt đầu bằng chữ · begins with a letter.", show_default=False)
    ],
    *,
    folder: Annotated[Path, typer.Option("--dir", file_okay=False, help="Đặt thư mục mới vào đây · Where to put it.")] = Path(),
    blocking: Annotated[
        bool, typer.Option("--blocking", help="Cho thư viện chặn, mỗi lời gọi một luồng · For libraries that block.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tạo bộ nối mới, chạy được ngay · Write a new adapter that works at once."""
    from gateway.entry.cli.adapter_new import begin, named
    from gateway.entry.cli.output import finish

    if not named(name):
        raise typer.BadParameter(f"«{name}»: a-z, 0-9, _ (tối đa 40, bắt đầu bằng chữ · at most 40, a letter first).")
    finish(begin(name, folder, blocking=blocking), as_json=as_json)


@adapter.command("list")
def adapter_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê các bộ nối trục thấy · List the adapters that the hub finds."""
    from gateway.entry.cli.adapter_listing import listing
    from gateway.entry.cli.output import finish

    finish(listing(config), as_json=as_json)


@adapter.command("show")
def adapter_show(
    name: Annotated[str, typer.Argument(metavar="TÊN", help="Tên, hoặc thư mục · Its name, or folder.", show_default=False)],
    *,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Cấu hình của một bộ nối và mẫu link · Its settings, and an example of a link."""
    from gateway.entry.cli.adapter_listing import show
    from gateway.entry.cli.output import finish

    finish(show(config, name), as_json=as_json)


@adapter.command("test")
def adapter_test(
    target: Annotated[
        str,
        typer.Argument(metavar="THƯ_MỤC|URL", help="Thư mục bộ nối, hoặc địa chỉ · A folder, or an address.", show_default=False),
    ],
    *,
    junit: Report = None,
    json_report: Report = None,
    html: Report = None,
) -> None:
    """Bộ kiểm thử: bộ nối có đúng không · Prove an adapter right."""
    from gateway.sdk.conformance import certify

    raise SystemExit(certify(target, junit=junit, json=json_report, html=html))
