"""The page: the clock, the switches, the peers, my documents and the log of my calls; Vietnamese, then English."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.core.model import State
from gateway.entry.sandbox.markup import Html, english, prose, tag, together
from gateway.entry.sandbox.page_log import log
from gateway.entry.sandbox.switches import SWITCHES, Words

Shown = Mapping[str, Any]

_STEPS: Final = ((1, "+1 phút", "1 min"), (15, "+15 phút", "15 min"), (90, "+90 phút", "90 min"), (24 * 60, "+1 ngày", "1 day"))
_ERRANDS: Final = (
    ("document", "Công văn", "a document"),
    ("urgent", "Hỏa tốc", "an express one"),
    ("update", "Cập nhật", "an update"),
    ("recall", "Thu hồi", "a recall"),
    ("reply", "Trả lời", "a reply"),
)
_OPTIONS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "slow": (("slow-seconds", "giây", "seconds"),),
    "busy": (
        ("busy-every", "mỗi … lời gọi", "every … calls"),
        ("busy-retry-after", "giây Retry-After", "seconds of Retry-After"),
    ),
}
_STATES: Final[dict[str, tuple[str, str]]] = {
    State.ACCEPTED: ("đã nhận", "plain"),
    State.QUEUED: ("chờ chuyển", "plain"),
    State.AVAILABLE: ("chờ lấy", "plain"),
    State.DELIVERING: ("đang chuyển", "plain"),
    State.COLLECTED: ("đã lấy", "plain"),
    State.RECEIVED: ("đã tiếp nhận", "good"),
    State.ASSIGNED: ("đã phân công", "good"),
    State.PROCESSING: ("đang xử lý", "good"),
    State.COMPLETED: ("hoàn thành", "good"),
    State.REJECTED: ("bị từ chối", "bad"),
    State.RECALL_REQUESTED: ("chờ thu hồi", "warn"),
    State.RECALLED: ("đã thu hồi", "warn"),
    State.REPLACED: ("đã thay", "warn"),
    State.SUSPENDED: ("tạm giữ", "warn"),
    State.FAILED: ("không gửi được", "bad"),
}


def whole(state: Shown, calls: Sequence[Shown]) -> str:
    """Write the whole page."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"Hộp cát · {state['me']['name']}"),
        tag("link", rel="stylesheet", href="/sandbox/files/sandbox.css"),
        tag("link", rel="icon", href="/sandbox/files/sandbox.svg"),
        tag("script", src="/sandbox/files/sandbox.js", defer=True),
    )
    links = (
        ("clock", "Đồng hồ"),
        ("switches", "Công tắc lỗi"),
        ("peers", "Cơ quan bạn"),
        ("documents", "Văn bản"),
        ("log", "Nhật ký"),
    )
    bar = tag(
        "header",
        tag("strong", "Liên thông · Hộp cát"),
        tag(
            "nav",
            *(tag("a", name, href=f"#{place}") for place, name in links),
            tag("a", "API", href=str(state["me"]["reference"])),
        ),
    )
    body = tag(
        "body", bar, tag("main", parts(state, calls), id="parts"), tag("p", "", id="said", role="status", aria_live="polite")
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='vi')}\n"


def parts(state: Shown, calls: Sequence[Shown]) -> Html:
    """Write what changes, a section each."""
    return together(
        _warning(),
        _me(state),
        _figures(state),
        _switches(state["switches"]),
        tag("div", _peers(state["peers"]), _documents(state), cls="columns"),
        log(calls, state["summary"], state["me"]),
    )


def _warning() -> Html:
    vi = "CHỈ ĐỂ THỬ. Không văn bản nào ở đây là thật, chữ ký và chứng thư là của CA thử, chỉ máy này gọi được."
    return _section(
        "warning", tag("p", tag("b", vi), " ", english("For trials only: nothing here is real, and only this machine may call."))
    )


def _me(state: Shown) -> Html:
    me = state["me"]
    on = [SWITCHES[name].title_vi for name in state["on"]]
    said = f"Đang bật: {', '.join(on)}" if on else "Không công tắc nào đang bật"
    return _section(
        "me",
        tag("h1", str(me["name"])),
        tag("p", "Mã ", tag("code", str(me["organ"])), " · API ", tag("code", str(me["api"])), f" · {said}", cls="muted"),
        tag(
            "p",
            "Khóa, chứng thư, mã truy cập ",
            english("key, certificate, token"),
            ": ",
            tag("code", str(me["folder"])),
            cls="muted",
        ),
    )


def _figures(state: Shown) -> Html:
    summary, clock = state["summary"], state["clock"]
    steps = [_button(vi, "/sandbox/clock", {"advance_minutes": minutes}, title=en) for minutes, vi, en in _STEPS]
    ahead = float(clock["ahead_minutes"])
    back = _button("Về giờ thật", "/sandbox/clock", {"real": True}, title="back to real time", disabled=ahead == 0)
    now = str(clock["now"])
    time = tag(
        "div",
        tag("h2", "Giờ hộp cát ", english("the sandbox's time")),
        tag("p", tag("time", f"{now[8:10]}/{now[5:7]}/{now[:4]} {now[11:19]}", datetime=now), cls="figure"),
        tag("p", f"trước giờ thật {ahead:g} phút" if ahead else "đúng giờ thật", cls="muted"),
        tag("p", *steps, back, cls="buttons"),
        cls="card wide",
    )
    return _section(
        "clock",
        time,
        _figure("Lời gọi", "calls", summary["calls"], f"{summary['injected']} có lỗi tự gây"),
        _figure("Vấn đề", "problems", summary["problems"], "phải sửa", "bad"),
        _figure("Ghi nhận", "findings", summary["findings"], "được chuyển, nên sửa", "warn"),
        _figure("Nhắc nhở", "hints", summary["hints"], "thực hành tốt", "warn"),
        cls="cards",
    )


