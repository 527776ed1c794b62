"""`lienthong check`, of what the hub reaches by itself: broker, mail server, and each linked system through its adapter."""

import asyncio
from collections.abc import AsyncIterator

from gateway.config import Settings
from gateway.core.directory import System
from gateway.core.faults import Fault, Misconfigured
from gateway.core.model import Lane
from gateway.entry.cli.checked import Check, failed, passed
from gateway.flows.try_link import try_link
from gateway.infra.clock import SystemClock
from gateway.infra.telemetry import LoggedTelemetry
from gateway.ports import Catalogue, QueueId
from gateway.wiring import adapters, announcer, broker, chats, load_rules, mailer


async def broker_check(settings: Settings) -> Check:
    """Make, or find in order, what the hub keeps in the broker: exchanges, the place of dead notes, each system's queues."""
    what = "hàng đợi · broker"
    try:
        queues = [QueueId(system=each.id, lane=lane) for each in _linked(settings) for lane in Lane]
        opened = broker(settings)
        try:
            await opened.declare(queues)
            await opened.ready()
        finally:
            await opened.close()
    except Fault as fault:
        return failed(what, fault)
    return passed(what, f"{len(queues)} hàng đợi · queues")


async def mail_check(settings: Settings) -> Check:
    """Connect to the mail server, greet and log in, and say which agencies nobody could write to."""
    what = "thư điện tử · mail"
    try:
        opened = mailer(settings, SystemClock())
        if opened is not None:
            await opened.ready()
        agencies = load_rules(settings, SystemClock()).rules.directory.agencies
    except Fault as fault:
        return failed(what, fault)
    without = sum(each.email is None for each in agencies)
    return passed(what, f"kết nối được · it answers; {without} cơ quan chưa có địa chỉ · agencies without an address")


def announcer_check(settings: Settings) -> Check:
    """Read the secrets by which alerts are told; nothing is posted."""
    what = "cảnh báo · alerts"
    try:
        for each in (announcer(settings, SystemClock(), LoggedTelemetry()), chats(settings, LoggedTelemetry())):
            if each is not None:
                each.ready()
    except Fault as fault:
        return failed(what, fault)
    return passed(what, "đọc được khóa của webhook, của nhóm chat · the secrets of the webhook and of chats are readable")


async def link_checks(settings: Settings) -> AsyncIterator[Check]:
    """Open each system's adapter and ask whether the system works. One that is away now is no mistake of the settings."""
    try:
        systems, catalogue = _linked(settings), adapters(settings, SystemClock(), LoggedTelemetry())
    except Fault as fault:
        yield failed("bộ nối · adapters", fault)
        return
    try:
        for check in await asyncio.gather(*(_link(catalogue, each) for each in systems)):
            yield check
    finally:
        await catalogue.close()


async def _link(catalogue: Catalogue, system: System) -> Check:
    what, fault = f"link: {system.id}", (await try_link(catalogue, system))[-1].fault
    if fault is None:
        return passed(what, "kết nối được · it answers")
    if isinstance(fault, Misconfigured):
        return failed(what, fault)
    return passed(what, f"chưa kết nối được, trục sẽ tự thử lại · away now, the hub tries again: {fault.detail}")


def _linked(settings: Settings) -> tuple[System, ...]:
    try:
        return load_rules(settings, SystemClock()).rules.systems.linked()
    except Fault:  # told by the check of the directory
        return ()
