"""Make the pages of docs/ that come from code: `python -m gateway.entry.cli.generate` writes them, `--check` compares."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from gateway.core import lifecycle
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Rejected
from gateway.core.findings import FINDINGS
from gateway.core.lifecycle import Standing
from gateway.core.model import Owner, State, StatusCode
from gateway.core.policy.catalogue import RULES, Action
from gateway.core.reconciliation import CATEGORIES, DISCREPANCIES, RESPONDERS, STUCK, WORDS, Category

DOCS = Path(__file__).resolve().parents[3] / "docs"

_OWNERS = {
    Owner.SENDER: "bên gửi · sender",
    Owner.HUB: "trục · hub",
    Owner.RECEIVER: "bên nhận · receiver",
    None: "không ai · nobody",
}
_STATUS_NAMES = {
    StatusCode.ARRIVED: "đã đến · arrived",
    StatusCode.REFUSED: "từ chối · refused",
    StatusCode.REGISTERED: "đã tiếp nhận · registered",
    StatusCode.ASSIGNED: "phân công · assigned",
    StatusCode.PROCESSING: "đang xử lý · processing",
    StatusCode.COMPLETED: "hoàn thành · completed",
    StatusCode.RECALL_REQUESTED: "yêu cầu thu hồi · recall requested",
    StatusCode.RECALL_AGREED: "đồng ý thu hồi · recall agreed",
    StatusCode.RECALL_REFUSED: "từ chối thu hồi · recall refused",
}
_WORKERS = (lifecycle.ATTEMPT, lifecycle.DEFER, lifecycle.WITHDRAW, lifecycle.FAIL, lifecycle.TURN_DOWN)
_OPERATORS = (lifecycle.RELEASE, lifecycle.REQUEUE, lifecycle.PARK, lifecycle.REDIRECT, lifecycle.TURN_BACK)
_SENDERS = {lifecycle.SUPERSEDE: lifecycle.superseded, lifecycle.ASK_UPDATE: lifecycle.asked_to_update}
_TRIGGERS: tuple[str, ...] = (*_WORKERS, lifecycle.HAND_OVER, *_OPERATORS, *_SENDERS, *StatusCode)
_STARTS = (Standing(state=State.SUSPENDED), Standing(state=State.AVAILABLE), Standing(state=State.QUEUED))
_UNCHANGED = "·"
_CONFLICT = "✗"


def pages() -> dict[str, str]:
    """Give each generated page by its file name."""
    return {
        "faults.md": faults(),
        "findings.md": findings(),
        "policy.md": policy(),
        "lifecycle.md": lifecycle_page(),
        "reconciliation.md": reconciliation(),
    }


def faults() -> str:
    """Say every fault code: what it means, whose move it is, what to do."""
    rows = (
        (
            f"`{code}`",
            str(fault.status),
            _OWNERS[fault.owner],
            _both(fault.vi, fault.en),
            _both(fault.cure_vi, fault.cure_en),
        )
        for code, fault in FAULTS.items()
    )
    return _page(
        "Mã lỗi · Fault codes",
        "gateway/core/fault_codes.py",
        "Mỗi lời từ chối (`application/problem+json`) mang một mã cố định trong `code` và trong từng mục của `errors[]`.",
        "Every refusal (`application/problem+json`) carries a stable code, in `code` and in each item of `errors[]`.",
        _table(("Mã · Code", "HTTP", "Ai xử lý · Owner", "Nghĩa · Meaning", "Cách xử lý · What to do"), rows),
    )


def findings() -> str:
    """Say every finding: what the hub tolerates or notices, how loudly, and by which article."""
    rows = ((f"`{code}`", kind.severity, kind.article or "", escape(kind.vi, quote=False)) for code, kind in FINDINGS.items())
    return _page(
        "Ghi nhận · Findings",
        "gateway/core/findings.py",
        "Ghi nhận không chặn văn bản: trục vẫn nhận, và nói cho bên gửi biết chỗ cần sửa (`findings[]`).",
        "A finding never stops a document: the hub takes it, and tells the sender what to mend (`findings[]`).",
        _table(("Mã · Code", "Mức · Severity", "Điều · Article (QĐ 4764/2017/QĐ-UBND)", "Nội dung · Text"), rows),
    )


def policy() -> str:
    """Say every rule of the policy: its article, what the hub does by default, how mild a province may be, what to do."""
    rows = (
        (
            f"`{code}`",
            rule.article or "",
            f"`{rule.action}`",
            f"`{rule.floor}`" if rule.floor is not Action.FINDING else "",
            _both(rule.vi, rule.en),
            _both(rule.cure_vi, rule.cure_en),
        )
        for code, rule in RULES.items()
    )
    return _page(
        "Chính sách · The policy",
        "gateway/core/policy/catalogue.py",
        "Mỗi quy tắc có điều của QĐ 4764/2017/QĐ-UBND, việc trục làm khi không được tuân theo, và cách sửa. `finding`: vẫn "
        "chuyển, cả hai bên được báo; `hold`: giữ lại chờ người vận hành (`lienthong held`); `refuse`: từ chối, không lưu gì. "
        "Tỉnh đổi được ở `policy.toml` ([mẫu](../config/policy.toml)), không nới quá cột «nới tới»; cơ quan chỉ được chặt hơn.",
        "Each rule has its article, what the hub does where it is broken, and its cure. `finding`: the document goes on and both "
        "sides are told; `hold`: it waits for an operator (`lienthong held`); `refuse`: nothing is stored. A province decides "
        "otherwise in `policy.toml` ([example](../config/policy.toml)), never below the floor; an agency may only tighten.",
        _table(
            (
                "Mã · Code",
                "Điều · Article",
                "Mặc định · Default",
                "Nới tới · Floor",
                "Nghĩa · Meaning",
                "Cách xử lý · What to do",
            ),
            rows,
        ),
    )


def reconciliation() -> str:
    """Say what reconciliation proves, and every discrepancy: what it means, whose move it is, what to do."""
    minutes = int(STUCK.total_seconds() // 60)
    states = {category: [state for state in CATEGORIES if CATEGORIES[state] is category] for category in Category}
    kinds = DISCREPANCIES.items()
    return _page(
        "Đối soát · Reconciliation",
        "gateway/core/reconciliation.py",
        "`lienthong check --reconcile [--since NGÀY] [--until NGÀY]` chứng minh trên một ảnh chụp của sổ cái: mỗi lượt chuyển mà "
        "lời đáp 202 đã hứa (cộng lượt thêm khi chuyển hướng) có đúng một chỗ ở bảng dưới, tính theo lúc nhận; và không lượt nào "
        f"kẹt giữa hai bước quá {minutes} phút, dù nhận lúc nào. Mã thoát là 1 khi lệch hoặc có chỗ không khớp; `--json` nêu tới "
        "100 lượt mỗi mã. Worker tự làm việc này định kỳ và ghi sự kiện `ledger.reconciled`, `ledger.unbalanced`. Lượt chờ đúng "
        "(hệ thống tạm dừng, chưa tới giờ thử lại, bị giữ, không gửi được) không phải là lỗi: nó được đếm, với lượt lâu nhất.",
        "`lienthong check --reconcile [--since DAY] [--until DAY]` proves on a snapshot of the ledger that each delivery that a "
        "202 promised (and each that was added by a redirection) is in exactly one place of the table below, by when it was "
        f"accepted; and that nothing is stuck between two states for more than {minutes} minutes, whenever it was accepted. The "
        "exit code is 1 where something does not agree; `--json` names up to 100 deliveries of each code. The worker does this "
        "from time to time, and records `ledger.reconciled` and `ledger.unbalanced`. What rightly waits (for a parked system, a "
        "retry, an operator) is no discrepancy: it is counted, with the oldest.",
        _table(
            ("Chỗ · Place", "Nghĩa · Meaning", "Bước · States"),
            ((f"`{each}`", " · ".join(WORDS[each]), ", ".join(f"`{state}`" for state in states[each])) for each in Category),
        ),
        _table(
            ("Mã · Code", "Ai xử lý · Owner", "Nghĩa · Meaning", "Cách xử lý · What to do"),
            ((f"`{code}`", RESPONDERS[k.owner], _both(k.vi, k.en), _both(k.cure_vi, k.cure_en)) for code, k in kinds),
        ),
    )


def lifecycle_page() -> str:
    """Draw and tabulate what every trigger does in every state that a delivery can reach."""
    moves = _moves()
    reached = [state for state in State if any(state is source for source, _ in moves)]
    return _page(
        "Vòng đời của một lượt chuyển · The lifecycle of a delivery",
        "gateway/core/lifecycle.py",
        "Kích hoạt là mã trạng thái (01 … 16), việc bên nhận đã có văn bản (`hand-over`), việc của tiến trình chuyển "
        "(`attempt`, `defer`, `withdraw`, `fail`), quyết định của người vận hành về văn bản bị giữ hay không gửi được "
        "(`release`, `requeue`, `park`, `redirect`, `turn-back`), hoặc một văn bản khác của bên gửi: thay thế (`replace`), cập "
        "nhật (`update`: không đổi bước, chờ trả lời 15 hoặc 16).",
        "A trigger is a status code (01 … 16), the receiver having the document (`hand-over`), what a worker did (`attempt`, "
        "`defer`, `withdraw`, `fail`), an operator's decision about what is held or could not be delivered (`release`, "
        "`requeue`, `park`, `redirect`, `turn-back`), or another document of the sender: it replaces this one (`replace`), or "
        "updates it (`update`: the state stays, and 15 or 16 is awaited).",
        _diagram(moves),
        _table(("", *(f"`{trigger}`" for trigger in _TRIGGERS)), (_move_row(state, moves) for state in reached)),
        f"`{_UNCHANGED}` chỉ lưu vết, không đổi bước · history only, nothing moves. "
        f"`{_CONFLICT}` từ chối với mã `status-conflict` · refused.\n"
        "Nhiều kết quả trong một ô: tùy mã tiến độ xa nhất đã báo (01, 03 … 06).\n"
        "Several outcomes in one cell: it depends on the furthest progress reported so far.",
        _table(
            ("Bước · State", "Đến lượt ai · Whose move", "Kết thúc · Final"),
            ((f"`{state}`", _OWNERS[lifecycle.owner(state)], "✓" if state in lifecycle.FINAL else "") for state in reached),
        ),
        _table(
            ("Mã · Code", "Nghĩa · Meaning", "Bắt buộc nêu lý do · Needs a reason"),
            ((f"`{code}`", name, "✓" if code in lifecycle.NEEDS_REASON else "") for code, name in _STATUS_NAMES.items()),
        ),
    )


def _moves() -> dict[tuple[State, str], list[str]]:
    """Evaluate every trigger in every standing that can be reached; give the outcomes by state and trigger."""
    moves: dict[tuple[State, str], list[str]] = {}
    seen, waiting = {*_STARTS}, deque(_STARTS)
    while waiting:
        standing = waiting.popleft()
        for trigger in _TRIGGERS:
            outcomes = moves.setdefault((standing.state, trigger), [])
            after = _after(standing, trigger)
            outcome = _CONFLICT if after is None else _UNCHANGED if after.state is standing.state else str(after.state)
            if outcome not in outcomes:
                outcomes.append(outcome)
            if after is not None and after not in seen:
                seen.add(after)
                waiting.append(after)
    return moves


def _after(standing: Standing, trigger: str) -> Standing | None:
    if trigger == lifecycle.HAND_OVER:
        return lifecycle.hand_over(standing)
    if trigger in _SENDERS:
        return _SENDERS[trigger](standing)
    try:
        if trigger in _WORKERS:
            return lifecycle.pushed(standing, trigger)
        if trigger in _OPERATORS:
            return lifecycle.resolve(standing, trigger)
        return lifecycle.report(standing, StatusCode(trigger))
    except Rejected:
        return None


def _diagram(moves: dict[tuple[State, str], list[str]]) -> str:
    labels: dict[tuple[State, str], list[str]] = {}
    for (state, trigger), outcomes in moves.items():
        for outcome in outcomes:
            if outcome not in {_UNCHANGED, _CONFLICT}:
                labels.setdefault((state, outcome), []).append(trigger)
    arrows = [f"    {state} --> {target}: {', '.join(triggers)}" for (state, target), triggers in labels.items()]
    reached = {target for _, target in labels}
    ends = [f"    {state} --> [*]" for state in State if state in lifecycle.FINAL and state in reached]
    starts = [f"    [*] --> {start.state}" for start in _STARTS]
    return "\n".join(("```mermaid", "stateDiagram-v2", *starts, *arrows, *ends, "```"))


def _move_row(state: State, moves: dict[tuple[State, str], list[str]]) -> tuple[str, ...]:
    return (f"`{state}`", *(" / ".join(moves[state, trigger]) for trigger in _TRIGGERS))


def _page(title: str, source: str, *paragraphs: str) -> str:
    notice = f"<!-- Sinh từ {source} bằng ./dev docs · Made from {source} by ./dev docs -->"
    return "\n\n".join((f"# {title}", notice, *paragraphs)) + "\n"


def _both(vi: str, en: str) -> str:
    return f"{escape(vi, quote=False)}<br>*{escape(en, quote=False)}*"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_row(cells) for cells in (head, ("---",) * len(head), *rows))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def stale() -> Iterator[str]:
    """Name the pages whose file is not what the code says."""
    for name, text in pages().items():
        file = DOCS / name
        if not file.is_file() or file.read_text("utf-8") != text:
            yield name


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name the stale ones and give 1."""
    if arguments == ["--check"]:
        names = list(stale())
        sys.stderr.write("".join(f"docs/{name}: lỗi thời, chạy ./dev docs · stale, run ./dev docs\n" for name in names))
        return 1 if names else 0
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
