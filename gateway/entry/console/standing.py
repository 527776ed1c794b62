"""Why a delivery stands where it stands, in one sentence, and whose move it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.circuit import Circuit, CircuitState
from gateway.core.fault_codes import FAULTS
from gateway.core.model import Delivery, Owner, State, SystemId
from gateway.entry.console import writing
from gateway.entry.console.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a delivery's standing depends on beside itself: the circuits that are not closed, and when systems last looked."""

    circuits: Mapping[SystemId, Circuit] = field(default_factory=dict)
    seen: Mapping[SystemId, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One sentence, whose move it is (None: nobody's, it is over), and what to do."""

    text: str
    owner: Owner | None = None
    cure: str = ""


async def surroundings(visit: Visit) -> Surroundings:
    """Read what standings depend on."""
    circuits = {each.system: each for each in await visit.ports.outbox.circuits()}
    return Surroundings(circuits=circuits, seen=await visit.ports.presence.seen())


def standing(visit: Visit, delivery: Delivery, since: datetime, around: Surroundings) -> Standing:
    """Say why a delivery is where it is; `since` is when it came there."""
    said = {
        State.FAILED: _failed,
        State.QUEUED: _queued,
        State.DELIVERING: _queued,
        State.AVAILABLE: _available,
        State.SUSPENDED: _suspended,
        State.RECALL_REQUESTED: _asked_back,
        State.COLLECTED: _collected,
        State.RECEIVED: _in_hand,
        State.ASSIGNED: _in_hand,
        State.PROCESSING: _in_hand,
    }.get(delivery.state)
    if said is None:
        return Standing(text=visit.say("Đã kết thúc, không chờ ai.", "It is over; nobody's move."))
    return said(visit, delivery, since, around)


def _failed(visit: Visit, delivery: Delivery, _since: datetime, _around: Surroundings) -> Standing:
    known = FAULTS.get(delivery.cause or "")
    if known is None:
        return Standing(text=delivery.why or visit.say("Không gửi được.", "Undeliverable."), owner=Owner.HUB)
    answer = f" «{delivery.answer}»" if delivery.answer else ""
    attempts = visit.say(f"sau {delivery.attempts} lần thử", f"after {delivery.attempts} attempts")
    text = f"{visit.say(known.vi, known.en).rstrip('.')} ({attempts}).{answer}"
    return Standing(text=text, owner=known.owner, cure=visit.say(known.cure_vi, known.cure_en))


def _queued(visit: Visit, delivery: Delivery, since: datetime, around: Surroundings) -> Standing:
    system = visit.rules.systems.route(delivery.receiver)
    circuit = around.circuits.get(system) if system else None
    if circuit is not None and circuit.state is CircuitState.PAUSED:
        by = circuit.by or ""
        text = visit.say(f"{by} đã tạm dừng hệ thống {system}; văn bản chờ.", f"{by} has paused the system {system}; it waits.")
        return Standing(text=text, owner=Owner.HUB, cure=visit.say("Cho chạy lại ở Hàng đợi.", "Resume it at Queues."))
    if circuit is not None and circuit.holds_back:
        lost = writing.ago(circuit.since, visit.now, english=visit.english) if circuit.since else ""
        text = visit.say(
            f"Hệ thống {system} không nhận được từ {lost}; văn bản chờ theo thứ tự, trục tự dò.",
            f"The system {system} takes nothing since {lost}; it waits in order, and the hub probes by itself.",
        )
        return Standing(text=text, owner=Owner.RECEIVER, cure=circuit.why or "")
    waited = writing.lasting(visit.now - since, english=visit.english)
    if delivery.attempts:
        again = delivery.next_attempt_at
        then = writing.ago(again, visit.now, english=visit.english) if again else visit.say("ngay", "at once")
        text = visit.say(
            f"Đã thử {delivery.attempts} lần, chưa được; thử lại {then}.",
            f"{delivery.attempts} attempts failed; the next {then}.",
        )
        return Standing(text=text, owner=Owner.RECEIVER)
    return Standing(text=visit.say(f"Đang chờ chuyển, {waited}.", f"Waiting to be pushed for {waited}."), owner=Owner.HUB)


def _available(visit: Visit, delivery: Delivery, since: datetime, around: Surroundings) -> Standing:
    systems = [each.id for each in visit.rules.systems if delivery.receiver in each.organs]
    looked = max((around.seen[each] for each in systems if each in around.seen), default=None)
    waited = writing.lasting(visit.now - since, english=visit.english)
    if not systems:
        last = visit.say("đơn vị chưa có hệ thống nào", "the agency has no system")
    elif looked is None:
        last = visit.say("hệ thống của đơn vị chưa lần nào hỏi trục", "its system has never asked the hub")
    else:
        ago = writing.ago(looked, visit.now, english=visit.english)
        last = visit.say(f"hệ thống của đơn vị hỏi trục lần cuối {ago}", f"its system last asked the hub {ago}")
    text = visit.say(f"Chờ đơn vị lấy về đã {waited}; {last}.", f"Waiting to be fetched for {waited}; {last}.")
    return Standing(text=text, owner=Owner.RECEIVER)


def _suspended(visit: Visit, delivery: Delivery, _since: datetime, _around: Surroundings) -> Standing:
    why = delivery.why or ""
    text = visit.say(f"Tạm giữ theo chính sách. {why}", f"Held by the policy. {why}").strip()
    cure = "lienthong held release|return"
    return Standing(text=text, owner=Owner.HUB, cure=cure)


def _asked_back(visit: Visit, _delivery: Delivery, since: datetime, _around: Surroundings) -> Standing:
    waited = writing.lasting(visit.now - since, english=visit.english)
    text = visit.say(
        f"Bên gửi xin thu hồi, chờ bên nhận trả lời (15 hoặc 16) đã {waited}.",
        f"The sender asked it back; waiting {waited} for the receiver's answer (15 or 16).",
    )
    return Standing(text=text, owner=Owner.RECEIVER)


def _collected(visit: Visit, _delivery: Delivery, since: datetime, _around: Surroundings) -> Standing:
    waited = writing.lasting(visit.now - since, english=visit.english)
    text = visit.say(
        f"Bên nhận đã có văn bản {waited}, chưa báo tiếp nhận (03) hay từ chối (02).",
        f"The receiver has had it for {waited}, and has not reported 03 or 02.",
    )
    return Standing(text=text, owner=Owner.RECEIVER)


def _in_hand(visit: Visit, delivery: Delivery, since: datetime, _around: Surroundings) -> Standing:
    waited = writing.lasting(visit.now - since, english=visit.english)
    text = visit.say(f"Bên nhận đang giải quyết, bước này đã {waited}.", f"In the receiver's hands; at this step for {waited}.")
    return Standing(text=f"{text} {delivery.why or ''}".strip(), owner=Owner.RECEIVER)
