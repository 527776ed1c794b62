"""When what is due: one function for each rule of the regulation that sets a time. Pure; the rules' lengths are settings.

The moments that rules start from, and the articles they obey, stand in `deadlines.RULES`.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.core.hours import Schedule
from gateway.core.model import VIETNAM

LAST_SECOND: Final = time(23, 59, 59)


def intake(schedule: Schedule, arrived: datetime, allowed: timedelta) -> datetime:
    """Give when văn thư must have taken in a document: so much working time after its arrival (article 6.4)."""
    return schedule.add_working(arrived, allowed)


def intake_urgent(arrived: datetime, allowed: timedelta) -> datetime:
    """Give when an urgent document must have been taken in: at once, by the clock, whatever the hour (article 6.4)."""
    return arrived.astimezone(VIETNAM) + allowed


def assignment(schedule: Schedule, registered: datetime) -> datetime:
    """Give when a document must have been assigned: the end of the working day (article 6.4)."""
    return schedule.end_of_working_day(registered)


def issue(schedule: Schedule, promulgated_on: date) -> datetime:
    """Give when a document must have been issued: the end of the next working morning (article 6.3)."""
    return schedule.next_working_morning_end(promulgated_on)


def receipt_notice(arrived: datetime) -> datetime:
    """Give when the sender must have been told: within the day (NĐ 30/2020 Đ21.2c)."""
    return datetime.combine(arrived.astimezone(VIETNAM).date(), LAST_SECOND, tzinfo=VIETNAM)


def response(schedule: Schedule, due_on: date) -> datetime:
    """Give when an answer is due: the end of that working day; of the next where it is a day off (articles 14.2, 15)."""
    return schedule.end_of_working_day(datetime.combine(due_on, time(), tzinfo=VIETNAM))
