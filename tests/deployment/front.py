"""nginx with the project's configuration, in front of two processes of the hub on one ledger."""

import contextlib
import http.client
import ipaddress
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.services import require

ROOT: Final = Path(__file__).resolve().parent.parent.parent
NGINX_CONF: Final = ROOT / "config" / "nginx.conf"
START_SECONDS: Final = 30
TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(kw_only=True)
class Front:
    """A province of three agencies in `folder`, and another authority `elsewhere`."""

    folder: Path
    elsewhere: Path
    ports: tuple[int, int]
    port: int
    hubs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def tls(self) -> ssl.SSLContext:
        """Trust the server's certificate, and nobody else's."""
        context = ssl.create_default_context(cafile=self.folder / "tls" / "cert.pem")
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # it is its own issuer
        return context

    def start(self, number: int) -> None:
        """Start a process of the hub, and wait until it is ready."""
        config = self.folder / f"gateway-{number}.toml"
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(config)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self.hubs[number : number + 1] = [process]
        _ready(self.ports[number])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Front]:
    """Run two processes of the hub, and nginx."""
    nginx = _nginx()
    ports = tuple(_free_port() for _ in range(3))
    front = Front(folder=folder / "hub", elsewhere=folder / "elsewhere", ports=(ports[0], ports[1]), port=ports[2])
    _prepare(front)
    conf = _conf(front, folder)
    server: subprocess.Popen[bytes] | None = None
    try:
        for number in range(2):
            front.start(number)
        server = subprocess.Popen([nginx, "-e", str(folder / "error.log"), "-c", str(conf), "-g", "daemon off;"])
        _listening(front.port)
        yield front
    finally:
        for process in (*front.hubs, *([server] if server else [])):
            process.terminate()
        for process in (*front.hubs, *([server] if server else [])):
            process.wait(30)


def _nginx() -> Path:
    """Find Debian's, which is not on everybody's PATH."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else require("nginx", "apt-get install nginx")


def _prepare(front: Front) -> None:
    """Lay out the folders; the province's own certificate, and no other, proves a system."""
    agencies = {PROVINCE: "UBND tỉnh (mẫu)", DEPARTMENT: "Sở A (mẫu)", COMMUNE: "UBND xã B (mẫu)"}
    named = [argument for organ, name in agencies.items() for argument in ("--agency", f"{organ}={name}")]
    _lienthong("init", str(front.folder), *named)
    _lienthong("init", str(front.elsewhere), "--agency", f"{PROVINCE}=UBND tỉnh khác (mẫu)")
    config = str(front.folder / "gateway.toml")
    own = front.folder / "agencies" / PROVINCE / "cert.pem"
    _lienthong("system", "add", "mtls", "--organ", PROVINCE, "--certificate", str(own), "--config", config)
    secret = secrets.token_hex(32)
    (front.folder / "proxy-secret").write_text(f"{secret}\n")
    for number, port in enumerate(front.ports):
        _settings(front.folder, number, port)
    _equip(front.folder / "tls", front.folder / "ca", secret)


def _settings(folder: Path, number: int, port: int) -> None:
    text = re.sub(r"^port = \d+$", f"port = {port}", (folder / "gateway.toml").read_text("utf-8"), flags=re.MULTILINE)
    proxy = '\n[server.proxy]\naddresses = ["127.0.0.1/32"]\nsecret_file = "proxy-secret"\n'
    (folder / f"gateway-{number}.toml").write_text(text + proxy, "utf-8")


def _equip(tls: Path, authority: Path, secret: str) -> None:
    """Make what nginx reads beside its configuration, by the names that docs/operations.md gives."""
    tls.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    now, name = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tls / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tls / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tls / "client-ca.pem").write_bytes(b"".join((authority / f"{each}.pem").read_bytes() for each in ("root", "intermediate")))
    (tls / "proxy-secret.conf").write_text(f'proxy_set_header X-Lienthong-Proxy-Secret "{secret}";\n')


def _conf(front: Front, folder: Path) -> Path:
    """Write the project's configuration with the places and ports of here, and nothing else of it changed."""
    text = NGINX_CONF.read_text("utf-8")
    places = {
        "/etc/nginx/lienthong": str(front.folder / "tls"),
        "/var/log/nginx": str(folder),
        "/run/nginx.pid": str(folder / "nginx.pid"),
        "listen 443 ssl;": f"listen 127.0.0.1:{front.port} ssl;",
        "server hub-1:8080 ": f"server 127.0.0.1:{front.ports[0]} ",
        "server hub-2:8080 ": f"server 127.0.0.1:{front.ports[1]} ",
        "http {\n": "http {\n" + "".join(f"    {name}_temp_path {folder / name};\n" for name in TEMPORARY),
    }
    for there, here in places.items():
        assert there in text, there
        text = text.replace(there, here)
    root = "user root;\n" if os.geteuid() == 0 else ""  # who else could enter the tests' folder
    (folder / "nginx.conf").write_text(root + text, "utf-8")
    return folder / "nginx.conf"


def _lienthong(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "gateway", *arguments], check=True, capture_output=True)


def _ready(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(_connection(port)) as connection:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the hub on {port} did not become ready")


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=5)


def _listening(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
