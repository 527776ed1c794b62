"""`lienthong operator …`: who runs the hub, and what they show to prove it."""

from pathlib import Path

from gateway.config import Settings
from gateway.entry.cli import system
from gateway.entry.cli.output import Outcome
from gateway.entry.cli.system import digest, new_token, with_token, write_token
from gateway.infra.agencies_file import OPERATOR, editing, read, revise


def add(settings: Settings, name: str, *, token_file: Path | None = None) -> Outcome:
    """Add an operator. Raises `entry-exists`."""
    token = new_token()
    with editing(settings.path(settings.directory.agencies)) as draft:
        draft.add(OPERATOR, {"id": name, "token_sha256": [digest(token)]})
        if token_file is not None:
            write_token(token_file, token)
    return with_token({"id": name}, token, token_file, f"✓ Đã thêm người vận hành {name}.", f"Added operator {name}.")


def rotate(settings: Settings, name: str, *, keep_old: bool, token_file: Path | None = None) -> Outcome:
    """Give an operator a new token, as `system.rotate` does a system."""
    return system.rotate(settings, name, keep_old=keep_old, token_file=token_file, kind=OPERATOR)


def revoke(settings: Settings, name: str) -> Outcome:
    """Take all tokens from an operator. The entry stays, so that the audit log is still readable."""
    with editing(settings.path(settings.directory.agencies)) as draft:
        table = draft.get(OPERATOR, name)
        revise(table, {"token_sha256": []})
    return Outcome(
        data=table.unwrap(),
        vi=f"✓ {name} không gọi được nữa. Cấp lại: lienthong operator rotate {name}",
        en=f"{name} can no longer call. To let them in again: lienthong operator rotate {name}",
    )


def listing(settings: Settings) -> Outcome:
    """List the operators; tokens are counted, never shown."""
    operators = [table.unwrap() for table in read(settings.path(settings.directory.agencies)).tables(OPERATOR)]
    return Outcome(
        data=operators,
        rows=[
            {"Người vận hành · Operator": each["id"], "Mã truy cập · Tokens": len(each.get("token_sha256", ()))}
            for each in operators
        ],
        vi="" if operators else "Chưa có người vận hành. Thêm: lienthong operator add TÊN",
        en="" if operators else "There is no operator. To add one: lienthong operator add NAME",
    )
