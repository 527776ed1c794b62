from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.sdk import Accepted, Misconfigured, Transient, Undeliverable
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.offering import outgoing
from gateway.sdk.conformance.other_side import Mood

from ..mapping import SHIPPED
from .opened import collected, document, opened
from .other_side import OtherSide, PhuTho

OWN = (SHIPPED / "voffice.toml").read_text("utf-8")
CHANGES = {
    "an-unknown-field": ('ABSTRACT = "MessageHeader/Subject"', 'ABSTRACT = "MessageHeader/Subjekt"', "MessageHeader/Subjekt"),
    "an-unknown-key": ('name = "Viettel vOffice"', 'nam = "Viettel vOffice"', "nam"),
    "no-table": ('table = "CONNECT_PROCESS_IN"', 'table = "CONNECT_PROCESS"', "CONNECT_PROCESS"),
    "no-column": ('SIGNER = "MessageHeader', 'SIGNED_BY = "MessageHeader', "CONNECT_DOCUMENT không có cột SIGNED_BY"),
    "a-wrong-type": ('PUBLISH_DATE = { from = "MessageHeader/PromulgationInfo/PromulgationDate", type = "date" }',
                     'PUBLISH_DATE = "MessageHeader/PromulgationInfo/PromulgationDate"', "CONNECT_DOCUMENT.PUBLISH_DATE"),
    "an-order-by-nothing": ('order = "CREATE_DATE"', 'order = "SOMETIME"', "SOMETIME"),
    "one-value-for-two-codes": ('"05" = 5, "06" = 6, "15"', '"05" = 5, "06" = 5, "15"', "codes"),
    "no-toml": ('name = "Viettel vOffice"', "name = Viettel", "mapping"),
    "hostile-names": ('table = "CONNECT_PROCESS_IN"', """table = 'X"; DROP TABLE "CONNECT_DOCUMENT"; --'""", "DROP TABLE"),
}  # fmt: skip


@pytest_asyncio.fixture
async def other(tmp_path: Path) -> AsyncGenerator[OtherSide, None]:
    async with OtherSide(tmp_path) as side:
        yield side


@pytest.mark.parametrize("change", CHANGES)
async def test_a_wrong_mapping_is_named_at_opening(other: OtherSide, tmp_path: Path, change: str) -> None:
    old, new, named = CHANGES[change]
    assert old in OWN
    (tmp_path / "own.toml").write_text(OWN.replace(old, new))
    with pytest.raises(Misconfigured) as fault:
        async with opened(other, tmp_path, mapping="own.toml"):
            pass
    assert fault.value.code == "link-misconfigured"
    assert named in fault.value.detail
    assert await other.held() == ()


async def test_a_province_has_tables_of_its_own(other: OtherSide, tmp_path: Path) -> None:
    other.sql(
        'ALTER TABLE "CONNECT_DOCUMENT" RENAME TO "Văn bản"', 'ALTER TABLE "Văn bản" RENAME COLUMN "ABSTRACT" TO "Trích yếu"'
    )
    own = OWN.replace('"CONNECT_DOCUMENT"', '"Văn bản"').replace("ABSTRACT =", '"Trích yếu" =')
    (tmp_path / "own.toml").write_text(own)
    async with opened(other, tmp_path, mapping="own.toml") as adapter:
        await adapter.deliver(golden.consignment())
        assert other.rows_of('SELECT "Trích yếu" FROM "Văn bản"') == [(golden.document().header.subject,)]


async def test_fixed_fields_stand_in_for_columns_that_a_vendor_does_not_have(tmp_path: Path) -> None:
    own = (SHIPPED / "phu_tho.toml").read_text("utf-8")
    own = own.replace('TypeName = "MessageHeader/DocumentType/TypeName"\n', "")
    own = own.replace("[outbox]\n", '[outbox]\nfixed = { "MessageHeader/DocumentType/TypeName" = "Văn bản khác" }\n')
    (tmp_path / "own.toml").write_text(own)
    async with PhuTho(tmp_path) as other, opened(other, tmp_path, mapping="own.toml") as adapter:
        await other.offer(outgoing())
        (one,) = await collected(adapter)
        assert (await document(one)).header.document_type.type_name == "Văn bản khác"


