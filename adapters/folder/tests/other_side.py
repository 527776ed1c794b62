"""The agency's program: it takes files from folders and puts files there, and knows nothing of the hub's."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gateway.sdk import StatusCode, edxml
from gateway.sdk.conformance.other_side import Held, Mood, Outgoing, Told

FOLDERS: Final = ("den", "di", "trang-thai", "loi")
NEVER_REFUSES: Final = "thư mục không từ chối ngay được: cơ quan báo 02 sau · a folder cannot refuse: the agency reports 02 later"
SELDOM: Final = 5
"""Seconds that a file has to lie still: long enough for a test to see that one without a digest is not taken."""


class Office:
    """What an agency's program does in its folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._number = 0

    def make(self) -> None:
        for name in FOLDERS:
            (self.root / name).mkdir(exist_ok=True)

    def held(self) -> tuple[Held, ...]:
        return tuple(_held(each) for each in _visible(self.root / "den"))

    def told(self) -> tuple[Told, ...]:
        return tuple(_told(each) for each in sorted(_visible(self.root / "trang-thai"), key=lambda each: each.name))

    def drop(self, name: str, content: bytes) -> str:
        """Put a file there as the README asks: its digest first, then the file under its name at once."""
        folder = self.root / "di"
        (folder / f"{name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        (folder / f"{name}.part").write_bytes(content)
        (folder / f"{name}.part").rename(folder / name)
        return name

    def offer(self, outgoing: Outgoing) -> str:
        return self.drop(self._named(outgoing.number), edxml.write(_document(outgoing)))

    def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        (document,) = (each for each in _visible(self.root / "den") if key[:24] in each.name)
        header = _package(document).header
        status = edxml.StatusPackage(
            sender=header.receivers[0],
            response_for=edxml.ResponseFor(
                organ_id=header.sender.organ_id,
                code=str(header.code),
                promulgation_date=header.promulgation_date,
                document_id=header.document_id,
            ),
            status_code=code,
            description=description,
            timestamp=datetime.now(UTC),
        )
        return self.drop(self._named("trang-thai"), edxml.write(status))

    def outcomes(self) -> dict[str, str]:
        said = {}
        for each in sorted((self.root / "di").iterdir()):
            if each.suffix == ".done":
                said[each.stem] = "accepted"
            elif each.suffix == ".err":
                said[each.stem] = each.read_text("utf-8")
        return said

    def _named(self, what: str) -> str:
        self._number += 1
        return f"{self._number:04d}-{what}.edxml"


class OtherSide:
    """A folder of this machine."""

    impossible: Mapping[Mood, str] = {
        Mood.AWAY: "thư mục tại chỗ vắng là cấu hình sai · a local folder that is away is a misconfigured one",
        Mood.HANGING: "thư mục tại chỗ không treo được trong kiểm thử · a local folder cannot be made to hang",
        Mood.FAILING: "đĩa đầy có kiểm thử riêng · a full disk has a test of its own",
        Mood.GARBLED: "thư mục không trả lời bằng lời · a folder gives no answers",
        Mood.REFUSING: NEVER_REFUSES,
        Mood.UNAUTHORISED: "thư mục tại chỗ không hỏi mật khẩu · a local folder asks for no credentials",
        Mood.SILENT: "thư mục tại chỗ luôn trả lời; đứt quãng có kiểm thử riêng · it answers; crashes have tests",
    }

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder / "cơ quan")

    async def __aenter__(self) -> Self:
        self.office.root.mkdir()
        self.office.make()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @property
    def settings(self) -> Mapping[str, object]:
        return {"path": "cơ quan", "settle_seconds": SELDOM}

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset()

    async def be(self, mood: Mood) -> None:
        if mood in self.impossible:
            raise NotImplementedError(self.impossible[mood])

    async def held(self) -> tuple[Held, ...]:
        return self.office.held()

    async def told(self) -> tuple[Told, ...]:
        return self.office.told()

    async def offer(self, outgoing: Outgoing) -> str:
        return self.office.offer(outgoing)

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        return self.office.offer_status(key, code, description)

    async def outcomes(self) -> Mapping[str, str]:
        return self.office.outcomes()


def _visible(folder: Path) -> list[Path]:
    found = [each for each in folder.iterdir() if not each.name.startswith(".") and each.suffix != ".sha256"]
    return sorted(found, key=lambda each: (each.stat().st_mtime_ns, each.name))


def _package(path: Path) -> edxml.DocumentPackage:
    package = edxml.read((path / "van-ban.edxml" if path.is_dir() else path).read_bytes())
    assert isinstance(package, edxml.DocumentPackage)
    return package


def _held(path: Path) -> Held:
    if path.is_file():
        return Held(reference=path.name, envelope=path.read_bytes())
    names = json.loads((path / "dinh-kem.json").read_text("utf-8")).values()
    files = {name[3:]: hashlib.sha256((path / name).read_bytes()).hexdigest() for name in names}
    return Held(reference=path.name, envelope=(path / "van-ban.edxml").read_bytes(), files=files)


def _told(path: Path) -> Told:
    if path.suffix == ".json":
        facts = json.loads(path.read_text("utf-8"))
        return Told(number=facts["number"], notation=facts["notation"], code=None, description=facts["description"])
    status = edxml.read(path.read_bytes())
    assert isinstance(status, edxml.StatusPackage)
    code = edxml.Code.of(status.response_for.code)
    return Told(number=code.number, notation=code.notation, code=status.status_code, description=status.description or "")


def _document(outgoing: Outgoing) -> edxml.DocumentPackage:
    code = edxml.Code(number=outgoing.number, notation=outgoing.notation)
    return edxml.DocumentPackage(
        header=edxml.MessageHeader(
            sender=edxml.Organisation(organ_id=outgoing.sender, organ_name="Cơ quan gửi"),
            receivers=(edxml.Organisation(organ_id=outgoing.receiver, organ_name="Cơ quan nhận"),),
            document_id=f"{outgoing.sender},{outgoing.promulgated_on:%Y/%m/%d},{code}",
            code=code,
            promulgation_date=outgoing.promulgated_on,
            document_type=edxml.DocumentType(type=1, type_name="Công văn"),
            subject=outgoing.subject,
            signer_info=edxml.SignerInfo(full_name="Nguyễn Văn A"),
        ),
        attachments=(edxml.attach("tep-1", outgoing.file, outgoing.content, "application/pdf"),),
    )
