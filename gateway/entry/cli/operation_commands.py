"""The group `held`: what operators decide about documents that the policy holds."""

from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Config, Json, Reason, run

held = typer.Typer(help="Văn bản bị giữ theo chính sách · Documents that the policy holds.", no_args_is_help=True)
Document = Annotated[str, typer.Argument(metavar="ID", help="Mã văn bản · Document id.", show_default=False)]


@held.command("list")
def held_list(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Liệt kê văn bản bị giữ · List what is held."""
    from gateway.entry.cli.held import listing
    from gateway.entry.cli.output import finish

    finish(run(listing(config)), as_json=as_json)


@held.command("release")
def held_release(document: Document, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Cho chuyển tiếp · Let it go on."""
    from gateway.entry.cli.held import release
    from gateway.entry.cli.output import finish

    finish(run(release(config, document, reason)), as_json=as_json)


@held.command("return")
def held_return(document: Document, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Trả lại nơi gửi · Turn it back to its sender."""
    from gateway.entry.cli.held import turn_back
    from gateway.entry.cli.output import finish

    finish(run(turn_back(config, document, reason)), as_json=as_json)