async def test_a_state_kept_as_text_and_a_key_that_is_text_work_as_well(tmp_path: Path) -> None:
    own = (SHIPPED / "phu_tho.toml").read_text("utf-8")
    own = own.replace('table = "DocumentReceivers"\nkey = "Id"', 'table = "DocumentReceivers"\nkey = "Id"\nkey_type = "text"')
    own = own.replace(
        'column = "Status"\npending = 0\nsent = 1\nerror = -1', 'column = "Status"\npending = "new"\nsent = "ok"\nerror = "no"', 1
    )
    (tmp_path / "own.toml").write_text(own)
    async with PhuTho(tmp_path) as other:
        other.sql(
            'ALTER TABLE "DocumentReceivers" ALTER COLUMN "Id" DROP IDENTITY',
            'ALTER TABLE "DocumentReceivers" ALTER COLUMN "Id" TYPE varchar(36)',
            'ALTER TABLE "Attachments" ALTER COLUMN "DocumentReceiverId" TYPE varchar(36)',
            'ALTER TABLE "StatusLgsp" ALTER COLUMN "DocumentReceiverId" TYPE varchar(36)',
            'ALTER TABLE "DocumentSenders" ALTER COLUMN "Status" DROP DEFAULT, ALTER COLUMN "Status" TYPE varchar(5)',
            """ALTER TABLE "DocumentSenders" ALTER COLUMN "Status" SET DEFAULT 'new'""",
        )
        async with opened(other, tmp_path, mapping="own.toml") as adapter:
            taken = await adapter.deliver(golden.consignment())
            ((key, about),) = other.rows_of('SELECT d."Id", a."DocumentReceiverId" FROM "DocumentReceivers" d, "Attachments" a')
            assert taken.reference == key == about
            await other.offer(outgoing())
            (one,) = await collected(adapter)
            await adapter.acknowledge(one, Accepted(document="d"))
            assert other.rows_of('SELECT "Status" FROM "DocumentSenders"') == [("ok",)]


SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "a-password-in-the-url": ({"url": "postgresql+pg8000://a:bi-mat@localhost/b"}, "password_file"),
    "another-database": ({"url": "sqlite:///vendor.db"}, "url: postgresql+pg8000://"),
    "no-url": ({"url": "đâu đó"}, "url"),
    "a-missing-certificate": ({"ca_file": "ca.pem"}, "ca_file"),
    "a-certificate-of-another-driver": (
        {"url": "oracle+oracledb://a@localhost/?service_name=b", "ca_file": "good.pem"},
        "ca_file",
    ),
    "no-such-mapping": ({"mapping": "other"}, "voffice"),
    "a-missing-password": ({"password_file": "none"}, "password_file"),
}


@pytest.mark.parametrize("named", SETTINGS)
async def test_a_wrong_setting_is_named_and_no_secret_shown(other: OtherSide, tmp_path: Path, named: str) -> None:
    changes, word = SETTINGS[named]
    (tmp_path / "good.pem").write_text("")
    with pytest.raises(Misconfigured) as fault:
        async with opened(other, tmp_path, **changes):
            pass
    assert word in fault.value.detail
    assert "bi-mat" not in str(fault.value)


async def test_a_database_that_does_not_exist_is_an_operators_turn(other: OtherSide, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as fault:
        async with opened(other, tmp_path, url=f"{other.settings['url']}_gone"):
            pass
    assert fault.value.code == "link-misconfigured"


async def test_a_database_that_is_away_at_opening_means_again_later(other: OtherSide, tmp_path: Path) -> None:
    await other.be(Mood.AWAY)
    with pytest.raises(Transient) as fault:
        async with opened(other, tmp_path):
            pass
    assert fault.value.code == "receiver-unreachable"


async def test_a_value_that_has_no_code_is_refused_by_its_column(other: OtherSide, tmp_path: Path) -> None:
    old = 'PRIORITY = { from = "MessageHeader/OtherInfo/Priority", type = "number" }'
    (tmp_path / "own.toml").write_text(OWN.replace(old, old.replace('type = "number"', 'codes = { "0" = 10, "1" = 11 }')))
    async with opened(other, tmp_path, mapping="own.toml") as adapter:
        with pytest.raises(Undeliverable) as fault:
            await adapter.deliver(golden.consignment())
    assert "CONNECT_DOCUMENT.PRIORITY" in fault.value.detail
