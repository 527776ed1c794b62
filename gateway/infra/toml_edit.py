"""A settings file in TOML under edit: comments stay, editors take turns, and a crash leaves the old file or the new."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from gateway.core.faults import Misconfigured


def parsed(file: Path) -> tomlkit.TOMLDocument:
    """Read a file with its comments. Raises Misconfigured."""
    try:
        return tomlkit.parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise Misconfigured("misconfigured", path=str(file), detail=f"{file}: {error}") from error


def written(document: tomlkit.TOMLDocument) -> str:
    """Give the text of a file."""
    return tomlkit.dumps(document).rstrip() + "\n"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of all editors. It is a file of its own, since the file itself is replaced by each edit."""
    with _lock(file).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_editable(file: Path) -> bool:
    """Tell whether this process may edit a file here: whether it could take the lock, which it does not wait for."""
    try:
        with _lock(file).open("w"):
            return True
    except OSError:
        return False


@contextmanager
def writable(code: str, path: str) -> Iterator[None]:
    """Let a block edit. Raises Misconfigured with the code of that kind of file where this machine may not write it."""
    try:
        yield
    except OSError as error:
        raise Misconfigured(code, path=path, detail=str(error)) from error


def _lock(file: Path) -> Path:
    return file.with_name(f".{file.name}.lock")


@contextmanager
def replacing(file: Path, text: str) -> Iterator[Path]:
    """Replace a file, or make it, under its lock when the block ends well; give where the new text lies until then."""
    beside = file.with_name(f".{file.name}.new")  # one name is enough: the lock is held
    try:
        with beside.open("w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        if file.exists():
            shutil.copymode(file, beside)
        yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
