"""A vendor's SOAP server, of which everything is written here anew: what it understands is not what the adapter meant by it."""

import base64
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape

from aiohttp import hdrs, web
from lxml import etree

HOST: Final = "127.0.0.1"
USER: Final = "trục-liên-thông"
PASSWORD: Final = "mật-khẩu: của trục"
ENVELOPE: Final = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soap:Body>{}</soap:Body></soap:Envelope>"
)
FAULT: Final = "<soap:Fault><faultcode>{}</faultcode><faultstring>{}</faultstring></soap:Fault>"
DONE: Final = "<status>Success</status><code>0</code>"


@dataclass(slots=True, kw_only=True)
class Vendor:
    """What it holds, and how it behaves. `answers` are bodies (status and text) that it gives next instead of its own."""

    password: str = PASSWORD
    knows_repeats: bool = True
    refuses: str | None = None
    fails: bool = False
    answers: list[tuple[int, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    news: dict[str, etree._Element] = field(default_factory=dict)
    waiting: dict[str, bytes | None] = field(default_factory=dict)
    """What is to be collected, by docId; None cannot be fetched."""
    outcomes: dict[str, str] = field(default_factory=dict)
    calls: list[bytes] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    port: int = 0
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/edoc", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        own = "Basic " + base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        if request.headers.get(hdrs.AUTHORIZATION) != own:
            return web.Response(status=401, text="Sai mật khẩu", headers={"WWW-Authenticate": "Basic"})
        body = await request.read()
        self.calls.append(body)
        self.actions.append(request.headers.get("SOAPAction", ""))
        if self.answers:
            status, text = self.answers.pop(0)
            return web.Response(status=status, text=text, content_type="text/xml", headers=self.headers)
        if self.fails:
            return _said(FAULT.format("soap:Server", "Lỗi cơ sở dữ liệu"), status=500)
        root: Any = etree.fromstring(body, etree.XMLParser(huge_tree=True, resolve_entities=False))
        called = root.find("{*}Body")[0]
        name = etree.QName(called).localname
        done = getattr(self, f"_{name}")(called)
        return _said(f'<{name}Response xmlns="http://www.e-doc.vn/Schema/">{done}</{name}Response>')

    def _SendDocument(self, called: Any) -> str:  # noqa: N802  the verb's name
        if self.refuses:
            return _failed("R.SendDocument", self.refuses)
        document, key = base64.b64decode(called.findtext("{*}document")), called.findtext("{*}messageId")
        if not self.knows_repeats and document in self.documents.values():
            return _failed("ExistDoc", "Văn bản đã tồn tại")
        self.documents.setdefault(key, document)
        return f"{DONE}<docId>{self.named(key)}</docId>"

    def _UpdateTraces(self, called: Any) -> str:  # noqa: N802
        if self.refuses:
            return _failed("M.UpdateStatusDoc", self.refuses)
        self.news.setdefault(called.findtext("{*}messageId"), called)
        return DONE

    def _GetPendingDocumentIds(self, _called: Any) -> str:  # noqa: N802
        return DONE + "".join(f"<document><docId>{each}</docId><organId>H56.40.02</organId></document>" for each in self.waiting)

    def _GetDocument(self, called: Any) -> str:  # noqa: N802
        name = called.findtext("{*}docId")
        document = self.waiting.get(name)
        if document is None:
            return _failed("R.docId", f"Không đọc được {name}")
        return f"{DONE}<docId>{name}</docId><document>{base64.encodebytes(document).decode()}</document>"

    def _ConfirmReceived(self, called: Any) -> str:  # noqa: N802
        name = called.findtext("{*}docId")
        if self.waiting.pop(name, None) is None:
            return _failed("R.docId", "Không có văn bản này")
        refused = called.findtext("{*}status") == "Fail"
        self.outcomes[name] = called.findtext("{*}description") if refused else "accepted"
        return DONE

    def _CheckPermission(self, _called: Any) -> str:  # noqa: N802
        return f"{DONE}<systemId>truc</systemId>"

    def named(self, key: str) -> str:
        """Give its own name for a document that it was handed."""
        return f"VB-{[*self.documents].index(key) + 1}"


def _failed(code: str, words: str) -> str:
    error = f"<errors><code>{code}</code><desc>{escape(words)}</desc></errors>"
    return f"<status>Fail</status><code>9999</code>{error}"


def _said(body: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=ENVELOPE.format(body), content_type="text/xml", charset="utf-8")
