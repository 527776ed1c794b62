"""Judging a document in memory, as far as the core goes: by the shipped policy, between invented agencies."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from gateway.core import intake, writing
from gateway.core.directory import Agency, Directory, System, Systems
from gateway.core.envelope import DocumentPackage
from gateway.core.hours import WorkingTime
from gateway.core.intake import Intake, Upload
from gateway.core.model import VIETNAM, OrganId, SystemId, Trust
from gateway.core.pdf import PdfFacts
from gateway.core.policy.case import Observation
from gateway.core.policy.settings import Policy
from gateway.core.rules import Rules
from gateway.core.timekeeping import Timekeeping
from gateway.core.trust import TrustStore
from gateway.infra.calendar_files import load_working_time, shipped_calendar
from gateway.infra.policy_file import load_policy, shipped_policy
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE
from tests.edxml import schema
from tests.pki import pki

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
UNIT = OrganId("H56.40.02.01")
"""A unit that belongs to the commune; a test puts it into the directory."""
CALLER = System(id=SystemId("s"), organs=frozenset({OrganId(PROVINCE), OrganId(DEPARTMENT), OrganId(COMMUNE), UNIT}))


@cache
def policy() -> Policy:
    return load_policy(shipped_policy())


@cache
def working_time() -> WorkingTime:
    return load_working_time(shipped_calendar())


def rules(*, by: Policy | None = None, agencies: Iterable[Agency] = (), store: TrustStore | None = None) -> Rules:
    """Rules in which every sender is trusted by its channel: what the policy says is to be seen, not who signed."""
    known = {each.id: each for each in agencies}
    usual = (
        Agency(id=OrganId(PROVINCE), name="UBND tỉnh (mẫu)", trust=Trust.CHANNEL),
        Agency(id=OrganId(DEPARTMENT), name="Sở A (mẫu)", trust=Trust.CHANNEL),
        Agency(id=OrganId(COMMUNE), name="UBND xã B (mẫu)", trust=Trust.CHANNEL),
    )
    directory = Directory.of((*known.values(), *(each for each in usual if each.id not in known)))
    return Rules(
        directory=directory,
        systems=Systems.of(()),
        trust=store or pki().stores["fresh"],
        schema=schema(),
        policy=by or policy(),
        timekeeping=Timekeeping(working_time=working_time()),
    )


def judge(
    package: DocumentPackage | bytes,
    *,
    by: Rules | None = None,
    now: datetime = NOW,
    pdfs: Mapping[str, PdfFacts] | None = None,
    noticed: Iterable[Observation] = (),
) -> Intake:
    """Judge to the end; `pdfs` and `noticed` are what is seen outside the core."""
    data = package if isinstance(package, bytes) else writing.emit(package)
    upload = Upload(envelope=data, sha256=hashlib.sha256(data).hexdigest())
    using = by or rules()
    taken = intake.take_in(upload, using, CALLER, now)
    return intake.conclude(taken, pdfs or {}, noticed, using, now)


def business(package: DocumentPackage, **fields: object) -> DocumentPackage:
    """Replace fields of Bussiness."""
    return replace(package, trace=replace(package.trace, business=replace(package.trace.business, **fields)))


def archive(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return packed.getvalue()
