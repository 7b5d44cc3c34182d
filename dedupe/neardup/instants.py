"""
Publication times as comparable numbers: dates are written with and without a time of day, in many time zones.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = len("2026-05-08")


def instant(published: str | None) -> int | None:
    """
    Convert an ISO date to microseconds in UTC; None if it is missing or not a date.

    A date without a time means the beginning of its day, one without a zone is taken as UTC, so that all dates have a
    common order, in whatever zone they are written.

    >>> instant("2026-05-08T23:00+08:00") < instant("2026-05-08T20:00Z") == instant("2026-05-08T20:00")
    True
    >>> instant("2026-05-08") == instant("2026-05-08T00:00Z"), instant("yesterday")
    (True, None)
    """
    stated = _stated(published)
    if stated is None:
        return None
    return ((stated if stated.tzinfo else stated.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


def is_earlier(one: str | None, two: str | None) -> bool:
    """
    Whether one date is known to be before the other; if either has no time of day, their days as written decide.

    >>> is_earlier("2026-05-08T23:00+08:00", "2026-05-08T20:00Z"), is_earlier("2026-05-08", "2026-05-08T23:00")
    (True, False)
    >>> is_earlier("2026-05-07", "2026-05-08T23:00"), is_earlier(None, "2026-05-08")
    (True, False)
    """
    first, second = instant(one), instant(two)
    if not (one and two) or first is None or second is None:
        return False
    return first < second if min(len(one), len(two)) > _DAY else one[:_DAY] < two[:_DAY]


def _stated(published: str | None) -> datetime | None:
    """Parse a date as far as possible; if its time or zone is invalid, only the day."""
    if not published:
        return None
    try:
        return datetime.fromisoformat(published)
    except ValueError:
        pass
    try:
        return datetime.combine(date.fromisoformat(published[:_DAY]), datetime.min.time())
    except ValueError:
        return None
