"""Moments are UTC; days are days in Amsterdam."""

import calendar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This moment, aware and in UTC: what the database keeps."""
    return datetime.now(UTC)


def today() -> date:
    """The date on the wall in Amsterdam."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as people in Amsterdam write it."""
    return moment.astimezone(AMSTERDAM)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def local_day(moment: datetime | None) -> date | None:
    """The date of a moment on the wall in Amsterdam."""
    return local(moment).date() if moment else None
