"""What holds at the hub is shown to administrators alone: where it is set, what is lax, and no secret."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config import Database, Server, Settings
from gateway.core.policy.catalogue import RULES, Action
from gateway.core.policy.settings import Policy
from gateway.entry.console.routes import PAGES
from gateway.infra.agencies_file import AGENCY, editing, revise
from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.contracts.entries import OTHER

SECRET = "mat-khau-trong-dia-chi"


def card(text: str, name: str) -> str:
    return text.split(f'id="{name}"')[1].split("</section>")[0]


def given(hub: Province, **sections: object) -> None:
    hub.hub.settings = hub.hub.settings.model_copy(update=sections)


async def test_what_is_set_is_told_from_what_holds_by_itself(hub: Province, admin: Browser) -> None:
    given(hub, server=Server(port=9000))
    server = card((await admin.get("/settings"))[1], "server")
    row = {key: line for line in server.split("<tr>")[1:] for key in ("host", "port") if f">{key}<" in line}
    assert "9000" in row["port"] and "mặc định" not in row["port"]
    assert "127.0.0.1" in row["host"] and "mặc định" in row["host"]


async def test_no_secret_is_shown(hub: Province, admin: Browser) -> None:
    address = f"postgresql://hub:{SECRET}@db.example/lienthong?password={SECRET}"
    given(hub, database=Database(url=address, password_file=Path("secrets/database")))
    _, text = await admin.get("/settings")
    assert SECRET not in text and "db.example" in text and "secrets/database" in text


async def test_every_table_that_says_something_has_its_place(hub: Province, admin: Browser) -> None:
    _, text = await admin.get("/settings")
    said = hub.hub.settings.model_dump(exclude_none=True)
    assert [name for name in Settings.model_fields if said.get(name) and f'id="{name}"' not in text] == []


async def test_an_agency_that_need_not_sign_is_told_with_its_last_day(hub: Province, admin: Browser) -> None:
    assert "không phải ký" not in (await admin.get("/settings"))[1]
    with editing(hub.hub.settings.path(hub.hub.settings.directory.agencies)) as draft:
        revise(draft.get(AGENCY, OTHER), {"trust": "channel", "trust_until": "2099-12-31"})
    await hub.hub.refresh()
    _, text = await admin.get("/settings")
    assert "1 đơn vị không phải ký như các đơn vị khác" in text and "đến hết 31/12/2099" in text


@pytest.mark.parametrize(("host", "told"), [("0.0.0.0", True), ("127.0.0.1", False)])  # noqa: S104
async def test_a_hub_that_others_reach_without_encryption_is_told(hub: Province, admin: Browser, host: str, told: bool) -> None:
    given(hub, server=Server(host=host))
    assert ("kết nối không mã hóa" in (await admin.get("/settings"))[1]) is told


async def test_a_rule_that_the_province_made_milder_is_told_beside_what_ships(hub: Province, admin: Browser) -> None:
    code = next(code for code, rule in RULES.items() if rule.action is Action.REFUSE and rule.floor is Action.FINDING)
    rules = replace(hub.hub.rules(), policy=Policy(actions={code: Action.FINDING}))
    hub.hub.rules = lambda: rules
    _, text = await admin.get("/settings")
    assert f"policy.toml · {code}" in text and "thay vì từ chối" in text
    assert "mặc định: từ chối" in text.split(f'<tr id="{code}">')[1].split("</tr>")[0]


def test_the_page_is_for_administrators() -> None:
    (own,) = (page for page in PAGES if page.path == "/settings")
    assert own.right == "manage"
