"""Attachments that travel beside the envelope: the SDK has no room for them, and is told where they are."""

import re
from collections.abc import Callable

from tests.api.conftest import Province
from tests.api.test_uploads import detached, multipart, post
from tests.documents import DEPARTMENT, PDF
from tests.vxp.sdk import Sdk


async def test_what_the_sdk_cannot_carry_is_got_where_the_refusal_says_and_then_done(
    hub: Province, sdk: Callable[..., Sdk]
) -> None:
    signed = hub.province.sign(detached(), parts={"a1": PDF})
    status, sent = await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", PDF)))
    assert status == 202
    own = sdk(DEPARTMENT)
    (row,) = await own.received()
    answer = await own.call("getEdoc", data=b"{}", docId=row["docId"], filePath="")
    assert answer["ErrorCode"] == "21"
    envelope, attachment = re.findall(r"/api/v1(/documents/[^ ,:;]+)", answer["ErrorDesc"])
    assert (await hub.department.call("GET", envelope))[1] == signed
    assert (await hub.department.call("GET", attachment))[1] == PDF
    assert (await own.call("updateStatus", data=b"{}", docId=row["docId"], status="done"))["ErrorCode"] == "0"
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    assert {each["to"]: each["state"] for each in shown["deliveries"]}[DEPARTMENT] == "collected"


async def test_a_download_that_cannot_be_whole_does_not_look_like_a_file(hub: Province, sdk: Callable[..., Sdk]) -> None:
    signed = hub.province.sign(detached(), parts={"a1": PDF})
    await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", PDF)))
    own = sdk(DEPARTMENT)
    (row,) = await own.received()
    async with own.session.get(f"{own.endpoint}/downloadEdoc", headers=own.headers(docId=row["docId"])) as response:
        assert (response.status, response.headers["X-Lienthong-Code"]) == (404, "delivery-parts")
