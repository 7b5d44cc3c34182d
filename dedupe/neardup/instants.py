"""
When a document was published, as one number: dates are written with and without an hour, in many zones.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = len("2026-05-08")


def instant(published: str | None) -> int | None:
    """
    An ISO date as microseconds of UTC; None for none, and for what is no date.

    A date without an hour is the beginning of its day, one without a zone is of UTC: so all dates have one order,
    in whatever zone they are written.

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
    Whether one date is known to lie before the other: where one of them states no hour, by their days as written.

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
    """What a date says, as far as it can be read: of one with an impossible hour or zone the day."""
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
