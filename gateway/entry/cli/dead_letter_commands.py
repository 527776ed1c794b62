"""The group `deadletters`: what could not be delivered."""

from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, Asked, Config, Json, Moment, Reason, organ_id, run

deadletters = typer.Typer(help="Văn bản không gửi được · What could not be delivered.", no_args_is_help=True)

Receiver = Annotated[str | None, typer.Option(parser=organ_id, metavar="ID", help="Nơi nhận · Its receiver.")]
Sender = Annotated[str | None, typer.Option(parser=organ_id, metavar="ID", help="Nơi gửi · Its sender.")]
Cause = Annotated[str | None, typer.Option(metavar="MÃ", help="Mã lỗi, như receiver-refused · A fault code.")]
Ids = Annotated[
    list[str] | None, typer.Option("--id", metavar="ID", help="Mã lượt chuyển, lặp lại được · A delivery id, repeatable.")
]
Parked = Annotated[bool | None, typer.Option("--parked/--not-parked", help="Đã để riêng hay chưa · Put aside, or not.")]
Yes = Annotated[bool, typer.Option("--yes", help="Không hỏi lại · Do not ask.")]
To = Annotated[str, typer.Option(parser=organ_id, metavar="ID", help="Nơi nhận mới · The new receiver.", show_default=False)]
Limit = Annotated[int, typer.Option(min=1, max=500, help="Liệt kê tối đa · List so many.")]


@deadletters.command("list")
def letters_list(
    *,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    parked: Parked = None,
    limit: Limit = 100,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê, cũ nhất trước · List them, oldest first."""
    from gateway.entry.cli.dead_letters import listing
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=parked)
    finish(run(listing(config, asked, limit)), as_json=as_json)


@deadletters.command("groups")
def letters_groups(
    *,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    parked: Parked = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đếm theo nguyên nhân và nơi nhận · Count by cause and receiver."""
    from gateway.entry.cli.dead_letters import groups
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=parked)
    finish(run(groups(config, asked)), as_json=as_json)


@deadletters.command("preview")
def letters_preview(
    *,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    parked: Parked = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Đếm trước khi xử lý · Count before deciding."""
    from gateway.entry.cli.dead_letters import preview
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=parked)
    finish(run(preview(config, asked)), as_json=as_json)


@deadletters.command("requeue")
def letters_requeue(
    *,
    reason: Reason,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    parked: Parked = None,
    yes: Yes = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Chuyển lại từ đầu · Let them go on, with all attempts anew."""
    from gateway.entry.cli.dead_letters import requeue
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=parked)
    finish(run(requeue(config, asked, reason, yes=yes)), as_json=as_json)


@deadletters.command("park")
def letters_park(
    *,
    reason: Reason,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    yes: Yes = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Để riêng, chờ quyết định · Put them aside."""
    from gateway.entry.cli.dead_letters import park
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=False)
    finish(run(park(config, asked, reason, yes=yes)), as_json=as_json)


@deadletters.command("return")
def letters_return(
    *,
    reason: Reason,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    parked: Parked = None,
    yes: Yes = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Trả lại nơi gửi · Give them back to their senders."""
    from gateway.entry.cli.dead_letters import turn_back
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=parked)
    finish(run(turn_back(config, asked, reason, yes=yes)), as_json=as_json)


@deadletters.command("redirect")
def letters_redirect(
    *,
    to: To,
    reason: Reason,
    receiver: Receiver = None,
    sender: Sender = None,
    cause: Cause = None,
    since: Moment = None,
    until: Moment = None,
    ids: Ids = None,
    parked: Parked = None,
    yes: Yes = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Chuyển tới nơi nhận khác · Send them to another receiver."""
    from gateway.entry.cli.dead_letters import redirect
    from gateway.entry.cli.output import finish

    asked = Asked(receiver=receiver, sender=sender, cause=cause, since=since, until=until, ids=ids or None, parked=parked)
    finish(run(redirect(config, asked, to, reason, yes=yes)), as_json=as_json)
