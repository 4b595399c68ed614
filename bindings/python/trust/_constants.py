"""The numbers of the C library as enumerations. Their values are read from it, so none can drift.

A library that is newer than this file may answer a number that has no name here yet: it becomes
``UNKNOWN_7``, compares as 7, and no look-up fails.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Callable

from ._trust import ffi, lib

#: What a format that asks for a number ends in.
NUMERIC = tuple("bcdeEfFgGnoxX%")


class Constant(enum.IntEnum):
    """An integer with a word: ``str()`` and formatting give the word, as it stands in JSON.

    >>> import trust
    >>> f"{trust.Verdict.STEP_UP}", int(trust.Verdict.STEP_UP)
    ('step_up', 2)
    """

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, spec: str) -> str:
        return format(int(self) if spec[-1:] in NUMERIC else str(self), spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        # By number: the first releases of Python 3.11 copy by name, and a stranger has none.
        return type(self), (int(self),)

    @classmethod
    def _missing_(cls, value: object) -> Constant | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


def spelled(constant: Constant, name: Callable[[int], Any]) -> str:
    """The word that the library has for it, if it has one."""
    word = name(constant)
    known = word != ffi.NULL and not constant.name.startswith("UNKNOWN_")
    return str(ffi.string(word), "ascii") if known else Constant.__str__(constant)


class Status(Constant):
    """The outcome of a call."""

    OK = lib.TRUST_OK
    ARGUMENT = lib.TRUST_E_ARGUMENT
    NOMEM = lib.TRUST_E_NOMEM
    FORMAT = lib.TRUST_E_FORMAT
    LIMIT = lib.TRUST_E_LIMIT
    UNSUPPORTED = lib.TRUST_E_UNSUPPORTED
    SIGNATURE = lib.TRUST_E_SIGNATURE
    NOT_FOUND = lib.TRUST_E_NOT_FOUND
    EXISTS = lib.TRUST_E_EXISTS
    CONFLICT = lib.TRUST_E_CONFLICT
    BUSY = lib.TRUST_E_BUSY
    IO = lib.TRUST_E_IO
    TIMEOUT = lib.TRUST_E_TIMEOUT
    CANCELLED = lib.TRUST_E_CANCELLED
    INTEGRITY = lib.TRUST_E_INTEGRITY
    STATE = lib.TRUST_E_STATE
    HOST = lib.TRUST_E_HOST


class Verdict(Constant):
    """What a decision says, in order of severity; ``NONE`` decides nothing and opens nothing.

    >>> import trust
    >>> trust.Verdict.QUARANTINE < trust.Verdict.DENY
    True

    A verdict is equal to no word, so a comparison with one raises: ``verdict != "deny"`` would let
    everything in. So would ``if verdict:``, which raises too.
    """

    NONE = lib.TRUST_NO_VERDICT
    ALLOW = lib.TRUST_ALLOW
    STEP_UP = lib.TRUST_STEP_UP
    QUARANTINE = lib.TRUST_QUARANTINE
    DENY = lib.TRUST_DENY

    if not TYPE_CHECKING:  # which sees by itself that such a comparison is never true

        def __eq__(self, other: object) -> bool:
            if isinstance(other, str):
                raise TypeError(f"compare a verdict with trust.Verdict.DENY, not with {other!r}")
            return int(self) == other

        def __ne__(self, other: object) -> bool:
            return not self == other

        __hash__ = Constant.__hash__

    def __bool__(self) -> bool:
        raise TypeError("a verdict is neither true nor false: compare it with trust.Verdict.ALLOW")

    def __str__(self) -> str:
        return spelled(self, lib.trust_verdict_name)


def refuse_verdict(judged: object, other: object) -> None:
    """Refuse to compare what has a verdict with a verdict, a word or a number. It is equal to none,
    so that ``decision != trust.Verdict.DENY`` would let everything in."""
    if isinstance(other, (str, int)):
        raise TypeError(
            f"compare the verdict of the {type(judged).__name__}, not it, with {other!r}"
        )


class Kind(Constant):
    """What a finding is about. A host's own kind has a name with a dot and no member here."""

    NONE = lib.TRUST_KIND_NONE
    ATTESTATION = lib.TRUST_KIND_ATTESTATION
    IDENTITY = lib.TRUST_KIND_IDENTITY
    PLACE = lib.TRUST_KIND_PLACE
    REPUTATION = lib.TRUST_KIND_REPUTATION
    BEHAVIOUR = lib.TRUST_KIND_BEHAVIOUR
    HUMAN = lib.TRUST_KIND_HUMAN

    def __str__(self) -> str:
        return spelled(self, lib.trust_kind_name)


