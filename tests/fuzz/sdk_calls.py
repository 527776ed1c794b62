"""The door of the national SDK: calls signed as they should be, with odd parameters and damaged bodies, or damaged afterwards."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from random import Random
from typing import Final

from gateway.core import writing
from gateway.core.model import VIETNAM, StatusCode
from gateway.entry.vxp.verbs import VERBS
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, status
from tests.fuzz import trees
from tests.fuzz.cases import Case
from tests.fuzz.doors import seeds
from tests.fuzz.hub import CHANNEL, Target, numbered
from tests.fuzz.mutation import JSON_TOKENS, mutated

PREFIX: Final = "/XrdAdapter/adapter"
CALLERS: Final = (PROVINCE, DEPARTMENT, CHANNEL)
TEXTS: Final = (
    *(
        "",
        " ",
        "x",
        "0",
        "-1",
        "9" * 30,
        "²",
        "null",
        "[]",
        "{}",
        '["x"]',
        "[[[[",
        "[1]",
        '"',
        "\\",
        "\\ud800",
        "%0d%0a",
        "a-1",
        "-",
        "x-²",
    ),
    *(
        "edoc",
        "status",
        "done",
        "processing",
        "fail",
        "eDoc",
        PROVINCE,
        COMMUNE,
        CHANNEL,
        f'["{DEPARTMENT}"]',
        f'["{COMMUNE}", "x"]',
    ),
    *(
        "2026/11/24",
        "2026/11/24 08:00:00",
        "2026-02-30",
        "9999/12/31",
        "0001/01/01 00:00",
        "Văn thư",
        "😀",
        "\u202e",
        "x" * 4000,
        "e" * 32,
    ),
)
PARAMETERS: Final = (
    "docId",
    "status",
    "description",
    "from",
    "to",
    "messagetype",
    "servicetype",
    "fromDate",
    "toDate",
    "level",
    "AgencyCode",
)
REGISTERED: Final = json.dumps({"id": "", "pcode": PROVINCE, "code": "H56.77", "name": "X", "mail": "", "mobile": "", "fax": ""})
DAMAGED: Final = 0.2


def sdk_call(target: Target, chance: Random, number: str) -> Case:
    """Call a verb."""
    verb, caller = chance.choice(list(VERBS)), chance.choice(CALLERS)
    body = _body(verb, caller, chance, number)
    parameters = {name: chance.choice(TEXTS) for name in PARAMETERS if chance.random() < 0.25}
    if verb == "sendEdoc":
        digest = hashlib.sha256(body).digest()
        kind = chance.choice(("edoc", "edoc", "status"))
        usual = {"from": caller, "messagetype": kind, "hash-file": "".join(f"{byte:x}" for byte in digest)}
        parameters = usual | {name: value for name, value in parameters.items() if chance.random() < 0.3}
    method = VERBS[verb][0] if chance.random() < 0.95 else chance.choice(("GET", "POST", "PUT"))
    headers = _signed(target, caller, parameters)
    if chance.random() < DAMAGED:
        _damage(headers, chance)
    return Case(door="national SDK", method=method, path=f"{PREFIX}/{verb}", headers=tuple(headers), body=body)


def _body(verb: str, caller: str, chance: Random, number: str) -> bytes:
    if verb == "registerAgency":
        return mutated(REGISTERED.encode(), chance, JSON_TOKENS)
    if verb != "sendEdoc":
        return chance.choice((b"", b"{}", b"[", b"\xff\xfe", b"x" * 5000))
    if chance.random() < 0.2:
        return writing.emit(status(numbered("1"), chance.choice(list(StatusCode)), reporter=caller))
    texts = [seed.text for seed in seeds() if seed.sender == CHANNEL]
    text = trees.numbered(chance.choice(texts), number)
    return text.encode() if chance.random() < 0.3 else mutated(text.encode(), chance)


def _signed(target: Target, caller: str, parameters: dict[str, str]) -> list[tuple[str, str]]:
    secret = (target.folder / "agencies" / caller / "vxp-secret").read_text().strip()
    at = datetime.now(VIETNAM) - timedelta(milliseconds=int(hashlib.sha256(repr(parameters).encode()).hexdigest()[:4], 16))
    stamp = f"{at:%d%m%YT%H%M%S}+{at.microsecond // 1000:04d}"
    named = {f"XroadVnpt-{name}": value for name, value in ({"systemid": caller, "timestamp": stamp} | parameters).items()}
    text = json.dumps(named, separators=(",", ":"), ensure_ascii=False)
    return [
        *named.items(),
        ("XroadVnpt-sign-header-key", ";".join(name.removeprefix("XroadVnpt-") for name in named)),
        ("XroadVnpt-sign-header", text),
        ("XroadVnpt-hash-header", hmac.digest(secret.encode(), text.encode(), "sha256").hex()),
        ("Content-Type", "application/octet-stream"),
    ]


def _damage(headers: list[tuple[str, str]], chance: Random) -> None:
    """Say one header twice, otherwise, in other letters, or not at all."""
    at = chance.randrange(len(headers))
    name, value = headers[at]
    way = chance.randrange(4)
    if way == 0:
        headers.insert(at, (name.lower(), value))
    elif way == 1:
        headers[at] = (name, chance.choice(TEXTS))
    elif way == 2:
        headers[at] = (name.upper(), value)
    else:
        del headers[at]
