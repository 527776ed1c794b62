"""A RabbitMQ of our own: a node in a folder, on ports of loopback, that can be stopped, killed, frozen and thawed."""

import contextlib
import itertools
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.services import require

PROGRAMS: Final = Path("/usr/lib/rabbitmq/bin")
"""Debian's. Its wrapper in /usr/sbin would become another user."""
INSTALL: Final = "apt-get install rabbitmq-server"
START_SECONDS: Final = 60
STOP_SECONDS: Final = 30
CTL_SECONDS: Final = 60
POLL_SECONDS: Final = 0.05
VHOSTS_AT_ONCE: Final = 20
"""rabbitmqctl takes a second to start, a vhost some milliseconds."""
PORTS: Final = range(20_000, 32_000)
"""Below those that the system gives to outgoing connections, which could take ours while the node is down."""
LOOPBACK: Final = "-kernel inet_dist_use_interface {127,0,0,1}"
IDLE: Final = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""Schedulers that have no work do not spin: the machine is shared (RabbitMQ's own advice for such)."""
CONF: Final = """
listeners.tcp.1 = 127.0.0.1:{port}
log.file.level = warning
disk_free_limit.absolute = 1MB
"""
ADD_VHOSTS: Final = """
lists:foreach(fun(Name) ->
  ok = rabbit_vhost:add(Name, <<"test">>),
  ok = rabbit_auth_backend_internal:set_permissions(<<"guest">>, Name, <<".*">>, <<".*">>, <<".*">>, <<"test">>)
end, [{names}]).
"""


class RabbitServer:
    """A node whose everything is in one folder. It dies with the process that started it, however that dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, distribution, epmd = _free_ports(3)
        self._name = f"lienthong-{self.port}@localhost"
        self._environment = _environment(folder, self._name, distribution, epmd)
        self._epmd = epmd
        self._processes: list[subprocess.Popen[bytes]] = []
        self._numbers = itertools.count(1)
        self._spare: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rabbitmq.conf").write_text(CONF.format(port=self.port))
        (folder / "enabled_plugins").write_text("[].")

    @property
    def url(self) -> str:
        """Give the URL of the vhost that every node has."""
        return self._url("%2F")

    @property
    def running(self) -> bool:
        return bool(self._processes) and self._node.poll() is None

    def start(self) -> None:
        """Start the node, also after `stop` or `kill`, and wait until it listens."""
        self._reap()
        for command in (["epmd", "-port", str(self._epmd), "-address", "127.0.0.1"], [str(PROGRAMS / "rabbitmq-server")]):
            self._spawn(command)
        self._guard()
        end = time.monotonic() + START_SECONDS
        while not _listens(self.port):
            if self._node.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError((self._folder / "output").read_text(errors="replace")[-4000:])
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop as the service does: connections are closed with a reason."""
        self._node.send_signal(signal.SIGTERM)
        self._node.wait(STOP_SECONDS)
        self._reap()

    def kill(self) -> None:
        """Kill the node at once; what it has confirmed is on its disk."""
        self._reap()

    def freeze(self) -> None:
        """Hold the node: its sockets stay open, and nothing answers."""
        self._node.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._node.send_signal(signal.SIGCONT)

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl (8) against the node; give what it prints."""
        command = [PROGRAMS / "rabbitmqctl", "--quiet", "--node", self._name, *arguments]
        ran = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=CTL_SECONDS, check=False)
        if ran.returncode:
            raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def vhost(self) -> str:
        """Give the URL of a vhost that nobody has used."""
        if not self._spare:
            self._spare = [f"v{next(self._numbers)}" for _ in range(VHOSTS_AT_ONCE)]
            self.ctl("eval", ADD_VHOSTS.format(names=", ".join(f'<<"{name}">>' for name in self._spare)))
        return self._url(self._spare.pop(0))

    @property
    def _node(self) -> subprocess.Popen[bytes]:
        return self._processes[1]

    def _url(self, vhost: str) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{vhost}"

    def _spawn(self, command: list[str]) -> None:
        """Start in a session of its own, whose number is the process's: Ctrl-C is not for it."""
        with (self._folder / "output").open("ab") as output:
            self._processes.append(
                subprocess.Popen(
                    command,
                    env=self._environment,
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )

    def _guard(self) -> None:
        """Have a shell kill all when the pipe from this process closes, for which even SIGKILL is no hindrance."""
        script = 'read -r _; for each; do kill -s KILL -- "-$each"; done'
        sessions = [str(each.pid) for each in self._processes]
        self._processes.append(
            subprocess.Popen(
                ["sh", "-c", script, "guard", *sessions], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
            )
        )

    def _reap(self) -> None:
        """Kill whatever of ours runs, the guard first: the numbers that it knows will be those of others."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdin:
                process.stdin.close()
        self._processes.clear()


@pytest.fixture(scope="session")
def rabbit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RabbitServer:
    """Give the node of this process (pytest-xdist: of this worker), running; each module may import this fixture."""
    require(str(PROGRAMS / "rabbitmq-server"), INSTALL)
    stash = request.config.stash
    if SERVER not in stash:
        stash[SERVER] = server = RabbitServer(tmp_path_factory.mktemp("rabbitmq"))
        request.config.add_cleanup(server.kill)
        server.start()
    return stash[SERVER]


@pytest.fixture
def rabbit_url(rabbit: RabbitServer) -> str:
    """Give the URL of a vhost of the test's own."""
    return rabbit.vhost()


SERVER: Final = pytest.StashKey[RabbitServer]()


def _environment(folder: Path, name: str, distribution: int, epmd: int) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{LOOPBACK} {IDLE}",
        "RABBITMQ_CTL_ERL_ARGS": f"{LOOPBACK} +S 1:1",
        "RUNNING_UNDER_SYSTEMD": "true",  # the program becomes the node instead of waiting for it: its process is the node's
    }


def _free_ports(count: int) -> list[int]:
    """Find ports that nobody listens at."""
    found: list[int] = []
    with contextlib.ExitStack() as held:
        for port in random.sample(PORTS, len(PORTS)):
            each = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                each.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                break
    return found


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
