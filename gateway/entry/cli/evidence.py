"""`lienthong evidence`: fetch what proves a document, and examine it offline."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.core.faults import Misconfigured
from gateway.entry.cli.api_client import Refused, connected
from gateway.entry.cli.client import refusal, token
from gateway.entry.cli.output import Outcome
from gateway.entry.cli.verdict import MARKS
from gateway.entry.examining import Examined, examine
from gateway.infra.authority import load_trust
from gateway.infra.key_files import read_certificates


async def get(url: str, token_file: Path, document: str, out: Path) -> Outcome:
    """Save the package of a document; a file of that name is replaced once the whole of it has come."""
    beside = out.with_name(f".{out.name}.new")
    try:
        with beside.open("wb") as file:
            async with connected(url, token(token_file)) as hub:
                size = await hub.save(f"/documents/{document}/evidence", file)
        beside.replace(out)
    except Refused as refused:
        return refusal(refused)
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"{out}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    told = {"file": str(out), "document": document, "size": size}
    vi, en = f"✓ Đã tải: {out} ({size} byte). Kiểm tra: lienthong evidence verify {out} --ca THU-MUC-CA", f"Saved: {out}"
    return Outcome(data=told, vi=vi, en=en)


def verify(file: Path, ca: Path | None, hub: Path | None) -> Outcome:
    """Examine a package; it has failed where one check has."""
    examined = examined_file(file, ca, hub)
    checks = examined.checks
    rows = [{"": MARKS[each.seen.good], "Kiểm tra": each.vi, "Thấy": each.seen.vi} for each in checks]
    told = [{"check": each.en, "good": each.seen.good, "vi": each.seen.vi, "en": each.seen.en} for each in checks]
    english = "\n".join(f"{MARKS[each.seen.good]} {each.en}: {each.seen.en}" for each in checks)
    return Outcome(
        data={"good": not examined.failed, "hub_sha256": examined.hub_sha256, "checks": told},
        rows=rows,
        vi="✗ Gói này không đúng." if examined.failed else "✓ Không thấy điều gì sai; điều ghi «·» thì chưa kiểm tra.",
        en=f"\n{english}",
        failed=examined.failed,
    )


def examined_file(file: Path, ca: Path | None, hub: Path | None = None) -> Examined:
    """Examine a file. Raises Misconfigured for those that cannot be read."""
    anchors = load_trust(ca) if ca else None
    known = next(iter(read_certificates(hub)), None) if hub else None
    if hub and known is None:
        raise Misconfigured("misconfigured", detail=f"{hub}: không có chứng thư nào", detail_en=f"{hub}: no certificate")
    try:
        with file.open("rb") as content:
            return examine(content, anchors, known, datetime.now(UTC))
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"{file}: {error.strerror}") from error
