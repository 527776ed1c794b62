"""`lienthong operator …`: who runs the hub, and what they show to prove it."""

from pathlib import Path
from typing import Any

import pyotp

from gateway.config import Settings
from gateway.core.roles import Role
from gateway.entry.cli.output import Outcome
from gateway.entry.cli.system import with_token, write_token
from gateway.entry.registry import credentials, operators
from gateway.infra import passwords
from gateway.infra.agencies_file import OPERATOR, editing, read


def add(settings: Settings, name: str, *, role: Role, token_file: Path | None = None) -> Outcome:
    """Add an operator. Raises what `operators.add` raises."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        operators.add(draft, name, role)
        token = credentials.rotate(draft, OPERATOR, name, keep_old=False)
        if token_file is not None:
            write_token(token_file, token)
    return with_token({"id": name}, token, token_file, f"✓ Đã thêm người vận hành {name}.", f"Added operator {name}.")


def rotate(settings: Settings, name: str, *, keep_old: bool, token_file: Path | None = None) -> Outcome:
    """Give an operator a new token; the old ones end at once, or hold until the next rotation."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        token = credentials.rotate(draft, OPERATOR, name, keep_old=keep_old)
        old = len(draft.get(OPERATOR, name)["token_sha256"]) > 1
        if token_file is not None:
            write_token(token_file, token)
    vi = "mã cũ vẫn dùng được" if old else "mã cũ hết hiệu lực"
    en = "the old one still holds" if old else "the old one has ended"
    return with_token({"id": name}, token, token_file, f"✓ Mã mới cho {name}; {vi}.", f"A new token for {name}; {en}.")


def password(settings: Settings, name: str, *, password_file: Path | None = None) -> Outcome:
    """Give an operator a new password for the console: that of a file, or a made one, which is shown once.

    All their sessions end. Raises `entry-unknown`, and `malformed-request` where it is too short.
    """
    chosen = password_file.read_text("utf-8").strip() if password_file is not None else passwords.new()
    with editing(settings.path(settings.directory.agencies)) as draft:
        operators.set_password(draft, name, passwords.hashed(chosen))
    vi, en = f"✓ {name} đăng nhập /console bằng mật khẩu mới.", f"{name} signs in at /console with the new password."
    if password_file is not None:
        return Outcome(data={"id": name}, vi=vi, en=en)
    return Outcome(
        data={"id": name, "password": chosen},
        vi=f"{vi} Chỉ hiện một lần: {chosen}",
        en=f"{en} It is shown this once.",
    )


def second_factor(settings: Settings, name: str, *, remove: bool) -> Outcome:
    """Give an operator a secret for codes of the moment (RFC 6238), shown once; or take it away. Raises `entry-unknown`."""
    secret = None if remove else pyotp.random_base32()
    with editing(settings.path(settings.directory.agencies)) as draft:
        operators.set_second_factor(draft, settings, name, secret)
    if secret is None:
        return Outcome(data={"id": name}, vi=f"✓ {name} không còn mã 6 số.", en=f"{name} has no second factor any more.")
    address = operators.enrolment(secret, name, settings.hub.name)
    return Outcome(
        data={"id": name, "secret": secret, "uri": address},
        vi=f"✓ Nhập vào ứng dụng xác thực trên điện thoại (chỉ hiện một lần): {secret}\n  {address}",
        en=f"Enter it into the authenticator app (shown this once): {secret}",
    )


def identity(settings: Settings, name: str, account: str | None) -> Outcome:
    """Say which account an operator has at the province's identity provider; None takes it away.

    Raises `entry-unknown`, and `entry-exists` where another operator has it.
    """
    with editing(settings.path(settings.directory.agencies)) as draft:
        operators.set_identity(draft, name, account)
    if account is None:
        vi, en = f"✓ {name} không còn gắn với tài khoản nào.", f"{name} has no account any more."
    else:
        vi, en = f"✓ {name} đăng nhập được bằng tài khoản {account}.", f"{name} may sign in as {account}."
    return Outcome(data={"id": name, "identity": account}, vi=vi, en=en)


def revoke(settings: Settings, name: str) -> Outcome:
    """Take all tokens, and the password, from an operator. The entry stays, so that the audit log is still readable."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        table = operators.revoke(draft, name)
    return Outcome(
        data=table.unwrap(),
        vi=f"✓ {name} không gọi và không đăng nhập được nữa. Cấp lại: lienthong operator rotate|password {name}",
        en=f"{name} can no longer call or sign in. To let them in again: lienthong operator rotate|password {name}",
    )


def listing(settings: Settings) -> Outcome:
    """List the operators; tokens are counted, never shown."""
    operators = [_shown(table.unwrap()) for table in read(settings.path(settings.directory.agencies)).tables(OPERATOR)]
    return Outcome(
        data=operators,
        rows=[
            {
                "Người vận hành · Operator": each["id"],
                "Vai trò · Role": each.get("role", Role.ADMIN),
                "Mã truy cập · Tokens": len(each.get("token_sha256", ())),
                "Mật khẩu · Password": "✓" if each["password"] else "",
                "Mã 6 số · Code": "✓" if each["totp"] else "",
                "Tài khoản · Account": each.get("identity", ""),
            }
            for each in operators
        ],
        vi="" if operators else "Chưa có người vận hành. Thêm: lienthong operator add TÊN",
        en="" if operators else "There is no operator. To add one: lienthong operator add NAME",
    )


def _shown(table: dict[str, Any]) -> dict[str, Any]:
    """Leave out the hash of the password, which somebody might try to guess, and the second factor; say that there are some."""
    hidden = ("password", "totp")
    return {name: value for name, value in table.items() if name not in hidden} | {name: name in table for name in hidden}
