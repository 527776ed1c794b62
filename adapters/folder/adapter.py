"""Exchange by files: documents and news are dropped into folders, and what an agency drops is picked up, here or over SFTP."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

from gateway.sdk import Adapter, Collected, Consignment, Context, Misconfigured, Notice, Outcome, Taken

from .contents import DOCUMENT
from .local import LocalStore
from .names import ENVELOPE, of_document, of_part
from .news import news
from .settings import Settings
from .store import Store
from .tray_in import InTray
from .tray_out import Item, OutTray, Sheet

__all__ = ["Settings", "open_adapter"]


class FolderExchange(Adapter):
    """Four folders in one tree: documents and news for the agency, what it sends, and what of that is harmed."""

    def __init__(self, store: Store, settings: Settings, context: Context) -> None:
        self._documents = OutTray(store, settings.den)
        self._news = OutTray(store, settings.trang_thai)
        self._sent = InTray(
            store,
            folder=settings.di,
            harmed=settings.loi,
            settle=timedelta(seconds=settings.settle_seconds),
            give_up=timedelta(seconds=settings.give_up_seconds),
            digest_required=settings.sha256_required,
            now=context.now,
            log=context.log,
        )

    async def deliver(self, consignment: Consignment) -> Taken:
        return Taken(reference=await self._documents.put(document(consignment)))

    async def report(self, notice: Notice) -> None:
        await self._news.put(news(notice))

    async def collect(self) -> AsyncGenerator[Collected, None]:
        async with aclosing(self._sent.waiting()) as waiting:
            async for each in waiting:
                yield each

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        await self._sent.acknowledge(collected.reference, outcome)

    async def health(self) -> None:
        await self._documents.probe()
        await self._news.probe()
        await self._sent.probe()


def document(consignment: Consignment) -> Item:
    """Make one file of a document; with attachments beside the envelope, a folder."""
    name = of_document(consignment)
    if not consignment.parts:
        file = f"{name}{ENVELOPE}"
        return Item(key=consignment.key, name=file, sheets=(Sheet(name=file, open=consignment.open, sha256=consignment.sha256),))
    files = {each.content_id: of_part(number, each.name) for number, each in enumerate(consignment.parts, 1)}
    sheets = [Sheet(name=DOCUMENT, open=consignment.open, sha256=consignment.sha256)]
    sheets += [Sheet(name=files[each.content_id], open=each.open, sha256=each.sha256) for each in consignment.parts]
    return Item(key=consignment.key, name=name, sheets=tuple(sheets), parts=files)


@asynccontextmanager
async def open_adapter(settings: Settings, context: Context) -> AsyncGenerator[Adapter, None]:
    """Open the tree of files; a connection to a server is made by the first call."""
    store = LocalStore(context.folder / settings.path) if settings.host is None else _server(settings, settings.host, context)
    try:
        yield FolderExchange(store, settings, context)
    finally:
        await store.close()


def _server(settings: Settings, host: str, context: Context) -> Store:
    try:
        from .sftp import SftpStore
        from .signing_in import server  # asyncssh is an extra, and its import costs
    except ModuleNotFoundError as error:
        vi, en = f"SFTP cần lienthong[sftp]: {error.name}", f"SFTP needs lienthong[sftp]: {error.name}"
        raise Misconfigured("link-misconfigured", detail=vi, detail_en=en) from error
    return SftpStore(server(settings, host, context))
