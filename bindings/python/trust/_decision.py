"""What comes out: the decision about a device, and the result of appraising one item.

Trust: plain values out of C, made by an assessment and never changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Callable, NamedTuple

from ._constants import Audience, Binding, Origin, Replay, State, Verdict, refuse_verdict
from ._ffi import Handle, check, ffi, lib, member, shown, text, written_text
from ._finding import Finding, finding_of
from ._ledger import Action, Row, Step, action_of, row_of
from ._outcome import Summary, summary_of
from ._reason import Reason, reason_of_number
from ._time import time_of_ms

#: How many references an object has that one variable of one function holds.
references: Callable[[Any], int] = getattr(sys, "getrefcount", lambda thing: 0)


def alone() -> int:
    thing = object()
    return references(thing)


ALONE = alone() or -1


class Item(NamedTuple):
    """What became of one item of evidence."""

    type: str
    origin: Origin
    state: State
    reason: Reason | None


class Decision(Handle):
    """The outcome of one assessment, with everything that explains it. It never changes, and any
    thread may read it. Two are equal when their JSON is.

    >>> import trust
    >>> engine = trust.Engine(policy=trust.Policy.load_unsigned('''
    ...     {"trust_policy": 1, "id": "door", "revision": 1, "signals": {"identity": {"weight": 300}},
    ...      "verdicts": {"allow": 350, "step_up": 475, "quarantine": 650}}'''))
    >>> device = engine.enroll("urn:dev:ops:32473-lock", keys=[bytes.fromhex("d7" + "5a" * 31)])
    >>> decision = device.assess(address="203.0.113.9")
    >>> decision.verdict, decision.risk
    (<Verdict.DENY: 4>, 750)
    >>> print(decision)
    urn:dev:ops:32473-lock: deny risk=750 (321..750): NOT_REQUESTED
    >>> decision.next[0].signals
    ('identity',)
    >>> if decision.verdict == trust.Verdict.ALLOW:
    ...     print("come in")

    A decision is neither true nor false, so that a denial is never taken for a yes.
    """

    __slots__ = ("_heads",)
    _free = lib.trust_decision_free

    def _spend(self) -> Any:
        """Close it and give its memory away; None when another thread is still reading it."""
        pointer = self._ptr
        self.close()
        return pointer if references(pointer) == ALONE else None

    @classmethod
    def _holding(cls, pointer: Any) -> Decision:
        """A decision in memory that `_spend` gave."""
        self = cls.__new__(cls)
        self._ptr = pointer
        return self

    @property
    def _info(self) -> Any:
        pointer = self._ptr
        try:
            return self._heads
        except AttributeError:
            info = ffi.new("trust_decision_info *")
            lib.trust_decision_get_info(pointer, info)
            self._heads: Any = info
            return info

    def _each(self, kind: str, call: Any, count: int) -> Iterator[Any]:
        """The structs that a call shows by their index; the texts in one live until the next."""
        pointer = self._ptr
        struct = ffi.new(kind + " *")
        for index in range(count):
            check(call(pointer, index, struct))
            yield struct

    @property
    def verdict(self) -> Verdict:
        """Allow, step up, quarantine or deny."""
        return Verdict(lib.trust_decision_verdict(self._ptr))

    @property
    def risk(self) -> int:
        """0 to 1000; 500 is even odds, 50 more double them."""
        risk: int = lib.trust_decision_risk(self._ptr)
        return risk

    @property
    def summary(self) -> Summary:
        """The heads of what the policy made of it."""
        return summary_of(self._info.summary)

    @property
    def natural(self) -> Verdict:
        """The verdict by the risk alone, before gates, stages and hysteresis."""
        return Verdict(self._info.summary.natural)

    @property
    def range(self) -> tuple[int, int]:
        """What the risk could still become, with better and with worse evidence."""
        return self._info.summary.lowest, self._info.summary.highest

    @property
    def uncertainty(self) -> int:
        """Permille of the policy's span that no fresh evidence pins."""
        return int(self._info.summary.uncertainty)

    @property
    def adverse(self) -> int:
        """Points that speak against the device, before any for it."""
        return int(self._info.summary.adverse)

    @property
    def held(self) -> bool:
        """Whether an earlier, stricter verdict is held until things are clearly better."""
        return bool(self._info.summary.held)

    @property
    def profile(self) -> str:
        """The policy's profile that the device was judged by, or "default"."""
        return shown(lib.trust_decision_profile, self._ptr)

    @property
    def stage(self) -> str:
        """The stage of onboarding that it is in; "" where the policy has none."""
        return shown(lib.trust_decision_stage, self._ptr)

    @property
    def decided(self) -> datetime | None:
        """The one time that the decision rests on."""
        return time_of_ms(self._info.decided)

    @property
    def valid_until(self) -> datetime | None:
        """The first moment at which it could differ with no new evidence; `trust.NEVER`."""
        return time_of_ms(self._info.valid_until)

    @property
    def valid_until_exact(self) -> bool:
        """Whether that is the moment to the millisecond, not an earlier one."""
        return bool(self._info.valid_until_exact)

    @property
    def preview(self) -> bool:
        """Whether nothing was committed."""
        return bool(self._info.preview)

    @property
    def repeated(self) -> bool:
        """Whether it is the outcome of an earlier request id."""
        return bool(self._info.repeated)

    @property
    def signed(self) -> bool:
        """Whether a manifest vouched for the policy."""
        return bool(self._info.policy_signed)

    @property
    def binding(self) -> Binding:
        """What the identity is bound to."""
        return Binding(self._info.binding)

    @property
    def replay_protection(self) -> Replay:
        """How long a spent nonce is remembered."""
        return Replay(self._info.replay_protection)

    @property
    def device_id(self) -> str:
        """The device that it is about."""
        return str(self.to_dict()["device"])

    @property
    def policy_id(self) -> str:
        """The id of the policy that weighed."""
        return str(self.to_dict()["policy"]["id"])

    @property
    def policy_revision(self) -> int:
        """Its revision."""
        return int(self._info.policy_revision)

    @property
    def policy_hash(self) -> bytes:
        """SHA-256 of the policy, normalised."""
        return bytes(ffi.buffer(self._info.policy_hash))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """At most three, most decisive first."""
        found = map(reason_of_number, self._info.summary.reasons)
        return tuple(reason for reason in found if reason is not None)

    @property
    def ledger(self) -> tuple[Row, ...]:
        """Rows of points that add up to the risk exactly, base first."""
        rows = self._each("trust_row", lib.trust_decision_row, self._info.row_count)
        return tuple(
            row_of(row, shown(lib.trust_decision_row_name, self._ptr, index))
            for index, row in enumerate(rows)
        )

    @property
    def next(self) -> tuple[Step, ...]:
        """What to ask for next, the mildest verdict first, then the cheapest."""
        count = self._info.step_count
        return tuple(
            Step(
                tuple(text(step.signals[i]) for i in range(step.signal_count)),
                tuple(text(step.actions[i]) for i in range(step.signal_count)),
                Verdict(step.can_reach),
                step.cost,
            )
            for step in self._each("trust_decision_step", lib.trust_decision_next, count)
        )

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the policy asks the host to do."""
        count = self._info.action_count
        found = self._each("trust_policy_action", lib.trust_decision_action, count)
        return tuple(action_of(action) for action in found)

    @property
    def needs(self) -> tuple[str, ...]:
        """Signals that its stage needs and that are not affirming yet."""
        count = self._info.need_count
        return tuple(shown(lib.trust_decision_need, self._ptr, i) for i in range(count))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that the policy saw, fresh or remembered."""
        count = self._info.finding_count
        found = self._each("trust_finding", lib.trust_decision_finding, count)
        return tuple(finding_of(finding) for finding in found)

    @property
    def items(self) -> tuple[Item, ...]:
        """What became of each item, in the order of the evidence."""
        count = self._info.item_count
        return tuple(
            Item(
                text(item.type),
                Origin(item.origin),
                State(item.state),
                reason_of_number(item.reason),
            )
            for item in self._each("trust_item_outcome", lib.trust_decision_item, count)
        )

    def to_json(self) -> str:
        """One JSON object (docs/decision.md), the same bytes from every language."""
        return written_text(lib.trust_decision_to_json, self._ptr)

    def to_dict(self) -> dict[str, Any]:
        """That object as a dictionary."""
        members: dict[str, Any] = json.loads(self.to_json())
        return members

    def explain(self, audience: Audience = Audience.OPERATOR) -> str:
        """Text for a person: everything for the operator, only what to do for the subject."""
        return written_text(lib.trust_decision_explain, self._ptr, member(Audience, audience))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            refuse_verdict(self, other)
            return NotImplemented
        return self is other or self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __bool__(self) -> bool:
        raise TypeError("a decision is neither true nor false: look at its verdict")

    def __str__(self) -> str:
        return f"{self.device_id}: {self._words}"

    def __repr__(self) -> str:
        return "<Decision closed>" if self.closed else f"<Decision {self._words}>"

    @property
    def _words(self) -> str:
        lowest, highest = self.range
        codes = ", ".join(str(reason) for reason in self.reasons) or "no reason"
        return f"{self.verdict} risk={self.risk} ({lowest}..{highest}): {codes}"


