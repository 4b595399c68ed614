"""The outcome of weighing findings: the verdict at once, and what explains it when it is asked for.

An outcome keeps what it rests on. Weighing is a pure function, so that what explains it is weighed
again when somebody looks: most outcomes are never asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ._constants import Verdict, refuse_verdict
from ._ffi import check, ffi, lib, member, text, whole
from ._finding import Findings
from ._ledger import Action, Row, Step, action_of, row_of
from ._reason import Reason, number_of_reason, reason_of_number
from ._time import Time, ms_of_time, time_of_ms

#: Verdict and risk by what lib.trust_py_evaluate answers.
HEADS: tuple[tuple[Verdict, int], ...] = tuple(
    (verdict, risk) for verdict in map(Verdict, range(5)) for risk in range(1024)
)
#: As many as trust_policy_next() ever gives.
MOST_STEPS = 8
NO_ROW = 0xFFFFFFFF


class Selection(NamedTuple):
    """Which profiles may apply to a device: see `Policy.select`."""

    #: Index of the first whose condition is true; 0 for the default.
    profile: int = 0
    #: Bit i: a fact is missing that could make profile i apply instead.
    also: int = 0


class Floor(NamedTuple):
    """A verdict that nothing may be better than, and why."""

    verdict: Verdict
    #: A `Reason`, its code or its number.
    reason: Reason | str | int


class Given(NamedTuple):
    """What an outcome rests on beside the findings and the time."""

    #: `Verdict.NONE` the first time, and when it began.
    previous: Verdict = Verdict.NONE
    since: Time = None
    #: Where the device is in its onboarding, by index, and since when; None: since now.
    stage: int = 0
    stage_since: Time = None
    #: Of the previous outcome.
    flaps: int = 0
    selection: Selection = Selection()
    #: From outside the policy, such as a suspended device.
    floors: Sequence[Floor] = ()
    #: That people signed for, already checked.
    override: Verdict = Verdict.NONE


class Summary(NamedTuple):
    """The heads of an outcome. Risks run from 0 to 1000, higher is riskier, 500 is even odds."""

    verdict: Verdict
    #: By the risk alone, before floors and hysteresis.
    natural: Verdict
    risk: int
    #: What the risk could still become with better and with worse evidence.
    lowest: int
    highest: int
    #: Permille of the policy's span that no fresh evidence pins.
    uncertainty: int
    #: Points that speak against the device, before any for it.
    adverse: int
    #: Hysteresis holds an earlier, stricter verdict.
    held: bool
    #: Index in `Policy.profiles`.
    profile: int
    #: A missing fact made the numbers stricter than that profile's.
    unsure: bool
    #: Index in `Policy.stages` of where it is now; 0 when there are none.
    stage: int
    flaps: int
    #: It is milder than it would be, by an override.
    overridden: bool
    #: Where the policy carries a calibration.
    probability: float | None
    #: When this verdict began, and when the stage was entered.
    since: datetime | None
    stage_since: datetime | None
    #: The first three, most decisive first.
    reasons: tuple[Reason, ...]
    #: The row of the ledger that each belongs to.
    subjects: tuple[int | None, ...]


class Validity(NamedTuple):
    """Until when an outcome holds."""

    #: The first moment at which it could differ with no new evidence; `NEVER` when it cannot.
    until: datetime | None
    #: That moment to the millisecond; if not, an earlier one.
    exact: bool


def summary_of(c: Any) -> Summary:
    """A summary from the struct of C."""
    reasons = tuple(reason for reason in map(reason_of_number, c.reasons) if reason)
    return Summary(
        Verdict(c.verdict),
        Verdict(c.natural),
        c.risk,
        c.lowest,
        c.highest,
        c.uncertainty,
        c.adverse,
        bool(c.held),
        c.profile,
        bool(c.unsure),
        c.stage,
        c.flaps,
        bool(c.overridden),
        None if c.probability < 0 else c.probability / 1000000,
        time_of_ms(c.since),
        time_of_ms(c.stage_since),
        reasons,
        tuple(None if c.subjects[i] == NO_ROW else c.subjects[i] for i in range(len(reasons))),
    )


def names_of_signals(policy: Any, bits: int) -> tuple[str, ...]:
    """The names of the signals that stand in a bitmap."""
    return tuple(text(signal.name) for signal in signals_of(policy, bits))


def signals_of(policy: Any, bits: int) -> list[Any]:
    """The signals that stand in a bitmap, as C has them."""
    chosen = []
    for index in range(lib.trust_policy_signal_count(policy)):
        if bits >> index & 1:
            signal = ffi.new("trust_policy_signal *")
            check(lib.trust_policy_signal_at(policy, index, signal))
            chosen.append(signal)
    return chosen


def fill_given(laid: Any, given: Given) -> Any:
    """Write what is given into a ``trust_policy_input``. Returns what has to live as long."""
    laid.previous = member(Verdict, given.previous)
    laid.since = ms_of_time(given.since)
    laid.stage = whole(given.stage, "the index of a stage")
    laid.stage_since = ms_of_time(given.stage_since)
    laid.flaps = whole(given.flaps, "how many flaps there were")
    laid.selection = [whole(part, "a part of a selection") for part in given.selection]
    laid.override = member(Verdict, given.override)
    if isinstance(given.floors, Iterator):
        raise TypeError("floors are read more than once: give a tuple or a list")
    floors = [(member(Verdict, verdict), number_of_reason(why)) for verdict, why in given.floors]
    laid.floors = held = ffi.new("trust_floor[]", floors)
    laid.floor_count = len(floors)
    return held


class Weighed(NamedTuple):
    """What C needs to explain an outcome; all of it lives as long as this does."""

    input: Any
    result: Any
    held: Any


def weigh(policy: Any, findings: Findings, now: Time, given: Given | None) -> Weighed:
    laid = ffi.new("trust_policy_input *", lib.trust_py_input)
    laid.findings = items = findings._items
    laid.finding_count = len(items)
    laid.now = ms_of_time(now)
    floors = None if given is None else fill_given(laid, given)
    size = lib.trust_policy_result_size(policy)
    room = ffi.new("uint64_t[]", size // 8 + 1)
    result = ffi.cast("trust_policy_result *", room)
    check(lib.trust_policy_evaluate(policy, laid, result, size))
    return Weighed(laid, result, (items, floors, room))


def summarise(result: Any) -> Any:
    out = ffi.new("trust_policy_summary *")
    lib.trust_policy_result_summary(result, out)
    return out


class Outcome:
    """What a policy makes of findings.

    >>> import trust
    >>> policy = trust.Policy.load_unsigned('''
    ...   { "trust_policy": 1, "id": "door", "revision": 1,
    ...     "signals": { "identity": {"weight": 300} },
    ...     "verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }''')
    >>> outcome = policy.evaluate([], now=1795410000)
    >>> outcome
    <Outcome deny risk=750 (321..750): NOT_REQUESTED>
    >>> [(row.name, row.points) for row in outcome.ledger]
    [('base', 450), ('identity', 300)]
    >>> outcome.next()[0].signals
    ('identity',)
    """

    __slots__ = ("_findings", "_given", "_now", "_policy", "_weighed", "risk", "verdict")

    if TYPE_CHECKING:
        # Slots, since a property would cost as much as the weighing: types alone keep them whole.
        @property
        def verdict(self) -> Verdict: ...
        @property
        def risk(self) -> int:
            """0 to 1000, higher is riskier, 500 is even odds."""
            ...

    _policy: Any
    _findings: Any
    _now: Time
    _given: Given | None
    _weighed: Weighed

    def _explain(self) -> Weighed:
        try:
            return self._weighed
        except AttributeError:
            self._weighed = weigh(self._policy, self._findings, self._now, None)
            return self._weighed

    @property
    def summary(self) -> Summary:
        """Everything that it comes to, in numbers."""
        return summary_of(summarise(self._explain().result))

    @property
    def range(self) -> tuple[int, int]:
        """What the risk could still become with better and with worse evidence."""
        summary = self.summary
        return summary.lowest, summary.highest

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The first three, most decisive first."""
        return self.summary.reasons

    @property
    def ledger(self) -> tuple[Row, ...]:
        """The rows whose points add up to the risk, base first."""
        result = self._explain().result
        rows = ffi.new("trust_row[]", lib.TRUST_MAX_ROWS)
        count = ffi.new("size_t *")
        check(lib.trust_policy_ledger(self._policy, result, rows, len(rows), count))
        return tuple(
            row_of(rows[i], text(lib.trust_policy_row_name(self._policy, rows + i)))
            for i in range(count[0])
        )

    def next(self) -> tuple[Step, ...]:
        """What to ask for next: the mildest verdict first, then the cheapest."""
        steps = ffi.new("trust_policy_step[]", MOST_STEPS)
        count = ffi.new("size_t *")
        check(lib.trust_policy_next(self._policy, self._explain().input, steps, MOST_STEPS, count))
        return tuple(self._step(steps[i]) for i in range(count[0]))

    def _step(self, step: Any) -> Step:
        signals = signals_of(self._policy, step.signals)
        return Step(
            tuple(text(signal.name) for signal in signals),
            tuple(text(signal.action) for signal in signals),
            Verdict(step.can_reach),
            step.cost,
        )

    def actions(self) -> tuple[Action, ...]:
        """What the policy asks the host to do: of the verdict, the gates that fire, the stage."""
        most = lib.TRUST_POLICY_MAX_ACTIONS
        out = ffi.new("trust_policy_action[]", most)
        count = ffi.new("size_t *")
        check(lib.trust_policy_actions(self._policy, self._explain().result, out, most, count))
        return tuple(action_of(out[i]) for i in range(count[0]))

    def valid_until(self) -> Validity:
        """Until when it holds with no new evidence."""
        until = ffi.new("trust_time *")
        exact = ffi.new("uint32_t *")
        check(lib.trust_policy_valid_until(self._policy, self._explain().input, until, exact))
        return Validity(time_of_ms(until[0]), bool(exact[0]))

    def then(self) -> Given:
        """What the next evaluation of the same device rests on: ``given=outcome.then()``. Floors
        and an override are for the host to find anew."""
        summary = self.summary
        given = getattr(self, "_given", None) or Given()
        return Given(
            summary.verdict,
            summary.since,
            summary.stage,
            summary.stage_since,
            summary.flaps,
            given.selection,
        )

    def _key(self) -> tuple[bytes, bytes]:
        digest = ffi.new("uint8_t[32]")
        lib.trust_policy_hash(self._policy, digest)
        return bytes(ffi.buffer(digest)), bytes(ffi.buffer(self._explain().held[2]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Outcome):
            refuse_verdict(self, other)
            return NotImplemented
        return self._key() == other._key()

    def __bool__(self) -> bool:
        raise TypeError("an outcome is neither true nor false: look at its verdict")

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        summary = self.summary
        why = ", ".join(map(str, summary.reasons))
        span = f"({summary.lowest}..{summary.highest})"
        return f"<Outcome {self.verdict} risk={self.risk} {span}{': ' if why else ''}{why}>"


def outcome_of(policy: Any, findings: Findings, now: Time, given: Given | None) -> Outcome:
    """Weigh, and keep what it came to."""
    outcome = Outcome()
    outcome._weighed = weigh(policy, findings, now, given)
    summary = summarise(outcome._weighed.result)
    outcome.verdict, outcome.risk = Verdict(summary.verdict), summary.risk  # type: ignore[misc]
    outcome._policy = policy
    outcome._findings = findings
    outcome._now = now
    outcome._given = given
    return outcome
