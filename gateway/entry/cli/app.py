"""The commands. Each is thin: it imports its work, does it, and prints the outcome."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.core.model import StatusCode
from gateway.entry.cli import (
    adapter_commands,
    alert_commands,
    backup_commands,
    calendar_commands,
    cert_commands,
    dead_letter_commands,
    deadline_commands,
    directory_commands,
    evidence_commands,
    operation_commands,
    operator_commands,
    queue_commands,
    report_commands,
    request_commands,
    status_commands,
)
from gateway.entry.cli.options import CONFIG, HUB_URL, Attach, Config, Json, Pair, SourceFile, TokenFile, Url, named_organ, run

app = typer.Typer(
    name="lienthong",
    help="Trục liên thông văn bản điện tử · The hub for signed official documents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(directory_commands.agency, name="agency")
app.add_typer(directory_commands.system, name="system")
app.add_typer(cert_commands.cert, name="cert")
app.add_typer(operator_commands.operator, name="operator")
app.add_typer(adapter_commands.adapter, name="adapter")
app.add_typer(operation_commands.held, name="held")
app.add_typer(request_commands.requests, name="requests")
app.add_typer(dead_letter_commands.deadletters, name="deadletters")
app.add_typer(report_commands.report, name="report")
app.add_typer(status_commands.statuses, name="statuses")
app.add_typer(alert_commands.alerts, name="alerts")
app.add_typer(calendar_commands.calendar, name="calendar")
app.add_typer(deadline_commands.deadlines, name="deadlines")
app.add_typer(evidence_commands.evidence, name="evidence")
app.command()(queue_commands.queues)
app.command()(backup_commands.backup)
app.command()(backup_commands.restore)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False, show_default=False)],
    *,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Cổng của trục · The hub's port [8080].")] = None,
    agency: Annotated[
        list[Pair] | None,
        typer.Option(parser=named_organ, metavar="ID=TÊN", help="Cơ quan, lặp lại được · An agency, repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tạo thư mục làm việc · Make a working folder, or add agencies."""
    from gateway.entry.cli.init import initialise
    from gateway.entry.cli.output import finish

    finish(initialise(folder, port=port, agencies={each.left: each.right for each in agency or ()}), as_json=as_json)


@app.command()
def serve(
    *,
    config: Config = CONFIG,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Thay cổng trong cấu hình · Instead of the settings'.")
    ] = None,
) -> None:
    """Chạy trục · Run the hub, until SIGTERM or Ctrl-C."""
    from gateway.config import Settings
    from gateway.entry.serve import serve as run

    run(Settings.load(config).listening(port))


@app.command()
def work(
    *,
    config: Config = CONFIG,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Cổng trang theo dõi · Port of the health page.")] = None,
) -> None:
    """Chạy riêng tiến trình chuyển văn bản · Run the worker only, until SIGTERM or Ctrl-C."""
    from gateway.config import Settings
    from gateway.entry.work import work as run

    run(Settings.load(config).watched(port))


@app.command()
def migrate(*, config: Config = CONFIG, as_json: Json = False) -> None:
    """Nâng cấp sổ cái · Bring the ledger to the newest revision."""
    from gateway.entry.cli.init import bring_up
    from gateway.entry.cli.output import finish

    finish(bring_up(config), as_json=as_json)


