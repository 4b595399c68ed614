"""A moment is the same on both sides of the binding."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import trust
from trust._ffi import lib
from trust._time import duration_of_ms, ms_of_duration, ms_of_time, time_of_ms

UTC = timezone.utc
#: Within the years that a datetime has.
MS = st.integers(ms_of_time(datetime(1, 1, 2, tzinfo=UTC)), 253402300799999)


@given(MS)
def test_a_moment_comes_back(ms: int) -> None:
    moment = time_of_ms(ms)
    assert moment is not None
    assert ms_of_time(moment) == ms
    assert ms_of_time(moment.astimezone(timezone(timedelta(hours=-7)))) == ms


@given(st.integers(0, 253402300799999))
def test_text_comes_back(ms: int) -> None:
    moment = time_of_ms(ms)
    assert trust.parse_time(trust.format_time(moment)) == moment


@given(st.integers(-(2**42), 2**42))
def test_seconds_and_datetimes_are_one(ms: int) -> None:
    assert ms_of_time(ms / 1000) == ms
    assert ms_of_time(ms * 1000) == ms * 1_000_000


@given(MS, st.integers(0, 999))
def test_a_millisecond_counts_once_it_is_over(ms: int, more: int) -> None:
    moment = time_of_ms(ms)
    assert moment is not None
    moment += timedelta(microseconds=more)
    assume(moment != trust.NEVER)  # the last microsecond that a datetime has
    assert ms_of_time(moment) == ms
    if ms >= ms_of_time(datetime(1000, 1, 1, tzinfo=UTC)):
        words = moment.astimezone(UTC).isoformat(timespec="microseconds")
        assert ms_of_time(trust.parse_time(words)) == ms


@given(st.integers(lib.TRUST_TIME_UNKNOWN, lib.TRUST_TIME_NEVER))
def test_every_number_of_c_is_a_time(ms: int) -> None:
    moment = time_of_ms(ms)
    if ms == lib.TRUST_TIME_UNKNOWN:
        assert moment is None
    else:
        assert moment is not None
        assert moment.tzinfo is UTC


def test_the_ends() -> None:
    assert ms_of_time(None) == lib.TRUST_TIME_UNKNOWN
    assert ms_of_time(trust.NEVER) == lib.TRUST_TIME_NEVER
    assert time_of_ms(lib.TRUST_TIME_NEVER) == trust.NEVER
    assert time_of_ms(253402300800000) == trust.NEVER
    assert time_of_ms(lib.TRUST_TIME_UNKNOWN + 1) == datetime.min.replace(tzinfo=UTC)
    assert duration_of_ms(lib.TRUST_TIME_NEVER) == timedelta.max
    assert ms_of_duration(timedelta(seconds=1.5)) == ms_of_duration(1.5) == 1500


@pytest.mark.parametrize("no_time", ["1795410000", b"0", [], object()])
def test_what_is_no_time_is_refused(no_time: Any) -> None:
    with pytest.raises(TypeError, match="expected a number of seconds"):
        ms_of_time(no_time)


@pytest.mark.parametrize("out", [math.nan, math.inf, -math.inf, 1e300, 2**63, -(2**60)])
def test_what_is_out_of_range_is_refused(out: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        ms_of_time(out)


def test_a_naive_datetime_names_no_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ms_of_time(datetime(2026, 11, 23))


def test_text_that_is_no_time_is_quoted() -> None:
    with pytest.raises(trust.FormatError, match="neither RFC 3339 nor Unix seconds: 'yesterday'"):
        trust.parse_time("yesterday")
    with pytest.raises(trust.FormatError):
        trust.parse_time("\ud800")


@given(
    st.text(max_size=45) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
)
def test_any_text_is_a_time_or_an_error(words: str) -> None:
    try:
        moment = trust.parse_time(words)
    except trust.FormatError:
        return
    assert trust.parse_time(trust.format_time(moment)) == moment


def test_unix_seconds_are_read() -> None:
    assert trust.parse_time("0") == datetime(1970, 1, 1, tzinfo=UTC)
