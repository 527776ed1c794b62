"""agencies.toml under edit: what the hub would refuse is never written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import tomlkit
from pydantic import ValidationError
from tomlkit.items import AoT, Item, Key, Table

from gateway.core.directory import Agency, Directory
from gateway.core.faults import Misconfigured, Rejected
from gateway.infra.rules_files import AgenciesFile, demand_agencies_of_systems, demand_tokens_of_one
from gateway.infra.toml_edit import locked, parsed, replacing, written

AGENCY = "agency"
SYSTEM = "system"
OPERATOR = "operator"

Fields = dict[str, object]
"""Values of a table by key; None takes the key out."""


class DirectoryDraft:
    """The arrays of tables of agencies.toml, while they are edited. An agency is found by its aliases too."""

    def __init__(self, document: tomlkit.TOMLDocument) -> None:
        self.document = document
        self._by_name = {
            kind: {name: table for table in self.tables(kind) for name in (table["id"], *table.get("aliases", ()))}
            for kind in (AGENCY, SYSTEM, OPERATOR)
        }

    def tables(self, kind: str) -> list[Table]:
        """Give the tables `agency`, `system` or `operator`, in the order of the file."""
        return list(self.document.get(kind, ()))

    def find(self, kind: str, name: str) -> Table | None:
        """Find a table."""
        return self._by_name[kind].get(name)

    def get(self, kind: str, name: str) -> Table:
        """Give a table. Raises `entry-unknown`."""
        found = self.find(kind, name)
        if found is None:
            raise Rejected("entry-unknown", path=name, detail=name)
        return found

    def add(self, kind: str, fields: Fields) -> Table:
        """Append a table. Raises `entry-exists` where its id is taken."""
        name = str(fields["id"])
        if self.find(kind, name) is not None:
            raise Rejected("entry-exists", path=name, detail=name)
        table = tomlkit.table()
        revise(table, fields)
        table.add(tomlkit.nl())
        if kind not in self.document:
            self.document[kind] = tomlkit.aot()
        cast("AoT", self.document[kind]).append(table)
        table.trivia.indent = ""  # a new array would put a second blank line before it
        self._by_name[kind][name] = table
        return table

    def directory(self, file: Path) -> Directory:
        """Give the agencies as the hub would take them, without certificates. Raises Misconfigured where it would refuse."""
        try:
            rows = AgenciesFile.model_validate(self.document.unwrap())
            demand_tokens_of_one(rows)
            demand_agencies_of_systems(rows)
            return Directory.of(Agency(**row.model_dump(exclude={"certificates"})) for row in rows.agency)
        except (ValidationError, ValueError) as error:
            raise Misconfigured("misconfigured", path=str(file), detail=f"{file}: {error}") from error


def revise(table: Table, fields: Fields) -> None:
    """Set the fields of a table, and take out those that are None."""
    after = _what_follows(table)
    for name, value in fields.items():
        if value is not None:
            table[name] = value
        elif name in table:
            del table[name]
    table.value.body.extend(after)


def _what_follows(table: Table) -> list[tuple[Key | None, Item]]:
    """Take off the lines at a table's end that have no key: the parser counts comments about the next table among them."""
    body = table.value.body
    after: list[tuple[Key | None, Item]] = []
    while body and body[-1][0] is None:
        after.insert(0, body.pop())
    return after


@contextmanager
def editing(file: Path) -> Iterator[DirectoryDraft]:
    """Edit agencies.toml: it is replaced when the block ends well, and untouched when it raises or changes nothing.

    What the hub would refuse is never written.
    """
    with locked(file):
        draft = read(file)
        before = tomlkit.dumps(draft.document)
        yield draft
        draft.directory(file)
        if (after := written(draft.document)) != before:
            with replacing(file, after):
                pass


def read(file: Path) -> DirectoryDraft:
    """Read agencies.toml. Raises Misconfigured."""
    return DirectoryDraft(parsed(file))