class Scale(Constant):
    """What a kind's value measures."""

    AR4SI = lib.TRUST_SCALE_AR4SI
    PERMILLE = lib.TRUST_SCALE_PERMILLE
    PERCENT = lib.TRUST_SCALE_PERCENT
    SURPRISE = lib.TRUST_SCALE_SURPRISE


class Origin(Constant):
    """Who states an item of evidence; set by the caller, never by the bytes."""

    DEVICE = lib.TRUST_FROM_DEVICE
    HOST = lib.TRUST_FROM_HOST
    SERVICE = lib.TRUST_FROM_SERVICE

    def __str__(self) -> str:
        return spelled(self, lib.trust_origin_name)


class State(Constant):
    """What is known about a kind: anything but ``VALID`` says why there is no value."""

    NOT_REQUESTED = lib.TRUST_STATE_NOT_REQUESTED
    VALID = lib.TRUST_STATE_VALID
    PENDING = lib.TRUST_STATE_PENDING
    REFUSED = lib.TRUST_STATE_REFUSED
    INVALID = lib.TRUST_STATE_INVALID
    EXPIRED = lib.TRUST_STATE_EXPIRED
    SOURCE_DOWN = lib.TRUST_STATE_SOURCE_DOWN
    NOT_APPLICABLE = lib.TRUST_STATE_NOT_APPLICABLE
    UNBOUND = lib.TRUST_STATE_UNBOUND
    UNSUPPORTED = lib.TRUST_STATE_UNSUPPORTED

    def __str__(self) -> str:
        return spelled(self, lib.trust_state_name)


class Lifecycle(Constant):
    """Where a device is in its life."""

    ENROLLED = lib.TRUST_LIFECYCLE_ENROLLED
    SUSPENDED = lib.TRUST_LIFECYCLE_SUSPENDED
    REVOKED = lib.TRUST_LIFECYCLE_REVOKED
    RETIRED = lib.TRUST_LIFECYCLE_RETIRED

    def __str__(self) -> str:
        return spelled(self, lib.trust_lifecycle_name)


class Binding(Constant):
    """What the identity of a decision is bound to."""

    NONE = lib.TRUST_BINDING_NONE
    KEY = lib.TRUST_BINDING_KEY
    CHANNEL = lib.TRUST_BINDING_CHANNEL


class Replay(Constant):
    """How long a spent nonce is remembered."""

    NONE = lib.TRUST_REPLAY_NONE
    PROCESS = lib.TRUST_REPLAY_PROCESS
    DURABLE = lib.TRUST_REPLAY_DURABLE


class Audience(Constant):
    """Whom an explanation is for."""

    OPERATOR = lib.TRUST_FOR_OPERATOR
    SUBJECT = lib.TRUST_FOR_SUBJECT


class RowType(Constant):
    """What a row of the ledger stands for."""

    BASE = lib.TRUST_ROW_BASE
    SIGNAL = lib.TRUST_ROW_SIGNAL
    CAP = lib.TRUST_ROW_CAP
    CLAMP = lib.TRUST_ROW_CLAMP


class Asks(Constant):
    """What a condition of a gate asks."""

    AT_LEAST = lib.TRUST_ASKS_AT_LEAST
    POINTS = lib.TRUST_ASKS_POINTS
    ABSENT = lib.TRUST_ASKS_ABSENT
    OLDER = lib.TRUST_ASKS_OLDER


class Severity(Constant):
    """How grave a remark about a policy document is."""

    NOTE = lib.TRUST_LINT_NOTE
    WARNING = lib.TRUST_LINT_WARNING
    ERROR = lib.TRUST_LINT_ERROR


