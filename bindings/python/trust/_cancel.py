"""A stop button, and how long a call may take."""

from __future__ import annotations

from typing import Any

from ._ffi import Handle, check, ffi, lib
from ._time import Time, ms_of_time


class Cancel(Handle):
    """A stop button for calls that may wait. Any thread may press it, and a signal handler.

    Every call that was given it then raises `trust.CancelledError` soon, and so does every later
    one.

    >>> import trust
    >>> cancel = trust.Cancel()
    >>> cancel.press()
    """

    __slots__ = ()
    _free = lib.trust_cancel_free

    def __init__(self) -> None:
        out = ffi.new("trust_cancel **")
        check(lib.trust_cancel_new(out))
        self._own(out[0])

    def press(self) -> None:
        """Stop every call that has this button."""
        lib.trust_cancel_now(self._ptr)


def limits(deadline: Time, cancel: Cancel | None) -> tuple[Any, Any]:
    """A ``trust_call`` and what it points to, which must live as long as the call."""
    if deadline is None and cancel is None:
        return ffi.NULL, None
    call = ffi.new("trust_call *")
    # 0 is none at all to C; a millisecond before it has passed as well.
    call.deadline = lib.TRUST_TIME_NEVER if deadline is None else ms_of_time(deadline) or -1
    button = None if cancel is None else cancel._ptr
    if button is not None:
        call.cancel = button
    return call, button
