"""The sandbox's folder: what `init` lays out, with my agency and three peers, marked so that no real hub is ever played with."""

import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.config import Settings
from gateway.core import signing, writing
from gateway.core.envelope import Code
from gateway.core.faults import Misconfigured
from gateway.core.model import SystemId
from gateway.entry.cli.init import initialise
from gateway.entry.sandbox import letters
from gateway.entry.sandbox.letters import Agency
from gateway.infra.agencies_file import SYSTEM, editing, revise
from gateway.infra.authority import Authority
from gateway.infra.clock import SystemClock
from gateway.infra.key_files import load_identity

MARK: Final = "sandbox.json"
"""The file that makes a folder a sandbox's: it names my agency, then the peers."""
MINE: Final = Agency(organ="000.00.15.H56", name="Cơ quan của tôi (thử)")
PEERS: Final = (
    Agency(organ="000.00.00.H56", name="UBND tỉnh (thử)"),
    Agency(organ="H56.16", name="Sở Y tế (thử)"),
    Agency(organ="H56.40.02", name="UBND xã B (thử)"),
    Agency(organ="H56.01.07", name="UBND phường C (thử)"),
)
"""Three of them take part: those that my agency is not."""
PEERS_WANTED: Final = 3
SAMPLE: Final = "van-ban-mau.edxml"
SAMPLE_SIGNED: Final = "van-ban-mau-da-ky.edxml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A folder that is ready: `settings` listen on loopback only."""

    folder: Path
    settings: Settings
    mine: Agency
    peers: tuple[Agency, ...]

    @property
    def system(self) -> SystemId:
        """Give my system's id, which `init` makes the same as my agency's."""
        return SystemId(self.mine.organ)

    def own(self, organ: str) -> Path:
        """Give the folder with an agency's key, certificate and token."""
        return self.folder / "agencies" / organ

    def token(self, organ: str) -> str:
        """Read an agency's token."""
        return (self.own(organ) / "token").read_text("utf-8").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """How the hub reaches my system by itself: an adapter, its settings, and the folder that it lies in unless it ships."""

    adapter: str
    settings: dict[str, Any]
    folder: Path | None = None


def lay_out(folder: Path, *, port: int | None, mine: Agency | None, joined: Joined | None = None) -> Laid:
    """Make the folder, or take the one that is there. Raises Misconfigured for a folder that is no sandbox's.

    `joined` is for a system that the hub pushes to; without it mine polls.
    """
    config, mark = folder / "gateway.toml", folder / MARK
    if config.exists() and not mark.exists():
        vi, en = f"{folder} là thư mục của một trục thật.", f"{folder} is the folder of a real hub."
        raise Misconfigured("misconfigured", path=str(folder), detail=vi, detail_en=en)
    if config.exists():
        demand_play(Settings.load(config))  # before anything of it is touched
    own, *peers = _marked(mark, mine)
    initialise(folder, port=port, agencies={each.organ: each.name for each in (own, *peers)})
    settings = Settings.load(config).listening(port)
    demand_play(settings)
    laid = Laid(folder=folder, settings=_knowing(settings, joined), mine=own, peers=tuple(peers))
    Authority.open(settings.path(settings.directory.trust)).refresh_crls()  # so that the clock may always go as far as `MOST`
    _join(laid, joined)
    _sample(laid)
    return laid


def _marked(mark: Path, mine: Agency | None) -> list[Agency]:
    """Read who takes part, my agency first; choose them where the folder is new. Raises Misconfigured for another agency's."""
    if not mark.exists():
        own = mine or MINE
        said = [[each.organ, each.name] for each in (own, *peers_of(own))]
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps({"agencies": said}, ensure_ascii=False, indent=1), "utf-8")
    agencies = [Agency(organ=organ, name=name) for organ, name in json.loads(mark.read_text("utf-8"))["agencies"]]
    own = agencies[0]
    if mine is not None and mine.organ != own.organ:
        vi, en = f"Thư mục này là của {own.organ}; hãy dùng thư mục khác.", f"This folder is {own.organ}'s; use another one."
        raise Misconfigured("misconfigured", path=str(mark), detail=vi, detail_en=en)
    return agencies


def peers_of(mine: Agency) -> tuple[Agency, ...]:
    """Choose the peers of an agency."""
    return tuple(each for each in PEERS if each.organ != mine.organ)[:PEERS_WANTED]


def demand_play(settings: Settings) -> None:
    """Refuse all but one process on this machine, on the embedded ledger. Raises Misconfigured."""
    if not is_loopback(settings.server.host):
        vi, en = "Hộp cát chỉ nghe ở 127.0.0.1 (server.host).", "The sandbox listens on 127.0.0.1 only (server.host)."
        raise Misconfigured("misconfigured", path="server.host", detail=vi, detail_en=en)
    if settings.database is not None or settings.broker is not None or settings.server.proxy is not None:
        vi, en = "Hộp cát không dùng database, broker, proxy.", "The sandbox has no database, broker or proxy of its own."
        raise Misconfigured("misconfigured", path=str(settings.file), detail=vi, detail_en=en)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _knowing(settings: Settings, joined: Joined | None) -> Settings:
    """Let the hub look for the adapter in its folder too."""
    if joined is None or joined.folder is None:
        return settings
    found = settings.directory.model_copy(update={"adapters": (*settings.directory.adapters, joined.folder.resolve())})
    return settings.model_copy(update={"directory": found})


def _join(laid: Laid, joined: Joined | None) -> None:
    """Let the hub push to my system, or let my system poll again."""
    link = {"adapter": joined.adapter, "settings": joined.settings} if joined else None
    with editing(laid.settings.path(laid.settings.directory.agencies)) as draft:
        revise(draft.get(SYSTEM, laid.system), {"link": link})


def _sample(laid: Laid) -> None:
    """Write a document of today from me to the first peer, unsigned and signed, to be sent at once."""
    now = SystemClock().now()
    letter = letters.plain(Code(number=f"{now:%m%d%H%M}", notation="VP-TT"), now.date())
    octets = writing.emit(letters.envelope(letter, laid.mine, laid.peers[0], now))
    key, certificate = load_identity(laid.own(laid.mine.organ) / "key.pem", laid.own(laid.mine.organ) / "cert.pem")
    (laid.folder / SAMPLE).write_bytes(octets)
    (laid.folder / SAMPLE_SIGNED).write_bytes(signing.sign(octets, certificate=certificate, key=key))
