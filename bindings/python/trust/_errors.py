"""What a failed call raises: one exception for each status of the C library.

Trust: the words of an error may quote bytes from outside; the C library has escaped them.
"""

from __future__ import annotations

from typing import Any, NoReturn

from ._constants import Status
from ._trust import ffi, lib


class Error(Exception):
    """A call failed. Its subclasses, one for each status, also are the built-in they resemble."""

    #: The status: a `Status`. A class has that which it stands for.
    code: Status = Status.HOST
    #: The byte in the input where reading stopped, 0 where that means nothing.
    offset: int = 0
    #: The line and column of a text document, from 1, 0 where that means nothing.
    line: int = 0
    column: int = 0
    #: A JSON pointer, a file or a field; often empty.
    where: str = ""

    @property
    def name(self) -> str:
        """The status as C spells it, such as ``TRUST_E_FORMAT``."""
        return str(ffi.string(lib.trust_status_name(self.code)), "ascii")

    @property
    def message(self) -> str:
        """One line, lower case, no full stop."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.line else ""
        before = ", ".join(part for part in (self.where, place) if part)
        return f"{before}: {self.message}" if before else self.message


class ArgumentError(Error, ValueError):
    """The caller broke the call's contract: a length, a value outside its range."""

    code = Status.ARGUMENT


class OutOfMemoryError(Error, MemoryError):
    """Memory could not be had. Nothing changed."""

    code = Status.NOMEM


class FormatError(Error, ValueError):
    """Bytes from outside are not what their format asks for."""

    code = Status.FORMAT


class LimitError(Error, ValueError):
    """Bytes or counts from outside are larger than the library reads."""

    code = Status.LIMIT


class UnsupportedError(Error):
    """Well formed, but of a kind, version or algorithm that this build does not have."""

    code = Status.UNSUPPORTED


class SignatureError(Error):
    """A signature, MAC or digest does not match."""

    code = Status.SIGNATURE


class NotFoundError(Error, LookupError):
    """There is no such thing."""

    code = Status.NOT_FOUND


class ExistsError(Error):
    """There is already such a thing."""

    code = Status.EXISTS


class ConflictError(Error):
    """Somebody else changed the record meanwhile; nothing was written."""

    code = Status.CONFLICT


class BusyError(Error):
    """Another thread is using this object; nothing was done."""

    code = Status.BUSY


class StoreError(Error, OSError):
    """Reading, writing or connecting failed."""

    code = Status.IO


class DeadlineError(Error, TimeoutError):
    """The call's deadline passed."""

    code = Status.TIMEOUT


class CancelledError(Error):
    """The call was cancelled."""

    code = Status.CANCELLED


class IntegrityError(Error):
    """A stored record fails its integrity check."""

    code = Status.INTEGRITY


class StateError(Error):
    """Not possible in the present state, such as an assessment without a policy."""

    code = Status.STATE


class HostError(Error):
    """A callback of the host broke its contract or failed."""

    code = Status.HOST


class ClosedError(ValueError):
    """The object was closed, or never opened."""


BY_STATUS: dict[int, type[Error]] = {kind.code: kind for kind in Error.__subclasses__()}


def make_error(status: int, detail: Any = None) -> Error:
    """The exception for ``status`` with the words of a ``trust_error``, when there are any."""
    if detail is not None and detail.code != status:
        detail = None  # words about something else
    text = ffi.string(lib.trust_status_text(status) if detail is None else detail.message)
    error = BY_STATUS.get(status, Error)(text.decode("utf-8", "replace"))
    if error.code != status:
        error.code = Status(status)  # of a library that is newer than this file
    if detail is not None:
        error.offset = detail.offset
        error.line = detail.line
        error.column = detail.column
        error.where = ffi.string(detail.where).decode("utf-8", "replace")
    return error


def fail(status: int, detail: Any = None) -> NoReturn:
    """Raise what ``status`` means."""
    raise make_error(status, detail)