@app.command()
def check(
    *,
    reconciling: Annotated[
        bool, typer.Option("--reconcile", help="Đối soát sổ cái: đã nhận = đã tới + đang chờ + … · Reconcile the ledger.")
    ] = False,
    since: report_commands.Day = None,
    until: report_commands.Day = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Kiểm tra mọi thứ trục cần · Check all that the hub needs."""
    from gateway.entry.cli.output import finish

    if reconciling:
        from gateway.entry.cli.reconcile import reconcile

        finish(run(reconcile(config, since, until)), as_json=as_json)
        return
    if since is not None or until is not None:
        raise typer.BadParameter("--since, --until: cùng với --reconcile · only with --reconcile.")
    from gateway.entry.cli.check import check as look

    finish(run(look(config)), as_json=as_json)


@app.command()
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Chạy một lượt rồi thoát; mã 0 khi mọi kiểm tra đạt · Once, then exit.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Cổng; 0 là cổng trống bất kỳ · Port; 0 is any free one.")] = 0,
    folder: Annotated[
        Path | None, typer.Option("--dir", file_okay=False, help="Thư mục làm việc · Working folder [tạm · temporary].")
    ] = None,
    pace: Annotated[float | None, typer.Option(min=0, help="Số giây nghỉ giữa các việc · Seconds between steps.")] = None,
    seed_province: Annotated[
        bool, typer.Option("--seed-province", help="Chỉ dựng sổ cái của một tỉnh, để xem bảng điều khiển · A province's ledger.")
    ] = False,
    agencies: Annotated[int, typer.Option(min=2, help="Số đơn vị của tỉnh · Its agencies.")] = 800,
    documents: Annotated[int, typer.Option(min=1, help="Số văn bản của tỉnh · Its documents.")] = 200_000,
    as_json: Json = False,
) -> None:
    """Một ngày liên thông mô phỏng · A day of simulated agencies."""
    from gateway.entry.cli.output import finish

    if seed_province:
        from gateway.entry.demo.province import seed

        finish(seed(folder=folder, agencies=agencies, documents=documents, port=port, silent=as_json), as_json=as_json)
        return
    from gateway.entry.demo.extra import demand

    demand()
    from gateway.entry.demo.run import demonstrate

    finish(demonstrate(once=once, port=port, folder=folder, pace=pace, silent=as_json), as_json=as_json)


@app.command()
def sandbox(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)] = Path("lienthong-sandbox"),
    *,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Cổng; 0 là cổng trống bất kỳ · Port; 0 is any free one [8080].")
    ] = None,
    agency: Annotated[
        Pair | None, typer.Option(parser=named_organ, metavar="ID=TÊN", help="Cơ quan của tôi · My agency.", show_default=False)
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(metavar="TÊN|THƯ MỤC", help="Bộ nối để trục đẩy tới hệ thống của tôi · The hub pushes to me by it."),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Cài đặt của bộ nối (TOML) · The adapter's settings.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Hộp cát cho nhà cung cấp: trục trên máy của bạn · A vendor's sandbox: the hub on your laptop."""
    from gateway.entry.cli.sandbox import joined_by
    from gateway.entry.cli.sandbox import sandbox as play
    from gateway.entry.sandbox.letters import Agency

    mine = Agency(organ=agency.left, name=agency.right) if agency else None
    play(folder, port=port, mine=mine, joined=joined_by(adapter, settings), as_json=as_json)


@app.command()
def sign(
    file: SourceFile,
    *,
    key: Annotated[Path, typer.Option(dir_okay=False, help="Khóa riêng (PEM) · Private key.", show_default=False)],
    certificate: Annotated[Path, typer.Option("--cert", dir_okay=False, help="Chứng thư · Certificate.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="Tệp đã ký · The signed file.", show_default=False)],
    attach: Attach = None,
    as_json: Json = False,
) -> None:
    """Ký tệp edXML theo lt-1 · Sign an edXML file in profile lt-1."""
    from gateway.entry.cli.output import Outcome, finish
    from gateway.entry.cli.sign import sign_file

    sign_file(file, key, certificate, out, parts=_files(attach))
    finish(Outcome(data={"file": str(out)}, vi=f"✓ Đã ký: {out}", en=f"Signed: {out}"), as_json=as_json)


@app.command()
def verify(
    file: SourceFile,
    *,
    ca: Annotated[Path | None, typer.Option(file_okay=False, help="Thư mục CA và CRL · Folder of CAs and CRLs.")] = None,
    attach: Attach = None,
    as_json: Json = False,
) -> None:
    """Kiểm tra ngoại tuyến · Verify a document or receipt offline."""
    from gateway.entry.cli.output import finish
    from gateway.entry.cli.verdict import told

    finish(told(file, ca, _files(attach)), as_json=as_json)


@app.command()
def send(file: SourceFile, *, token_file: TokenFile, url: Url = HUB_URL, attach: Attach = None, as_json: Json = False) -> None:
    """Gửi một tệp edXML đã ký · Send a signed edXML file."""
    from gateway.entry.cli import client
    from gateway.entry.cli.output import finish

    finish(run(client.send(url, token_file, file, _files(attach))), as_json=as_json)


@app.command()
def inbox(
    *,
    token_file: TokenFile,
    url: Url = HUB_URL,
    take: Annotated[int, typer.Option(min=0, max=500, help="Lấy tối đa chừng này; 0 là chỉ xem · Take so many; 0 peeks.")] = 0,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Lưu gói edXML vào đây · Save the envelopes here.")] = None,
    ack: Annotated[bool, typer.Option("--ack", help="Xác nhận đã lấy · Acknowledge.")] = False,
    as_json: Json = False,
) -> None:
    """Xem, lấy văn bản đang chờ · Peek at or take what waits."""
    from gateway.entry.cli import client
    from gateway.entry.cli.output import finish

    finish(run(client.inbox(url, token_file, take, out, ack=ack)), as_json=as_json)


@app.command()
def status(
    delivery: Annotated[str, typer.Argument(help="Mã lượt chuyển · Delivery id.", show_default=False)],
    code: Annotated[StatusCode, typer.Argument(help="01 02 03 04 05 06 13 15 16", show_default=False)],
    *,
    token_file: TokenFile,
    url: Url = HUB_URL,
    description: Annotated[str, typer.Option(help="Nội dung; bắt buộc với 02, 13, 16 · Reason or remark.")] = "",
    as_json: Json = False,
) -> None:
    """Báo trạng thái xử lý · Report a status of a delivery."""
    from gateway.entry.cli import client
    from gateway.entry.cli.output import finish

    finish(run(client.status(url, token_file, delivery, code, description)), as_json=as_json)


def _files(pairs: list[Pair] | None) -> dict[str, Path]:
    return {pair.left.removeprefix("cid:"): Path(pair.right) for pair in pairs or ()}
