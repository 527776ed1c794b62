"""The log on the page: a line for each call, and under it each point explained, with what to do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.entry.sandbox.markup import Html, english, prose, tag, together
from gateway.entry.sandbox.switches import SWITCHES

Shown = Mapping[str, Any]

_KINDS = (("problems", "vấn đề", "bad"), ("findings", "ghi nhận", "warn"), ("hints", "nhắc nhở", "warn"))
_HTTP_BAD = 400


def log(calls: Sequence[Shown], summary: Shown, me: Shown) -> Html:
    """Write the log, the newest call first; one with something to mend is open."""
    title = tag("h2", "Lời gọi của tôi ", english("my calls"))
    clear = tag("button", "Xóa nhật ký", type="button", data_delete="/sandbox/calls", title="clear the log")
    if calls:
        body: tuple[str, ...] = tuple(_call(each) for each in calls)
    else:
        nothing = tag("p", "Hệ thống của bạn chưa gọi. Thử một lời gọi: ", english("your system has not called yet; try:"))
        body = (nothing, tag("pre", f'curl -H "Authorization: Bearer $(cat {me["folder"]}/token)" {me["api"]}/agencies'))
    kept = tag("p", f"{summary['calls']} lời gọi; tất cả ở calls.jsonl trong thư mục hộp cát. ", clear, cls="muted")
    return tag("section", title, kept, *body, id="log", cls="card")


def _call(call: Shown) -> Html:
    marks = [tag("span", f"{len(call[kind])} {words}", cls=f"pill {tone}") for kind, words, tone in _KINDS if call[kind]]
    marks += [tag("span", f"⚡ {SWITCHES[name].title_vi}", cls="pill plain", title=name) for name in call["injected"]]
    line = tag(
        "summary",
        tag("span", str(call["at"])[11:19], cls="at"),
        tag("span", _status(call), cls=f"status {_tone(call)}"),
        tag("span", str(call["method"]), cls="method"),
        tag("code", str(call["path"])),
        tag("span", f"{call['milliseconds']} ms", cls="muted"),
        *marks,
    )
    troubled = any(call[kind] for kind, _, _ in _KINDS)
    return tag("details", line, _facts(call), *_points(call), id=f"call-{call['number']}", open=troubled)


def _facts(call: Shown) -> Html:
    got = "theo luồng" if call["got_bytes"] is None else f"{call['got_bytes']} byte"
    sent = f"{call['sent_bytes']} byte" + (f", SHA-256 {call['sent_sha256'][:16]}…" if call["sent_sha256"] else "")
    return tag("p", f"#{call['number']} · gửi {sent} · nhận {got} · trace_id ", tag("code", str(call["trace_id"])), cls="muted")


def _points(call: Shown) -> Iterator[Html]:
    for name in call["injected"]:
        words = SWITCHES[name]
        yield _point("plain", name, f"Lỗi tự gây: {words.vi}", words.en, words.duty_vi, words.duty_en)
    for kind, _, tone in _KINDS:
        for each in call[kind]:
            place = each["path"] + (f", dòng {each['line']}" if each["line"] else "")
            article = f"Điều {each['article']} (QĐ 4764/2017/QĐ-UBND)" if each["article"] else ""
            where = " · ".join(part for part in (place, article) if part)
            yield _point(tone, each["code"], each["vi"], each["en"], each["cure_vi"], each["cure_en"], each["said"], where)


def _point(tone: str, code: str, vi: str, en: str, cure_vi: str, cure_en: str, said: str = "", where: str = "") -> Html:
    return tag(
        "div",
        tag("p", tag("code", code), " ", tag("b", prose(vi)), " ", english(en)),
        tag("p", said) if said else together(),
        tag("p", where, cls="muted") if where else together(),
        tag("p", "→ ", prose(cure_vi), " ", english(cure_en)) if cure_vi else together(),
        cls=f"point {tone}",
    )


def _status(call: Shown) -> str:
    return "–" if call["status"] is None else str(call["status"])


def _tone(call: Shown) -> str:
    if call["status"] is None:
        return "warn"
    return "bad" if call["status"] >= _HTTP_BAD else "good"
