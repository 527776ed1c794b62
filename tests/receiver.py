"""The webhook's receiver as a process: `python -m tests.receiver --port N --log FILE`.

Each request is a line of FILE before it is answered, and the effects outlive the process. `POST /script` tells it how to answer.
"""

import argparse
import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.webhook.tests.receiver import Answer, Received, Receiver


class RecordingReceiver(Receiver):
    """A receiver whose requests lie in a file."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log
        for line in map(json.loads, log.read_text("utf-8").splitlines() if log.exists() else ()):
            if line["taken"]:
                self.take(line["key"])

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/script", self._scripted)])
        self.route(app)
        return app

    async def recorded(self, received: Received) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(received)) + "\n")
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())

    async def _scripted(self, request: web.Request) -> web.Response:
        """Take `{"next": [answer, …], "usual": answer, "health": answer}`, of which any may be absent; give what is held back."""
        told: dict[str, Any] = await request.json()
        self.script.extend(Answer(**each) for each in told.get("next", ()))
        self.usual = Answer(**told["usual"]) if "usual" in told else self.usual
        self.health = Answer(**told["health"]) if "health" in told else self.health
        self.release()
        return web.Response(status=204)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.receiver", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    given = parser.parse_args()
    application = RecordingReceiver(given.log).application()
    web.run_app(application, host="127.0.0.1", port=given.port, handler_cancellation=True, shutdown_timeout=0.1)


if __name__ == "__main__":
    main()
