"""The national SDK's calls through nginx with the project's configuration."""

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from tests.api.conftest import of_today
from tests.deployment.front import NGINX_CONF, Front, running
from tests.deployment.test_nginx import Caller, signed
from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, attachment, document
from tests.vxp.sdk import Sdk

PREFIX = "/XrdAdapter/adapter"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with running(tmp_path_factory.mktemp("front")) as front:
        yield front


async def send(front: Front, file: bytes, **more: str) -> dict[str, Any]:
    """Send a file as the SDK of the province does."""
    secret = (front.folder / "agencies" / PROVINCE / "vxp-secret").read_text().strip()
    connector = aiohttp.TCPConnector(ssl=front.tls(), force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        own = Sdk(session=session, endpoint=f"{front.base}{PREFIX}", system=PROVINCE, secret=secret)
        answer: dict[str, Any] = await own.send(file, PROVINCE, **more)
        return answer


@pytest.mark.filterwarnings("ignore:Sending a large body directly")
async def test_a_file_of_20_megabytes_goes_in(front: Front) -> None:
    large = attachment(PDF + bytes(15_000_000))
    answer = await send(front, signed(front, of_today(document("71", to=(COMMUNE,), attachments=(large,)))))
    assert answer["ErrorCode"] == "0", answer


async def test_a_thousand_receivers_fit_in_a_header(front: Front) -> None:
    file = signed(front, of_today(document("72", to=(DEPARTMENT,))))
    answer = await send(front, file, to=json.dumps([DEPARTMENT] * 1000))
    assert answer["ErrorCode"] == "0", answer


async def test_a_thousand_names_that_are_no_receivers_are_refused_by_the_hub(front: Front) -> None:
    file = signed(front, of_today(document("73", to=(DEPARTMENT,))))
    answer = await send(front, file, to=json.dumps([f"H99.{number}" for number in range(1000)]))
    assert answer["ErrorCode"] == "18"


async def test_the_door_that_takes_files_is_the_one_that_the_hub_serves(front: Front) -> None:
    assert f"{PREFIX[1:]}/sendEdoc$" in NGINX_CONF.read_text("utf-8")
    status, _, headers = await Caller(front).call("POST", f"{PREFIX}/sendEdoc", data=b"<edXML/>")
    assert (status, headers["X-Lienthong-Code"]) == (200, "unauthenticated")
