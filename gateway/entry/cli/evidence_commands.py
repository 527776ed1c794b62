"""The group `evidence`: what proves a document, fetched from the hub and examined without it."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.entry.cli.options import HUB_URL, Json, SourceFile, TokenFile, Url, run

evidence = typer.Typer(help="Gói bằng chứng của văn bản · What proves a document.", no_args_is_help=True)


@evidence.command("get")
def evidence_get(
    document: Annotated[str, typer.Argument(metavar="ID", help="Mã văn bản trên trục · Document id.", show_default=False)],
    *,
    token_file: TokenFile,
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="Tệp ZIP · The ZIP file.", show_default=False)],
    url: Url = HUB_URL,
    as_json: Json = False,
) -> None:
    """Tải gói bằng chứng · Fetch the package."""
    from gateway.entry.cli.evidence import get
    from gateway.entry.cli.output import finish

    finish(run(get(url, token_file, document, out)), as_json=as_json)


@evidence.command("verify")
def evidence_verify(
    file: SourceFile,
    *,
    ca: Annotated[
        Path | None, typer.Option(file_okay=False, help="Thư mục chứng thư gốc, CRL · Folder of root certificates, CRLs.")
    ] = None,
    hub: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Chứng thư của trục, lấy từ đơn vị vận hành · The hub's certificate."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Kiểm tra gói bằng chứng, không cần mạng · Examine a package, offline."""
    from gateway.entry.cli.evidence import verify
    from gateway.entry.cli.output import finish

    finish(verify(file, ca, hub), as_json=as_json)
