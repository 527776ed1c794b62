"""All routes of the console, as a table: what each shows or does, and the right that it needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from aiohttp import hdrs, web

from gateway.core.roles import Right
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import (
    account,
    agencies,
    agency_changes,
    agency_endings,
    alert_rules,
    alerts,
    answers,
    audit,
    calendar,
    certificate_changes,
    certificates,
    document,
    entrusting,
    identity,
    jobs,
    link_form,
    live,
    opening,
    overview,
    proposals,
    queues,
    reports,
    search,
    settings,
    sign_in,
    statuses,
    system_changes,
    systems,
    telling,
    trial_document,
    undelivered,
    users,
    views,
)
from gateway.entry.console.door import done, shown
from gateway.entry.console.second_factor import SecondFactors
from gateway.entry.console.visit import Action, Page

Expect = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

STATIC: Final = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "htmx-sse.min.js": "text/javascript",
    "uplot.min.js": "text/javascript",
    "uplot.min.css": "text/css",
    "inter-latin.woff2": "font/woff2",
    "inter-vietnamese.woff2": "font/woff2",
    "mark.svg": "image/svg+xml",
}
STATIC_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: GET."""

    path: str
    right: Right
    page: Page


@dataclass(frozen=True, slots=True)
class Done:
    """Something that is done by a form: POST."""

    path: str
    right: Right
    action: Action


