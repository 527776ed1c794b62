"""Those whom the hub must refuse: a changed document, an unsigned one, and two who pose as somebody else."""

import re
from collections.abc import Awaitable
from dataclasses import replace

from gateway.core.envelope import Code
from gateway.entry.cli.api_client import Refused
from gateway.entry.demo import papers
from gateway.entry.demo.agency import Agency
from gateway.entry.demo.cast import FINANCE, PROVINCE

_SIGNATURE = re.compile(rb"<Signature .*?</Signature>", re.DOTALL)
_NUMBERS = (Code(number="9901", notation="STC-X"), Code(number="9902", notation="STC-X"), Code(number="9903", notation="UBND-X"))
"""Far from the numbers in use, so that a refusal can only come from what is wrong."""


async def try_all(agencies: dict[str, Agency]) -> None:
    """Let each try, and see it refused for the right reason."""
    province, finance = agencies[PROVINCE.organ], agencies[FINANCE.organ]
    signed, _ = await finance.write(papers.misdirected(), _NUMBERS[0])
    tampered = signed.replace("hành nghề dược".encode(), "xây dựng nhà".encode())
    await refused(finance, "tampered", "signature-invalid", finance.client.send(tampered), "sửa trích yếu sau khi ký")
    signed, _ = await finance.write(papers.misdirected(), _NUMBERS[1])
    await refused(finance, "unsigned", "signature-missing", finance.client.send(_SIGNATURE.sub(b"", signed)), "gửi không ký")
    impostor = replace(finance, role=PROVINCE)
    spoofed, _ = await impostor.write(papers.misdirected(), _NUMBERS[2])
    await refused(finance, "spoofed", "sender-mismatch", finance.client.send(spoofed), f"ghi From là {PROVINCE.organ}")
    await refused(
        finance,
        "stolen-token",
        "certificate-unregistered",
        province.client.send(spoofed),
        f"dùng mã truy cập lấy cắp của {PROVINCE.organ}",
    )


async def refused(bad: Agency, promise: str, code: str, sending: Awaitable[object], deed: str) -> None:
    """See a sending refused with a code, and tell the reason."""
    try:
        answer = await sending
    except Refused as refused:
        reason = refused.problem.get("errors", [{}])[0].get("message") or refused.problem.get("title")
        bad.checks.expect(promise, holds=refused.code == code, otherwise=refused.code)
        bad.board.say(f"✗ {bad.role.name} {deed}: {refused.status} {refused.code}, {reason}", "refused")
    else:
        bad.checks.expect(promise, holds=False, otherwise=answer)
