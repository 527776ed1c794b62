"""The groups `agency` and `system`: who may exchange, and through which systems."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.core.model import Trust
from gateway.entry.cli.options import CONFIG, Config, Json, Organ, address, organ_id, run

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.entry.cli.output import Outcome

agency = typer.Typer(help="Cơ quan trong danh bạ · Agencies of the directory.", no_args_is_help=True)
system = typer.Typer(help="Hệ thống được nối vào trục · Systems connected to the hub.", no_args_is_help=True)

_DATE = ["%Y-%m-%d", "%d/%m/%Y"]
Day = Annotated[datetime | None, typer.Option(formats=_DATE, metavar="NGÀY", help="2027-06-30")]
Parent = Annotated[str | None, typer.Option(parser=organ_id, metavar="ID", help="Cơ quan cấp trên · The agency above it.")]
Successor = Annotated[str | None, typer.Option(parser=organ_id, metavar="ID", help="Cơ quan kế thừa · Its successor.")]
Aliases = Annotated[
    list[str] | None, typer.Option("--alias", parser=organ_id, metavar="ID", help="Thêm mã khác, lặp lại được · Add another id.")
]
Certificates = Annotated[
    list[Path] | None,
    typer.Option(
        "--certificate",
        metavar="TỆP",
        exists=True,
        dir_okay=False,
        help="Thêm chứng thư ký (PEM, DER) · Add a signing certificate.",
    ),
]
Email = Annotated[
    str | None,
    typer.Option(
        "--email", parser=address, metavar="THƯ", help='Nhận nhắc việc; "" là bỏ · Where reminders go; "" takes it out.'
    ),
]
LeaderEmail = Annotated[
    str | None,
    typer.Option(
        "--leader-email", parser=address, metavar="THƯ", help='Thư của lãnh đạo; "" là bỏ · The leader\'s; "" takes it out.'
    ),
]
TokenOut = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="TỆP", dir_okay=False, help="Ghi mã vào tệp (0600) · Write the token into a file."),
]
VxpToo = Annotated[bool, typer.Option("--vxp", help="Gọi bằng SDK trục quốc gia · It calls by the national SDK.")]
SystemId = Annotated[str, typer.Argument(metavar="ID", help="Mã hệ thống · System id.", show_default=False)]


@agency.command("add")
def agency_add(
    organ: Organ,
    *,
    name: Annotated[str, typer.Option(help="Tên cơ quan · Its name.", show_default=False)],
    parent: Parent = None,
    alias: Aliases = None,
    valid_from: Day = None,
    email: Email = None,
    leader_email: LeaderEmail = None,
    certificate: Certificates = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Thêm cơ quan · Add an agency."""
    from gateway.entry.cli.agency import add

    since = valid_from and valid_from.date()
    letters = {"email": email or None, "leader_email": leader_email or None}
    fields: dict[str, object] = {"name": name, "aliases": alias, "parent": parent, "valid_from": since, **letters}
    _finish(add(_settings(config), organ, fields, certificate or ()), as_json=as_json)


