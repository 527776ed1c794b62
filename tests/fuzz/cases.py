"""A case: one request to one door, made from the campaign's seed and the case's number alone."""

from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request. `raw` goes over a socket as it is; `http` tells whether it is well-formed HTTP, which is always answered.

    `answers` is how many answers a pipeline of well-formed requests gets.
    """

    door: str
    method: str = "POST"
    path: str = "/api/v1/documents"
    headers: Headers = ()
    body: bytes = b""
    raw: bytes = b""
    http: bool = True
    answers: int = 1

    def octets(self) -> bytes:
        """Write the request as it goes over the wire."""
        if self.raw:
            return self.raw
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: hub", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""]).encode("utf-8", "replace") + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, after how many seconds. `status` 0 is none at all, for the reason in `body`."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
