"""`lienthong init`: a working folder with everything a hub needs, and agencies that can sign and call. It never overwrites."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from gateway.config import Settings
from gateway.core.model import VIETNAM
from gateway.core.roles import Role
from gateway.entry.cli.output import Outcome
from gateway.entry.cli.system import write_token
from gateway.entry.registry.credentials import digest, new_secret, new_token
from gateway.infra import passwords
from gateway.infra.agencies_file import AGENCY, OPERATOR, SYSTEM, DirectoryDraft, editing
from gateway.infra.authority import Authority
from gateway.infra.key_files import write_secret
from gateway.infra.migrate import migrate
from gateway.infra.seals import ensure_key, seal
from gateway.wiring import database

SAMPLE_AGENCIES = {
    "000.00.00.H56": "UBND tỉnh (mẫu)",
    "000.00.15.H56": "Sở A (mẫu)",
    "H56.40.02": "UBND xã B (mẫu)",
}
PORT = 8080

CONFIG_TEXT = """\
# Trục liên thông. Đường dẫn tính từ thư mục này; khóa không ghi là mặc định. Kiểm tra: lienthong check
# The hub. Paths start at this folder; what is not written is the default. To check: lienthong check

[server]
host = "127.0.0.1"
port = {port}

[hub]
name = "Trục liên thông văn bản (mẫu)"
"""
AGENCIES_TEXT = """\
# Danh bạ cơ quan (agency), hệ thống (system) và người vận hành (operator).
# Sửa bằng lienthong agency …, system …, operator …, hoặc sửa tay: có hiệu lực sau một giây.
# The directory of agencies, systems and operators.
# Edit it with lienthong agency …, system …, operator …, or by hand: a change is in force after a second.

"""


def initialise(folder: Path, *, port: int | None, agencies: Mapping[str, str]) -> Outcome:
    """Lay out the folder, or add what it lacks: settings, development CA, hub key, directory, agencies, ledger."""
    folder.mkdir(parents=True, exist_ok=True)
    config, fresh = folder / "gateway.toml", not (folder / "gateway.toml").exists()
    if fresh:
        config.write_text(CONFIG_TEXT.format(port=PORT if port is None else port), "utf-8")
    settings = Settings.load(config)
    authority = _authority(settings.path(settings.directory.trust))
    _hub_identity(settings, authority)
    directory = settings.path(settings.directory.agencies)
    if not directory.exists():
        directory.write_text(AGENCIES_TEXT, "utf-8")
        agencies = agencies or SAMPLE_AGENCIES
    sealing = ensure_key(settings.path(settings.directory.key))
    with editing(directory) as draft:
        made = {organ: _add(draft, directory.parent, organ, name, authority, sealing) for organ, name in agencies.items()}
        _operator(draft, directory.parent)
    migrate(database(settings))
    return _outcome(config, made, kept_port=port is not None and not fresh)


def _authority(folder: Path) -> Authority:
    return Authority.open(folder) if folder.is_dir() else Authority.create(folder)


def _hub_identity(settings: Settings, authority: Authority) -> None:
    key, certificate = settings.path(settings.hub.key), settings.path(settings.hub.certificate)
    if key.exists():
        return
    issued = authority.issue(settings.hub.name, "hub", key="p256")
    for file in (key, certificate):
        file.parent.mkdir(parents=True, exist_ok=True)
    certificate.write_bytes(issued.certificate_pem)
    write_secret(key, issued.key_pem)


def _add(draft: DirectoryDraft, home: Path, organ: str, name: str, authority: Authority, sealing: bytes) -> bool:
    """Add an agency and its system; False where the directory has it, which is then left alone."""
    if draft.find(AGENCY, organ) is not None:
        return False
    own = home / "agencies" / organ
    if not own.is_dir():
        _equip(own, organ, name, authority)
    token = (own / "token").read_text("utf-8").strip()
    certificates = [str((own / "cert.pem").relative_to(home))]
    draft.add(AGENCY, {"id": organ, "name": name, "updated_on": datetime.now(VIETNAM).date(), "certificates": certificates})
    if draft.find(SYSTEM, organ) is None:
        vxp = {"secrets": [seal(sealing, organ, (own / "vxp-secret").read_text("utf-8").strip())]}
        proofs = {"token_sha256": [digest(token)], "certificate_sha256": [], "vxp": vxp}
        draft.add(SYSTEM, {"id": organ, "organs": [organ], **proofs})
    return True


def _operator(draft: DirectoryDraft, home: Path) -> None:
    """Add one operator where there is none; a token and a password that outlived an interrupted run are kept."""
    if draft.tables(OPERATOR):
        return
    token = _secret(home / OPERATOR / "token", new_token)
    password = _secret(home / OPERATOR / "password", passwords.new)
    draft.add(
        OPERATOR, {"id": OPERATOR, "role": Role.ADMIN, "password": passwords.hashed(password), "token_sha256": [digest(token)]}
    )


def _secret(file: Path, make: Callable[[], str]) -> str:
    """Read a secret; make it where there is none."""
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        write_token(file, make())
    return file.read_text("utf-8").strip()


def _equip(own: Path, organ: str, name: str, authority: Authority) -> None:
    """Make an agency's folder with its key, certificate and secrets: whole, or not at all."""
    own.parent.mkdir(exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=own.parent.parent))
    try:
        issued = authority.issue(name, organ)
        write_secret(beside / "key.pem", issued.key_pem)
        (beside / "cert.pem").write_bytes(issued.certificate_pem)
        write_secret(beside / "token", f"{new_token()}\n".encode())
        write_secret(beside / "vxp-secret", f"{new_secret()}\n".encode())
        beside.rename(own)
    except BaseException:
        shutil.rmtree(beside)
        raise


def _outcome(config: Path, made: Mapping[str, bool], *, kept_port: bool) -> Outcome:
    home = config.parent
    agencies = [{"id": organ, "created": created, "folder": str(home / "agencies" / organ)} for organ, created in made.items()]
    vi, en = f"✓ {home}: sẵn sàng.", f"{home} is ready."
    if kept_port:
        vi, en = f"{vi} Giữ nguyên cổng trong {config}.", f"{en} The port in {config} is kept."
    return Outcome(
        data={"folder": str(home), "config": str(config), "agencies": agencies, "operator": str(home / OPERATOR / "token")},
        vi=f"{vi} Chạy: lienthong serve --config {config}",
        en=f"{en} To run it: lienthong serve --config {config}",
        rows=[
            {
                "Cơ quan · Agency": each["id"],
                "": "đã tạo · made" if each["created"] else "đã có, giữ nguyên · there already, left alone",
                "Khóa, chứng thư, mã · Key, certificate, token": each["folder"],
            }
            for each in agencies
        ],
    )


def bring_up(config: Path) -> Outcome:
    """Migrate the ledger that the settings name."""
    ledger = database(Settings.load(config))
    revision = migrate(ledger)
    return Outcome(
        data={"ledger": str(ledger), "revision": revision}, vi=f"✓ {ledger}: phiên bản {revision}.", en=f"Revision {revision}."
    )
