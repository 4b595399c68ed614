"""Findings about many devices, weighed by one call: columns go in, columns come out.

Trust: the caller's arrays; C checks every value that it weighs.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Union

from ._array import INT32, TIMES, UINT8, UINT32, Form, Lent, is_of_arrow, lend, new_array, room
from ._constants import Kind, Origin, Verdict
from ._errors import ArgumentError
from ._ffi import check, error, ffi, lib, member, whole
from ._finding import number_of_kind
from ._outcome import Given, Selection, Summary, fill_given, summary_of
from ._reason import Reason, reason_of_number
from ._time import ms_of_time


class Column(NamedTuple):
    """One source's findings about many devices, one a device.

    An array is a buffer, such as an ``array.array`` or a NumPy array, or one of Arrow. None of
    them is copied: it is held while it is read, and changing its numbers meanwhile makes outcomes
    of some mixture of them.
    """

    #: A `Kind`, its name, or a host's own.
    kind: Kind | str | int
    #: On the kind's scale: int32. A null of Arrow is a device that nobody asked.
    values: Any
    #: In place of nulls: a bitmap, least significant bit first, such as of
    #: ``numpy.packbits(mask, bitorder="little")``.
    present: Any = None
    #: Of those present: uint8, each a `State`; None for all valid.
    states: Any = None
    #: When it was true: int64 milliseconds or datetime64[ms]; None for now.
    times: Any = None
    #: 0 to 65536: uint32; None for full.
    quality: Any = None
    source: int = 0
    origin: Origin = Origin.HOST


class Head(NamedTuple):
    """One row of `Outcomes`."""

    verdict: Verdict
    risk: int
    lowest: int
    highest: int
    uncertainty: int
    adverse: int
    #: The most decisive one.
    reason: Reason | None


class Outcomes(Sequence[Head]):
    """What a policy makes of many devices: arrays, of which NumPy and Arrow see the memory itself.

    >>> import trust
    >>> from array import array
    >>> policy = trust.Policy.load_unsigned('''
    ...   { "trust_policy": 1, "id": "door", "revision": 1,
    ...     "signals": { "identity": {"weight": 300} },
    ...     "verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }''')
    >>> outcomes = policy.evaluate_many({"identity": array("i", [2, 32, 96])}, now=1795410000)
    >>> outcomes.risk
    array('i', [321, 536, 750])
    >>> outcomes[2].verdict
    <Verdict.DENY: 4>
    """

    __slots__ = (
        "_summaries",
        "adverse",
        "highest",
        "lowest",
        "reason",
        "risk",
        "uncertainty",
        "verdict",
    )

    #: Unsigned: each a `Verdict`.
    verdict: array[int]
    risk: array[int]
    #: What the risks could still become with better and with worse evidence.
    lowest: array[int]
    highest: array[int]
    uncertainty: array[int]
    adverse: array[int]
    #: Unsigned: each the number of the most decisive reason, 0 for none.
    reason: array[int]

    def __init__(self, count: int, summaries: bool) -> None:
        self.verdict = new_array("I", count)
        self.risk = new_array("i", count)
        self.lowest = new_array("i", count)
        self.highest = new_array("i", count)
        self.uncertainty = new_array("i", count)
        self.adverse = new_array("i", count)
        self.reason = new_array("I", count)
        self._summaries = ffi.new("trust_policy_summary[]", count) if summaries else None

    def _lay(self) -> Any:
        """Where C writes. The struct alone does not hold the arrays."""
        out = ffi.new("trust_policy_outcomes *", lib.trust_py_outcomes)
        held = [out]
        for name in ("verdict", "reason"):
            held.append(room(getattr(self, name), "uint32_t[]"))
            setattr(out, name, held[-1])
        for name in ("risk", "lowest", "highest", "uncertainty", "adverse"):
            held.append(room(getattr(self, name), "int32_t[]"))
            setattr(out, name, held[-1])
        if self._summaries is not None:
            out.summary = self._summaries
        return held

    @property
    def summaries(self) -> list[Summary]:
        """All the heads of each outcome, when they were asked for with ``summaries=True``."""
        if self._summaries is None:
            raise ValueError("evaluate_many(..., summaries=True) asks for them")
        return [summary_of(c) for c in self._summaries]

    def __len__(self) -> int:
        return len(self.verdict)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        return Head(
            Verdict(self.verdict[index]),
            self.risk[index],
            self.lowest[index],
            self.highest[index],
            self.uncertainty[index],
            self.adverse[index],
            reason_of_number(self.reason[index]),
        )

    def __iter__(self) -> Iterator[Head]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<Outcomes: {len(self)}>"


#: By kind, or each a `Column`. A mapping is invariant in its keys, so that any type of them is borne.
Columns = Union[Mapping[Any, Any], Iterable[Column]]


class Batch:
    """What C reads, and what is held meanwhile."""

    def __init__(self, count: int | None) -> None:
        self.c = ffi.new("trust_policy_batch *", lib.trust_py_batch)
        # A number of Python's own: C goes by it, and a subclass could be equal to every other.
        self.count = None if count is None else whole(count, "how many devices there are", 63)
        self.held: list[Any] = []

    def lend(self, data: Any, form: Form, *, nulls: bool = False) -> Lent:
        """Lend one array that has an entry a device."""
        lent = lend(data, form, nulls=nulls)
        self.held.append(lent)
        if self.count is None:
            self.count = lent.length
        elif self.count != lent.length:
            raise ValueError(f"an array of {lent.length} for {self.count} devices")
        return lent

    def fill(self, c: Any, column: Column) -> None:
        lent = self.lend(column.values, INT32, nulls=True)
        c.values = lent.pointer
        c.present, c.present_offset = lent.present, lent.present_offset
        if column.present is not None:
            if lent.present:
                raise ValueError("an array with nulls and a bitmap of what is present")
            bitmap = lend(column.present, UINT8)
            if bitmap.length < (lent.length + 7) // 8:
                raise ValueError(f"a bitmap of {bitmap.length} bytes for {lent.length} devices")
            self.held.append(bitmap)
            c.present, c.present_offset = bitmap.pointer, 0
        if column.states is not None:
            c.states = self.lend(column.states, UINT8).pointer
        if column.times is not None:
            c.times = self.lend(column.times, TIMES).pointer
        if column.quality is not None:
            c.quality = self.lend(column.quality, UINT32).pointer
        c.kind = number_of_kind(column.kind)
        c.source = whole(column.source, "the source of a column")
        c.origin = member(Origin, column.origin)


def evaluate_many(
    policy: Any,
    columns: Columns,
    now: Any,
    given: Given | None,
    selections: Iterable[Selection] | None,
    previous: Any,
    since: Any,
    count: int | None,
    summaries: bool,
) -> Outcomes:
    """See `Policy.evaluate_many`."""
    listed: Any = columns.items() if isinstance(columns, Mapping) else columns
    rows = [Column(*column) for column in listed]
    batch = Batch(count)
    c = batch.c
    c.columns = laid = ffi.new("trust_column[]", len(rows))
    c.column_count = len(rows)
    for index, row in enumerate(rows):
        laid[index] = lib.trust_py_column
        batch.fill(laid[index], row)
    c.common = common = ffi.new("trust_policy_input *", lib.trust_py_input)
    if given is not None:
        batch.held.append(fill_given(common, given))
    kind: Any = type(now)
    if hasattr(kind, "__len__") or is_of_arrow(kind):
        c.now = batch.lend(now, TIMES).pointer
    else:
        common.now = ms_of_time(now)
    if previous is not None:
        c.previous = batch.lend(previous, UINT32).pointer
    if since is not None:
        c.since = batch.lend(since, TIMES).pointer
    if selections is not None:
        try:
            chosen = ffi.new("trust_policy_selection[]", list(selections))
        except OverflowError:
            raise ArgumentError("expected selections, of two 32-bit integers each") from None
        batch.held.append(chosen)
        if batch.count is None:
            batch.count = len(chosen)
        elif batch.count != len(chosen):
            raise ValueError(f"{len(chosen)} selections for {batch.count} devices")
        c.selections = chosen
    c.count = batch.count or 0
    outcomes = Outcomes(c.count, summaries)
    out = outcomes._lay()
    err = error()
    check(lib.trust_policy_evaluate_many(policy, c, out[0], err), err)
    return outcomes
