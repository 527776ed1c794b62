"""Who calls: stale, repeated, smuggled and doubled headers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from multidict import CIMultiDict

from tests.api.conftest import Province
from tests.documents import DEPARTMENT, PROVINCE, document
from tests.vxp.sdk import HERE, Sdk

Made = Callable[..., Sdk]


@pytest.mark.parametrize("off", [timedelta(hours=2), timedelta(minutes=-20), timedelta(days=1)])
async def test_a_stale_timestamp_is_refused(off: timedelta, sdk: Made) -> None:
    own = sdk(PROVINCE)
    answer = await own.raw("getAgenciesList", own.headers(at=datetime.now(HERE) - off))
    assert answer["ErrorCode"] == "15"


async def test_a_request_that_is_replayed_is_refused(sdk: Made) -> None:
    own = sdk(PROVINCE)
    headers = own.headers()
    assert (await own.raw("getAgenciesList", headers))["status"] == "OK"
    assert (await own.raw("getAgenciesList", headers))["ErrorCode"] == "15"


@pytest.mark.parametrize(
    "change",
    [
        lambda h: h.add("XroadVnpt-docId", "y" * 32),
        lambda h: h.add("xroadvnpt-STATUS", "fail"),
        lambda h: h.__setitem__("XroadVnpt-status", "fail"),
        lambda h: h.pop("XroadVnpt-status"),
        lambda h: h.__setitem__("XroadVnpt-sign-header-key", "systemid;docId;timestamp"),
        lambda h: h.add("XroadVnpt-sign-header", "{}"),
        lambda h: h.pop("XroadVnpt-hash-header"),
    ],
)
async def test_headers_that_are_not_what_was_signed_change_nothing(
    change: Callable[[Any], None], hub: Province, sdk: Made
) -> None:
    await hub.province.send(document("21", to=(DEPARTMENT,)))
    own = sdk(DEPARTMENT)
    (row,) = await own.received()
    headers = CIMultiDict(own.headers(docId=row["docId"], status="done"))
    change(headers)
    assert (await own.raw("updateStatus", headers, data=b"{}"))["ErrorCode"] == "15"
    assert len(await own.received()) == 1


async def test_a_parameter_outside_of_the_signed_set_is_not_there(hub: Province, sdk: Made) -> None:
    await hub.province.send(document("22", to=(DEPARTMENT,)))
    own = sdk(DEPARTMENT)
    (row,) = await own.received()
    headers = own.headers(docId=row["docId"]) | {"XroadVnpt-status": "done"}
    assert (await own.raw("updateStatus", headers, data=b"{}"))["ErrorCode"] == "100"
    assert len(await own.received()) == 1


async def test_agencies_come_in_each_shape(sdk: Made) -> None:
    own = sdk(PROVINCE)
    listed = (await own.call("getAgenciesList"))["data"]
    assert {"id", "pid", "code", "name", "mail", "oldCode"} == set(listed[0])
    assert set((await own.call("getAgenciesListQD20", level="1"))["data"][0]) == {"id", "code", "name", "mail", "code102"}
    units = (await own.call("getSynchronizeUnit"))["data"]
    assert {"version", "centerCode", "deleted", "modifyDate", "isAgency"} <= set(units[0])


async def test_an_agency_is_registered_only_once_an_operator_approves(hub: Province, sdk: Made) -> None:
    own = sdk(PROVINCE)
    answer = await own.call(
        "registerAgency", data=b'{"id":"","pcode":"","code":"H56.77.01","name":"X","mail":"","mobile":"","fax":""}'
    )
    assert answer["status"] == "OK"
    (wish,) = await hub.hub.ports.vxp.requests(undecided=True)
    assert wish.organ == "H56.77.01"
    assert (await own.call("deleteAgency", data=b"{}", AgencyCode=DEPARTMENT))["ErrorCode"] == "19"


async def test_a_file_that_is_not_the_one_whose_digest_was_signed_is_refused(hub: Province, sdk: Made) -> None:
    own, file = sdk(PROVINCE), hub.province.sign(document("23", to=(DEPARTMENT,)))
    named = {"from": PROVINCE, "servicetype": "eDoc", "messagetype": "edoc", "hash-file": "0" * 64}
    async with own.session.post(f"{own.endpoint}/sendEdoc", headers=own.headers(**named), data=file) as response:
        assert response.headers["X-Lienthong-Code"] == "file-digest-mismatch"
