"""The behaviour baseline alone: what is usual for one series, and how unusual each new value is.

Trust: values are the caller's; saved bytes come from anywhere.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from ._array import DOUBLE, TIMES, lend, new_array, room
from ._constants import Mode
from ._ffi import NULL, Handle, check, error, ffi, lib, member, real, view, written
from ._time import Time, ms_of_time

if TYPE_CHECKING:
    from typing import Literal


class Scores(NamedTuple):
    """Two scores of each value."""

    #: Tenths of decades, 0 to 120.
    surprise: array[int]
    #: In 1/65536 of a decade, before the series' own past calibrates it: ranks its values.
    raw: array[int]


class Baseline(Handle):
    """What is usual for one metric of one device. One thread at a time: a second one gets
    `BusyError`. The same values give the same scores on every machine.

    >>> import trust
    >>> from array import array
    >>> baseline = trust.Baseline()
    >>> calm = baseline.observe_many(None, array("d", [20.0, 20.5, 19.5, 20.1, 20.3] * 400))
    >>> baseline.observe(90.0)
    32
    """

    __slots__ = ()
    _free = lib.trust_baseline_free

    def __init__(self) -> None:
        out = ffi.new("trust_baseline **")
        check(lib.trust_baseline_new(NULL, out))
        self._own(out[0])

    @classmethod
    def restore(cls, state: Any) -> Baseline:
        """Go on from what `save` wrote."""
        out = ffi.new("trust_baseline **")
        err = error()
        check(lib.trust_baseline_restore(*view(state), NULL, out, err), err)
        return cls._owning(out[0])

    def save(self) -> bytes:
        """All that it knows, the same bytes on every machine."""
        return written(lib.trust_baseline_save, self._ptr, room=lib.TRUST_BASELINE_MAX_STATE)

    def observe(self, value: float, time: Time = None, mode: Mode = Mode.LEARN) -> int:
        """Score a value before it is taken in, in tenths of decades from 0 to 120: 30 comes by
        chance once in a thousand values."""
        when = NULL if time is None else ffi.new("trust_time *", ms_of_time(time))
        out = ffi.new("int32_t *")
        what = real(value, "a value")
        err = error()
        check(
            lib.trust_baseline_observe(
                self._ptr, when, what, 1, member(Mode, mode), out, NULL, err
            ),
            err,
        )
        surprise: int = out[0]
        return surprise

    @overload
    def observe_many(
        self, timestamps: Any, values: Any, mode: Mode = ..., raw: Literal[False] = ...
    ) -> array[int]: ...
    @overload
    def observe_many(
        self, timestamps: Any, values: Any, mode: Mode = ..., *, raw: Literal[True]
    ) -> Scores: ...
    def observe_many(
        self, timestamps: Any, values: Any, mode: Mode = Mode.LEARN, raw: bool = False
    ) -> array[int] | Scores:
        """Score values in order, each before it is taken in. All or none are taken in.

        ``values`` are float64, ``timestamps`` int64 milliseconds or datetime64[ms] that never go
        back, or None: buffers, NumPy or Arrow arrays, none of them copied. With ``raw`` there are
        two arrays.
        """
        data = lend(values, DOUBLE)
        times = None if timestamps is None else lend(timestamps, TIMES)
        if times is not None and times.length != data.length:
            raise ValueError(f"{times.length} timestamps for {data.length} values")
        surprise = new_array("i", data.length)
        ranks = new_array("i", data.length if raw else 0)
        err = error()
        status = lib.trust_baseline_observe(
            self._ptr,
            NULL if times is None else times.pointer,
            data.pointer,
            data.length,
            member(Mode, mode),
            room(surprise, "int32_t[]"),
            room(ranks, "int32_t[]") if raw else NULL,
            err,
        )
        check(status, err)
        return Scores(surprise, ranks) if raw else surprise

    def __reduce__(self) -> Any:
        return Baseline.restore, (self.save(),)

    def __repr__(self) -> str:
        return "<Baseline: closed>" if self.closed else "<Baseline>"
