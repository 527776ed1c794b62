"""Agencies that systems asked for, entered in agencies.toml and ended there."""

import asyncio
from datetime import date
from pathlib import Path

from gateway.infra.agencies_file import AGENCY, SYSTEM, DirectoryDraft, editing, revise
from gateway.infra.toml_edit import writable
from gateway.ports import AgencyRequest, Wish


class FileEnrolment:
    """Enrolment port: the hub reads the file anew within a second."""

    def __init__(self, agencies: Path) -> None:
        self._agencies = agencies

    async def carry_out(self, request: AgencyRequest, *, on: date) -> None:
        await asyncio.to_thread(self._carry_out, request, on)

    def _carry_out(self, request: AgencyRequest, on: date) -> None:
        with writable("directory-read-only", str(self._agencies)), editing(self._agencies) as draft:
            (_end if request.wish is Wish.DELETE else _enter)(draft, request, on)


def _end(draft: DirectoryDraft, request: AgencyRequest, on: date) -> None:
    agency = draft.get(AGENCY, request.organ)
    if agency.get("valid_to", date.max) > on:  # else it has ended
        revise(agency, {"valid_to": on, "updated_on": on})


def _enter(draft: DirectoryDraft, request: AgencyRequest, on: date) -> None:
    system = draft.get(SYSTEM, request.system)
    if draft.find(AGENCY, request.organ) is not None and request.organ in system["organs"]:
        return  # it was done, and whoever did it was stopped before writing that down
    draft.add(AGENCY, {"id": request.organ, **request.fields, "updated_on": on})
    revise(system, {"organs": [*system["organs"], request.organ]})
