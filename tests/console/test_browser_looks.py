"""Every page in every window: no error, nothing that somebody cannot read, nothing that does not fit.

With LIENTHONG_SHOTS=<folder> a picture of each is kept there.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from gateway.entry.console.routes import PAGES
from tests.api.conftest import Province
from tests.console.browsing import PHONE, Screen, browser, chromium, screen
from tests.console.morning import JOB, begun

__all__ = ["browser", "chromium", "screen"]

DATA = {"/live"}
"""What is no page for people, beside files with an ending."""
LISTS = [page.path for page in PAGES if "{" not in page.path and "." not in page.path and page.path not in DATA]
FURTHER = [
    "/answers?view=open",
    "/documents?q=bao%20cao&state=available",
    "/undelivered?cause=link-unauthorised",
    f"/jobs/{JOB}",
    "/agencies/000.00.15.H56",
    "/agencies/H56.40.02/edit",
    "/agencies/H56.40.02/dissolve",
    "/agencies/H56.40.02/certificates/new",
    "/agencies/-/merge?organ=H56.40.02&organ=H56.01.07&into=000.00.15.H56&on=2030-07-01",
    "/agencies/-/merge?organ=H56.40.02&into=H56.40.02&on=2030-07-01",
    "/agencies?state=late",
    "/systems/department",
    "/systems/department/link?adapter=webhook",
    "/systems/000.00.00.H56/link",
    "/statuses?view=waiting",
    "/documents/none",
    "/calendar?form=closure&organ=H1&more=1",
    "/calendar?day=2027-01-04&kind=off&basis=12/TB",
]
LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
    "zoom": {"viewport": {"width": 640, "height": 470}, "device_scale_factor": 2, "color_scheme": "dark"},
}


ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": ["color-contrast"]}
NARROW = ALL | {"runOnly": ["scrollable-region-focusable"]}
RULES = {"light": ALL, "dark": COLOURS, "phone": NARROW}
"""What axe looks for: in the dark a page has other colours alone, on a phone other parts that scroll; zoomed it has to fit."""


@pytest.fixture
def shots() -> Path | None:
    """Where pictures are kept for people who look at them; taking them takes as long as all the rest."""
    named = os.environ.get("LIENTHONG_SHOTS")
    if not named:
        return None
    Path(named).mkdir(parents=True, exist_ok=True)
    return Path(named)


@pytest.mark.parametrize(("look", "screen"), LOOKS.items(), ids=LOOKS, indirect=["screen"])
async def test_every_page_can_be_read_by_anybody_and_fits_its_window(
    hub: Province, screen: Screen, look: str, shots: Path | None
) -> None:
    axe, wrong = Axe(), []
    document = await begun(hub)
    for path in [*LISTS, f"/documents/{document}", *FURTHER]:
        await screen.open(path)
        if path == "":
            await screen.page.locator("#chart canvas").wait_for()
        if look in RULES:
            found = await axe.run(screen.page, options=RULES[look])
            wrong += [(path, each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]]
        if await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((path, "scrolls sideways", ""))
        if shots is not None:
            await screen.shoot(f"{re.sub(r'[^a-z]+', '-', path.replace(document, 'one')).strip('-') or 'overview'}-{look}", shots)
    screen.troubles[:] = [each for each in screen.troubles if "404" not in each]  # the page of what there is not
    assert wrong == []
