"""What is asked of the working calendar by a form: what is none is refused, and what is so already."""

import pytest

from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.console.test_proposals import BASIS, duty
from tests.documents import COMMUNE

__all__ = ["duty"]


@pytest.mark.parametrize(
    "fields",
    [
        {"day": "2026-12-24", "kind": "worked", "basis": BASIS},
        {"day": "2026-12-26", "kind": "off", "basis": BASIS},
        {"official": "2026"},
        {"official": "2031"},
    ],
)
async def test_what_the_calendar_says_already_is_not_proposed(duty: Browser, fields: dict[str, str]) -> None:
    status, text = await duty.do("/calendar/propose", **fields)
    assert (status, "calendar-unchanged" in text) == (409, True)


CLOSED = {"begins": "2026-12-24T11:30", "ends": "2026-12-25T00:00", "because": BASIS}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"day": "2026-12-24", "kind": "off", "basis": ""}, 400),
        ({"day": "2026-12-24", "kind": "off", "basis": "x" * 301}, 400),
        ({"day": "2026-12-24", "kind": "off", "basis": "hai\ndòng"}, 400),
        ({"day": "2026-12-24", "kind": "off", "basis": BASIS, "reason": ""}, 400),
        ({"day": "2026-12-24", "kind": "off", "basis": BASIS, "official": "2027"}, 400),
        ({**CLOSED}, 400),
        ({**CLOSED, "organ": COMMUNE, "because": ""}, 400),
        ({**CLOSED, "organ": COMMUNE, "ends": "2026-12-24T11:30"}, 400),
        ({**CLOSED, "organ": COMMUNE, "ends": "2028-12-24T11:30"}, 400),
        ({**CLOSED, "organ": COMMUNE, "begins": "hôm nay"}, 400),
        ({**CLOSED, "organ": COMMUNE, "begins": "2026-12-24T11:30+09:00"}, 400),
        ({**CLOSED, "organ": "H99"}, 404),
    ],
)
async def test_what_is_no_proposal_is_refused(hub: Province, duty: Browser, fields: dict[str, str], status: int) -> None:
    assert (await duty.do("/calendar/propose", **fields))[0] == status
    assert await hub.hub.ports.calendar_proposals.pending(limit=9) == ()


async def test_a_row_more_is_shown_and_what_is_written_stays(duty: Browser) -> None:
    _, text = await duty.get("/calendar?day=2026-12-24&kind=worked&basis=abc&more=1")
    assert (text.count('name="day"'), 'value="abc"' in text) == (2, True)
    _, text = await duty.get("/calendar?form=closure&organ=H1&more=1")
    assert (text.count('name="organ"'), 'value="H1"' in text) == (2, True)