def _figure(vi: str, en: str, count: int, below: str, tone: str = "") -> Html:
    return tag(
        "div",
        tag("h2", f"{vi} ", english(en)),
        tag("p", str(count), cls=f"figure {tone if count else ''}".strip()),
        tag("p", below, cls="muted"),
        cls="card",
    )


def _switches(switches: Shown) -> Html:
    rows = [_switch(name, words, switches) for name, words in SWITCHES.items()]
    title = tag("h2", "Công tắc lỗi ", english("fault switches"))
    return _section("switches", title, tag("div", *rows, cls="grid"), cls="card")


def _switch(name: str, words: Words, switches: Shown) -> Html:
    on = bool(switches[name])
    fields = [
        tag("label", tag("input", type="number", value=f"{switches[key]:g}", min="1", data_key=key), f" {vi}", title=en)
        for key, vi, en in _OPTIONS.get(name, ())
    ]
    if name == "bad-signature":
        other = "signature" if switches["bad-signature-how"] == "content" else "content"
        said = "đang sửa nội dung" if other == "signature" else "đang sửa giá trị chữ ký"
        fields.append(_button(said, "/sandbox/switches", {"bad-signature-how": other}, title="content / signature"))
    toggle = _button(
        words.title_vi, "/sandbox/switches", {name: not on}, cls="toggle", role="switch", aria_checked="true" if on else "false"
    )
    return tag(
        "div",
        tag("p", tag("b", words.title_vi), " ", english(words.title_en), toggle, cls="title"),
        tag("p", prose(words.vi), " ", english(words.en)),
        tag("p", tag("b", "Hệ thống của bạn: "), prose(words.duty_vi), " ", english(words.duty_en), cls="muted"),
        tag("p", tag("code", name), *fields, cls="muted options"),
        cls="switch on" if on else "switch",
    )


def _peers(peers: Sequence[Shown]) -> Html:
    rows = []
    for peer in peers:
        ask = [
            _button(vi, "/sandbox/send", {"from": peer["organ"], "kind": kind}, title=f"send me {en}")
            for kind, vi, en in _ERRANDS
        ]
        told = f"đã lấy {peer['received']} · đã báo {peer['reported']} trạng thái · đã gửi {peer['sent']}"
        rows.append(
            tag(
                "div",
                tag(
                    "p",
                    tag("b", str(peer["name"])),
                    " ",
                    tag("code", str(peer["organ"])),
                    tag("br"),
                    tag("span", told, cls="muted"),
                ),
                tag("p", *ask, cls="buttons"),
                cls="row",
            )
        )
    title = tag("h2", "Cơ quan bạn gửi cho tôi ", english("let a peer send me"))
    return _section("peers", title, *rows, cls="card")


def _documents(state: Shown) -> Html:
    title = tag("h2", "Văn bản của tôi ", english("my documents"))
    found = state["documents"]
    if not found:
        return _section("documents", title, tag("p", "Chưa có văn bản nào. ", english("Nothing yet."), cls="muted"), cls="card")
    head = tag("tr", *(tag("th", each) for each in ("", "Số, ký hiệu", "Trích yếu", "Cơ quan", "Bước")))
    rows = [_row(each, delivery, state["me"]["organ"]) for each in found for delivery in each["deliveries"]]
    return _section("documents", title, tag("table", tag("thead", head), tag("tbody", *rows)), cls="card")


def _row(document: Shown, delivery: Shown, mine: str) -> Html:
    sent = document["from"] == mine
    words, tone = _STATES.get(delivery["state"], (delivery["state"], "plain"))
    code = f" {delivery['status_code']}" if delivery["status_code"] else ""
    cells = (
        tag("span", "gửi" if sent else "nhận", cls="pill plain"),
        f"{document['code']['number']}/{document['code']['notation']}",
        together(str(document["subject"]), " ", tag("span", "hỏa tốc", cls="pill bad") if document["priority"] >= 3 else ""),
        str(delivery["to"] if sent else document["from"]),
        together(
            tag("span", words + code, cls=f"pill {tone}", title=str(delivery["state"])),
            tag("p", str(delivery["why"]), cls="muted") if delivery["why"] else "",
        ),
    )
    return tag("tr", *(tag("td", each) for each in cells), title=str(document["id"]))


def _section(name: str, *inside: str, cls: str = "") -> Html:
    return tag("section", *inside, id=name, cls=cls or None)


def _button(words: str, post: str, said: Shown, **more: str | bool | None) -> Html:
    return tag("button", words, type="button", data_post=post, data_said=json.dumps(said), **more)
