"""The group `cert`: certificates of the development CA."""

from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, Organ

cert = typer.Typer(help="Chứng thư của CA phát triển · Certificates of the development CA.", no_args_is_help=True)

Days = Annotated[int, typer.Option(min=1, help="Số ngày hiệu lực · Days of validity.")]


@cert.command("issue")
def cert_issue(
    organ: Organ,
    *,
    key: Annotated[str, typer.Option(help="rsa2048 rsa3072 rsa4096 p256 p384")] = "rsa2048",
    days: Days = 730,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Cấp khóa, chứng thư mới · Issue a new key and certificate."""
    from gateway.config import Settings
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.rotation import issue

    finish(issue(Settings.load(config), organ, kind=key, days=days), as_json=as_json)


@cert.command("renew")
def cert_renew(organ: Organ, *, days: Days = 730, config: Config = CONFIG, as_json: Json = False) -> None:
    """Cấp tiếp chứng thư của cơ quan · Issue the next one of an agency."""
    from gateway.config import Settings
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.rotation import renew

    finish(renew(Settings.load(config), organ, days=days), as_json=as_json)


@cert.command("revoke")
def cert_revoke(
    named: Annotated[
        str, typer.Argument(metavar="CERT", help="Tệp, số hiệu, hoặc mã cơ quan (tất cả) · File, serial or organ id.")
    ],
    *,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Thu hồi, phát hành lại CRL · Revoke, and issue the CRLs anew."""
    from gateway.config import Settings
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.rotation import revoke

    finish(revoke(Settings.load(config), named), as_json=as_json)


@cert.command("list")
def cert_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê chứng thư đã cấp · List what was issued."""
    from gateway.config import Settings
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.rotation import listing

    finish(listing(Settings.load(config)), as_json=as_json)
