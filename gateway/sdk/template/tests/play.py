"""The fake software as a program, to try a hub with.

`python -m template.tests.play FOLDER PORT` is run in the folder around the adapter's.
It writes its token into FOLDER. GET /van-ban shows what it was handed, GET /tin what it was told.
POST /hang-doi/van-ban/moi and /hang-doi/trang-thai/moi have a record of mapping.py wait to be collected.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from .other_side import OtherSide


class Software(OtherSide):
    """The fake, with a window to look in by."""

    def route(self, router: web.UrlDispatcher) -> None:
        super().route(router)
        router.add_get("/van-ban", self._show_documents)
        router.add_get("/tin", self._show_news)
        router.add_post("/hang-doi/{loai}/moi", self._wait)

    async def _show_documents(self, request: web.Request) -> web.Response:
        shown = [{"khoa": key, "ma": each.reference, "tep": dict(each.files)} for key, each in self._held.items()]
        return _answer(shown)

    async def _show_news(self, request: web.Request) -> web.Response:
        shown = [{"so": each.number, "ma_trang_thai": each.code, "noi_dung": each.description} for each in self._told.values()]
        return _answer(shown)

    async def _wait(self, request: web.Request) -> web.Response:
        reference = self._next()
        record = {"ma": reference, "loai": request.match_info["loai"], "noi_dung": await request.json()}
        self._waiting[reference] = record
        return _answer(record)


def _answer(shown: object) -> web.Response:
    return web.json_response(shown, dumps=lambda value: json.dumps(value, ensure_ascii=False))


async def main(folder: Path, port: int) -> None:
    async with Software(folder, port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    home = Path(sys.argv[1])
    home.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(main(home, int(sys.argv[2])))
    except KeyboardInterrupt:
        sys.exit()
