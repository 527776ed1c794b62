"""`lienthong send`, `inbox` and `status`: an agency's system on the command line."""

import hashlib
import mimetypes
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Transient
from gateway.core.model import StatusCode
from gateway.entry.cli.api_client import ApiClient, Enclosure, Refused, connected
from gateway.entry.cli.output import Outcome, Row

LEASE_SECONDS = 300
"""Saving a few envelopes takes seconds; a lease that is not acknowledged goes back after this time."""


async def send(url: str, token_file: Path, file: Path, attachments: Mapping[str, Path]) -> Outcome:
    """Send a signed edXML file, with files that travel as MIME parts by content id."""
    with ExitStack() as opened:
        enclosures = {
            name: Enclosure(media_type=_media_type(path), octets=opened.enter_context(path.open("rb")))
            for name, path in attachments.items()
        }
        async with connected(url, token(token_file)) as hub:
            try:
                status, answer = await hub.send(_octets(file), enclosures)
            except Refused as refused:
                return refusal(refused)
    new = status == 202
    findings = "".join(f"\n  • {each['code']} {each['path']}: {each['message']}" for each in answer["findings"])
    return Outcome(
        data=answer,
        vi=f"✓ {'Đã nhận' if new else 'Đã có từ trước'}: {answer['document_id']}, mã {answer['id']}{findings}",
        en=f"{'Accepted' if new else 'There already'}: {answer['document_id']}, id {answer['id']}",
        rows=[
            {"Nơi nhận · Receiver": each["to"], "Trạng thái · State": each["state"], "Mã · Delivery": each["id"]}
            for each in answer["deliveries"]
        ],
    )


async def inbox(url: str, token_file: Path, take: int, out: Path | None, *, ack: bool) -> Outcome:
    """Peek at what waits; or take some by a lease, save their envelopes, and acknowledge them once they are on disk."""
    async with connected(url, token(token_file)) as hub:
        try:
            if not take:
                waiting = [item async for item in hub.items("/inbox")]
                return _listed({"deliveries": waiting}, f"{len(waiting)} văn bản đang chờ", f"{len(waiting)} waiting")
            lease = await hub.post("/inbox/leases", {"max": take, "seconds": LEASE_SECONDS})
            taken = lease["deliveries"]
            if out is not None:
                for each in taken:
                    each["file"] = str(await _save(hub, each, out))
            if ack and taken:
                lease |= await hub.post(f"/inbox/leases/{lease['token']}/ack", {})
        except Refused as refused:
            return refusal(refused)
    vi, en = ("đã lấy và xác nhận", "taken and acknowledged") if ack else ("đã giữ, chưa xác nhận", "leased, not acknowledged")
    return _listed(lease, f"{len(taken)} văn bản {vi}", f"{len(taken)} {en}")


async def status(url: str, token_file: Path, delivery: str, code: StatusCode, description: str) -> Outcome:
    """Report a status of one delivery."""
    async with connected(url, token(token_file)) as hub:
        try:
            answer = await hub.post("/statuses", {"delivery": delivery, "code": code, "description": description})
        except Refused as refused:
            return refusal(refused)
    said = f"{answer['delivery']}: {answer['state']} ({answer['status_code']})"
    return Outcome(data=answer, vi=f"✓ Đã ghi nhận {code}. {said}", en=f"Recorded {code}. {said}")


async def _save(hub: ApiClient, delivery: dict[str, Any], folder: Path) -> Path:
    envelope: bytes = await hub.get(f"/documents/{delivery['document']}/envelope")
    if hashlib.sha256(envelope).hexdigest() != delivery["sha256"]:
        raise Transient("storage-unavailable", detail=f"{delivery['document']}: SHA-256 ≠ {delivery['sha256']}")
    return _keep(folder / f"{delivery['document']}.edxml", envelope)


def _listed(data: dict[str, Any], vi: str, en: str) -> Outcome:
    return Outcome(data=data, vi=f"{vi}.", en=f"{en}.", rows=[_row(each) for each in data["deliveries"]])


def _row(delivery: dict[str, Any]) -> Row:
    return {
        "Khẩn · Priority": delivery["priority"],
        "Từ · From": delivery["from"],
        "Trích yếu · Subject": delivery["subject"],
        "Mã · Delivery": delivery["id"],
        "Văn bản · Document": delivery.get("file", delivery["document"]),
    }


def refusal(refused: Refused) -> Outcome:
    """Say why the hub refused, and what to do."""
    problem = refused.problem
    lines = [f"✗ {refused.status} {refused.code}: {problem.get('detail') or problem.get('title')}"]
    lines += [f"  • {_place(each)}{each['message']}" for each in problem.get("errors", ()) if each["message"]]
    lines += [f"  trace_id {problem['trace_id']}"] if "trace_id" in problem else []
    known = FAULTS.get(refused.code)
    return Outcome(data=problem, vi="\n".join(lines), en=f"  {known.en} → {known.cure_en}" if known else "", failed=True)


def _place(error: dict[str, Any]) -> str:
    place = f"{error['path']}:{error['line']}" if error["line"] else str(error["path"])
    return f"{place}: " if place else ""


def _octets(file: Path) -> bytes:
    return file.read_bytes()


def _keep(file: Path, octets: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(octets)
    return file


def token(file: Path) -> str:
    """Read a token from its file."""
    return file.read_text("utf-8").strip()


def _media_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
