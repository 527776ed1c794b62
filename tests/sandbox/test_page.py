"""The page shows all of it, loads nothing from outside, and answers nobody but this machine."""

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from gateway.entry.sandbox.markup import VOID
from gateway.entry.sandbox.switches import SWITCHES
from tests.sandbox.conftest import Vendor

pytestmark = pytest.mark.asyncio(loop_scope="package")


class Nesting(HTMLParser):
    """Every element is closed, in order, and every id is there once."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


async def page(vendor: Vendor, path: str = "", **headers: str) -> tuple[int, str, str]:
    async with vendor.session.get(f"{vendor.sandbox.url}/sandbox{path}", headers=headers) as response:
        return response.status, await response.text(), response.headers.get("Content-Security-Policy", "")


async def full(vendor: Vendor) -> str:
    """Let much happen, and give the page."""
    await vendor.switch(duplicate=True)
    await vendor.send(vendor.letter())
    await vendor.send(vendor.letter().replace(b"VP-HC", b"VP<HC"))
    await vendor.play("/send", {"kind": "urgent"})
    await vendor.take()
    await vendor.call("GET", "/nowhere<script>alert(1)</script>")
    return (await page(vendor))[1]


async def test_the_page_is_well_formed(vendor: Vendor) -> None:
    nesting = Nesting()
    nesting.feed(await full(vendor))
    assert (nesting.wrong, nesting.open) == ([], [])
    assert len(nesting.ids) == len(set(nesting.ids))


async def test_the_page_loads_nothing_from_outside(vendor: Vendor) -> None:
    shown = await full(vendor)
    folder = files("gateway.entry.sandbox").joinpath("files")
    sources = shown + "".join(folder.joinpath(name).read_text("utf-8") for name in ("sandbox.js", "sandbox.css"))
    outside = [url for url in re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?([^\"')\s>]+)", sources) if "://" in url]
    assert [url for url in outside if not url.startswith(vendor.sandbox.url)] == []


async def test_the_page_has_no_inline_script_or_style(vendor: Vendor) -> None:
    shown = await full(vendor)
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=", shown) == []


async def test_the_page_lets_the_browser_load_its_own_files_only(vendor: Vendor) -> None:
    _, _, policy = await page(vendor)
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


async def test_what_a_caller_wrote_is_text_on_the_page(vendor: Vendor) -> None:
    assert "<script>alert" not in await full(vendor)


@pytest.mark.parametrize("name", ["sandbox.js", "sandbox.css", "sandbox.svg"])
async def test_the_page_s_files_are_served(vendor: Vendor, name: str) -> None:
    status, text, _ = await page(vendor, f"/files/{name}")
    assert (status, text) == (200, files("gateway.entry.sandbox").joinpath("files", name).read_text("utf-8"))


async def test_other_files_are_not_served(vendor: Vendor) -> None:
    status, _, _ = await page(vendor, "/files/..%2Fpage.py")
    assert status == 404


async def test_the_page_explains_every_switch_in_both_languages(vendor: Vendor) -> None:
    _, shown, _ = await page(vendor)
    plain = shown.replace("&#x27;", "'")
    assert [name for name, words in SWITCHES.items() if words.vi not in plain or words.en not in plain] == []


async def test_the_page_says_that_nothing_is_real(vendor: Vendor) -> None:
    _, shown, _ = await page(vendor)
    assert "CHỈ ĐỂ THỬ" in shown
    assert "For trials only" in shown


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_pages_of_other_sites_are_refused(vendor: Vendor, headers: dict[str, str]) -> None:
    status, _, _ = await page(vendor, "/state", **headers)
    assert status == 400


async def test_a_form_of_another_site_moves_nothing(vendor: Vendor) -> None:
    url = f"{vendor.sandbox.url}/sandbox/clock"
    async with vendor.session.post(url, data='{"advance_minutes": 90}', headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415


async def test_the_state_is_told_as_json(vendor: Vendor) -> None:
    await vendor.switch(slow=True, slow_seconds=0)
    _, answer = await vendor.send(vendor.letter())
    state = await vendor.play("/state", method="GET")
    assert (state["on"], state["me"]["organ"], len(state["peers"])) == (["slow"], vendor.mine.organ, 3)
    assert state["documents"][0]["id"] == answer["id"]


async def test_an_unknown_call_of_the_sandbox_is_answered_by_a_problem(vendor: Vendor) -> None:
    assert (await vendor.play("/nothing", {}))["code"] == "not-found"


async def test_the_front_door_leads_to_the_page(vendor: Vendor) -> None:
    async with vendor.session.get(vendor.sandbox.url) as response:
        assert response.url.path == "/sandbox"


async def test_every_answer_says_that_it_is_a_sandbox_s(vendor: Vendor) -> None:
    async with vendor.session.get(f"{vendor.sandbox.url}/api/v1/docs") as response:
        assert response.headers["Lienthong-Sandbox"] == "for trials only"
