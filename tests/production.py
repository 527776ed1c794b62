"""The production plane in real processes: gateways and workers over a PostgreSQL and a RabbitMQ of our own, each to be killed."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import aiohttp

from adapters.webhook.tests.receiver import SECRET
from gateway.config import Settings
from gateway.entry.demo.hub_process import free_port
from gateway.infra.agencies_file import SYSTEM, editing, revise
from tests.postgres import TEMPLATE, PostgresServer
from tests.rabbitmq import RabbitServer

PROVINCE: Final = "000.00.00.H56"
"""The agency that sends; it has no link."""
ROOT: Final = Path(__file__).resolve().parents[1]
READY_SECONDS: Final = 60
RABBIT_QUEUES: Final = "ra_directory_reverse"
"""The file in which RabbitMQ keeps which quorum queues are on a node."""
STOP_SECONDS: Final = 45


class Process:
    """One process of the hub, on a port of its own, that may be started again after it was killed."""

    def __init__(self, plane: "ProductionPlane", command: str, name: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", "gateway", command, "--config", str(plane.config), "--port", str(self.port)]
        self.log = plane.folder / f"{name}.log"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(self._command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    async def restart(self) -> None:
        """Start it again after it was killed or stopped, and wait until it is ready."""
        self.start()
        await eventually(lambda: _answered(f"{self.url}/readyz"), READY_SECONDS, f"{self.log.stem} is ready")

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def send(self, number: signal.Signals) -> None:
        assert self.running is not None
        self.running.send_signal(number)

    def freeze(self) -> None:
        """Hold the process: its sockets stay open, and it does nothing."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Give the lines of its log about an event, since it was first started."""
        return [line for line in _lines(self.log) if line["event"] == event]

    def kill(self) -> None:
        """Kill -9, and wait for the end."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()
            self.running = None

    def stop(self) -> int:
        """Stop in order; give the exit code."""
        assert self.running is not None
        self.running.terminate()
        code = self.running.wait(STOP_SECONDS)
        self.running = None
        return code


class ProductionPlane:
    """Two servers, the hub's processes, and a receiver's system that records what it was given.

    `linked` agencies are pushed to, through HTTP, each by a system of its own at the receiver; an attempt may take `seconds`.
    Servers that are given are shared, and outlive the plane; `broker_port` is a proxy's, where one stands before RabbitMQ.
    """

    def __init__(
        self,
        folder: Path,
        *,
        linked: Iterable[str],
        polling: Iterable[str] = (),
        gateways: int = 2,
        workers: int = 2,
        seconds: float = 10.0,
        servers: tuple[PostgresServer, RabbitServer] | None = None,
        broker_port: int | None = None,
    ) -> None:
        self.folder = folder
        self.config = folder / "gateway.toml"
        self.linked = tuple(linked)
        self.seconds = seconds
        self.shared = servers is not None
        self.postgres, self.rabbit = servers or (PostgresServer(folder / "postgres"), RabbitServer(folder / "rabbit"))
        self.database = self.vhost = ""
        self._broker_port = broker_port
        self.receiver_port = free_port()
        self.receiver_log = folder / "receiver.jsonl"
        self._receiver: subprocess.Popen[bytes] | None = None
        self.polling = tuple(polling)
        self.combined = workers == 0
        self.gateways = [Process(self, "serve", f"gateway{number}") for number in range(1, gateways + 1)]
        self.workers = [Process(self, "work", f"worker{number}") for number in range(1, workers + 1)]

    @property
    def processes(self) -> list[Process]:
        return [*self.gateways, *self.workers]

    @property
    def receiver_url(self) -> str:
        return f"http://127.0.0.1:{self.receiver_port}"

    def lay_out(self) -> None:
        """Start the servers, make the folder and the schema."""
        for server in (self.postgres, self.rabbit):
            if not server.running:
                server.start()
        named = [word for organ in (PROVINCE, *self.linked, *self.polling) for word in ("--agency", f"{organ}={organ} (mẫu)")]
        self.lienthong("init", str(self.folder), *named)
        self.database = self.postgres.create_database(TEMPLATE if self.shared else None)
        url, broker = self.postgres.url(self.database), self.rabbit.vhost()
        self.vhost = broker.rpartition("/")[2]
        if self._broker_port is not None:
            broker = broker.replace(f":{self.rabbit.port}/", f":{self._broker_port}/")
        more = f'[database]\nurl = "{url}"\n\n[broker]\nurl = "{broker}"\n\n[work]\nin_serve = {str(self.combined).lower()}\n'
        self.config.write_text(f"{self.config.read_text('utf-8')}\n{more}", "utf-8")
        if not self.shared:
            self.lienthong("migrate", "--config", str(self.config))
        (self.folder / "push-secret").write_text(SECRET)
        settings = Settings.load(self.config)
        with editing(settings.path(settings.directory.agencies)) as draft:
            for organ in self.linked:
                told = {"url": f"{self.receiver_url}/{organ}", "secret_file": "push-secret", "networks": ["127.0.0.0/8"]}
                link = {"adapter": "webhook", "settings": told, "seconds": self.seconds}
                revise(draft.get(SYSTEM, organ), {"link": link})

    async def start(self) -> None:
        """Start everything that is not running, and wait until all are ready."""
        if self._receiver is None:
            self.start_receiver()
        for each in self.processes:
            if each.running is None:
                each.start()
        await self.ready()

    async def settle(self) -> None:
        """Wait until RabbitMQ has all queues, and have it write down that it has them.

        It does so by itself only after some seconds: a queue of which it knows nothing after a kill has no leader, for ever.
        """
        queues = 2 * len(self.linked) + 1

        async def declared() -> bool:
            listed = await asyncio.to_thread(self.rabbit.ctl, "list_queues", "-p", self.vhost, "name", "--no-table-headers")
            return len(listed.split()) == queues

        await eventually(declared, READY_SECONDS, "the workers have declared their queues")
        await asyncio.to_thread(self.rabbit.ctl, "eval", f"ok = dets:sync({RABBIT_QUEUES}).")

    async def ready(self) -> None:
        await eventually(self._answers, READY_SECONDS, "all processes are ready")

    def start_receiver(self) -> None:
        command = [sys.executable, "-m", "tests.receiver", "--port", str(self.receiver_port), "--log", str(self.receiver_log)]
        with (self.folder / "receiver.log").open("ab") as log:
            self._receiver = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def stop_receiver(self) -> None:
        if self._receiver is not None:
            self._receiver.kill()
            self._receiver.wait()
            self._receiver = None

    def end(self) -> None:
        """Kill whatever runs."""
        for each in self.processes:
            each.kill()
        self.stop_receiver()
        if not self.shared:
            self.rabbit.kill()
            self.postgres.kill()

    async def tell(self, **script: Any) -> None:
        """Tell the receiver how to answer: `next` (a list), `usual` and `health`, each with the fields of an `Answer`."""
        async with aiohttp.ClientSession() as session, session.post(f"{self.receiver_url}/script", json=script) as response:
            assert response.status == 204

    def received(self) -> list[dict[str, Any]]:
        """Give all requests with documents that the receiver was sent, oldest first, whether it took them or not."""
        return [each for each in _lines(self.receiver_log) if not each["news"]]

    def told(self) -> list[dict[str, Any]]:
        """Give all requests with news that the receiver was sent, likewise."""
        return [each for each in _lines(self.receiver_log) if each["news"]]

    def sql(self, query: str) -> str:
        """Look into the hub's database."""
        return self.postgres.sql(query, self.database)

    def lienthong(self, *arguments: str) -> str:
        """Run the command line; give what it prints."""
        command = [sys.executable, "-m", "gateway", *arguments]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    async def _answers(self) -> bool:
        urls = [f"{each.url}/readyz" for each in self.processes] + [f"{self.receiver_url}/health"]
        return all(await asyncio.gather(*map(_answered, urls)))


@contextlib.contextmanager
def running(
    folder: Path, postgres: PostgresServer, rabbit: RabbitServer, *, settled: bool = False, **how: Any
) -> Iterator[ProductionPlane]:
    """Run a plane on servers that are there, for a fixture of a module: it starts in a loop of its own.

    `settled`: RabbitMQ may be killed from the first moment on.
    """
    plane = ProductionPlane(folder, servers=(postgres, rabbit), **how)
    try:
        plane.lay_out()
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, plane.start()).result()
            if settled:
                beside.submit(asyncio.run, plane.settle()).result()
        yield plane
    finally:
        plane.end()


async def eventually(holds: Callable[[], Any], seconds: float, what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.1)


def _lines(log: Path) -> list[dict[str, Any]]:
    """Read lines of JSON; whoever was killed has left half a one."""
    lines: list[dict[str, Any]] = []
    for line in log.read_text("utf-8").splitlines() if log.exists() else ():
        with contextlib.suppress(ValueError):
            lines.append(json.loads(line))
    return lines


async def _answered(url: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        timeout = aiohttp.ClientTimeout(5)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            return response.status == 200
    return False
