"""Findings: what appraisal made of evidence, and the only thing that a policy sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, overload

from ._constants import Kind, Origin, State
from ._ffi import ffi, lib, member, spelled, view, whole
from ._reason import Reason, number_of_reason, reason_of_number
from ._time import Time, ms_of_time, time_of_ms

QUALITY_FULL: int = lib.TRUST_QUALITY_FULL
NO_ITEM: int = lib.TRUST_NO_ITEM
FINDING_SIZE: int = ffi.sizeof("trust_finding")


@lru_cache(maxsize=1024)
def kind_id(name: str) -> int:
    """The number of a kind of finding: built in, or made from a host's name with a dot.

    >>> import trust
    >>> trust.kind_id("identity") == trust.Kind.IDENTITY
    True
    >>> trust.kind_id("acme.tamper")
    2194334226
    """
    number: int = lib.trust_kind_id(*spelled(name))
    if number == Kind.NONE:
        raise ValueError(f"{name!r} can be no kind: it is built in, or carries a dot")
    return number


def number_of_kind(kind: str | int) -> int:
    """The number that C takes."""
    return kind_id(kind) if isinstance(kind, str) else whole(kind, "trust.Kind or a kind's name")


class Finding(NamedTuple):
    """One finding.

    >>> import trust
    >>> trust.Finding("identity", 2, time=1795410000).state
    <State.VALID: 1>
    """

    #: A `Kind`, its name, or a host's own: the name with a dot, or its number.
    kind: Kind | str | int
    #: On the kind's scale; read only when the state is valid. On many scales 0 is good news, so
    #: that nothing stands for it.
    value: int
    state: State = State.VALID
    #: When it was true: the older of claimed and received.
    time: Time = None
    #: 0 to 65536, how much the source can be relied on.
    quality: int = QUALITY_FULL
    #: Which source of this kind.
    source: int = 0
    origin: Origin = Origin.HOST
    #: The one fact that explains the value: a `Reason`, its code or its number.
    reason: Reason | str | int | None = None
    #: Index of the item of evidence.
    item: int | None = None
    #: For the explanation: what was expected and what was there, as the reason means them.
    expected: int = 0
    seen: int = 0


def finding_of(c: Any) -> Finding:
    """A finding from the struct of C."""
    return Finding(
        Kind(c.kind),
        c.value,
        State(c.state),
        time_of_ms(c.time),
        c.quality,
        c.source,
        Origin(c.origin),
        reason_of_number(c.reason),
        None if c.item == NO_ITEM else c.item,
        c.expected,
        c.seen,
    )


def _fill(c: Any, given: tuple[Any, ...]) -> None:
    if not isinstance(given, tuple):
        raise TypeError(f"expected a Finding, not {type(given).__name__}")
    finding = Finding(*given)
    c.kind = number_of_kind(finding.kind)
    c.time = ms_of_time(finding.time)
    c.reason = 0 if finding.reason is None else number_of_reason(finding.reason)
    try:
        c.source = finding.source
        c.state = finding.state
        c.origin = finding.origin
        c.value = finding.value
        c.quality = finding.quality
        c.item = NO_ITEM if finding.item is None else finding.item
        c.expected = finding.expected
        c.seen = finding.seen
    except (OverflowError, TypeError):
        _refuse(finding)
        raise


def _refuse(finding: Finding) -> None:
    """Say which number is none, or does not fit. Only then, since asking of each takes as long as
    laying it out does."""
    whole(finding.source, "the source of a finding")
    member(State, finding.state)
    member(Origin, finding.origin)
    whole(finding.value, "the value of a finding", signed=True)
    whole(finding.quality, "the quality of a finding")
    whole(0 if finding.item is None else finding.item, "the index of an item")
    whole(finding.expected, "what was expected", 64, signed=True)
    whole(finding.seen, "what was seen", 64, signed=True)


class Findings(Sequence[Finding]):
    """Findings laid out once as C reads them, to be weighed many times. Never changes.

    >>> import trust
    >>> findings = trust.Findings([trust.Finding("identity", 2), trust.Finding("place", 40)])
    >>> len(findings), findings[1].value
    (2, 40)

    `tobytes` and `frombytes` keep them as they are, 64 bytes each: what was weighed then can be
    weighed again on a machine of the same byte order.
    """

    __slots__ = ("_items", "_ptr")

    _items: Any
    _ptr: Any

    def __init__(self, findings: Iterable[tuple[Any, ...]] = ()) -> None:
        if isinstance(findings, Finding):
            raise TypeError("expected several findings, not one")
        rows = list(findings)
        items = ffi.new("trust_finding[]", len(rows))
        for c, finding in zip(items, rows):
            _fill(c, finding)
        self._lay(items)

    def _lay(self, items: Any) -> None:
        self._items = items
        self._ptr = ffi.new("trust_policy_input *", lib.trust_py_input)
        self._ptr.findings = items
        self._ptr.finding_count = len(items)

    @classmethod
    def frombytes(cls, data: Any) -> Findings:
        """Findings that `tobytes` wrote."""
        source, size = view(data)
        if size % FINDING_SIZE:
            raise ValueError(f"a finding has {FINDING_SIZE} bytes, so {size} bytes are none")
        items = ffi.new("trust_finding[]", size // FINDING_SIZE)
        ffi.memmove(items, source, size)
        self = cls.__new__(cls)
        self._lay(items)
        return self

    def tobytes(self) -> bytes:
        """Their 64 bytes each, as they lie in memory."""
        return bytes(ffi.buffer(self._items))

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        chosen = range(len(self._items))[index]
        if isinstance(chosen, int):
            return finding_of(self._items[chosen])
        return [finding_of(self._items[i]) for i in chosen]

    def __iter__(self) -> Iterator[Finding]:
        return (finding_of(c) for c in self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Findings):
            return NotImplemented
        return self.tobytes() == other.tobytes()

    def __hash__(self) -> int:
        return hash(self.tobytes())

    def __repr__(self) -> str:
        return f"<Findings: {len(self)}>"

    def __reduce__(self) -> Any:
        return type(self).frombytes, (self.tobytes(),)
