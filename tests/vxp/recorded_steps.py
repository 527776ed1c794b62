"""What the recorded exchanges are about: each verb and each oddity of the SDK, in an order in which each finds what it needs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from gateway.core import writing
from gateway.core.envelope import StatusPackage
from gateway.core.model import StatusCode
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document, status
from tests.vxp.recorded_hub import ENDED, LOCKED, OFFICE, SERVICES, later

_SIGNATURE: Final = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><SignatureValue>AAAA</SignatureValue></SignedInfo></Signature>'
"""What the SDK's samples carry: pasted, and of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request. `name` is of its file, `what` says it; `names` keeps the id in its answer for later steps.

    `hashed` says how its hash-file is written; `secret` and `stamp` are others than they should be; `again` repeats the last one.
    """

    name: str
    what: str
    verb: str
    system: str = OFFICE
    method: str = "POST"
    parameters: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    hashed: Literal["", "padded", "unpadded"] = ""
    secret: str | None = None
    stamp: datetime | None = None
    again: bool = False
    names: str | None = None

    def found(self, answer: str) -> str:
        """Give the id that an answer names: of what was sent, or of the first package listed."""
        body: dict[str, Any] = json.loads(answer.rpartition("\r\n\r\n")[2])
        return str(body["DocId"] if "DocId" in body else body["data"][0]["docId"])


def _file(number: str, *to: str, sender: str = PROVINCE) -> str:
    """Write a document as the SDK sends it: not signed, with a dummy in the place of its signature."""
    made = writing.emit(document(number, to=to, sender=sender)).decode()
    return made.replace("</edXML:edXMLHeader>", f"{_SIGNATURE}</edXML:edXMLHeader>")


def _status(code: StatusCode) -> str:
    package: StatusPackage = status(document("1", to=(DEPARTMENT, COMMUNE)), code, description="Chuyển văn thư")
    return writing.emit(package).decode()


def _sent(name: str, what: str, body: str, **more: Any) -> Step:
    """Make a sendEdoc: the raw file, as application/octet-stream."""
    named = {"from": PROVINCE, "servicetype": "eDoc", "messagetype": "edoc"} | more.pop("parameters", {})
    octets = {"Content-Type": "application/octet-stream"} | more.pop("more", {})
    return replace(
        Step(name=name, what=what, verb="sendEdoc", body=body, hashed="unpadded", parameters=named, more=octets), **more
    )


def _listed(name: str, what: str, kind: str, **more: Any) -> Step:
    named = {"servicetype": "eDoc", "messagetype": kind} | more.pop("parameters", {})
    return replace(Step(name=name, what=what, verb="getReceivedEdocList", system=SERVICES, parameters=named), **more)


def _marked(word: str, what: str, package: str, **more: str) -> Step:
    """Make an updateStatus, its Content-Type among the signed names, and `{}` for a body."""
    named = {"docId": package, "Content-Type": "application/json", "status": word} | more
    kind = {"Content-Type": "application/json"}
    return Step(name=word, what=what, verb="updateStatus", system=SERVICES, parameters=named, more=kind, body="{}")


def _with_json(verb: str, name: str, what: str, **more: Any) -> Step:
    return replace(Step(name=name, what=what, verb=verb, body="{}", more={"Content-Type": "application/json"}), **more)


_TO_BOTH: Final = _file("1", DEPARTMENT, COMMUNE)

STEPS: Final[tuple[Step, ...]] = (
    _sent("unpadded", "hash-file without zero padding; no `to`: all receivers of the file", _TO_BOTH, names="first"),
    _sent(
        "expect",
        "the body waits for 100 Continue; hash-file padded; `to` names one receiver of two",
        _file("2", DEPARTMENT, COMMUNE),
        hashed="padded",
        parameters={"to": f'["{DEPARTMENT}"]'},
        more={"Expect": "100-continue"},
    ),
    _sent("again", "the same file again is the same document", _TO_BOTH),
    _listed("edoc", "an empty body; packages of two agencies of one system", "edoc", names="package"),
    _with_json("countReceiveEdoc", "count", "a body of {}", system=SERVICES),
    _with_json(
        "getEdoc",
        "base64",
        "filePath is the client's own",
        system=SERVICES,
        parameters={"docId": "{package}", "filePath": "D:/edoc/store"},
    ),
    Step(
        name="octets",
        what="the file itself, by GET",
        verb="downloadEdoc",
        method="GET",
        system=SERVICES,
        parameters={"docId": "{package}"},
    ),
    _marked("processing", "Content-Type is signed, in the order of the wire", "{package}"),
    _marked("done", "done is collected", "{package}"),
    _listed("rest", "what is done is not listed again", "edoc", names="second"),
    _marked("fail", "a refused hand-over, with its reason", "{second}", description="Khong du dung luong"),
    Step(
        name="first",
        what="transport and business state of each receiver",
        verb="getSentEdocList",
        parameters={"servicetype": "eDoc", "messagetype": "edoc", "docId": "{first}"},
    ),
    _sent(
        "status",
        "a status package; its receiver stands in ResponseFor",
        _status(StatusCode.REGISTERED),
        system=SERVICES,
        parameters={"from": DEPARTMENT, "messagetype": "status"},
    ),
    _with_json("countReceiveStatus", "count", "a body of {}"),
    _listed(
        "status",
        "status packages in a range of Vietnam's time",
        "status",
        system=OFFICE,
        parameters={"fromDate": "2026/11/24 00:00:00", "toDate": "2026/11/24 23:59:59"},
        names="told",
    ),
    _with_json(
        "getEdoc", "status", "a status package is written for its receiver", parameters={"docId": "{told}", "filePath": ""}
    ),
    replace(_marked("done", "a status package that was taken", "{told}"), system=OFFICE),
    Step(name="all", what="the list in its first shape", verb="getAgenciesList"),
    Step(name="level-1", what="the list in its second shape", verb="getAgenciesListQD20", parameters={"level": "1"}),
    Step(name="all", what="units, with those that have ended", verb="getSynchronizeUnit"),
    Step(name="delta", what="units changed since a day", verb="getSynchronizeUnit", parameters={"fromDate": "2026/11/01"}),
    _with_json(
        "registerAgency",
        "asked",
        "a wish, which an operator decides",
        body=json.dumps(
            {
                "id": "",
                "pcode": PROVINCE,
                "code": "H56.77.01",
                "name": "Trung tâm E (mẫu)",
                "mail": "e@example.vn",
                "mobile": "",
                "fax": "",
            },
            ensure_ascii=False,
        ),
    ),
    _with_json(
        "deleteAgency", "asked", "a wish about an agency of the caller's", system=SERVICES, parameters={"AgencyCode": COMMUNE}
    ),
    _sent("wrong-secret", "15: another secret", _TO_BOTH, secret="not-the-secret"),
    _sent("stale", "15: a timestamp out of its window", _TO_BOTH, stamp=later(-60)),
    Step(name="all", what="a call that is repeated next", verb="getAgenciesListQD20", parameters={"level": "2"}),
    Step(name="replayed", what="15: the very call again", verb="getAgenciesListQD20", again=True),
    _sent("unknown-sender", "19: a sender that is not in the directory", _TO_BOTH, parameters={"from": "H56.99.99"}),
    _sent("not-its-sender", "19: a sender of another system", _TO_BOTH, parameters={"from": DEPARTMENT}),
    _sent("unknown-receiver", "18: a receiver that is not in the directory", _file("3", "H56.99.99")),
    _sent("ended-receiver", "18: a receiver that has ended", _file("4", ENDED)),
    _sent("locked-receiver", "23: a receiver that is locked", _file("5", LOCKED)),
    _sent("no-edxml", "22: a file that is no edXML", "<edXML"),
    _sent("bad-file", "10: hash-file of another file", _file("6", COMMUNE), hashed="", parameters={"hash-file": "0" * 64}),
    _with_json("updateStatus", "no-status", "100: a parameter that is missing", parameters={"docId": "{first}"}),
    Step(
        name="unknown",
        what="a binary answer has a status of HTTP",
        verb="downloadEdoc",
        method="GET",
        parameters={"docId": "x" * 32},
    ),
)
