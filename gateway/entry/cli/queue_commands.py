"""The commands about queues: `queues`, and `pause` and `resume` of the group `system`."""

from datetime import datetime
from typing import Annotated

import typer

from gateway.entry.cli.directory_commands import SystemId, system
from gateway.entry.cli.options import CONFIG, FORMATS, Config, Json, Moment, Reason, run


def queues(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Hàng đợi của các hệ thống · The systems' queues."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.queues import listing

    finish(run(listing(config)), as_json=as_json)


@system.command("pause")
def system_pause(name: SystemId, *, reason: Reason, until: Moment = None, config: Config = CONFIG, as_json: Json = False) -> None:
    """Tạm dừng chuyển tới hệ thống · Push nothing to it for a while."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.queues import pause

    finish(run(pause(config, name, reason, until)), as_json=as_json)


@system.command("resume")
def system_resume(name: SystemId, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Chuyển tiếp tới hệ thống · Push to it again."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.queues import resume

    finish(run(resume(config, name, reason)), as_json=as_json)


@system.command("replay")
def system_replay(
    name: SystemId,
    *,
    since: Annotated[datetime, typer.Option(formats=FORMATS, metavar="LÚC", help="Từ lúc nào · Since when.")],
    reason: Reason,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Báo lại các tin cho hệ thống · Tell it its news again."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.queues import replay

    finish(run(replay(config, name, reason, since)), as_json=as_json)