class Mode(Constant):
    """What a baseline does with what it scores."""

    LEARN = lib.TRUST_LEARN
    ASIDE = lib.TRUST_LEARN_ASIDE


class Use(Constant):
    """What a key may sign."""

    DEVICE = lib.TRUST_USE_DEVICE
    POLICY = lib.TRUST_USE_POLICY
    LOG = lib.TRUST_USE_LOG
    GRANT = lib.TRUST_USE_GRANT
    OPERATOR = lib.TRUST_USE_OPERATOR
    DOCUMENT = lib.TRUST_USE_DOCUMENT


class AddressClass(Constant):
    """What an address is by the registries alone."""

    GLOBAL = lib.TRUST_ADDRESS_GLOBAL
    PRIVATE = lib.TRUST_ADDRESS_PRIVATE
    SHARED = lib.TRUST_ADDRESS_SHARED
    LOOPBACK = lib.TRUST_ADDRESS_LOOPBACK
    LINK_LOCAL = lib.TRUST_ADDRESS_LINK_LOCAL
    MULTICAST = lib.TRUST_ADDRESS_MULTICAST
    DOCUMENTATION = lib.TRUST_ADDRESS_DOCUMENTATION
    BENCHMARK = lib.TRUST_ADDRESS_BENCHMARK
    RESERVED = lib.TRUST_ADDRESS_RESERVED
    UNSPECIFIED = lib.TRUST_ADDRESS_UNSPECIFIED
    ANYCAST_SERVICE = lib.TRUST_ADDRESS_ANYCAST_SERVICE

    def __str__(self) -> str:
        return spelled(self, lib.trust_address_class_name)


class Embed(Constant):
    """How an IPv4 address lies in an IPv6 one."""

    NONE = lib.TRUST_EMBED_NONE
    MAPPED = lib.TRUST_EMBED_MAPPED
    COMPATIBLE = lib.TRUST_EMBED_COMPATIBLE
    SIX_TO_FOUR = lib.TRUST_EMBED_6TO4
    TEREDO = lib.TRUST_EMBED_TEREDO
    NAT64 = lib.TRUST_EMBED_NAT64
    ISATAP = lib.TRUST_EMBED_ISATAP


class ListCategory(Constant):
    """What a list says about the addresses on it."""

    OTHER = lib.TRUST_LIST_OTHER
    VPN = lib.TRUST_LIST_VPN
    TOR = lib.TRUST_LIST_TOR
    PROXY = lib.TRUST_LIST_PROXY
    HOSTING = lib.TRUST_LIST_HOSTING
    BLOCK = lib.TRUST_LIST_BLOCK


class SourceFormat(Constant):
    """How the bytes of a table's source are read."""

    MMDB = lib.TRUST_SOURCE_MMDB
    CIDR = lib.TRUST_SOURCE_CIDR


class StoreAction(Constant):
    """What one operation of a commit does."""

    PUT = lib.TRUST_STORE_PUT
    DELETE = lib.TRUST_STORE_DELETE
    CHECK = lib.TRUST_STORE_CHECK


class Debug(Constant):
    """The state of a device's debug ports (RFC 9711 section 4.2.9)."""

    UNSTATED = lib.TRUST_DEBUG_UNSTATED
    ENABLED = lib.TRUST_DEBUG_ENABLED
    DISABLED = lib.TRUST_DEBUG_DISABLED
    DISABLED_SINCE_BOOT = lib.TRUST_DEBUG_DISABLED_SINCE_BOOT
    DISABLED_FOREVER = lib.TRUST_DEBUG_DISABLED_FOREVER
    DISABLED_FULLY = lib.TRUST_DEBUG_DISABLED_FULLY


class Boot(Constant):
    """Whether a device started what it should (RFC 9711 section 4.2.8)."""

    UNSTATED = lib.TRUST_BOOT_UNSTATED
    INSECURE = lib.TRUST_BOOT_INSECURE
    SECURE = lib.TRUST_BOOT_SECURE


class LogLevel(Constant):
    """How grave a line of the log is."""

    ERROR = lib.TRUST_LOG_ERROR
    WARNING = lib.TRUST_LOG_WARNING
    INFO = lib.TRUST_LOG_INFO
