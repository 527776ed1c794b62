"""Who a document goes to: every To resolved by the directory, and the whole document refused where one cannot be."""

from dataclasses import replace
from datetime import date

from gateway.core.directory import Agency, Directory
from gateway.core.envelope import Organisation
from gateway.core.faults import Rejected
from gateway.core.findings import finding
from gateway.core.model import Finding, OrganId, Problem

_PATH = "MessageHeader/To/OrganId"


def plan(
    receivers: tuple[Organisation, ...], directory: Directory, on: date, path: str = _PATH
) -> tuple[tuple[OrganId, ...], tuple[Finding, ...]]:
    """Give the canonical organ id of each receiver, once, in the order of the document.

    Raises `receiver-unknown`, `receiver-locked` or `receiver-dissolved` with one problem for each receiver that cannot be served.
    """
    organs: dict[OrganId, str] = {}
    problems: list[Problem] = []
    findings: list[Finding] = []
    for receiver in receivers:
        agency = directory.find(receiver.organ_id)
        obstacle = _obstacle(receiver.organ_id, agency, directory, on)
        if obstacle is not None:
            problems.append(replace(obstacle, path=path))
        elif agency is not None and agency.id in organs:
            findings.append(finding("receiver-duplicate", path, f"{receiver.organ_id} = {organs[agency.id]}"))
        elif agency is not None:
            organs[agency.id] = receiver.organ_id
    if problems:
        raise Rejected(problems[0].code, path=path, detail=problems[0].vi, detail_en=problems[0].en, problems=problems)
    return tuple(organs), tuple(findings)


def _obstacle(organ: str, agency: Agency | None, directory: Directory, on: date) -> Problem | None:
    if agency is None:
        return _problem("receiver-unknown", f"{organ}: không có trong danh bạ.", f"{organ}: not in the directory.")
    if agency.locked is not None:
        return _problem("receiver-locked", f"{organ} ({agency.name}): đang khóa, lý do: {agency.locked}.", f"{organ}: locked.")
    if not agency.in_force(on):
        successor = directory.successor_of(agency, on)
        next_vi = f"; cơ quan kế thừa: {successor.id} ({successor.name})" if successor else ""
        next_en = f"; successor: {successor.id} ({successor.name})" if successor else ""
        return _problem(
            "receiver-dissolved", f"{organ} ({agency.name}): không còn hiệu lực{next_vi}.", f"{organ}: not in force{next_en}."
        )
    return None


def _problem(code: str, vi: str, en: str) -> Problem:
    return Problem(code=code, path=_PATH, vi=vi, en=en)
