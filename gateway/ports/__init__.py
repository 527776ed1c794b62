"""What the flows ask of the outside: the ports, and the bundle of those that do things."""

from dataclasses import dataclass

from gateway.ports.alerts import AlertMessage, Alerts, Announcer, Channel, ClockCheck, ClockStanding, Disk
from gateway.ports.audit import ANYTHING, Audited, AuditEntry, AuditLog
from gateway.ports.broker import Broker, Message, Note, QueueId
from gateway.ports.calendar_proposals import CalendarProposals
from gateway.ports.catalogue import Catalogue
from gateway.ports.dead_letters import Bulk, DeadLetter, DeadLetters, Filter, Group, NotDone
from gateway.ports.deadlines import Deadlines, Lateness, Owed, Owing
from gateway.ports.held_statuses import HeldStatus, HeldStatuses, NamedStatus, Obstacle
from gateway.ports.identity import Departure, Identity, IdentityProvider
from gateway.ports.jobs import Job, JobFailure, Jobs, JobState, Planned, Task
from gateway.ports.ledger import (
    Acceptance,
    Correlation,
    DocumentView,
    Entry,
    FindingCount,
    History,
    Lease,
    Ledger,
    Page,
    PaperOutcome,
    Refusal,
    Route,
    Seal,
    StatusOutcome,
    Tally,
)
from gateway.ports.letters import Letters, Mailer, Mailing
from gateway.ports.links import Linked, Links, Recalled, Speaking, Thread
from gateway.ports.notices import Bulletin, News, Notices, Telling, Untold
from gateway.ports.outbox import Attempt, Claim, HandedOver, Outbox, QueueTally
from gateway.ports.payloads import PdfReader, Scanner, Staged, Vault
from gateway.ports.presence import Backlog, Presence
from gateway.ports.province import Flow, Minute, OverdueTally, Province, Quarter, Store, Wanted
from gateway.ports.reconciliation import Reconciliation
from gateway.ports.remarks import Remark, Remarks
from gateway.ports.reports import Reports
from gateway.ports.running import OFFICERS, Clock, Compute, Run, Signer, Telemetry, Waiting, Watch
from gateway.ports.sessions import Session, Sessions
from gateway.ports.turns import Turns
from gateway.ports.upkeep import Chore, Tended, Upkeep
from gateway.ports.views import KeptView, Views
from gateway.ports.vxp import AgencyRequest, Enrolment, Filed, Mark, Transport, VxpBook, Wish

__all__ = [
    "ANYTHING",
    "OFFICERS",
    "Acceptance",
    "AgencyRequest",
    "AlertMessage",
    "Alerts",
    "Announcer",
    "Attempt",
    "AuditEntry",
    "AuditLog",
    "Audited",
    "Backlog",
    "Broker",
    "Bulk",
    "Bulletin",
    "CalendarProposals",
    "Catalogue",
    "Channel",
    "Chore",
    "Claim",
    "Clock",
    "ClockCheck",
    "ClockStanding",
    "Compute",
    "Correlation",
    "DeadLetter",
    "DeadLetters",
    "Deadlines",
    "Departure",
    "Disk",
    "DocumentView",
    "Enrolment",
    "Entry",
    "Filed",
    "Filter",
    "FindingCount",
    "Flow",
    "Group",
    "HandedOver",
    "HeldStatus",
    "HeldStatuses",
    "History",
    "Identity",
    "IdentityProvider",
    "Job",
    "JobFailure",
    "JobState",
    "Jobs",
    "KeptView",
    "Lateness",
    "Lease",
    "Ledger",
    "Letters",
    "Linked",
    "Links",
    "Mailer",
    "Mailing",
    "Mark",
    "Message",
    "Minute",
    "NamedStatus",
    "News",
    "NotDone",
    "Note",
    "Notices",
    "Obstacle",
    "Outbox",
    "OverdueTally",
    "Owed",
    "Owing",
    "Page",
    "PaperOutcome",
    "PdfReader",
    "Planned",
    "Ports",
    "Presence",
    "Province",
    "Quarter",
    "QueueId",
    "QueueTally",
    "Recalled",
    "Reconciliation",
    "Refusal",
    "Remark",
    "Remarks",
    "Reports",
    "Route",
    "Run",
    "Scanner",
    "Seal",
    "Session",
    "Sessions",
    "Signer",
    "Speaking",
    "Staged",
    "StatusOutcome",
    "Store",
    "Tally",
    "Task",
    "Telemetry",
    "Telling",
    "Tended",
    "Thread",
    "Transport",
    "Turns",
    "Untold",
    "Upkeep",
    "Vault",
    "Views",
    "VxpBook",
    "Waiting",
    "Wanted",
    "Watch",
    "Wish",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The things that do. `Rules` are the things that know.

    No scanner: nothing is scanned; no mailer: no letters; no announcer, no chats: alerts are posted nowhere.
    """

    ledger: Ledger
    links: Links
    held_statuses: HeldStatuses
    outbox: Outbox
    notices: Notices
    turns: Turns
    vxp: VxpBook
    enrolment: Enrolment
    deadlines: Deadlines
    letters: Letters
    presence: Presence
    sessions: Sessions
    remarks: Remarks
    views: Views
    upkeep: Upkeep
    calendar_proposals: CalendarProposals
    reconciliation: Reconciliation
    reports: Reports
    province: Province
    dead_letters: DeadLetters
    jobs: Jobs
    audit: AuditLog
    alerts: Alerts
    disk: Disk
    clock_check: ClockCheck
    broker: Broker
    catalogue: Catalogue
    vault: Vault
    pdfs: PdfReader
    scanner: Scanner | None
    mailer: Mailer | None
    announcer: Announcer | None
    identity: IdentityProvider | None
    chats: Announcer | None
    signer: Signer
    clock: Clock
    compute: Compute
    telemetry: Telemetry
    waiting: Waiting
