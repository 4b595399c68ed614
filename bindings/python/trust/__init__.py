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
from ._finding import Finding, Findings, kind_id
from ._reason import Reason, reason
from ._time import NEVER, format_time, parse_time

__version__: str = _text(_lib.TRUST_VERSION_STRING)


def version() -> str:
    """The version of the C library that was loaded.

    >>> import trust
    >>> trust.version() >= trust.__version__
    True
    """
    return _text(_lib.trust_version())


__all__ = [
    "NEVER",
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
    "Finding",
    "Findings",
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
    "Reason",
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
    "format_time",
    "kind_id",
    "parse_time",
    "reason",
    "version",
]
