"""The doors that take JSON, query strings and headers: cases for every route of the API, made from its own table."""

import json
from random import Random
from typing import Any
from urllib.parse import quote

from gateway.entry.api.routes import ROUTES, Route
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.fuzz.cases import Case
from tests.fuzz.hub import Target
from tests.fuzz.mutation import JSON_TOKENS, mutated

WAITS: tuple[Any, ...] = (0, -1, 0.01, "x", None, [], 61, 1e308, "nan")
"""A caller may ask the hub to wait for a minute: a case does not."""
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 1.5, 1e308, float("nan"), float("inf"), "", " ", "x", "0", "1", "null"),
    *([], {}, [[]], {"a": {}}, ["x"] * 1000, {"a": "b"}, {"": ""}, {"x" * 5000: 1}, "x" * 5000, "\x00", "\ud800", "\udfff\ud800"),
    *("😀", "\u202e", "2026-11-23", "2026-02-30", "0001-01-01T00:00:00", "9999-12-31T23:59:59+14:00", "2026-11-23T08:00:00Z"),
    *(
        "01",
        "03",
        "04",
        "06",
        "13",
        "15",
        "16",
        "99",
        "lead",
        "<script>",
        "' OR 1=1 --",
        "../..",
        [{"department": "A", "role": "lead"}],
    ),
)
TEXTS = (
    *(
        "",
        "x",
        "-1",
        "0",
        "1",
        "500",
        "501",
        "9" * 30,
        "1-2",
        "²",
        "𝟙",
        "nan",
        "inf",
        "%00",
        "%0d%0aX-Injected:%201",
        "%ff%fe",
        "%",
    ),
    *(
        "2026-01-01",
        "2026-02-30",
        "sender",
        "receiver",
        "available",
        "%F0%9F%98%80",
        "%ED%A0%80",
        "x" * 3000,
        "%3Cscript%3E",
        "a&b=c",
    ),
    *("..%2f..%2fetc%2fpasswd", "%2e%2e", "1;DROP TABLE documents", "[]", "{}", "a=b", "+", "%2B", "18446744073709551616", "1_0"),
)
AS_THEY_ARE = "%/=&+:;[]{}"
"""Everything else that a request line cannot hold is percent-encoded: what is no HTTP is the matter of `sockets`."""
LONGEST_TARGET = 8000
"""A longer request line is refused by the HTTP library."""
HEADERS = {
    "Authorization": (
        "",
        "Bearer",
        "Bearer x",
        "Bearer  ",
        "bearer é",
        "Basic YTpi",
        "Bearer " + "x" * 4000,
        "Digest a",
        "x" * 4000,
    ),
    "traceparent": ("x", "00-" + "0" * 32 + "-" + "0" * 16 + "-00", "00-" + "A" * 32 + "-b7ad6b7169203331-01", "é" * 30),
    "Accept-Language": ("en", "vi", "*", "en;q=nan", "en;q=9999999999999999", "en;q=", ",;,;q", "en;q=1e400,vi", "é"),
    "Idempotency-Key": ("a", "", " ", "é", "x" * 255, "x" * 256, "a\tb", "../..", "'--"),
    "Content-Type": (
        "",
        "text/plain",
        "application/json; charset=utf-16",
        "application/xml; charset=x",
        "a",
        "/",
        ";",
        "multipart/related",
    ),
    "Content-Encoding": ("gzip", "identity", "br", "identity, gzip", "", "x"),
    "Range": (
        "bytes=0-",
        "bytes=-1",
        "bytes=5-1",
        "bytes=99999999999999999999-",
        "bytes=0-0,1-1",
        "x",
        "bytes=",
        "bytes=a-b",
        "bytes=-0",
    ),
    "If-None-Match": ("*", '"x"', 'W/"x"', "x", '"', ",,,", '"' + "x" * 4000 + '"'),
    "Accept": ("text/html", "*/*", "", "x"),
    "X-Forwarded-For": ("127.0.0.1", "é"),
    "Cookie": ("a=b", "é", ";" * 500),
}


def json_body(target: Target, chance: Random, _number: str) -> Case:
    """Say something odd, or damaged, to a route that takes JSON."""
    route = chance.choice([each for each in ROUTES if each.takes is not None])
    assert route.takes is not None
    good: dict[str, Any] = {"delivery": target.known["delivery"], "code": "03", "deliveries": [target.known["delivery"]]}
    said = {name: good[name] for name in route.takes.model_fields if name in good}
    if chance.random() < 0.4:
        body = mutated(json.dumps(said).encode(), chance, JSON_TOKENS)
    else:
        for name in (*route.takes.model_fields, "extra"):
            if chance.random() < 0.4:
                said[name] = chance.choice(WAITS if name == "wait" else VALUES)
        whole = chance.choice((said, said, said, said, [said], chance.choice(VALUES)))
        body = json.dumps(whole, ensure_ascii=chance.random() < 0.7).encode("utf-8", "surrogatepass")
    return _case("json", target, route, chance, body=body, media="application/json")


def query(target: Target, chance: Random, _number: str) -> Case:
    """Ask oddly: parameters, path and headers of every route that is read."""
    route = chance.choice([each for each in ROUTES if each.method == "GET"])
    names = [*(route.query.model_fields if route.query else ()), "x"]
    pairs = []
    for _ in range(chance.choice((0, 1, 1, 2, 3, 30))):
        name = chance.choice(names)
        value = quote(str(chance.choice(WAITS)) if name == "wait" else chance.choice(TEXTS), safe=AS_THEY_ARE)
        pairs.append(f"{name}={value}" if chance.random() < 0.95 else name)
    return _case("query", target, route, chance, query="&".join(pairs))


def headers(target: Target, chance: Random, number: str) -> Case:
    """Send odd headers to any route; documents there are plain junk."""
    route = chance.choice(ROUTES)
    said = {chance.choice(list(HEADERS)) for _ in range(chance.choice((1, 2, 4)))}
    odd = {name: chance.choice(HEADERS[name]) for name in said}
    body = chance.choice((b"", b"<x/>", b"{}", number.encode())) if route.method == "POST" else b""
    return _case("headers", target, route, chance, body=body, odd=odd)


def _case(
    door: str,
    target: Target,
    route: Route,
    chance: Random,
    *,
    query: str = "",
    body: bytes = b"",
    media: str = "application/xml",
    odd: dict[str, str] | None = None,
) -> Case:
    organ = chance.choice((PROVINCE, DEPARTMENT, COMMUNE))
    said = {"Authorization": f"Bearer {target.tokens[organ]}"} | ({"Content-Type": media} if body else {}) | (odd or {})
    path = (_path(route.path, target, chance) + (f"?{query}" if query else ""))[:LONGEST_TARGET]
    return Case(door=door, method=route.method, path=path, headers=tuple(said.items()), body=body)


def _path(template: str, target: Target, chance: Random) -> str:
    """Fill in the places of a path: mostly with what is there."""
    path = template.replace("{n:[0-9]{1,4}}", chance.choice(("1", "2", "0", "9999", "x", "-1", "00001")))
    for place in ("id", "receipt", "token"):
        known = target.known[place] if chance.random() < 0.7 else chance.choice(TEXTS) or "x"
        path = path.replace(f"{{{place}}}", quote(known, safe=AS_THEY_ARE))
    return path