PAGES: Final[tuple[Shown, ...]] = (
    Shown("", Right.SEE, overview.show),
    Shown("/traffic.json", Right.SEE, overview.traffic),
    Shown("/live", Right.SEE, live.stream),
    Shown("/documents", Right.SEE, search.show),
    Shown("/documents.xlsx", Right.SEE, search.export),
    Shown("/documents/{id}", Right.SEE, document.show),
    Shown("/queues", Right.SEE, queues.show),
    Shown("/queues.xlsx", Right.SEE, queues.export),
    Shown("/undelivered", Right.SEE, undelivered.show),
    Shown("/undelivered.xlsx", Right.SEE, undelivered.export),
    Shown("/jobs", Right.SEE, jobs.show),
    Shown("/jobs/{id}", Right.SEE, jobs.one),
    Shown("/answers", Right.SEE, answers.show),
    Shown("/answers.xlsx", Right.SEE, answers.export),
    Shown("/statuses", Right.SEE, statuses.show),
    Shown("/statuses.xlsx", Right.SEE, statuses.export),
    Shown("/alerts", Right.SEE, alerts.show),
    Shown("/alerts.xlsx", Right.SEE, alerts.export),
    Shown("/alerts/rules/{rule}", Right.SEE, alert_rules.show),
    Shown("/agencies", Right.SEE, agencies.show),
    Shown("/agencies.xlsx", Right.SEE, agencies.export),
    Shown("/agencies/-/new", Right.MANAGE, agency_changes.blank),
    Shown("/agencies/-/merge", Right.MANAGE, agency_endings.merger),
    Shown("/agencies/{organ}", Right.SEE, agencies.one),
    Shown("/agencies/{organ}/edit", Right.MANAGE, agency_changes.filled),
    Shown("/agencies/{organ}/dissolve", Right.MANAGE, agency_endings.dissolution),
    Shown("/agencies/{organ}/certificates/new", Right.MANAGE, certificate_changes.blank),
    Shown("/certificates", Right.SEE, certificates.show),
    Shown("/certificates.xlsx", Right.SEE, certificates.export),
    Shown("/calendar", Right.SEE, calendar.show),
    Shown("/calendar/proposals/{id}", Right.SEE, proposals.one),
    Shown("/reports", Right.SEE, reports.show),
    Shown("/reports/{kind}", Right.SEE, reports.give),
    Shown("/audit", Right.AUDIT, audit.show),
    Shown("/audit.xlsx", Right.AUDIT, audit.export),
    Shown("/systems", Right.SEE, systems.show),
    Shown("/systems.xlsx", Right.SEE, systems.export),
    Shown("/systems/{id}", Right.SEE, systems.one),
    Shown("/systems/{id}/link", Right.MANAGE, link_form.show),
    Shown("/settings", Right.MANAGE, settings.show),
    Shown("/users", Right.MANAGE, users.show),
    Shown("/users.xlsx", Right.MANAGE, users.export),
    Shown("/users/{operator}", Right.MANAGE, users.one),
    Shown("/me", Right.SEE, account.show),
)
ACTIONS: Final[tuple[Done, ...]] = (
    Done("/sign-out", Right.SEE, sign_in.sign_out),
    Done("/queues/{system}/pause", Right.ACT, queues.pause),
    Done("/queues/{system}/resume", Right.ACT, queues.resume),
    Done("/views/keep", Right.SEE, views.keep),
    Done("/views/forget", Right.SEE, views.forget),
    Done("/documents/{id}/requeue/{delivery}", Right.ACT, document.requeue),
    Done("/documents/{id}/release", Right.ACT, document.release),
    Done("/documents/{id}/return", Right.ACT, document.give_back),
    Done("/documents/{id}/open/{part}", Right.ACT, opening.give),
    Done("/documents/{id}/evidence", Right.ACT, opening.prove),
    Done("/documents/{id}/recall", Right.ACT, document.recall),
    Done("/documents/{id}/remark", Right.ACT, document.remark),
    Done("/documents/{id}/check", Right.SEE, document.check),
    Done("/undelivered/preview", Right.ACT, undelivered.preview),
    Done("/undelivered/decide", Right.ACT, undelivered.decide),
    Done("/jobs/{id}/stop", Right.ACT, jobs.stop),
    Done("/answers/preview", Right.ACT, telling.preview),
    Done("/answers/decide", Right.ACT, telling.decide),
    Done("/answers/{deadline}/remind", Right.ACT, telling.remind),
    Done("/answers/{deadline}/escalate", Right.ACT, telling.escalate),
    Done("/answers/{deadline}/extend", Right.ACT, answers.extend),
    Done("/answers/{deadline}/waive", Right.ACT, answers.waive),
    Done("/answers/{deadline}/pause", Right.ACT, answers.pause),
    Done("/answers/{deadline}/resume", Right.ACT, answers.resume),
    Done("/agencies/-/new", Right.MANAGE, agency_changes.add),
    Done("/agencies/-/merge", Right.MANAGE, agency_endings.merge),
    Done("/agencies/{organ}/edit", Right.MANAGE, agency_changes.change),
    Done("/agencies/{organ}/lock", Right.MANAGE, agency_changes.lock),
    Done("/agencies/{organ}/unlock", Right.MANAGE, agency_changes.unlock),
    Done("/agencies/{organ}/trust", Right.MANAGE, agency_changes.trust),
    Done("/agencies/{organ}/dissolve", Right.MANAGE, agency_endings.dissolve),
    Done("/agencies/{organ}/restore", Right.MANAGE, agency_endings.restore),
    Done("/agencies/{organ}/certificates", Right.MANAGE, certificate_changes.register),
    Done("/agencies/{organ}/certificates/check", Right.MANAGE, certificate_changes.check),
    Done("/agencies/{organ}/certificates/{serial}/take-away", Right.MANAGE, certificate_changes.take_away),
    Done("/statuses/{id}/apply", Right.ACT, statuses.apply),
    Done("/statuses/{id}/drop", Right.ACT, statuses.drop),
    Done("/alerts/{id}/acknowledge", Right.ACT, alerts.acknowledge),
    Done("/alerts/{id}/silence", Right.ACT, alerts.silence),
    Done("/alerts/{id}/unsilence", Right.ACT, alerts.unsilence),
    Done("/alerts/rules/{rule}", Right.MANAGE, alert_rules.keep),
    Done("/calendar/propose", Right.ACT, proposals.propose),
    Done("/calendar/proposals/{id}/approve", Right.MANAGE, proposals.approve),
    Done("/calendar/proposals/{id}/refuse", Right.MANAGE, proposals.refuse),
    Done("/calendar/proposals/{id}/withdraw", Right.ACT, proposals.withdraw),
    Done("/systems/{id}/test", Right.ACT, systems.test),
    Done("/systems/{id}/replay", Right.ACT, systems.replay),
    Done("/systems", Right.MANAGE, system_changes.add),
    Done("/systems/{id}/agencies", Right.MANAGE, system_changes.act_for),
    Done("/systems/{id}/rotate", Right.MANAGE, system_changes.rotate),
    Done("/systems/{id}/certificate", Right.MANAGE, system_changes.certify),
    Done("/systems/{id}/take-away", Right.MANAGE, system_changes.take_away),
    Done("/systems/{id}/revoke", Right.MANAGE, system_changes.revoke),
    Done("/systems/{id}/link", Right.MANAGE, link_form.keep),
    Done("/systems/{id}/link/try", Right.MANAGE, link_form.try_out),
    Done("/systems/{id}/link/remove", Right.MANAGE, link_form.remove),
    Done("/test-documents", Right.MANAGE, trial_document.send),
    Done("/users/{operator}/end", Right.MANAGE, users.end),
    Done("/users/{operator}/end/{session}", Right.MANAGE, users.end),
    Done("/users/add", Right.MANAGE, entrusting.add),
    Done("/users/{operator}/role", Right.MANAGE, entrusting.set_role),
    Done("/users/{operator}/password", Right.MANAGE, entrusting.give_password),
    Done("/users/{operator}/second-factor", Right.MANAGE, entrusting.give_second_factor),
    Done("/users/{operator}/identity", Right.MANAGE, entrusting.set_identity),
    Done("/users/{operator}/second-factor/take", Right.MANAGE, entrusting.take_second_factor),
    Done("/users/{operator}/token", Right.MANAGE, entrusting.give_token),
    Done("/users/{operator}/tokens/take", Right.MANAGE, entrusting.take_tokens),
    Done("/users/{operator}/revoke", Right.MANAGE, entrusting.revoke),
    Done("/me/end", Right.SEE, account.end),
    Done("/me/end/{session}", Right.SEE, account.end),
    Done("/me/password", Right.SEE, account.change_password),
    Done("/me/second-factor", Right.SEE, account.offer_second_factor),
    Done("/me/second-factor/keep", Right.SEE, account.keep_second_factor),
    Done("/me/second-factor/drop", Right.SEE, account.drop_second_factor),
)


def add_console(app: web.Application, expect: Expect) -> None:
    """Serve the console."""
    app[sign_in.TRIES] = sign_in.Tries()
    app[sign_in.SECOND_FACTORS] = SecondFactors()
    app[overview.TRAFFIC] = overview.Traffic()
    router = app.router
    router.add_get(f"{CONSOLE}/sign-in", sign_in.show)
    router.add_post(f"{CONSOLE}/sign-in", sign_in.sign_in, expect_handler=expect)
    router.add_get(identity.AWAY, identity.depart)
    router.add_get(identity.BACK, identity.arrive)
    router.add_post(f"{CONSOLE}/language", sign_in.choose_language, expect_handler=expect)
    router.add_get(f"{CONSOLE}/static/{{name}}", _static)
    for page in PAGES:
        router.add_get(CONSOLE + page.path, shown(page.right, page.page))
    for action in ACTIONS:
        router.add_post(CONSOLE + action.path, done(action.right, action.action), expect_handler=expect)


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    return web.Response(
        body=files("gateway.entry.console").joinpath("static", name).read_bytes(),
        content_type=STATIC[name],
        headers={hdrs.CACHE_CONTROL: f"max-age={STATIC_SECONDS}", "X-Content-Type-Options": "nosniff"},
    )
