"""The mailer speaks SMTP with a real server: over TLS, with a login, and with each of the answers that a server gives."""

from pathlib import Path
from typing import Any

import pytest

from gateway.core.faults import Misconfigured, Transient, Undeliverable
from gateway.core.mail import Mail
from gateway.infra.clock import SystemClock
from gateway.infra.mailer_smtp import SmtpMailer
from tests.mail import HOST, PostOffice, authenticator, running, tls, words

CLERK, OTHER = "vanthu@so-a.example", "lanhdao@so-a.example"
MAIL = Mail(id="a" * 32, to=(CLERK,), subject="3 văn bản quá hạn", text="Kính gửi Sở A:\nđến hạn\n", html="<p>đến hạn</p>")
NAME = "Trục liên thông văn bản"


def mailer(port: int, **options: Any) -> SmtpMailer:
    options = {"security": "none", "seconds": 5, **options}
    return SmtpMailer(HOST, port, sender="truc@tinh.example", name=NAME, clock=SystemClock(), **options)


async def test_vietnamese_survives_in_headers_and_in_both_bodies() -> None:
    async with running() as office:
        assert await mailer(office.port).send(MAIL) == ()
    (taken,) = office.taken
    assert (taken["Subject"], taken["From"]) == (MAIL.subject, f"{NAME} <truc@tinh.example>")
    assert words(taken) == MAIL.text
    assert words(taken, "html").strip() == MAIL.html


async def test_it_names_its_letters_and_that_no_person_wrote_it() -> None:
    async with running() as office:
        await mailer(office.port).send(MAIL)
    (taken,) = office.taken
    assert (taken["Message-ID"], taken["Auto-Submitted"]) == (f"<{MAIL.id}@tinh.example>", "auto-generated")


async def test_it_goes_over_tls_with_the_servers_authority_after_a_login(tmp_path: Path) -> None:
    ca, context = tls(tmp_path)
    agrees = authenticator("truc", "mật khẩu")
    async with running(tls_context=context, require_starttls=True, authenticator=agrees, auth_required=True) as office:
        opened = mailer(office.port, security="starttls", ca=ca, username="truc", password="mật khẩu")
        await opened.ready()
        await opened.send(MAIL)
    assert len(office.taken) == 1


async def test_it_goes_over_tls_from_the_first_octet_on(tmp_path: Path) -> None:
    ca, context = tls(tmp_path)
    async with running(ssl=context) as office:
        await mailer(office.port, security="tls", ca=ca).send(MAIL)
    assert len(office.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_server_that_proves_nothing_gets_nothing(tmp_path: Path, security: str) -> None:
    _, context = tls(tmp_path)
    options = {"tls_context": context} if security == "starttls" else {"ssl": context}
    async with running(**options) as office:
        with pytest.raises(Misconfigured) as wrong:
            await mailer(office.port, security=security).ready()
    assert wrong.value.code == "mail-misconfigured"


async def test_a_server_without_tls_gets_nothing() -> None:
    async with running() as office:
        with pytest.raises(Misconfigured, match="mail-misconfigured"):
            await mailer(office.port, security="starttls").send(MAIL)
    assert office.taken == []


async def test_a_wrong_password_is_an_operators_matter_and_is_not_shown(tmp_path: Path) -> None:
    ca, context = tls(tmp_path)
    async with running(tls_context=context, authenticator=authenticator("truc", "đúng")) as office:
        with pytest.raises(Misconfigured, match="mail-misconfigured") as wrong:
            await mailer(office.port, security="starttls", ca=ca, username="truc", password="sai bét").ready()
    assert "sai" not in str(wrong.value)


async def test_a_server_that_is_away_is_unavailable() -> None:
    async with running() as office:
        pass
    with pytest.raises(Transient, match="mail-unavailable"):
        await mailer(office.port).send(MAIL)


async def test_a_server_that_does_not_answer_in_time_may_have_taken_it() -> None:
    async with running(PostOffice(silent=True)) as office:
        with pytest.raises(Transient, match="mail-unanswered"):
            await mailer(office.port, seconds=0.3).send(MAIL)
    assert len(office.taken) == 1


async def test_an_address_that_is_refused_for_good_is_undeliverable() -> None:
    async with running(PostOffice(refuses={CLERK: "550 no such user"})) as office:
        with pytest.raises(Undeliverable, match="mail-refused"):
            await mailer(office.port).send(MAIL)


async def test_an_address_that_is_refused_for_now_is_deferred() -> None:
    async with running(PostOffice(refuses={CLERK: "451 greylisted"})) as office:
        with pytest.raises(Transient, match="mail-deferred") as fault:
            await mailer(office.port).send(MAIL)
    assert fault.value.code == "mail-deferred"


async def test_content_that_is_refused_is_undeliverable() -> None:
    async with running(PostOffice(refuses_all="554 spam")) as office:
        with pytest.raises(Undeliverable, match="mail-refused"):
            await mailer(office.port).send(MAIL)


async def test_one_wrong_address_of_two_keeps_nothing_from_the_other() -> None:
    async with running(PostOffice(refuses={OTHER: "550 no such user"})) as office:
        both = Mail(id=MAIL.id, to=(CLERK, OTHER), subject=MAIL.subject, text=MAIL.text, html=MAIL.html)
        assert await mailer(office.port).send(both) == (OTHER,)
    assert office.envelopes == [(CLERK,)]
