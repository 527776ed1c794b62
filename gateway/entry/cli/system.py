"""`lienthong system …`: the document systems that may call, for which agencies, and what they show to prove it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from gateway.config import Settings
from gateway.entry.cli.output import Outcome
from gateway.entry.registry import credentials, systems
from gateway.entry.registry.certificates import leaf
from gateway.entry.registry.credentials import new_secret, new_token
from gateway.infra.agencies_file import SYSTEM, editing, read


def add(
    settings: Settings,
    name: str,
    organs: Iterable[str],
    *,
    certificate: Path | None = None,
    token_file: Path | None = None,
    vxp: bool = False,
) -> Outcome:
    """Add a system that acts for these agencies; with `vxp` one that calls by the national SDK, which has a secret for a token.

    Raises `entry-exists` and `entry-unknown`.
    """
    token = new_secret() if vxp else new_token()
    given = {"sealed": systems.sealed(settings, name, token)} if vxp else {"token": token}
    shown = leaf(certificate) if certificate else None
    with editing(settings.path(settings.directory.agencies)) as draft:
        bound = systems.add(draft, name, organs, certificate=shown, **given)
        if token_file is not None:
            write_token(token_file, token)
    vi, en = f"✓ Đã thêm hệ thống {name}.", f"Added system {name}."
    if vxp:
        vi, en = (
            f"{vi} Endpoint của SDK: http(s)://<trục>{settings.vxp.prefix}",
            f"{en} The SDK's endpoint: {settings.vxp.prefix}",
        )
    return with_token({"id": name, "organs": bound}, token, token_file, vi, en)


def rotate(settings: Settings, name: str, *, keep_old: bool, token_file: Path | None = None) -> Outcome:
    """Give a system a new token; the old ones end at once, or hold until the next rotation."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        token = credentials.rotate(draft, SYSTEM, name, keep_old=keep_old)
        old = len(draft.get(SYSTEM, name)["token_sha256"]) > 1
        if token_file is not None:
            write_token(token_file, token)
    vi = "mã cũ vẫn dùng được" if old else "mã cũ hết hiệu lực"
    en = "the old one still holds" if old else "the old one has ended"
    return with_token({"id": name}, token, token_file, f"✓ Mã mới cho {name}; {vi}.", f"A new token for {name}; {en}.")


def rotate_vxp(settings: Settings, name: str, *, keep_old: bool, token_file: Path | None = None) -> Outcome:
    """Give a system a new secret for the national SDK; the old ones end at once, or hold until the next rotation."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        secret = systems.rotate_secret(draft, settings, name, keep_old=keep_old)
        old = len(draft.get(SYSTEM, name)["vxp"]["secrets"]) > 1
        if token_file is not None:
            write_token(token_file, secret)
    vi = "mật khẩu cũ vẫn dùng được" if old else "mật khẩu cũ hết hiệu lực"
    en = "the old one still holds" if old else "the old one has ended"
    return with_token({"id": name}, secret, token_file, f"✓ Mật khẩu SDK mới cho {name}; {vi}.", f"A new SDK secret; {en}.")


def set_vxp(settings: Settings, name: str, *, registers: bool | None, until: date | None, window_seconds: int | None) -> Outcome:
    """Set what a system may do by the national SDK; None leaves it. To register by itself is dated, by default for a year."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        access = systems.set_access(draft, name, registers=registers, until=until, window_seconds=window_seconds)
    granted = access.get("registers_until")
    vi = f"được tự đăng ký, xóa cơ quan của mình đến hết {granted:%d/%m/%Y}" if granted else "đăng ký cơ quan phải chờ duyệt"
    en = f"registers agencies by itself until {granted:%Y-%m-%d}" if granted else "to register, it asks an operator"
    data = {"id": name, "registers_until": granted and str(granted), "window_seconds": access.get("window_seconds")}
    return Outcome(data=data, vi=f"✓ {name}: {vi}.", en=f"{name}: {en}.")


def revoke(settings: Settings, name: str) -> Outcome:
    """Take all credentials from a system. Its entry stays, so that its past is still readable."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        table = systems.revoke(draft, name)
    return Outcome(
        data=table.unwrap(),
        vi=f"✓ {name} không gọi được nữa. Cấp lại: lienthong system rotate {name}",
        en=f"{name} can no longer call. To let it in again: lienthong system rotate {name}",
    )


def listing(settings: Settings) -> Outcome:
    """List the systems; credentials are counted, never shown."""
    systems = [table.unwrap() for table in read(settings.path(settings.directory.agencies)).tables(SYSTEM)]
    return Outcome(
        data=systems,
        rows=[
            {
                "Hệ thống · System": system["id"],
                "Cơ quan · Agencies": system["organs"],
                "Mã truy cập · Tokens": len(system.get("token_sha256", ())),
                "mTLS": len(system.get("certificate_sha256", ())),
                "SDK": len(system.get("vxp", {}).get("secrets", ())),
                "Tự đăng ký · Registers": str(system.get("vxp", {}).get("registers_until", "")),
            }
            for system in systems
        ],
    )


def write_token(file: Path, token: str) -> None:
    """Write a token where only its owner may read it; a rotation replaces the file."""
    beside = file.with_name(f".{file.name}.new")
    beside.touch(mode=0o600)
    beside.write_text(f"{token}\n", "utf-8")
    beside.replace(file)


def with_token(data: dict[str, object], token: str, token_file: Path | None, vi: str, en: str) -> Outcome:
    """Say where a new token is, or the token itself."""
    if token_file is not None:
        data |= {"token_file": str(token_file)}
        return Outcome(data=data, vi=f"{vi} Mã truy cập ở {token_file}", en=f"{en} Its token is in {token_file}")
    return Outcome(
        data=data | {"token": token},
        vi=f"{vi} Mã truy cập (chỉ hiện lần này): {token}",
        en=f"{en} The token is shown only this once.",
    )
