"""The group `deadlines`: what is owed in the province, and what operators decide about it."""

from datetime import datetime
from typing import Annotated

import typer

from gateway.entry.cli.options import CONFIG, FORMATS, Config, Json, Reason, run

deadlines = typer.Typer(
    help="Thời hạn: nhắc, báo lãnh đạo, gia hạn, tạm dừng, miễn · Deadlines: remind, escalate, extend, pause, waive.",
    no_args_is_help=True,
)
Deadline = Annotated[str, typer.Argument(metavar="ID", help="Mã thời hạn · Deadline id.", show_default=False)]


@deadlines.command("list")
def deadlines_list(
    *,
    state: Annotated[
        str | None, typer.Option(metavar="open|overdue|paused|extended|met|waived", help="Chỉ những việc này · Only these.")
    ] = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê, sớm nhất trước · List them, the earliest due first."""
    from gateway.entry.cli.deadlines import STATES, listing
    from gateway.entry.cli.output import finish

    if state is not None and state not in STATES:
        raise typer.BadParameter(f"--state: {', '.join(STATES)}")
    finish(run(listing(config, state)), as_json=as_json)


@deadlines.command("extend")
def deadlines_extend(
    deadline: Deadline,
    *,
    due_at: Annotated[
        datetime,
        typer.Option("--due-at", formats=FORMATS, metavar="LÚC", help="Hạn mới · The new due time.", show_default=False),
    ],
    reason: Reason,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Gia hạn · Give another due time."""
    from gateway.entry.cli.deadlines import extend
    from gateway.entry.cli.output import finish

    finish(run(extend(config, deadline, due_at, reason)), as_json=as_json)


@deadlines.command("pause")
def deadlines_pause(deadline: Deadline, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Tạm dừng: chờ bên khác · Let none of its time pass, while another is waited for."""
    from gateway.entry.cli.deadlines import pause
    from gateway.entry.cli.output import finish

    finish(run(pause(config, deadline, reason)), as_json=as_json)


@deadlines.command("resume")
def deadlines_resume(deadline: Deadline, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Tính tiếp, với thời gian còn lại lúc tạm dừng · Let pass what was left when it was paused."""
    from gateway.entry.cli.deadlines import resume
    from gateway.entry.cli.output import finish

    finish(run(resume(config, deadline, reason)), as_json=as_json)


@deadlines.command("waive")
def deadlines_waive(deadline: Deadline, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Miễn · Ask for it no more."""
    from gateway.entry.cli.deadlines import waive
    from gateway.entry.cli.output import finish

    finish(run(waive(config, deadline, reason)), as_json=as_json)


@deadlines.command("remind")
def deadlines_remind(deadline: Deadline, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Nhắc đơn vị phải làm · Remind who owes it."""
    from gateway.entry.cli.deadlines import remind
    from gateway.entry.cli.output import finish

    finish(run(remind(config, deadline, reason)), as_json=as_json)


@deadlines.command("escalate")
def deadlines_escalate(deadline: Deadline, *, reason: Reason, config: Config = CONFIG, as_json: Json = False) -> None:
    """Báo lãnh đạo đơn vị việc đã quá hạn · Tell the leader of who owes it that it is overdue."""
    from gateway.entry.cli.deadlines import escalate
    from gateway.entry.cli.output import finish

    finish(run(escalate(config, deadline, reason)), as_json=as_json)
