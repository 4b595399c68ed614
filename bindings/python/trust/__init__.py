"""How far an IoT device can be trusted, right now, and why."""

from __future__ import annotations

from ._attest import ATTEST_MAX_TOKEN, ATTEST_PROFILE, Component, attest
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
from ._key import KeyPair, Signer, keygen, read_public_key, read_public_keys
from ._ledger import Action, Row, Step
from ._lint import Remark, Report, lint, policy_schema, test
from ._manifest import Manifest, sign_manifest, verify_manifest
from ._outcome import Floor, Given, Outcome, Selection, Summary, Validity
from ._policy import (
    Bands,
    Condition,
    Gate,
    Group,
    Hysteresis,
    Knot,
    Overrides,
    Policy,
    Profile,
    Signal,
    Stage,
)
from ._reason import Reason, reason
from ._reference import Reference
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
    "ATTEST_MAX_TOKEN",
    "ATTEST_PROFILE",
    "NEVER",
    "Action",
    "AddressClass",
    "ArgumentError",
    "Asks",
    "Audience",
    "Bands",
    "Binding",
    "Boot",
    "BusyError",
    "CancelledError",
    "ClosedError",
    "Component",
    "Condition",
    "ConflictError",
    "DeadlineError",
    "Debug",
    "Embed",
    "Error",
    "ExistsError",
    "Finding",
    "Findings",
    "Floor",
    "FormatError",
    "Gate",
    "Given",
    "Group",
    "HostError",
    "Hysteresis",
    "IntegrityError",
    "KeyPair",
    "Kind",
    "Knot",
    "Lifecycle",
    "LimitError",
    "ListCategory",
    "LogLevel",
    "Manifest",
    "Mode",
    "NotFoundError",
    "Origin",
    "OutOfMemoryError",
    "Outcome",
    "Overrides",
    "Policy",
    "Profile",
    "Reason",
    "Reference",
    "Remark",
    "Replay",
    "Report",
    "Row",
    "RowType",
    "Scale",
    "Selection",
    "Severity",
    "Signal",
    "SignatureError",
    "Signer",
    "SourceFormat",
    "Stage",
    "State",
    "StateError",
    "Status",
    "Step",
    "StoreAction",
    "StoreError",
    "Summary",
    "UnsupportedError",
    "Use",
    "Validity",
    "Verdict",
    "attest",
    "format_time",
    "keygen",
    "kind_id",
    "lint",
    "parse_time",
    "policy_schema",
    "read_public_key",
    "read_public_keys",
    "reason",
    "sign_manifest",
    "test",
    "verify_manifest",
    "version",
]
