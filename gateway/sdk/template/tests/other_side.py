"""A fake of the software, under the kit's control: it does what the real one does, and misbehaves on demand.

ĐỔI · CHANGE: phải cư xử như phần mềm thật · it must behave as the real software does, or the kit proves nothing.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web

from gateway.sdk import StatusCode
from gateway.sdk.conformance.other_side import REASON, Held, Mood, Outgoing, Told

TOKEN: Final = "ma-truy-cap-cua-phan-mem-0123456789"
FIELDS: Final = {
    "so": "MessageHeader/Code/CodeNumber",
    "ky_hieu": "MessageHeader/Code/CodeNotation",
    "ngay_ban_hanh": "MessageHeader/PromulgationInfo/PromulgationDate",
    "noi_ban_hanh": "MessageHeader/PromulgationInfo/Place",
    "loai_van_ban": "MessageHeader/DocumentType/TypeName",
    "trich_yeu": "MessageHeader/Subject",
    "tom_tat": "MessageHeader/Content",
    "do_khan": "MessageHeader/OtherInfo/Priority",
    "han_xu_ly": "MessageHeader/DueDate",
    "so_trang": "MessageHeader/OtherInfo/PageAmount",
    "nguoi_ky": "MessageHeader/SignerInfo/FullName",
    "chuc_vu": "MessageHeader/SignerInfo/Position",
    "ma_van_ban": "MessageHeader/DocumentId",
    "nghiep_vu": "TraceHeaderList/Bussiness/BussinessDocType",
    "ly_do": "TraceHeaderList/Bussiness/BussinessDocReason",
    "ve_van_ban": "TraceHeaderList/Bussiness/DocumentId",
}
"""What the fields of a record are in edXML: the report of the kit names what is lost."""
DATES: Final = frozenset({"ngay_ban_hanh", "han_xu_ly"})
ANSWERS: Final = {
    Mood.FAILING: (500, json.dumps({"message": "Lỗi hệ thống"})),
    Mood.GARBLED: (200, "<html>Xin chào</html>"),
    Mood.REFUSING: (422, json.dumps({"message": REASON})),
    Mood.UNAUTHORISED: (401, json.dumps({"message": "Mã truy cập không đúng"})),
}


class OtherSide:
    """The software on a port of this machine."""

    impossible: Mapping[Mood, str] = {}

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._folder = folder
        self._mood = Mood.WELL
        self._port = port
        self._runner: web.AppRunner | None = None
        self._held: dict[str, Held] = {}
        self._told: dict[str, Told] = {}
        self._waiting: dict[str, dict[str, Any]] = {}
        self._uploaded: dict[tuple[str, str], str] = {}
        self._offered: dict[str, bytes] = {}
        self._outcomes: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        (self._folder / "token").write_text(f"{TOKEN}\n", "utf-8")
        await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def settings(self) -> Mapping[str, object]:
        return {"url": f"http://127.0.0.1:{self._port}", "token_file": "token", "networks": ["127.0.0.0/8"]}

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({TOKEN})

    async def be(self, mood: Mood) -> None:
        """Behave like that from now on; away, nothing listens on its port."""
        self._mood = mood
        if mood is Mood.AWAY:
            await self._stop()
        elif self._runner is None:
            await self._start()

    async def held(self) -> tuple[Held, ...]:
        return tuple(self._held.values())

    async def told(self) -> tuple[Told, ...]:
        return tuple(self._told.values())

    async def offer(self, outgoing: Outgoing) -> str:
        reference = self._next()
        self._offered[reference] = outgoing.content
        record = {
            "so": outgoing.number,
            "ky_hieu": outgoing.notation,
            "ngay_ban_hanh": outgoing.promulgated_on.isoformat(),
            "trich_yeu": outgoing.subject,
            "nguoi_ky": "Nguyễn Văn Mẫu",
            "noi_gui": {"ma": outgoing.sender, "ten": "Cơ quan gửi"},
            "noi_nhan": [{"ma": outgoing.receiver, "ten": "Cơ quan nhận"}],
            "tep": [{"ten": outgoing.file}],
        }
        self._waiting[reference] = {"ma": reference, "loai": "van-ban", "noi_dung": record}
        return reference

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        reference = self._next()
        record = {"khoa": key, "ma_trang_thai": code, "noi_dung": description}
        self._waiting[reference] = {"ma": reference, "loai": "trang-thai", "noi_dung": record}
        return reference

    async def outcomes(self) -> Mapping[str, str]:
        return dict(self._outcomes)

    def _next(self) -> str:
        return f"CHO/{len(self._waiting) + len(self._outcomes) + 1}"

    async def _start(self) -> None:
        app = web.Application(middlewares=[self._moody])
        self.route(app.router)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    def route(self, router: web.UrlDispatcher) -> None:
        """Say what is answered where."""
        router.add_put("/van-ban/{khoa}/tep/{thu_tu}", self._upload)
        router.add_put("/van-ban/{khoa}", self._take)
        router.add_put("/tin/{khoa}", self._listen)
        router.add_get("/hang-doi", self._list)
        router.add_post("/hang-doi/{ma}", self._settle)
        router.add_get("/hang-doi/{ma}/tep/0", self._file)
        router.add_get("/suc-khoe", self._well)

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _moody(self, request: web.Request, handler: Any) -> web.StreamResponse:
        mood = self._mood
        if mood is Mood.HANGING:
            await asyncio.Event().wait()
        if mood in ANSWERS:
            status, text = ANSWERS[mood]
            return web.Response(status=status, text=text)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"message": "Mã truy cập không đúng"}, status=401)
        answer: web.StreamResponse = await handler(request)
        if mood is Mood.SILENT:
            await asyncio.Event().wait()
        return answer

    async def _upload(self, request: web.Request) -> web.Response:
        """Keep a file until its record comes; one that broke off is never whole, and does not count."""
        digest = hashlib.sha256()
        async for chunk in request.content.iter_chunked(64 * 1024):
            digest.update(chunk)
        self._uploaded[request.match_info["khoa"], request.match_info["thu_tu"]] = digest.hexdigest()
        return web.json_response({})

    async def _take(self, request: web.Request) -> web.Response:
        """Take a document, its record and the files that it names; a repeat of its key changes nothing."""
        key, record = request.match_info["khoa"], await request.json()
        if key not in self._held:
            files = {each["ten"]: self._uploaded[key, str(number)] for number, each in enumerate(record["tep"])}
            self._held[key] = Held(reference=f"VB-{len(self._held) + 1}", fields=_fields(record), files=files)
        return web.json_response({"ma": self._held[key].reference})

    async def _listen(self, request: web.Request) -> web.Response:
        news = await request.json()
        code = news["ma_trang_thai"]
        told = Told(
            number=news["so"],
            notation=news["ky_hieu"],
            code=StatusCode(code) if code else None,
            description=news["noi_dung"],
        )
        self._told.setdefault(request.match_info["khoa"], told)
        return web.json_response({})

    async def _list(self, request: web.Request) -> web.Response:
        most = int(request.query["toi_da"])
        return web.json_response({"hang_doi": list(self._waiting.values())[:most]})

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self._offered[request.match_info["ma"]])

    async def _settle(self, request: web.Request) -> web.Response:
        reference, said = request.match_info["ma"], await request.json()
        if self._waiting.pop(reference, None) is not None:
            self._outcomes[reference] = "accepted" if said["ket_qua"] == "da-nhan" else said["ly_do"]
        return web.json_response({})

    async def _well(self, request: web.Request) -> web.Response:
        return web.json_response({"khoe": True})


def _fields(record: Mapping[str, Any]) -> dict[str, str]:
    """Give what the record says, as edXML writes it."""
    said = {path: _text(name, record[name]) for name, path in FIELDS.items() if record.get(name) is not None}
    for place, agencies in (("From", [record["noi_gui"]]), ("To", record["noi_nhan"])):
        said[f"MessageHeader/{place}/OrganId"] = "\n".join(each["ma"] for each in agencies)
        said[f"MessageHeader/{place}/OrganName"] = "\n".join(each["ten"] for each in agencies if each["ten"])
    return {path: text for path, text in said.items() if text}


def _text(name: str, value: object) -> str:
    return str(value).replace("-", "/") if name in DATES else str(value)
