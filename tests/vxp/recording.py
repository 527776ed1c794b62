"""Make the recorded exchanges anew: `python -m tests.vxp.recording`. What changed then is read in the diff, line by line."""

import asyncio
import hashlib
import hmac
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from gateway.entry.cli.init import initialise
from tests.vxp.recorded_hub import SECRETS, Recorded, later, recorded_hub
from tests.vxp.recorded_steps import STEPS, Step
from tests.vxp.wire import Request

FOLDER: Final = Path(__file__).with_name("recorded")
PREFIX: Final = "/XrdAdapter/adapter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One recorded exchange: what came at which moment, and the whole answer."""

    what: str
    at: datetime
    request: Request
    answer: str

    def write(self, file: Path) -> None:
        """Write it so that a change of an answer is a change of few lines."""
        data: dict[str, Any] = {"what": self.what, "at": self.at.isoformat(), "head": self.request.lines}
        data |= {"body": _lines(self.request.body), "answer": _lines(self.answer)}
        file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, file: Path) -> "Exchange":
        data: dict[str, Any] = json.loads(file.read_text("utf-8"))
        request = Request(lines=tuple(data["head"]), body="".join(data["body"]))
        at, answer = datetime.fromisoformat(data["at"]), "".join(data["answer"])
        return cls(what=data["what"], at=at, request=request, answer=answer)


def exchanges() -> Iterator[Exchange]:
    """Give all exchanges in their order: each finds what those before it have made."""
    for file in sorted(FOLDER.glob("*.json")):
        yield Exchange.read(file)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def written(step: Step, at: datetime, known: dict[str, str]) -> Request:
    """Write a step as its request: parameters are headers, and a name in braces is the id that an earlier step was given."""
    parameters = {name: known[value[1:-1]] if value.startswith("{") else value for name, value in step.parameters.items()}
    body = step.body
    if step.hashed:
        digest = hashlib.sha256(body.encode()).digest()
        parameters["hash-file"] = "".join(f"{each:x}" if step.hashed == "unpadded" else f"{each:02x}" for each in digest)
    stamp = f"{at:%d%m%YT%H%M%S}+{at.microsecond // 1000:04d}"
    order = {"systemid": step.system} | {name: parameters[name] for name in parameters if name == "docId"}
    signed = order | {"timestamp": stamp} | {name: value for name, value in parameters.items() if name != "docId"}
    named = {f"XroadVnpt-{name}": value for name, value in signed.items()}
    text = json.dumps(named, separators=(",", ":"), ensure_ascii=False)
    secret = step.secret or SECRETS[step.system]
    headers = {
        "Host": "hub:8080",
        **named,
        "XroadVnpt-version": "3.0.201608",
        "XroadVnpt-sign-header-key": ";".join(signed),
        "XroadVnpt-sign-header": text,
        "XroadVnpt-hash-header": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
        **step.more,
        "Connection": "Keep-Alive",
        "User-Agent": "JAVASDKAgent/1.0.0 XRoad/VPCP",
    }
    if step.method == "POST":
        headers["Content-Length"] = str(len(body.encode()))
    line = f"{step.method} {PREFIX}/{step.verb} HTTP/1.1"
    return Request(lines=(line, *(f"{name}: {value}" for name, value in headers.items())), body=body)


async def record(hub: Recorded) -> list[Exchange]:
    """Play all steps."""
    known: dict[str, str] = {}
    made: list[Exchange] = []
    for number, step in enumerate(STEPS):
        at = later(number + 0.001 * (number + 1))
        request = made[-1].request if step.again else written(step, at if step.stamp is None else step.stamp, known)
        answer = await hub.answer(at, request)
        made.append(Exchange(what=step.what, at=at, request=request, answer=answer))
        if step.names is not None:
            known[step.names] = step.found(answer)
    return made


async def main() -> None:
    """Write the files."""
    with tempfile.TemporaryDirectory() as folder:
        home, data = Path(folder) / "hub", Path(folder) / "data"
        data.mkdir()
        initialise(home, port=None, agencies={"H56.01": "A"})
        async with recorded_hub(home, data) as hub:
            made = await record(hub)
    for file in FOLDER.glob("*.json"):
        file.unlink()
    for number, (step, exchange) in enumerate(zip(STEPS, made, strict=True), start=1):
        exchange.write(FOLDER / f"{number:02d}-{step.verb}-{step.name}.json")


if __name__ == "__main__":
    asyncio.run(main())
