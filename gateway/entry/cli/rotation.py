"""`lienthong cert …` over a working folder: the development CA issues, and the directory registers beside what is there."""

from datetime import datetime
from pathlib import Path

from gateway.config import Settings
from gateway.core.model import VIETNAM
from gateway.entry.cli import cert
from gateway.entry.cli.agency import change
from gateway.entry.cli.output import Outcome
from gateway.infra.agencies_file import AGENCY, read
from gateway.infra.key_files import misconfigured


def issue(settings: Settings, organ: str, *, kind: str, days: int) -> Outcome:
    """Make a new key and certificate for an agency; the old ones hold until they end or are revoked."""
    agency = read(_directory(settings)).get(AGENCY, organ).unwrap()
    out = _folder(settings, agency["id"])
    made = cert.issue(_ca(settings), agency["name"], agency["id"], out, key=kind, days=days)
    return _registered(settings, agency["id"], made)


def renew(settings: Settings, organ: str, *, days: int) -> Outcome:
    """Make the next key and certificate of an agency, of the same kind as its last registered one."""
    agency = read(_directory(settings)).get(AGENCY, organ).unwrap()
    *_, last = _certificates(settings, organ)
    return _registered(settings, agency["id"], cert.renew(_ca(settings), last, _folder(settings, agency["id"]), days=days))


def revoke(settings: Settings, named: str) -> Outcome:
    """Revoke a certificate by its file or serial, or all of an agency by its organ id."""
    if Path(named).is_file():
        revoked = [cert.revoke(_ca(settings), Path(named))]
    elif read(_directory(settings)).find(AGENCY, named) is not None:
        revoked = [cert.revoke(_ca(settings), file) for file in _certificates(settings, named)]
    else:
        revoked = [cert.revoke(_ca(settings), named)]
    serials = ", ".join(entry.serial for entry in revoked)
    return Outcome(
        data=[{"serial": entry.serial, "organ_id": entry.organ_id, "revoked_at": entry.revoked_at} for entry in revoked],
        vi=f"✓ Đã thu hồi {serials}; CRL đã phát hành lại.",
        en=f"Revoked {serials}; the CRLs are issued anew.",
    )


def listing(settings: Settings) -> Outcome:
    """List what the development CA has issued."""
    issued = cert.list_issued(_ca(settings))
    return Outcome(
        data=[
            {
                "serial": row.entry.serial,
                "organ_id": row.entry.organ_id,
                "name": row.entry.name,
                "key": row.entry.key,
                "not_before": row.entry.not_before,
                "not_after": row.entry.not_after,
                "standing": row.standing,
                "revoked_at": row.entry.revoked_at,
            }
            for row in issued
        ],
        rows=[
            {
                "Mã · Id": row.entry.organ_id,
                "Tên · Name": row.entry.name,
                "Khóa · Key": row.entry.key,
                "Đến · Until": row.entry.not_after[:10],
                "Tình trạng · Standing": row.standing,
                "Số hiệu · Serial": row.entry.serial,
            }
            for row in issued
        ],
    )


def _registered(settings: Settings, organ: str, certificate: Path) -> Outcome:
    change(settings, organ, {}, certificates=[certificate])
    key = certificate.with_name(cert.KEY_FILE)
    return Outcome(
        data={"organ_id": organ, "key": str(key), "certificate": str(certificate), "serial": cert.serial_of(certificate)},
        vi=f"✓ {organ}: đã cấp và đăng ký {certificate}, khóa {key}; chứng thư cũ vẫn dùng được.",
        en=f"{organ}: issued and registered {certificate}, key {key}; the old certificate still holds.",
    )


def _certificates(settings: Settings, organ: str) -> list[Path]:
    home = _directory(settings).parent
    names = read(_directory(settings)).get(AGENCY, organ).get("certificates", ())
    if not names:
        raise misconfigured(_directory(settings), f"{organ} chưa có chứng thư", f"{organ} has no certificate")
    return [home / name for name in names]


def _folder(settings: Settings, organ: str) -> Path:
    """Give the agency's folder, or one in it named by the day where that has a key already."""
    own = _directory(settings).parent / "agencies" / organ
    today, number = f"{datetime.now(VIETNAM):%Y-%m-%d}", 1
    folder = own
    while (folder / cert.KEY_FILE).exists():
        folder = own / (today if number == 1 else f"{today}-{number}")
        number += 1
    return folder


def _directory(settings: Settings) -> Path:
    return settings.path(settings.directory.agencies)


def _ca(settings: Settings) -> Path:
    return settings.path(settings.directory.trust)
