"""How far an IoT device can be trusted, right now, and why."""

from __future__ import annotations

from ._attest import ATTEST_MAX_TOKEN, ATTEST_PROFILE, Component, attest
from ._baseline import Baseline, Scores
from ._batch import Column, Head, Outcomes
from ._cancel import Cancel
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
from ._decision import Decision, Item, Result, Vector
from ._device import Challenge, Device, DeviceInfo
from ._engine import Engine
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
from ._evidence import TYPE_ADDRESS, TYPE_DIDIT, TYPE_EAT_CWT, TYPE_METRIC, Evidence, bundle_device
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
from ._seams import Operation, Request
from ._store import MemoryStore, Store
from ._table import Address, AddressInfo, Classified, Source, SourceInfo, Table, list_category
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
    "TYPE_ADDRESS",
    "TYPE_DIDIT",
    "TYPE_EAT_CWT",
    "TYPE_METRIC",
    "Action",
    "Address",
    "AddressClass",
    "AddressInfo",
    "ArgumentError",
    "Asks",
    "Audience",
    "Bands",
    "Baseline",
    "Binding",
    "Boot",
    "BusyError",
    "Cancel",
    "CancelledError",
    "Challenge",
    "Classified",
    "ClosedError",
    "Column",
    "Component",
    "Condition",
    "ConflictError",
    "DeadlineError",
    "Debug",
    "Decision",
    "Device",
    "DeviceInfo",
    "Embed",
    "Engine",
    "Error",
    "Evidence",
    "ExistsError",
    "Finding",
    "Findings",
    "Floor",
    "FormatError",
    "Gate",
    "Given",
    "Group",
    "Head",
    "HostError",
    "Hysteresis",
    "IntegrityError",
    "Item",
    "KeyPair",
    "Kind",
    "Knot",
    "Lifecycle",
    "LimitError",
    "ListCategory",
    "LogLevel",
    "Manifest",
    "MemoryStore",
    "Mode",
    "NotFoundError",
    "Operation",
    "Origin",
    "OutOfMemoryError",
    "Outcome",
    "Outcomes",
    "Overrides",
    "Policy",
    "Profile",
    "Reason",
    "Reference",
    "Remark",
    "Replay",
    "Report",
    "Request",
    "Result",
    "Row",
    "RowType",
    "Scale",
    "Scores",
    "Selection",
    "Severity",
    "Signal",
    "SignatureError",
    "Signer",
    "Source",
    "SourceFormat",
    "SourceInfo",
    "Stage",
    "State",
    "StateError",
    "Status",
    "Step",
    "Store",
    "StoreAction",
    "StoreError",
    "Summary",
    "Table",
    "UnsupportedError",
    "Use",
    "Validity",
    "Vector",
    "Verdict",
    "attest",
    "bundle_device",
    "format_time",
    "keygen",
    "kind_id",
    "lint",
    "list_category",
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
