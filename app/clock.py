"""Moments are UTC; days are days in Amsterdam."""

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
