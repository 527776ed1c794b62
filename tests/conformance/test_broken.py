"""An adapter that is broken in one place fails the checks of that place, and no other."""

from typing import Any

import pytest

from tests.conformance import broken_otherwise as otherwise
from tests.conformance import broken_sending as sending
from tests.conformance.trying import failed, tried

TWICE = "the same document twice has one reference and one effect"
RESTART = "a repeat after a restart has one effect"
LOST_ANSWER = "a retry after a lost answer makes no duplicate"
AT_ONCE = "documents handed over at once arrive each whole"
CLOCK = "a clock that is an hour wrong loses and doubles nothing"
BESIDE = "attachments beside the envelope arrive whole"
LARGE = "an attachment of 200 mb passes in bounded memory"
NAMES = "a vietnamese file name stays readable"
RECALL = "a recall an update or a replacement never becomes a new document"
LOSS = "the loss report shows no loss of what is essential"
CANCELLED = "a call cancelled half way leaves nothing half"
BROKEN_OFF = "a document whose octets break off is not handed over"
HANGING = "a call to a hanging other side is cancelled at once"
REFUSAL = "a refusal means never and gives the reason"
AWAY = "an other side that is away means again later"
GARBAGE = "a failure or garbage means again later"
CREDENTIALS = "credentials that are not accepted are an operators turn"
DISCRETION = "no document and no secret is in logs or faults"
ACCEPTED = "what is accepted is told so and not given again"
REFUSED = "what is refused is told why and not given again"
AGAIN = "what is not acknowledged is given again"
LEFT = "of a list that is left half way the rest is given later"
WAITING = "documents that wait are given whole oldest first"
STATUS = "a status that waits names its delivery and is given once"
NEWS = "a status reaches the other side with its words"
NEWS_AGAIN = "news told again after a lost answer has one effect"
ORDER = "statuses out of order or doubled have one effect each"
REVISED = "an update or a replacement is told once at most and is no status"
BACK = "a wish to have a document back reaches the other side once"
HEALTH = "health is quiet and changes nothing while all is well"
HEALTH_AWAY = "health sees that the other side is away and back"
HEALTH_CREDENTIALS = "health sees that the credentials are not accepted"
HEALTH_SICK = "health never calls a sick other side anything worse"
QUOTED = "a wrong value of a setting is never quoted"
DESCRIBED = "every setting is described"
UNKNOWN = "an unknown setting is named and not quoted"

BROKEN: dict[type, set[str]] = {
    sending.Doubling: {TWICE, RESTART, LOST_ANSWER, CLOCK},
    sending.Forgetful: {RESTART},
    sending.Losing: {BESIDE},
    sending.Holding: {LARGE},
    sending.Renaming: {NAMES},
    sending.Newing: {RECALL},
    sending.Undated: {LOSS},
    sending.Mixing: {AT_ONCE},
    sending.Hasty: {CANCELLED, BROKEN_OFF},
    sending.Stubborn: {CANCELLED, HANGING, LOST_ANSWER},
    sending.Impatient: {HANGING},
    sending.Punctual: {CLOCK},
    otherwise.Hopeful: {REFUSAL},
    otherwise.Wordless: {REFUSAL},
    otherwise.Swallowing: {AWAY},
    otherwise.Undiscerning: {AWAY, HEALTH_AWAY},
    otherwise.Raw: {GARBAGE, HEALTH_SICK},
    otherwise.Giving: {CREDENTIALS, HEALTH_CREDENTIALS},
    otherwise.Chatty: {DISCRETION},
    otherwise.Logging: {DISCRETION},
    otherwise.Leaking: {DISCRETION},
    otherwise.Silent: {ACCEPTED, REFUSED, STATUS},
    otherwise.Approving: {REFUSED},
    otherwise.Backwards: {WAITING, AGAIN, LEFT},
    otherwise.Greedy: {AGAIN, LEFT},
    otherwise.Cutting: {WAITING},
    otherwise.Confusing: {STATUS},
    otherwise.Repeating: {NEWS_AGAIN, ORDER, REVISED, BACK},
    otherwise.Curt: {NEWS, REVISED, BACK},
    otherwise.Rounding: {NEWS},
    otherwise.Trying: {HEALTH},
    otherwise.Cheerful: {HEALTH_AWAY, HEALTH_CREDENTIALS},
    otherwise.Quoting: {QUOTED},
}
SETTINGS: dict[type, set[str]] = {otherwise.Bare: {DESCRIBED}, otherwise.Lax: {UNKNOWN}}
LIMIT = 100_000
"""With a limit of its own, 200 MB are not tried: only what holds them in memory needs that."""


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_what_is_broken_fails_the_right_checks(broken: type) -> None:
    claims: dict[str, Any] = {} if broken is sending.Holding else {"max_size": LIMIT}
    assert failed(tried(broken, **claims)) == BROKEN[broken]


@pytest.mark.parametrize("broken", SETTINGS, ids=lambda broken: broken.__name__)
def test_settings_that_are_wrong_fail_the_right_check(broken: type) -> None:
    assert failed(tried(asked=broken, max_size=LIMIT)) == SETTINGS[broken]


def test_attachments_that_are_changed_fail_wherever_one_arrives() -> None:
    assert {"a golden document arrives whole", BESIDE} <= failed(tried(sending.Tidying, max_size=LIMIT))


def test_fields_that_are_lost_or_invented_are_a_report_and_no_failure() -> None:
    report = tried(sending.Inventing, max_size=LIMIT)
    (loss,) = report.losses.values()
    assert failed(report) == set()
    assert loss.dropped == ("MessageHeader/From/Fax", "MessageHeader/To/Fax")
    assert loss.changed == ("MessageHeader/OtherInfo/PageAmount",)
    assert loss.invented == ("MessageHeader/Secrecy",)
