"""`lienthong sandbox`: lay out, run, and say at once what a vendor can try."""

import sys
import tomllib
from pathlib import Path

from gateway.core.faults import Misconfigured
from gateway.entry.cli.output import Outcome, Row, finish
from gateway.entry.running import run, stopping
from gateway.entry.sandbox.layout import SAMPLE_SIGNED, Joined, Laid, lay_out
from gateway.entry.sandbox.letters import Agency
from gateway.entry.sandbox.running import opened
from gateway.sdk.manifest import MANIFEST, read_manifest
from gateway.sdk.shipped import shipped


def sandbox(folder: Path, *, port: int | None, mine: Agency | None, joined: Joined | None, as_json: bool) -> None:
    """Run the sandbox of a folder until SIGTERM or Ctrl-C."""
    laid = lay_out(folder, port=port, mine=mine, joined=joined)
    run(lambda: _run(laid, as_json=as_json))


def joined_by(adapter: str | None, settings: Path | None) -> Joined | None:
    """Read how the hub reaches me: an adapter's name or folder, its settings from a TOML file. Raises Misconfigured."""
    if adapter is None:
        return None
    try:
        read = tomllib.loads(settings.read_text("utf-8")) if settings else {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured("misconfigured", path=str(settings), detail=f"{settings}: {error}") from error
    folder = Path(adapter)
    if not (folder / MANIFEST).is_file():
        return Joined(adapter=adapter, settings=read)
    beside = None if folder.resolve().parent == shipped("adapters").resolve() else folder.parent
    return Joined(adapter=read_manifest(folder / MANIFEST).name, settings=read, folder=beside)


async def _run(laid: Laid, *, as_json: bool) -> None:
    stop = stopping()
    async with opened(laid) as running:
        finish(_outcome(laid, running.url), as_json=as_json)
        sys.stdout.flush()
        await stop.wait()


def _outcome(laid: Laid, url: str) -> Outcome:
    own, mine = laid.own(laid.mine.organ), laid.mine
    data = {
        "url": url,
        "page": f"{url}/sandbox",
        "api": f"{url}/api/v1",
        "organ": mine.organ,
        "token": str(own / "token"),
        "key": str(own / "key.pem"),
        "certificate": str(own / "cert.pem"),
        "peers": {each.organ: each.name for each in laid.peers},
        "calls": str(laid.folder / "calls.jsonl"),
    }
    rows: list[Row] = [
        {"": "Trang · Page", " ": data["page"]},
        {"": "API", " ": data["api"]},
        {"": "Cơ quan của tôi · My agency", " ": f"{mine.organ} ({mine.name})"},
        {"": "Mã truy cập · Token", " ": data["token"]},
        {"": "Khóa · Key", " ": data["key"]},
        {"": "Chứng thư · Certificate", " ": data["certificate"]},
        *({"": "Cơ quan bạn · Peer", " ": f"{each.organ} ({each.name})"} for each in laid.peers),
    ]
    return Outcome(data=data, rows=rows, vi=_tries(laid, url), en="For trials only, on this machine only. Ctrl-C ends it.")


def _tries(laid: Laid, url: str) -> str:
    token = laid.own(laid.mine.organ) / "token"
    proof = f'-H "Authorization: Bearer $(cat {token})"'
    json, xml = (f"-H 'Content-Type: application/{each}'" for each in ("json", "xml"))
    return "\n".join(
        (
            "\nThử ngay · Try at once:",
            f"  curl -s {proof} {url}/api/v1/agencies",
            f"  curl -s {proof} {xml} --data-binary @{laid.folder / SAMPLE_SIGNED} {url}/api/v1/documents",
            f'  curl -s {json} -d \'{{"kind": "urgent"}}\' {url}/sandbox/send',
            f"  curl -s {proof} {json} -d '{{\"wait\": 30}}' {url}/api/v1/inbox/leases",
            f"  curl -s {json} -d '{{\"advance_minutes\": 90}}' {url}/sandbox/clock",
            f"  curl -s '{url}/sandbox/calls?troubled=1'",
            "\n✓ Chỉ để thử, chỉ trên máy này. Ctrl-C để dừng.",
        )
    )
