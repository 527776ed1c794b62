"""A PostgreSQL of our own: a server in a folder, at a port of loopback, that can be stopped, killed, frozen and thawed."""

import contextlib
import itertools
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.migrate import migrate
from tests.services import require

INSTALL: Final = "apt-get install postgresql"
INSTALLED: Final = Path("/usr/lib/postgresql")
"""Debian's: one folder for each version."""
START_SECONDS: Final = 60
STOP_SECONDS: Final = 30
POLL_SECONDS: Final = 0.02
PORTS: Final = range(12_000, 20_000)
"""Below those that the system gives to outgoing connections, which could take ours while the server is down."""
UNPRIVILEGED: Final = ("postgres", "nobody")
"""Who runs the server where we are root: it refuses to be root."""
SUPERUSER: Final = "postgres"
TEMPLATE: Final = "migrated"
GUARD: Final = 'read -r _; kill -s KILL "$1"'


class PostgresServer:
    """A server whose everything is in one folder that its user can reach. It dies with the process that started it."""

    def __init__(self, folder: Path, *, fsync: bool = True) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._fsync = fsync
        self.port = _free_port()
        self._user = next((name for name in UNPRIVILEGED if _exists(name)), None) if os.geteuid() == 0 else None
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, also after `stop` or `kill`, and wait until it answers."""
        self._reap()
        if not self._data.exists():
            self._initialise()
        options = {"listen_addresses": "127.0.0.1", "fsync": "on" if self._fsync else "off", "shared_buffers": "64MB"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        places = ["-D", self._data, "-p", self.port, "-k", self._folder]
        with (self._folder / "output").open("ab") as output:
            self._server = self._spawn("postgres", *places, *settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        command = ["sh", "-c", GUARD, "guard", str(self._server.pid)]  # the pipe closes however we end
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while self._run("pg_isready", "-q").returncode:
            if not self.running or time.monotonic() > end:
                self.kill()
                raise RuntimeError((self._folder / "output").read_text(errors="replace")[-4000:])
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop as the service does: clients are cut off, and all is on disk."""
        if self.running and self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(STOP_SECONDS)
        self._reap()

    def kill(self) -> None:
        """Kill every process of the server at once; what it has committed is on its disk."""
        self._reap()

    def freeze(self) -> None:
        """Hold the server: its sockets stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def sql(self, command: str, database: str = "postgres") -> str:
        """Run SQL; give the rows as text, columns apart by |."""
        ran = self._run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", command)
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        return ran.stdout.strip()

    def create_database(self, template: str | None = None) -> str:
        """Make a database that nobody has used; give its name."""
        name = f"d{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def create_role(self, name: str, password: str) -> None:
        """Make a role that must show its password."""
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all {name} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        self.sql(f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{password}'")
        self.sql("SELECT pg_reload_conf()")

    def _initialise(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        encoded = ("-E", "UTF8", "--locale=C.UTF-8")
        made = self._spawn("initdb", "-N", "-A", "trust", "-U", SUPERUSER, *encoded, "-D", self._data, stdout=subprocess.PIPE)
        said, _ = made.communicate()
        if made.returncode:
            raise RuntimeError(said.decode(errors="replace")[-4000:])

    def _spawn(self, program: str, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start in a session of its own: Ctrl-C is not for it."""
        options = {"stderr": subprocess.STDOUT, **options}
        command = [str(find(program)), *map(str, arguments)]
        return subprocess.Popen(command, cwd=self._folder, user=self._user, start_new_session=True, **options)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER]
        return subprocess.run([find(program), *where, *arguments], capture_output=True, text=True, check=False)

    def _processes(self) -> list[psutil.Process]:
        """List the server's processes, the one that makes the others first."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if self._server is not None:
                first = psutil.Process(self._server.pid)
                return [first, *first.children(recursive=True)]
        return []

    def _signal(self, number: signal.Signals) -> None:
        """Signal the server, then what it has made: once it holds still it makes no more. Some may have just ended."""
        for chosen in (slice(1), slice(1, None)):
            for process in self._processes()[chosen]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(number)

    def _reap(self) -> None:
        """Kill whatever of ours runs, the guard first: the number that it knows will be another's."""
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
        processes = self._processes()
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self._server is not None:
            self._server.wait()
        psutil.wait_procs(processes, STOP_SECONDS)
        self._guard = self._server = None


def find(program: str) -> Path:
    """Find a program of the newest PostgreSQL that is installed."""
    versions = sorted(INSTALLED.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return require(str(versions[-1] / program) if versions else program, INSTALL)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> PostgresServer:
    """Give the server of this process (pytest-xdist: of this worker), running; each module may import this fixture."""
    find("postgres")
    stash = request.config.stash
    if SERVER not in stash:
        folder = Path(tempfile.mkdtemp(prefix="lienthong-postgres-"))  # pytest's own folders are closed to other users
        request.config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        stash[SERVER] = server = PostgresServer(folder)
        request.config.add_cleanup(server.kill)
        server.start()
        server.sql(f"CREATE DATABASE {TEMPLATE}")
        migrated = threading.Thread(target=migrate, args=(PostgresDatabase(url=server.url(TEMPLATE)),))
        migrated.start()  # it runs a loop of its own
        migrated.join()
    return stash[SERVER]


@pytest.fixture
def empty_database(postgres: PostgresServer) -> Iterator[PostgresDatabase]:
    """Give a database with nothing in it."""
    yield from _own(postgres, None)


@pytest.fixture
def postgres_database(postgres: PostgresServer) -> Iterator[PostgresDatabase]:
    """Give a database of the test's own with the newest schema."""
    yield from _own(postgres, TEMPLATE)


def _own(server: PostgresServer, template: str | None) -> Iterator[PostgresDatabase]:
    if not server.running:
        server.start()
    name = server.create_database(template)
    yield PostgresDatabase(url=server.url(name))
    if server.running:
        server.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


SERVER: Final = pytest.StashKey[PostgresServer]()


def _exists(user: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(user))
    return False


def _free_port() -> int:
    """Find a port that nobody listens at."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")
