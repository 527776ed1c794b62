"""A client of the national axis as its SDK behaves on the wire; it shares nothing with the hub's own code."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp

HERE = timezone(timedelta(hours=7))


@dataclass(kw_only=True)
class Sdk:
    """One system that calls by the SDK."""

    session: aiohttp.ClientSession
    endpoint: str
    system: str
    secret: str

    def headers(self, *, at: datetime | None = None, **parameters: str) -> dict[str, str]:
        at = at or datetime.now(HERE) - timedelta(milliseconds=secrets.randbelow(30_000))
        stamp = f"{at:%d%m%YT%H%M%S}+{at.microsecond // 1000:04d}"
        signed = {"systemid": self.system, **parameters, "timestamp": stamp}
        named = {f"XroadVnpt-{name}": value for name, value in signed.items()}
        text = json.dumps(named, separators=(",", ":"), ensure_ascii=False)
        return named | {
            "XroadVnpt-version": "3.0.201608",
            "XroadVnpt-sign-header-key": ";".join(signed),
            "XroadVnpt-sign-header": text,
            "XroadVnpt-hash-header": hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
            "User-Agent": "JAVASDKAgent/1.0.0 XRoad/VPCP",
        }

    async def call(self, verb: str, *, data: bytes = b"", method: str = "POST", **parameters: str) -> Any:
        return await self.raw(verb, self.headers(**parameters), data=data, method=method)

    async def raw(self, verb: str, headers: Any, *, data: bytes = b"", method: str = "POST") -> Any:
        async with self.session.request(method, f"{self.endpoint}/{verb}", headers=headers, data=data or None) as response:
            body = await response.read()
            return json.loads(body) if "json" in response.content_type else body

    async def send(self, file: bytes, sender: str, *, kind: str = "edoc", **more: str) -> Any:
        digest = "".join(f"{byte:x}" for byte in hashlib.sha256(file).digest())
        named = {"from": sender, "servicetype": "eDoc", "messagetype": kind, "hash-file": digest} | more
        return await self.call("sendEdoc", data=file, **named)

    async def received(self, kind: str = "edoc") -> list[dict[str, Any]]:
        answer = await self.call("getReceivedEdocList", servicetype="eDoc", messagetype=kind)
        assert answer["status"] == "OK", answer
        listed: list[dict[str, Any]] = answer["data"]
        return listed