@agency.command("set")
def agency_set(
    organ: Organ,
    *,
    name: Annotated[str | None, typer.Option(help="Tên cơ quan · Its name.")] = None,
    trust: Annotated[Trust | None, typer.Option(help="Cách tin cậy văn bản · How its documents are trusted.")] = None,
    until: Day = None,
    parent: Parent = None,
    alias: Aliases = None,
    certificate: Certificates = None,
    valid_from: Day = None,
    valid_to: Day = None,
    successor: Successor = None,
    email: Email = None,
    leader_email: LeaderEmail = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đổi thông tin cơ quan · Change an agency."""
    from gateway.entry.cli.agency import change, trusted

    given = {
        "name": name,
        "parent": parent,
        "valid_from": valid_from and valid_from.date(),
        "valid_to": valid_to and valid_to.date(),
        "successor": successor,
    }
    fields = {name: value for name, value in given.items() if value} | trusted(trust, until and until.date())
    letters = {"email": email, "leader_email": leader_email}
    fields |= {name: value or None for name, value in letters.items() if value is not None}
    if not (fields or alias or certificate):
        raise typer.BadParameter("Chưa nêu gì để đổi · Nothing to change was named.")
    _finish(change(_settings(config), organ, fields, alias or (), certificate or ()), as_json=as_json)


@agency.command("list")
def agency_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê cơ quan · List the agencies."""
    from gateway.entry.cli.agency import listing

    _finish(listing(_settings(config)), as_json=as_json)


@agency.command("silent")
def agency_silent(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Cơ quan chưa vào lấy văn bản · Agencies that have not looked for their documents."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.silent import listing

    finish(run(listing(config)), as_json=as_json)


@agency.command("lock")
def agency_lock(
    organ: Organ,
    *,
    reason: Annotated[str, typer.Option(help="Lý do · Why.", show_default=False)],
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Tạm khóa · Lock: it neither sends nor receives."""
    from gateway.entry.cli.agency import change

    _finish(change(_settings(config), organ, {"locked": reason}), as_json=as_json)


@agency.command("unlock")
def agency_unlock(organ: Organ, *, config: Config = CONFIG, as_json: Json = False) -> None:
    """Mở khóa · Unlock."""
    from gateway.entry.cli.agency import change

    _finish(change(_settings(config), organ, {"locked": None}), as_json=as_json)


@agency.command("retire")
def agency_retire(
    organ: Organ,
    *,
    on: Annotated[datetime, typer.Option(formats=_DATE, metavar="NGÀY", help="2027-07-01", show_default=False)],
    successor: Successor = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Chấm dứt từ một ngày · End an agency on a day."""
    from gateway.entry.cli.agency import retire

    _finish(retire(_settings(config), organ, on.date(), successor), as_json=as_json)


@agency.command("import")
def agency_import(
    file: Annotated[Path, typer.Argument(metavar="TỆP", exists=True, dir_okay=False, help=".xlsx, .csv", show_default=False)],
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Ghi vào danh bạ; không thì xem trước · Write; else preview.")] = False,
    retire_missing: Annotated[
        bool, typer.Option("--retire-missing", help="Cơ quan không nêu thì kết thúc (cần --on) · End those not named.")
    ] = False,
    on: Day = None,
    sheet: Annotated[str | None, typer.Option(metavar="TRANG", help="Trang tính · The sheet of the workbook.")] = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Nhập, đồng bộ từ Excel, CSV · Import from a sheet."""
    from gateway.entry.cli.agency_import import take

    if retire_missing != (on is not None):
        raise typer.BadParameter("--retire-missing đi cùng --on NGÀY · They go together.")
    _finish(take(_settings(config), file, sheet=sheet, apply=apply, retire_on=on.date() if on else None), as_json=as_json)


@agency.command("export")
def agency_export(
    file: Annotated[Path, typer.Argument(metavar="TỆP", dir_okay=False, help=".xlsx, .csv", show_default=False)],
    *,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Xuất danh bạ ra Excel, CSV · Write the directory as a sheet."""
    from gateway.entry.cli.agency_import import give

    _finish(give(_settings(config), file), as_json=as_json)


@system.command("add")
def system_add(
    name: SystemId,
    *,
    organ: Annotated[list[str], typer.Option(parser=organ_id, metavar="ID", help="Cơ quan, lặp lại được · Agency, repeatable.")],
    certificate: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Chứng thư mTLS · Its mTLS certificate.")
    ] = None,
    token_file: TokenOut = None,
    vxp: VxpToo = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Thêm hệ thống, in mã một lần · Add a system, print its token."""
    from gateway.entry.cli.system import add

    outcome = add(_settings(config), name, organ, certificate=certificate, token_file=token_file, vxp=vxp)
    _finish(outcome, as_json=as_json)


@system.command("rotate")
def system_rotate(
    name: SystemId,
    *,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Mã cũ vẫn dùng được · The old token still holds.")] = False,
    token_file: TokenOut = None,
    vxp: VxpToo = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đổi mã truy cập · Give a new token."""
    from gateway.entry.cli.system import rotate, rotate_vxp

    change = rotate_vxp if vxp else rotate
    _finish(change(_settings(config), name, keep_old=keep_old, token_file=token_file), as_json=as_json)


@system.command("revoke")
def system_revoke(name: SystemId, *, config: Config = CONFIG, as_json: Json = False) -> None:
    """Thu hồi mọi mã và chứng thư mTLS · Take all its credentials."""
    from gateway.entry.cli.system import revoke

    _finish(revoke(_settings(config), name), as_json=as_json)


@system.command("list")
def system_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê hệ thống · List the systems."""
    from gateway.entry.cli.system import listing

    _finish(listing(_settings(config)), as_json=as_json)


def _settings(config: Path) -> "Settings":
    from gateway.config import Settings

    return Settings.load(config)


def _finish(outcome: "Outcome", *, as_json: bool) -> None:
    from gateway.entry.cli.output import finish

    finish(outcome, as_json=as_json)
