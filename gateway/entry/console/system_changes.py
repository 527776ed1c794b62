"""What administrators change about a system: which agencies it acts for, and what it proves itself by. Secrets are shown once."""

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.entry.console.agency_changes import ids
from gateway.entry.console.given import Given, show_once, token
from gateway.entry.console.systems import found_system, place
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import credentials, systems
from gateway.entry.registry.certificates import read_pem
from gateway.entry.registry.changing import changing
from gateway.entry.registry.systems import Proof
from gateway.infra.agencies_file import SYSTEM


async def add(visit: Visit, form: Form) -> web.Response:
    """Add a system with one credential. Raises `entry-exists`, `entry-unknown`, `malformed-request`."""
    name, proof = form.get("id"), _proof(form)
    certificate = read_pem(form.get("certificate")) if proof is Proof.CERTIFICATE else None
    made = {Proof.TOKEN: credentials.new_token, Proof.SDK: credentials.new_secret}
    secret = made[proof]() if proof in made else None
    subject: dict[str, object] = {"system": name, "proof": proof.value}
    async with changing(visit.at, "system.added", subject, visit.decision(form)) as draft:
        given = (
            {"sealed": systems.sealed(visit.at.settings, name, secret)} if proof is Proof.SDK and secret else {"token": secret}
        )
        subject["organs"] = systems.add(draft, name, ids(form.get("organs")), certificate=certificate, **given)
    return _shown_once(visit, name, proof, secret) if secret else _to(name)


async def act_for(visit: Visit, form: Form) -> web.Response:
    """Let a system act for other agencies. Raises `entry-unknown`, `malformed-request`."""
    name = found_system(visit).id
    subject: dict[str, object] = {"system": name}
    async with changing(visit.at, "system.organs", subject, visit.decision(form)) as draft:
        subject["organs"] = systems.act_for(draft, name, ids(form.get("organs")))
    return _to(name)


async def rotate(visit: Visit, form: Form) -> web.Response:
    """Give a system a new token or secret; the old ones end at once, or hold until the next rotation."""
    name, proof, keep_old = found_system(visit).id, _proof(form), form.get("old") == "keep"
    if proof is Proof.CERTIFICATE:
        raise Rejected("malformed-request", path="proof", detail=proof.value)
    subject: dict[str, object] = {"system": name, "proof": proof.value, "kept_old": keep_old}
    async with changing(visit.at, "system.rotated", subject, visit.decision(form)) as draft:
        if proof is Proof.SDK:
            secret = systems.rotate_secret(draft, visit.at.settings, name, keep_old=keep_old)
        else:
            secret = credentials.rotate(draft, SYSTEM, name, keep_old=keep_old)
    return _shown_once(visit, name, proof, secret)


async def certify(visit: Visit, form: Form) -> web.Response:
    """Let a system prove itself by one more mTLS certificate. Raises `entry-exists`, `malformed-request`."""
    name, certificate = found_system(visit).id, read_pem(form.get("certificate"))
    subject: dict[str, object] = {"system": name, "proof": Proof.CERTIFICATE.value}
    async with changing(visit.at, "system.certified", subject, visit.decision(form)) as draft:
        subject["sha256"] = systems.register_certificate(draft, name, certificate)
    return _to(name)


async def take_away(visit: Visit, form: Form) -> web.Response:
    """Take one credential away; the others hold. Raises `entry-unknown`."""
    name, proof, sha256 = found_system(visit).id, _proof(form), form.get("sha256")
    subject: dict[str, object] = {"system": name, "proof": proof.value, "sha256": sha256}
    async with changing(visit.at, "system.credential-taken", subject, visit.decision(form)) as draft:
        systems.take_away(draft, visit.at.settings, name, proof, sha256)
    return _to(name)


async def revoke(visit: Visit, form: Form) -> web.Response:
    """Take all credentials away at once."""
    name = found_system(visit).id
    async with changing(visit.at, "system.revoked", {"system": name}, visit.decision(form)) as draft:
        systems.revoke(draft, name)
    return _to(name)


def _shown_once(visit: Visit, name: str, proof: Proof, secret: str) -> web.Response:
    made = [token(secret)]
    if proof is Proof.SDK:
        made = [
            Given(vi="Mật khẩu SDK", en="Secret of the SDK", value=secret),
            Given(vi="Endpoint của SDK", en="The SDK's endpoint", value=f"http(s)://…{visit.at.settings.vxp.prefix}"),
        ]
    return show_once(visit, *made, title=visit.say(f"Cho hệ thống {name}", f"For the system {name}"), back=place(name))


def _proof(form: Form) -> Proof:
    try:
        return Proof(form.get("proof"))
    except ValueError as error:
        raise Rejected("malformed-request", path="proof", detail=form.get("proof")[:60]) from error


def _to(system: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: place(system)})
