"""The group `operator`: who runs the hub."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.core.roles import Role
from gateway.entry.cli.directory_commands import TokenOut
from gateway.entry.cli.options import CONFIG, Config, Json

operator = typer.Typer(help="Người vận hành trục · Operators of the hub.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TÊN", help="Tên người vận hành · Operator's name.", show_default=False)]


@operator.command("add")
def operator_add(
    name: Name,
    *,
    role: Annotated[
        Role,
        typer.Option(help="viewer: xem · duty: trực · admin: quản trị · auditor: kiểm toán."),
    ] = Role.DUTY,
    token_file: TokenOut = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Thêm người vận hành, in mã một lần · Add an operator, print the token."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import add
    from gateway.entry.cli.output import finish

    finish(add(Settings.load(config), name, role=role, token_file=token_file), as_json=as_json)


@operator.command("rotate")
def operator_rotate(
    name: Name,
    *,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Mã cũ vẫn dùng được · The old token still holds.")] = False,
    token_file: TokenOut = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đổi mã truy cập · Give a new token."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import rotate
    from gateway.entry.cli.output import finish

    finish(rotate(Settings.load(config), name, keep_old=keep_old, token_file=token_file), as_json=as_json)


@operator.command("password")
def operator_password(
    name: Name,
    *,
    password_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Tệp có mật khẩu; thiếu thì tự tạo · A file with it; else made."),
    ] = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đặt mật khẩu vào /console · Set the password for the console."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import password
    from gateway.entry.cli.output import finish

    finish(password(Settings.load(config), name, password_file=password_file), as_json=as_json)


@operator.command("totp")
def operator_totp(
    name: Name,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Bỏ mã 6 số · Take it away.")] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đặt mã 6 số (TOTP) cho /console · Set the second factor for the console."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import second_factor
    from gateway.entry.cli.output import finish

    finish(second_factor(Settings.load(config), name, remove=remove), as_json=as_json)


@operator.command("identity")
def operator_identity(
    name: Name,
    account: Annotated[str | None, typer.Argument(help="Tên ở nhà cung cấp danh tính; thiếu: bỏ · None: take it away.")] = None,
    *,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Gắn với tài khoản ở nhà cung cấp danh tính · Attach an account of the identity provider."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import identity
    from gateway.entry.cli.output import finish

    finish(identity(Settings.load(config), name, account), as_json=as_json)


@operator.command("revoke")
def operator_revoke(name: Name, *, config: Config = CONFIG, as_json: Json = False) -> None:
    """Thu hồi mọi mã · Take all tokens."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import revoke
    from gateway.entry.cli.output import finish

    finish(revoke(Settings.load(config), name), as_json=as_json)


@operator.command("list")
def operator_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê người vận hành · List the operators."""
    from gateway.config import Settings
    from gateway.entry.cli.operator import listing
    from gateway.entry.cli.output import finish

    finish(listing(Settings.load(config)), as_json=as_json)