class Vector(NamedTuple):
    """The claims of AR4SI (draft-ietf-rats-ar4si section 2.3), 0 for none."""

    instance_identity: int
    configuration: int
    executables: int
    file_system: int
    hardware: int
    runtime_opaque: int
    storage_opaque: int
    sourced_data: int


class Result(Handle):
    """An attestation result (RFC 9334) for one item. It never changes.

    >>> import trust
    >>> result = trust.Engine().appraise("application/eat+cwt", b"no token")
    >>> result
    <Result unbound tier=99: MALFORMED>
    """

    __slots__ = ()
    _free = lib.trust_result_free

    @property
    def _info(self) -> Any:
        info = ffi.new("trust_result_info *")
        lib.trust_result_get_info(self._ptr, info)
        return info

    @property
    def state(self) -> State:
        """What is known of the item."""
        return State(self._info.state)

    @property
    def reason(self) -> Reason | None:
        """Why."""
        return reason_of_number(self._info.reason)

    @property
    def tier(self) -> int:
        """2 affirming, 32 warning, 96 contraindicated, 99 not verified."""
        return int(self._info.tier)

    @property
    def binding(self) -> Binding:
        """What the identity is bound to."""
        return Binding(self._info.binding)

    @property
    def vector(self) -> Vector:
        """The eight claims."""
        return Vector(*self._info.vector.claims)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What appraisal made of the item."""
        count = self._info.finding_count
        found = ffi.new("trust_finding[]", count)
        for index in range(count):
            check(lib.trust_result_finding(self._ptr, index, found + index))
        return tuple(finding_of(finding) for finding in found)

    def to_json(self, claims: bool = False) -> str:
        """One JSON object, with the verified claims when they are wanted."""
        return written_text(lib.trust_result_to_json, self._ptr, bool(claims))

    def to_dict(self, claims: bool = False) -> dict[str, Any]:
        """That object as a dictionary."""
        members: dict[str, Any] = json.loads(self.to_json(claims))
        return members

    def __bool__(self) -> bool:
        raise TypeError("a result is neither true nor false: look at its state and its tier")

    def __repr__(self) -> str:
        if self.closed:
            return "<Result closed>"
        return f"<Result {self.state} tier={self.tier}: {self.reason}>"
