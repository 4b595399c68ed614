"""How far an IoT device can be trusted, right now, and why."""

from __future__ import annotations

from ._constants import (
    AddressClass,
    Asks,
    Audience,
    Binding,
    Boot,
    Debug,
    Embed,
    Kind,
    Lifecycle,
    ListCategory,
    LogLevel,
    Mode,
    Origin,
    Replay,
    RowType,
    Scale,
    Severity,
    SourceFormat,
    State,
    Status,
    StoreAction,
    Use,
    Verdict,
)
from ._errors import (
    ArgumentError,
    BusyError,
    CancelledError,
    ClosedError,
    ConflictError,
    DeadlineError,
    Error,
    ExistsError,
    FormatError,
    HostError,
    IntegrityError,
    LimitError,
    NotFoundError,
    OutOfMemoryError,
    SignatureError,
    StateError,
    StoreError,
    UnsupportedError,
)
from ._ffi import lib as _lib
from ._ffi import text as _text

__version__: str = _text(_lib.TRUST_VERSION_STRING)


def version() -> str:
    """The version of the C library that was loaded.

    >>> import trust
    >>> trust.version() >= trust.__version__
    True
    """
    return _text(_lib.trust_version())


__all__ = [
    "AddressClass",
    "ArgumentError",
    "Asks",
    "Audience",
    "Binding",
    "Boot",
    "BusyError",
    "CancelledError",
    "ClosedError",
    "ConflictError",
    "DeadlineError",
    "Debug",
    "Embed",
    "Error",
    "ExistsError",
    "FormatError",
    "HostError",
    "IntegrityError",
    "Kind",
    "Lifecycle",
    "LimitError",
    "ListCategory",
    "LogLevel",
    "Mode",
    "NotFoundError",
    "Origin",
    "OutOfMemoryError",
    "Replay",
    "RowType",
    "Scale",
    "Severity",
    "SignatureError",
    "SourceFormat",
    "State",
    "StateError",
    "Status",
    "StoreAction",
    "StoreError",
    "UnsupportedError",
    "Use",
    "Verdict",
    "version",
]
