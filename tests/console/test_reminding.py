"""«Nhắc» on the page of a document: an officer has the agency that owes told, for a reason, and not again at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.core.deadlines import Deadline, Rule
from gateway.core.ladder import REMIND_AGAIN
from gateway.core.roles import Role
from gateway.flows.keep_time import keep_time
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import RECEIVER, entry


@pytest.fixture
async def owed(hub: Province) -> Deadline:
    """What a receiver owes: to collect a document."""
    made = entry(1, to=(RECEIVER,))
    await hub.hub.ports.ledger.accept(made)
    await keep_time(hub.hub.ports.deadlines, hub.hub.rules())
    found = await hub.hub.ports.deadlines.of([made.document.id], {RECEIVER})
    return next(each for each in found if each.rule is Rule.COLLECTION)


def place(owed: Deadline) -> str:
    return f"/answers/{owed.id}/remind"


async def test_an_officer_reminds_and_the_page_and_the_audit_log_tell_it(hub: Province, admin: Browser, owed: Deadline) -> None:
    assert f"/console{place(owed)}" in (await admin.get(f"/documents/{owed.document}"))[1]
    assert (await admin.do(place(owed)))[0] == 303
    _, text = await admin.get(f"/documents/{owed.document}")
    assert "Nhắc hạn" in text and REASON in text
    (audited, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    assert (audited.actor, audited.action, audited.reason) == ("can-bo-admin", "deadline.reminded", REASON)


async def test_a_second_reminder_at_once_is_refused_and_says_when_the_first_was(
    hub: Province, admin: Browser, owed: Deadline
) -> None:
    await admin.do(place(owed))
    status, text = await admin.do(place(owed))
    assert (status, "vừa được nhắc" in text, "Lần trước lúc" in text) == (409, True, True)
    hub.clock.advance(seconds=(REMIND_AGAIN + timedelta(seconds=1)).total_seconds())
    assert (await admin.do(place(owed)))[0] == 303


async def test_nobody_is_reminded_without_a_reason(admin: Browser, owed: Deadline) -> None:
    assert (await admin.do(place(owed), reason=" "))[0] == 400


async def test_who_may_not_act_is_shown_no_button(officer: Callable[[Role], Any], owed: Deadline) -> None:
    browser: Browser = await officer(Role.VIEWER)
    assert 'data-open="remind"' not in (await browser.get(f"/documents/{owed.document}"))[1]
