"""Times and durations, between Python's types and the milliseconds of C.

Trust: the caller's values; parse_time() takes text from anywhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import SupportsFloat, Union

from ._errors import FormatError
from ._ffi import check, ffi, lib, spelled, text

#: A moment: an aware datetime, Unix seconds, or None where it is not known.
Time = Union[datetime, SupportsFloat, None]
#: A length of time: a timedelta, or seconds.
Duration = Union[timedelta, SupportsFloat]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Later than every time.
NEVER = datetime.max.replace(tzinfo=timezone.utc)
ALWAYS = datetime.min.replace(tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)

UNKNOWN_MS: int = lib.TRUST_TIME_UNKNOWN
NEVER_MS: int = lib.TRUST_TIME_NEVER
LATEST_MS = (NEVER - EPOCH) // MILLISECOND
EARLIEST_MS = (ALWAYS - EPOCH) // MILLISECOND


def _ms_of_seconds(seconds: SupportsFloat) -> int:
    if isinstance(seconds, int):
        ms = seconds * 1000
    elif hasattr(type(seconds), "__float__") and not isinstance(seconds, complex):  # in 3.9
        try:
            ms = round(float(seconds) * 1000)
        except (OverflowError, ValueError):
            raise ValueError(f"{seconds} is no number of seconds") from None
    else:
        raise TypeError(f"expected a number of seconds, not {type(seconds).__name__}")
    if not UNKNOWN_MS < ms < NEVER_MS:
        raise ValueError("a number of seconds that is out of range")
    return ms


def ms_of_time(time: Time) -> int:
    """Milliseconds since 1970, as C counts them: those that are over. A naive datetime is refused,
    since it names no moment."""
    if time is None:
        return UNKNOWN_MS
    if not isinstance(time, datetime):
        return _ms_of_seconds(time)
    if time.utcoffset() is None:
        raise ValueError("a datetime needs a time zone, such as tzinfo=timezone.utc")
    if time >= NEVER:
        return NEVER_MS
    return (time - EPOCH) // MILLISECOND


def time_of_ms(ms: int) -> datetime | None:
    """An aware datetime in UTC; None where C does not know it, `NEVER` from the year 10000 on."""
    if ms == UNKNOWN_MS:
        return None
    if ms > LATEST_MS:
        return NEVER
    return EPOCH + ms * MILLISECOND if ms > EARLIEST_MS else ALWAYS


def ms_of_duration(duration: Duration) -> int:
    """Milliseconds."""
    if isinstance(duration, timedelta):
        return round(duration / MILLISECOND)
    return _ms_of_seconds(duration)


def duration_of_ms(ms: int) -> timedelta:
    """A timedelta, at most the longest that there is."""
    return ms * MILLISECOND if ms < timedelta.max // MILLISECOND else timedelta.max


def parse_time(words: str) -> datetime | None:
    """Read RFC 3339 text, or Unix seconds, as the library reads them in documents.

    >>> import trust
    >>> trust.parse_time("2026-11-23T05:00:00+01:00")
    datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.timezone.utc)
    """
    out = ffi.new("trust_time *")
    if lib.trust_time_parse(*spelled(words), out) == lib.TRUST_E_FORMAT:
        raise FormatError(f"neither RFC 3339 nor Unix seconds: {words[:40]!r}")
    return time_of_ms(out[0])


def format_time(time: Time) -> str:
    """Write it as RFC 3339 in UTC, with milliseconds only when there are any.

    >>> import trust
    >>> trust.format_time(1795410000.25)
    '2026-11-23T05:00:00.250Z'
    >>> trust.format_time(None), trust.format_time(trust.NEVER)
    ('unknown', 'never')
    """
    out = ffi.new("char[32]")
    check(lib.trust_time_format(ms_of_time(time), out, len(out)))
    return text(out)
