"""A short run of the fuzzer, always the same; `./dev fuzz` goes on for as long as is asked."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz.cases import Answer, Case
from tests.fuzz.oracle import complaint
from tests.fuzz.run import fuzz

SEED = 4764
SECONDS = 15
FEWEST = 300
"""Cases that even a busy machine gets through."""

PROBLEM = {"Content-Type": "application/problem+json"}


async def test_whatever_is_sent_is_answered_in_time_by_a_known_code_and_harms_nothing(tmp_path: Path) -> None:
    result = await fuzz(tmp_path / "failures", seed=SEED, until=time.monotonic() + SECONDS)
    assert result.failures == Counter()
    assert sum(result.tally.counts.values()) > FEWEST


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=500, headers=PROBLEM, body=b"{}", seconds=0), "status 500"),
        (Answer(status=503, headers=PROBLEM, body=b"{}", seconds=0), "status 503"),
        (Answer(status=0, headers={}, body=b"ConnectionResetError()", seconds=0), "no answer: ConnectionResetError()"),
        (Answer(status=200, headers={}, body=b"", seconds=6), "slow"),
        (Answer(status=200, headers={"X-Injected": "1"}, body=b"", seconds=0), "a header was injected"),
        (Answer(status=400, headers=PROBLEM, body=b'{"code": "malformed-xml", "Traceback', seconds=0), "the hub's inside"),
        (Answer(status=400, headers={}, body=b"{}", seconds=0), "without a problem document"),
        (Answer(status=400, headers=PROBLEM, body=b"{", seconds=0), "no JSON"),
        (Answer(status=400, headers=PROBLEM, body=b'{"code": "x"}', seconds=0), "unknown code x"),
        (Answer(status=400, headers=PROBLEM, body=b'{"code": "too-large", "status": 413}', seconds=0), "with status 400"),
    ],
)
def test_a_bad_answer_is_noticed(answer: Answer, said: str) -> None:
    assert said in (complaint(Case(door="x"), [answer]) or "")


@pytest.mark.parametrize(
    ("code", "body", "said"),
    [
        ("internal", b'{"status": "FAIL", "ErrorCode": "20"}', "told internal"),
        ("not-found", b"{", "no JSON"),
        ("not-found", b'{"status": "FAIL", "ErrorCode": "20"}', "not-found as 20"),
    ],
)
def test_a_bad_refusal_to_the_sdk_is_noticed(code: str, body: bytes, said: str) -> None:
    answer = Answer(status=200, headers={"X-Lienthong-Code": code}, body=body, seconds=0)
    assert said in (complaint(Case(door="x"), [answer]) or "")


def test_a_good_refusal_is_no_complaint() -> None:
    body = b'{"code": "too-large", "status": 413}'
    assert complaint(Case(door="x"), [Answer(status=413, headers=PROBLEM, body=body, seconds=0)]) is None
