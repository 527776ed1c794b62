"""Alerts: told once when trouble has lasted, once when it is over, and nothing between, whatever comes and goes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.alert_mail import compose_alerts
from gateway.core.alert_rules import USUAL, AlertRule, Severity, Trouble, reached
from gateway.core.alerts import (
    LONGEST_SILENCE,
    SENTENCE,
    Alert,
    AlertState,
    Sign,
    Telling,
    Turn,
    acknowledged,
    hushed,
    named,
    silenced,
    standing,
    step,
)
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=VIETNAM)
MINUTE = timedelta(minutes=1)
PARKED, DISK = Trouble.SYSTEM_PARKED, Trouble.DISK_NEARLY_FULL
RULE = AlertRule(vi="Mất kết nối", en="Parked", severity=Severity.TICKET, lasting=2 * MINUTE, quiet=10 * MINUTE)
RULES = {**USUAL, PARKED: RULE, DISK: replace(RULE, vi="Đầy", en="Full", severity=Severity.PAGE, lasting=0 * MINUTE, at=85)}
SIGN = Sign(trouble=PARKED, subject="voffice", vi="voffice: không trả lời", en="voffice: no answer")
FULL = Sign(trouble=DISK, vi="90 %", en="90 %", value=90)
TURNS = {Turn.BEGAN: "+", Turn.ENDED: "-"}


class Watchman:
    """One who looks every minute, and remembers what was told."""

    def __init__(self) -> None:
        self.now = NOW
        self.alerts: tuple[Alert, ...] = ()
        self.told: list[tuple[datetime, Telling]] = []

    def look(self, *signs: Sign, minutes: int = 1) -> str:
        """Look so often; give what was told meanwhile."""
        said = ""
        for _ in range(minutes):
            self.alerts, told = step(self.alerts, signs, RULES, self.now)
            self.told += [(self.now, each) for each in told]
            said += "".join(TURNS[each.turn] for each in told)
            self.now += MINUTE
        return said

    @property
    def only(self) -> Alert:
        (one,) = self.alerts
        return one

    def change(self, alert: Alert) -> None:
        self.alerts = tuple(alert if each.id == alert.id else each for each in self.alerts)


@pytest.fixture
def watchman() -> Watchman:
    return Watchman()


def test_nothing_is_told_until_it_has_lasted(watchman: Watchman) -> None:
    assert watchman.look(SIGN, minutes=2) == ""
    assert watchman.only.state is AlertState.WAITING
    assert watchman.look(SIGN) == "+"
    assert watchman.only.state is AlertState.OPEN


def test_what_went_away_before_is_never_told(watchman: Watchman) -> None:
    assert watchman.look(SIGN, minutes=2) + watchman.look() + watchman.look(SIGN, minutes=2) == ""


def test_what_is_known_to_have_lasted_is_told_at_the_first_look(watchman: Watchman) -> None:
    assert watchman.look(replace(SIGN, since=NOW - 2 * MINUTE)) == "+"


def test_it_is_told_once_while_it_lasts_and_once_when_it_is_over(watchman: Watchman) -> None:
    assert watchman.look(SIGN, minutes=60) == "+"
    assert watchman.look(minutes=60) == "-"
    assert watchman.only.state is AlertState.CLOSED


def test_its_words_are_those_of_the_last_look(watchman: Watchman) -> None:
    watchman.look(SIGN, minutes=3)
    watchman.look(replace(SIGN, vi="x" * 2 * SENTENCE, count=9))
    assert (watchman.only.count, len(watchman.only.vi)) == (9, SENTENCE)
    assert watchman.only.since == NOW


def test_two_that_begin_together_are_told_together_the_more_severe_first(watchman: Watchman) -> None:
    watchman.look(SIGN, minutes=2)
    assert watchman.look(SIGN, FULL) == "++"
    assert [each.trouble for _, each in watchman.told] == [DISK, PARKED]


def test_a_flapping_sign_is_quiet(watchman: Watchman) -> None:
    said = "".join(watchman.look(FULL) + watchman.look() for _ in range(5))
    assert said == "+-"


def test_what_comes_back_and_stays_is_told_when_the_quiet_time_is_over(watchman: Watchman) -> None:
    watchman.look(FULL)
    watchman.look()
    began = watchman.now
    assert watchman.look(FULL, minutes=30) == "+"
    assert watchman.told[-1][0] == began + 9 * MINUTE


def test_nothing_is_told_while_it_is_silenced(watchman: Watchman) -> None:
    watchman.look(SIGN)
    watchman.change(hushed(watchman.only, watchman.now + 10 * MINUTE, "truc", "bảo trì", watchman.now))
    assert watchman.look(SIGN, minutes=10) == ""
    assert watchman.look(SIGN) == "+"


def test_the_end_of_what_was_told_is_told_when_the_silence_is_over(watchman: Watchman) -> None:
    watchman.look(FULL)
    watchman.change(hushed(watchman.only, watchman.now + 5 * MINUTE, "truc", "bảo trì", watchman.now))
    assert watchman.look(minutes=5) == ""
    assert watchman.look() == "-"


def test_what_came_back_within_the_silence_goes_on(watchman: Watchman) -> None:
    watchman.look(FULL)
    watchman.change(hushed(watchman.only, watchman.now + 5 * MINUTE, "truc", "bảo trì", watchman.now))
    watchman.look(minutes=2)
    assert watchman.look(FULL, minutes=30) == ""
    assert (watchman.only.state, watchman.only.closed_at) == (AlertState.OPEN, None)


def test_a_silence_can_be_ended(watchman: Watchman) -> None:
    watchman.look(SIGN)
    watchman.change(hushed(watchman.only, watchman.now + 60 * MINUTE, "truc", "bảo trì", watchman.now))
    watchman.look(SIGN, minutes=5)
    watchman.change(hushed(watchman.only, None, "truc", "xong", watchman.now))
    assert watchman.look(SIGN) == "+"


def test_what_was_acknowledged_before_it_was_told_is_not_told(watchman: Watchman) -> None:
    watchman.look(FULL)
    watchman.look()
    watchman.look(FULL)
    watchman.change(acknowledged(watchman.only, "truc", "đang dọn", watchman.now))
    assert watchman.look(FULL, minutes=30) + watchman.look() == ""


def test_who_acknowledged_is_told_when_it_is_over(watchman: Watchman) -> None:
    watchman.look(FULL)
    watchman.change(acknowledged(watchman.only, "truc", "đang dọn", watchman.now))
    assert watchman.look(FULL, minutes=9) + watchman.look() == "-"
    assert watchman.look(FULL, minutes=30) == "+"


def test_what_is_over_cannot_be_acknowledged(watchman: Watchman) -> None:
    watchman.look(FULL)
    watchman.look()
    with pytest.raises(Rejected, match="alert-closed"):
        acknowledged(watchman.only, "truc", "đang dọn", watchman.now)


@pytest.mark.parametrize("after", [timedelta(0), -MINUTE, LONGEST_SILENCE + MINUTE])
def test_a_silence_ends_in_the_future_within_a_month(watchman: Watchman, after: timedelta) -> None:
    watchman.look(FULL)
    with pytest.raises(Rejected, match="malformed-request"):
        hushed(watchman.only, watchman.now + after, "truc", "bảo trì", watchman.now)


def test_a_rule_that_is_off_sees_nothing_and_ends_what_it_began(watchman: Watchman) -> None:
    watchman.look(FULL)
    off = {**RULES, DISK: replace(RULES[DISK], on=False)}
    after, told = step(watchman.alerts, [FULL], off, watchman.now)
    assert [each.state for each in after] == [AlertState.CLOSED]
    assert [each.turn for each in told] == [Turn.ENDED]
    assert step((), [FULL], off, watchman.now) == ((), ())


def test_what_does_not_reach_the_threshold_is_no_trouble(watchman: Watchman) -> None:
    assert watchman.look(replace(FULL, value=84.9), minutes=10) == ""
    assert watchman.look(FULL) + watchman.look(replace(FULL, value=84.9)) == "+-"


@pytest.mark.parametrize(
    ("trouble", "at", "value", "is_reached"),
    [
        (Trouble.QUEUE_WAITS, 15, 15, False),
        (Trouble.QUEUE_WAITS, 15, 15.1, True),
        (Trouble.SILENT_AGENCIES, 20, 20, False),
        (Trouble.UNDELIVERABLE, 3, 3, True),
        (Trouble.CERTIFICATE_ENDING, 15, -16, False),
        (Trouble.CERTIFICATE_ENDING, 15, -15, True),
        (Trouble.CERTIFICATE_ENDING, 15, 0, True),
        (PARKED, None, 1, True),
    ],
)
def test_a_threshold_is_reached_as_its_rule_says(trouble: Trouble, at: float | None, value: float, is_reached: bool) -> None:
    assert reached(trouble, replace(USUAL[trouble], at=at), value) is is_reached
    assert not reached(trouble, replace(USUAL[trouble], at=at, on=False), value)


def test_silenced_ones_are_listed_apart(watchman: Watchman) -> None:
    watchman.look(FULL)
    assert list(standing(watchman.alerts, AlertState.OPEN, watchman.now)) == [watchman.only]
    watchman.change(hushed(watchman.only, watchman.now + MINUTE, "truc", "bảo trì", watchman.now))
    assert list(silenced(watchman.alerts, watchman.now)) == [watchman.only]
    assert list(standing(watchman.alerts, AlertState.OPEN, watchman.now)) == []


ACTS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from(["", "", "", "", "acknowledge", "silence", "unsilence"])), max_size=80
)


@given(ACTS)
def test_each_beginning_has_its_end_before_the_next_and_quiet_before_it(acts: list[tuple[bool, bool, str]]) -> None:
    watchman = Watchman()
    for parked, full, act in acts:
        for each in watchman.alerts:
            if act == "acknowledge" and each.is_standing:
                watchman.change(acknowledged(each, "truc", "x", watchman.now))
            elif act in {"silence", "unsilence"}:
                until = watchman.now + 7 * MINUTE if act == "silence" else None
                watchman.change(hushed(each, until, "truc", "x", watchman.now))
        quiet = {each.id for each in watchman.alerts if each.is_silenced(watchman.now)}
        before = len(watchman.told)
        watchman.look(*([SIGN] if parked else []), *([FULL] if full else []))
        assert not quiet & {named(each.trouble, each.subject) for _, each in watchman.told[before:]}
    for trouble in (PARKED, DISK):
        told = [(at, each.turn) for at, each in watchman.told if each.trouble is trouble]
        assert [turn for _, turn in told] == [Turn.BEGAN if place % 2 == 0 else Turn.ENDED for place in range(len(told))]
        assert all(told[place][0] - told[place - 1][0] >= RULE.quiet for place in range(2, len(told), 2))


@given(ACTS)
def test_whatever_was_before_what_lasts_is_told_in_the_end_and_its_end_too(acts: list[tuple[bool, bool, str]]) -> None:
    watchman = Watchman()
    for parked, _, act in acts:
        watchman.look(*([SIGN] if parked else []))
        for each in watchman.alerts if act == "silence" else ():
            watchman.change(hushed(each, watchman.now + 7 * MINUTE, "truc", "x", watchman.now))
    watchman.look(SIGN, minutes=30)
    assert watchman.only.told
    watchman.look(minutes=30)
    assert not watchman.only.told and watchman.told[-1][1].turn is Turn.ENDED


def told_mail(*signs: Sign, then: tuple[Sign, ...] = ()) -> tuple[str, str, str]:
    watchman = Watchman()
    watchman.look(*signs, minutes=3)
    watchman.told.clear()
    watchman.look(*then)
    mail = compose_alerts("1", ("a@b.example",), tuple(each for _, each in watchman.told), RULES)
    return mail.subject, mail.text, mail.html


def test_an_e_mail_of_one_names_the_rule() -> None:
    subject, text, _ = told_mail(then=(FULL,))
    assert subject == "[KHẨN] Cảnh báo: Đầy · Alert: Full"
    assert "TỪ 07:33 23/11/2026: Đầy: 90 % · Since then: Full: 90 %" in text


def test_an_e_mail_of_an_end_says_from_when_to_when() -> None:
    subject, text, _ = told_mail(SIGN)
    assert subject == "Đã hết: Mất kết nối · Over: Parked"
    assert "ĐÃ HẾT (07:30 23/11/2026 – 07:33 23/11/2026)" in text


def test_an_e_mail_of_several_counts_them() -> None:
    subject, *_ = told_mail(SIGN, then=(FULL,))
    assert subject == "[KHẨN] 1 cảnh báo, 1 đã hết · 1 alerts, 1 over"


def test_an_e_mail_leads_to_the_console_where_that_is_known() -> None:
    told = Telling(turn=Turn.BEGAN, trouble=DISK, subject="", vi="x", en="x", count=1, since=NOW, ended_at=None)
    mail = compose_alerts("1", ("a@b.example",), (told,), RULES, "https://truc.tinh.example")
    assert "https://truc.tinh.example/console/alerts" in mail.text and "https://truc.tinh.example/console/alerts" in mail.html


def test_no_other_side_writes_lines_or_html_into_an_e_mail() -> None:
    _, text, html = told_mail(then=(replace(FULL, vi="<b>x</b>\nBcc: y"),))
    assert "<b>x</b> Bcc: y" in text and "<b>" not in html
