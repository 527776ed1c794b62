"""What an agency signs with, changed: a certificate is judged before it is kept beside the old one, and one is taken away."""

from dataclasses import dataclass

from aiohttp import web
from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.core.directory import NEW_GRAMMAR, OLD_GRAMMAR, Agency
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault
from gateway.core.holdings import Certified, Holding, certified, holding, name_of
from gateway.core.model import Trust
from gateway.core.trust import Verdict
from gateway.entry.console.agency_changes import found_agency, to_agency
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.writing import day
from gateway.entry.registry import certificates
from gateway.entry.registry.changing import changing
from gateway.infra.key_files import PEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the registration check says of a certificate; `fault` is why it would not be taken, `chain` whose word is trusted.

    `others` are agencies that have the same one; `organ` is the id that it was issued to, where that is none of the agency's.
    """

    certified: Certified
    subject: str
    pem: str
    chain: tuple[str, ...]
    fault: Fault | None
    others: tuple[Agency, ...]
    organ: str | None


async def blank(visit: Visit) -> web.Response:
    """Show the form for a certificate. Raises `not-found`."""
    return _show(visit, found_agency(visit))


async def check(visit: Visit, form: Form) -> web.Response:
    """Say whether a certificate would be taken, and why not; nothing is kept."""
    agency, text = found_agency(visit), form.get("certificate")
    try:
        certificate = certificates.read_pem(text)
    except Fault as fault:
        return _show(visit, agency, fault=fault)
    return _show(visit, agency, text=text, judged=_judge(visit, agency, certificate))


async def register(visit: Visit, form: Form) -> web.Response:
    """Keep a certificate beside the old ones. Raises what `certificates.register` raises."""
    agency, certificate = found_agency(visit), certificates.read_pem(form.get("certificate"))
    subject: dict[str, object] = {"organ": agency.id, "serial": f"{certificate.serial_number:x}"}
    async with changing(visit.at, "certificate.registered", subject, visit.decision(form)) as draft:
        certificates.register(draft, visit.at.settings, agency.id, certificate, at=visit.now)
    return to_agency(agency.id)


async def take_away(visit: Visit, form: Form) -> web.Response:
    """Take a certificate from those that an agency signs with. Raises `not-found`."""
    agency, serial = found_agency(visit), visit.request.match_info["serial"]
    subject: dict[str, object] = {"organ": agency.id, "serial": serial}
    async with changing(visit.at, "certificate.taken-away", subject, visit.decision(form)) as draft:
        certificates.take_away(draft, visit.at.settings, agency.id, serial, at=visit.now)
    return to_agency(agency.id)


def what_stops(visit: Visit, held: Holding, serial: str) -> str:
    """Say what it means that an agency loses a certificate."""
    left = [each.ends for each in held.certificates if each.serial != serial and each.verdict in {Verdict.GOOD, Verdict.UNKNOWN}]
    if left:
        until = day(max(left))
        return visit.say(
            f"Đơn vị vẫn ký được bằng chứng thư còn lại, đến {until}; văn bản ký bằng chứng thư này bị từ chối ngay.",
            f"It still signs with what is left, until {until}; what is signed with this one is refused at once.",
        )
    if held.agency.trusted_as(visit.now.date()) is Trust.CHANNEL:
        return visit.say(
            "Đơn vị đang được miễn ký: vẫn gửi được, không ký.", "It need not sign at present: it still sends, unsigned."
        )
    return visit.say(
        "Không còn chứng thư nào dùng được: trục từ chối ngay mọi văn bản đơn vị ký. Đơn vị vẫn nhận văn bản.",
        "No usable one is left: whatever it signs is refused at once. It still receives.",
    )


def _show(
    visit: Visit, agency: Agency, *, text: str = "", judged: Judged | None = None, fault: Fault | None = None
) -> web.Response:
    refusal = fault or (judged.fault if judged else None)
    known = FAULTS[refusal.code] if refusal is not None else None
    return page(
        visit,
        "certificate_new.html",
        status=known.status if known else 200,
        title=visit.say(f"Đăng ký chứng thư: {agency.name}", f"Register a certificate: {agency.name}"),
        agency=agency,
        held=holding(agency, visit.rules.trust, visit.now),
        text=text,
        judged=judged,
        fault=refusal,
        known=known,
        largest=certificates.LARGEST,
    )


def _judge(visit: Visit, agency: Agency, certificate: x509.Certificate) -> Judged:
    chain: tuple[x509.Certificate, ...] = ()
    fault: Fault | None = None
    try:
        chain = certificates.admit(certificate, visit.rules.trust, visit.now)
        certificates.demand_new(agency.id, certificate, agency.certificates)
    except Fault as found:
        fault = found
    return Judged(
        certified=certified(certificate, visit.rules.trust, visit.now),
        subject=certificate.subject.rfc4514_string(),
        pem=certificate.public_bytes(PEM).decode(),
        chain=tuple(name_of(each.subject) for each in chain[1:]),
        fault=fault,
        others=tuple(each for each in visit.rules.directory if each is not agency and certificate in each.certificates),
        organ=_foreign(agency, certificate),
    )


def _foreign(agency: Agency, certificate: x509.Certificate) -> str | None:
    """Give the organ id that a certificate names (UID), where it is none of the agency's."""
    named = [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.USER_ID)]
    ids = [each for each in named if OLD_GRAMMAR.fullmatch(each) or NEW_GRAMMAR.fullmatch(each)]
    return next((each for each in ids if each not in {agency.id, *agency.aliases}), None)
