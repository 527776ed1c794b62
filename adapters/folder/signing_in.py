"""Signing in to an SFTP server: the server is known by its key, the hub by a key or a password."""

from pathlib import Path

import asyncssh

from gateway.sdk import Context, Misconfigured

from .settings import Settings
from .sftp import Credentials, Server


def server(settings: Settings, host: str, context: Context) -> Server:
    """Make a server of the settings. Raises Misconfigured where what signs in cannot be read."""

    def credentials() -> Credentials:
        return Credentials(
            known_hosts=_known_hosts(settings.known_hosts_file, context),
            key=None if settings.key_file is None else _key(settings.key_file, context),
            password=None if settings.password_file is None else context.secret(settings.password_file, "password_file"),
        )

    credentials()
    return Server(
        host=host,
        port=settings.port,
        user=settings.user or "",
        root=(settings.path or ".").rstrip("/") or "/",
        connect_seconds=settings.connect_seconds,
        credentials=credentials,
    )


def _known_hosts(file: Path | None, context: Context) -> asyncssh.SSHKnownHosts:
    """Read the keys that the server may have; without them a connection proves nothing about who is at its end."""
    setting = "known_hosts_file"
    if file is None:
        raise Misconfigured("link-misconfigured", detail=setting)
    try:
        return asyncssh.import_known_hosts(context.secret(file, setting))
    except ValueError as error:
        raise Misconfigured("link-misconfigured", detail=f"{setting}: {file}: {type(error).__name__}") from error


def _key(file: Path, context: Context) -> asyncssh.SSHKey:
    """Read the private key; one that is encrypted cannot be used by a service."""
    try:
        return asyncssh.import_private_key(f"{context.secret(file, 'key_file')}\n")
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise Misconfigured("link-misconfigured", detail=f"key_file: {file}: {type(error).__name__}") from error
