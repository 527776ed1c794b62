"""`lienthong check`: are settings, keys, directory, ledger and vault in order? Each is looked at by the part that will use it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from cryptography import x509

from gateway.config import Settings, Tls
from gateway.core import trust
from gateway.core.faults import Fault
from gateway.core.model import Trust
from gateway.core.policy.catalogue import RULES
from gateway.core.rules import Rules
from gateway.core.trust import TrustStore
from gateway.entry.cli.check_links import announcer_check, broker_check, link_checks, mail_check
from gateway.entry.cli.checked import Check, failed, passed
from gateway.entry.cli.output import Outcome
from gateway.entry.serve import server_tls
from gateway.infra.clock import SystemClock
from gateway.infra.ledger import SqlLedger
from gateway.infra.pdf_reader import WorkerPdfReader
from gateway.infra.rules_files import Admission, Loaded
from gateway.infra.scanner_clamd import ClamdScanner
from gateway.infra.signer_file import FileSigner
from gateway.infra.vault_files import FileVault
from gateway.wiring import VAULT_FOLDER, database, load_rules, scanner

SOON_DAYS = 30
"""A certificate that ends sooner is pointed out: issuing a government certificate takes weeks."""


async def check(config: Path) -> Outcome:
    """Look at each in turn; the outcome has failed where anything has."""
    checks = [each async for each in _all(config)]
    wrong = sum(not each.ok for each in checks)
    return Outcome(
        data={"ok": not wrong, "checks": [asdict(each) for each in checks]},
        vi=f"✗ {wrong} mục chưa đạt." if wrong else "✓ Mọi mục đều đạt.",
        en=f"{wrong} of {len(checks)} checks failed." if wrong else "Everything is in order.",
        rows=[{"": "✓" if each.ok else "✗", "Mục · Item": each.what, "Kết quả · Result": each.detail} for each in checks],
        failed=wrong > 0,
    )


async def _all(config: Path) -> AsyncIterator[Check]:
    try:
        settings = Settings.load(config)
    except Fault as fault:
        yield failed("cấu hình · settings", fault)
        return
    yield passed("cấu hình · settings", str(config))
    if settings.server.tls is not None:
        yield _tls(settings, settings.server.tls)
    yield _hub_key(settings)
    for each in _directory(settings):
        yield each
    yield await _ledger(settings)
    yield await _vault(settings)
    async for each in _reached(settings):
        yield each
    yield await _pdfs()


async def _reached(settings: Settings) -> AsyncIterator[Check]:
    """Try what the settings name outside the hub."""
    async for each in link_checks(settings):
        yield each
    if settings.broker is not None:
        yield await broker_check(settings)
    if settings.mail is not None:
        yield await mail_check(settings)
    if settings.alerts.webhook is not None or settings.alerts.chats_file is not None:
        yield announcer_check(settings)
    clamd = scanner(settings)
    if clamd is not None:
        yield await _scanner(settings, clamd)


def _tls(settings: Settings, tls: Tls) -> Check:
    what = "TLS"
    try:
        server_tls(settings, tls)
    except OSError as error:  # ssl.SSLError is one
        return failed(what, error)
    return passed(what, str(settings.path(tls.certificate)))


def _hub_key(settings: Settings) -> Check:
    what, now = "khóa của trục · hub key", SystemClock().now()
    try:
        signer = FileSigner.load(settings.path(settings.hub.key), settings.path(settings.hub.certificate), settings.hub.name)
    except Fault as fault:
        return failed(what, fault)
    days = _days_left(signer.certificate, now)
    return Check(what=what, ok=days >= 0, detail=_ending(days))


def _directory(settings: Settings) -> Iterator[Check]:
    clock = SystemClock()
    try:
        loaded = load_rules(settings, clock)
    except Fault as fault:
        yield failed("danh bạ · directory", fault)
        return
    counted = f"{len(loaded.rules.directory.agencies)} cơ quan · agencies, {len(loaded.rules.systems.systems)} hệ thống · systems"
    yield passed("danh bạ · directory", counted)
    yield _policy(loaded)
    yield from _registering(loaded.rules, clock.now())
    yield from _revocations(loaded.rules.trust, clock.now())
    yield from _agencies(loaded, clock.now())


def _policy(loaded: Loaded) -> Check:
    """Say which rules the province has made milder than they ship, and who has tightened any; what is wrong did not load."""
    policy = loaded.rules.policy
    milder = [code for code, action in policy.actions.items() if action.rank < RULES[code].action.rank]
    years = loaded.rules.timekeeping.working_time.calendar.years
    said = [f"{len(policy.actions)} quy tắc · rules", f"{len(years)} năm lịch · calendar years"]
    said += [f"nới · milder: {', '.join(milder)}"] if milder else []
    said += [f"chặt hơn · stricter: {', '.join(policy.own)}"] if policy.own else []
    return passed("chính sách · policy", "; ".join(said))


def _registering(rules: Rules, now: datetime) -> Iterator[Check]:
    """Name each system that has agencies registered without an operator, and until when."""
    for each in rules.systems:
        if each.vxp is not None and each.vxp.registers(now.date()):
            until = f"{each.vxp.registers_until:%Y-%m-%d}"
            yield passed(f"hệ thống · system {each.id}", f"tự đăng ký cơ quan đến · registers agencies by itself until {until}")


def _revocations(store: TrustStore, now: datetime) -> Iterator[Check]:
    for authority in (*store.anchors, *store.intermediates):
        what, known = f"CRL: {_name(authority)}", store.revocations(authority)
        if known is None or known.next_update is None:
            yield Check(what=what, ok=False, detail="không có CRL · no CRL")
        else:
            detail = f"{len(known.serials)} đã thu hồi · revoked; {known.next_update:%Y-%m-%d %H:%M} UTC"
            yield Check(what=what, ok=known.fresh(now), detail=detail)


def _agencies(loaded: Loaded, now: datetime) -> Iterator[Check]:
    """Say of each agency what became of its certificates; one that is good is enough, an old one may have ended beside it."""
    for agency in loaded.rules.directory:
        what, own = f"{agency.id} {agency.name}", [each for each in loaded.admissions if each.organ == agency.id]
        judged = [_certificate(each, loaded.rules.trust, now) for each in own]
        if judged:
            detail = "; ".join(f"{'' if each.ok else '✗ '}{each.what}: {each.detail}" for each in judged)
            yield Check(what=what, ok=any(each.ok for each in judged), detail=detail)
        elif agency.trusted_as(now.date()) is Trust.CHANNEL:
            yield passed(what, f"trust = {Trust.CHANNEL}")
        else:
            yield passed(what, "chưa có chứng thư: chỉ nhận, không gửi được · no certificate: it receives but cannot send")


def _certificate(admission: Admission, store: TrustStore, now: datetime) -> Check:
    what = admission.file.name
    if admission.fault is not None or admission.certificate is None:
        return failed(what, admission.fault)
    try:
        trust.demand_unrevoked(admission.certificate, store, now)
    except Fault as fault:
        return failed(what, fault)
    return passed(what, _ending(_days_left(admission.certificate, now)))


async def _ledger(settings: Settings) -> Check:
    what = "sổ cái · ledger"
    try:
        opened = database(settings)
        if isinstance(opened, Path) and not _exists(opened):
            return Check(
                what=what, ok=False, detail=f"{opened}: chưa có, chạy lienthong migrate · missing, run lienthong migrate"
            )
        ledger = SqlLedger.open(opened)
        try:
            await ledger.ready()
        finally:
            await ledger.close()
    except Fault as fault:
        return failed(what, fault)
    return passed(what, str(opened))


async def _vault(settings: Settings) -> Check:
    what, folder = "kho · vault", settings.path(settings.storage.data) / VAULT_FOLDER
    try:
        vault = await FileVault.open(folder)
        await vault.ready()
        await vault.close()
    except (Fault, OSError) as error:
        return failed(what, error)
    return passed(what, str(folder))


async def _pdfs() -> Check:
    what, pdfs = "đọc PDF · PDF reader", WorkerPdfReader()
    try:
        await pdfs.ready()
    except Fault as fault:
        return failed(what, fault)
    finally:
        await pdfs.close()
    return passed(what, "tiến trình riêng · processes of their own")


async def _scanner(settings: Settings, clamd: ClamdScanner) -> Check:
    what = "quét mã độc · malware scan"
    try:
        await clamd.ready()
    except Fault as fault:
        return failed(what, fault)
    return passed(what, str(settings.scan.clamd))


def _days_left(certificate: x509.Certificate, now: datetime) -> int:
    return (certificate.not_valid_after_utc - now).days


def _ending(days: int) -> str:
    if days < 0:
        return f"hết hạn {-days} ngày · expired {-days} days ago"
    soon = " (sắp hết hạn · soon)" if days < SOON_DAYS else ""
    return f"còn {days} ngày · {days} days left{soon}"


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()


def _exists(file: Path) -> bool:
    return file.is_file()
