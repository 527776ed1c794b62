"""Where documents and notes of them are kept, and the adapters: the parts that the settings choose among."""

from yarl import URL

from gateway.config import Settings
from gateway.infra.broker_memory import MemoryBroker
from gateway.infra.broker_rabbit import RabbitBroker
from gateway.infra.catalogue import FolderCatalogue
from gateway.infra.database import Database, PostgresDatabase
from gateway.ports import Broker, Clock, Telemetry
from gateway.wiring.secrets import secret

LEDGER_FILE = "ledger.sqlite3"
VAULT_FOLDER = "vault"


def database(settings: Settings) -> Database:
    """Give the database of the ledger that the settings name. Raises Misconfigured."""
    named = settings.database
    if named is None:
        return settings.path(settings.storage.data) / LEDGER_FILE
    return PostgresDatabase.named(
        named.url,
        password_file=named.password_file and settings.path(named.password_file),
        connections=named.connections,
        statement_seconds=named.statement_seconds,
        lock_seconds=named.lock_seconds,
    )


def broker(settings: Settings) -> Broker:
    """Give the broker that the settings name, RabbitMQ or that of this process, without connecting. Raises Misconfigured."""
    named = settings.broker
    if named is None:
        return MemoryBroker()
    password = secret(settings, named.password_file)
    return RabbitBroker(str(URL(named.url).with_password(password)) if password else named.url)


def adapters(settings: Settings, clock: Clock, telemetry: Telemetry) -> FolderCatalogue:
    """Give the adapters that ship, those of the settings' folders, and installed ones. Raises Misconfigured naming a manifest."""
    folders = [settings.path(each) for each in settings.directory.adapters]
    return FolderCatalogue(folders, settings.file.parent, clock, telemetry)
