"""A policy: loaded once, read by whoever wants to know what it holds a device to, and asked for
outcomes.

Trust: a document comes from a person, and with a manifest from anywhere.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from ._constants import Asks, Kind, Scale, Verdict
from ._errors import ArgumentError, NotFoundError
from ._ffi import (
    NULL,
    Handle,
    attribute_array,
    check,
    document,
    error,
    ffi,
    key_array,
    lib,
    read_file,
    text,
    written_text,
)
from ._finding import Findings
from ._outcome import (
    HEADS,
    Given,
    Outcome,
    Selection,
    names_of_signals,
    outcome_of,
)
from ._reason import Reason, reason_of_number
from ._time import Time, duration_of_ms, ms_of_time

if TYPE_CHECKING:
    from ._batch import Columns, Outcomes

evaluate = lib.trust_py_evaluate

LAST_STAGE = 0xFFFFFFFF


class Knot(NamedTuple):
    """A pair of a signal's curve."""

    #: On the kind's scale.
    value: int
    points: int


class Signal(NamedTuple):
    """One signal as it will be evaluated. 50 points double the odds against the device."""

    name: str
    group: str
    kind: Kind
    #: The most points that it can add.
    most: int
    #: The most that it can take away, zero or negative.
    least: int
    #: Points when it was not requested, was refused, or its source is down.
    absent: int
    refused: int
    source_down: int
    #: After which good and bad news count half; None for never.
    half_life_good: timedelta | None
    half_life_bad: timedelta | None
    #: After which it cannot vouch, and after which bad news no longer counts; None for never.
    ttl: timedelta | None
    ttl_bad: timedelta | None
    scale: Scale
    #: Permille of a value that counts even when it is fresh.
    reliability: int
    #: So many sources must say it before it counts.
    quorum: int
    #: Of asking for it; 0: it cannot be asked for.
    cost: int
    #: What the host does to obtain it.
    action: str
    #: The curve from value to points.
    knots: tuple[Knot, ...]


class Group(NamedTuple):
    """A group of signals, and its caps."""

    name: str
    #: The most points that its signals take away together, zero or negative.
    floor: int
    #: The most that they add.
    ceiling: int


class Bands(NamedTuple):
    """The base, and the highest risks that still earn each verdict."""

    base: int
    allow: int
    step_up: int
    quarantine: int


class Profile(NamedTuple):
    """What holds for devices of which its condition is true."""

    #: "default" for the first.
    id: str
    #: The condition for a person, such as "role is lock or valve"; "" for the default.
    when: str
    bands: Bands
    #: Points against a device, before any for it, that allow bears.
    adverse: int
    #: Permille not pinned by fresh evidence that allow bears.
    uncertainty: int
    #: The signals that are not asked for.
    exempt: tuple[str, ...]


class Condition(NamedTuple):
    """One condition of a gate."""

    signal: str
    asks: Asks
    #: On the kind's scale, or points.
    limit: int
    age: timedelta


class Gate(NamedTuple):
    """No verdict is better than the floor while so many of its conditions hold."""

    id: str
    floor: Verdict
    reason: Reason | None
    conditions: tuple[Condition, ...]
    #: So many of them fire it.
    need: int
    #: No override passes it.
    final: bool


class Stage(NamedTuple):
    """One stage of the onboarding workflow."""

    id: str
    #: The signals that must be affirming before the next stage.
    needs: tuple[str, ...]
    #: None for the last stage.
    next: str | None
    #: None for never.
    timeout: timedelta | None
    #: No verdict is better from the timeout on, until the stage is left.
    on_timeout: Verdict


class Hysteresis(NamedTuple):
    """How verdicts are kept from flapping."""

    #: Points below a threshold before a milder verdict may follow.
    margin: int
    dwell: timedelta
    #: What the dwell is multiplied by for each flap.
    backoff: int
    dwell_max: timedelta


class Overrides(NamedTuple):
    """What signed overrides may do."""

    #: No override makes a verdict milder; `Verdict.NONE`: there are none.
    mildest: Verdict
    #: People who must sign.
    approvals: int
    #: How long one may last.
    max_ttl: timedelta


def _maybe(ms: int) -> timedelta | None:
    return duration_of_ms(ms) if ms else None


def _bands(c: Any) -> Bands:
    return Bands(c.base, c.allow, c.step_up, c.quarantine)


def _at(ctype: str, call: Callable[..., int], *arguments: Any) -> Any:
    """The struct that an ``_at`` call gives."""
    out = ffi.new(ctype)
    check(call(*arguments, out))
    return out


def _each(ctype: str, call: Callable[..., int], *arguments: Any) -> Iterator[Any]:
    """The structs that an ``_at`` call gives, until there are no more."""
    for index in itertools.count():
        try:
            yield _at(ctype, call, *arguments, index)
        except NotFoundError:
            return


class Policy(Handle):
    """A policy that was loaded (docs/policy.md). It never changes; any thread may share it.

    >>> import trust
    >>> policy = trust.Policy.load_unsigned('''
    ...   { "trust_policy": 1, "id": "door", "revision": 1,
    ...     "signals": { "identity": {"weight": 300} },
    ...     "verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }''')
    >>> policy
    <Policy door, revision 1, unsigned>
    >>> signed = trust.Finding("identity", 2, time=1795410000, reason="IDENTITY_OK")
    >>> policy.evaluate([signed], now=1795410060)
    <Outcome allow risk=322 (321..322): IDENTITY_OK>
    """

    __slots__ = ("__weakref__",)
    _free = lib.trust_policy_free

    @classmethod
    def load_unsigned(cls, data: Any) -> Policy:
        """Read a document whose authenticity the caller answers for."""
        out = ffi.new("trust_policy **")
        err = error()
        check(lib.trust_policy_load_unsigned(*document(data), NULL, out, err), err)
        return cls._owning(out[0])

    @classmethod
    def load(cls, data: Any, manifest: Any, keys: Iterable[Any], now: Time = None) -> Policy:
        """Read a document that a manifest vouches for, signed with one of the keys.

        Without ``now`` a manifest that begins or ends at a time is refused.
        """
        out = ffi.new("trust_policy **")
        err = error()
        check(
            lib.trust_policy_load(
                *document(data),
                *document(manifest),
                *key_array(keys),
                ms_of_time(now),
                NULL,
                out,
                err,
            ),
            err,
        )
        return cls._owning(out[0])

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        root: Iterable[Any] | None = None,
        *,
        manifest: str | os.PathLike[str] | None = None,
        allow_unsigned: bool = False,
        now: Time | Callable[[], Time] = time.time,
    ) -> Policy:
        """Read a file as ``trustctl assess --policy`` does.

        With keys as ``root`` its manifest, ``FILE.manifest`` or the file that is named, must be
        there and verify; ``allow_unsigned`` bears that it is not there. Without ``root`` nobody is
        asked. ``now`` is a time or a clock; None is a time that is not known.
        """
        keys = None if root is None else list(root)
        if not keys and (keys is not None or manifest is not None):
            raise ArgumentError("there is no key to verify a manifest with")
        data = read_file(path, lib.TRUST_POLICY_MAX_BYTES)
        if not keys:
            return cls.load_unsigned(data)
        beside = f"{os.fspath(path)}.manifest" if manifest is None else manifest
        try:
            vouched = read_file(beside, lib.TRUST_MANIFEST_MAX_BYTES)
        except FileNotFoundError:
            if not allow_unsigned:
                raise
            return cls.load_unsigned(data)
        return cls.load(data, vouched, keys, now() if callable(now) else now)

    @property
    def id(self) -> str:
        """Its "id"."""
        held = self._ptr
        return text(lib.trust_policy_id(held))

    @property
    def revision(self) -> int:
        """Its "revision"."""
        revision: int = lib.trust_policy_revision(self._ptr)
        return revision

    @property
    def hash(self) -> bytes:
        """SHA-256 of the normalised document: layout, order and defaults left out do not change
        it."""
        out = ffi.new("uint8_t[32]")
        lib.trust_policy_hash(self._ptr, out)
        return bytes(ffi.buffer(out))

    @property
    def signed(self) -> bool:
        """Whether a manifest vouched for it."""
        return bool(lib.trust_policy_is_signed(self._ptr))

    def __repr__(self) -> str:
        if self.closed:
            return "<Policy: closed>"
        signed = "signed" if self.signed else "unsigned"
        return f"<Policy {self.id}, revision {self.revision}, {signed}>"

    # What it holds a device to.

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Its signals, in the order of the ledger: sorted by name."""
        held = self._ptr
        return tuple(
            Signal(
                text(c.name),
                text(c.group),
                Kind(c.kind),
                c.most,
                c.least,
                c.absent,
                c.refused,
                c.source_down,
                _maybe(c.half_life_good),
                _maybe(c.half_life_bad),
                _maybe(c.ttl),
                _maybe(c.ttl_bad),
                Scale(c.scale),
                c.reliability,
                c.quorum,
                c.cost,
                text(c.action),
                tuple(
                    Knot(knot.value, knot.points)
                    for knot in _each("trust_policy_knot *", lib.trust_policy_knot_at, held, i)
                ),
            )
            for i, c in (
                (i, _at("trust_policy_signal *", lib.trust_policy_signal_at, held, i))
                for i in range(lib.trust_policy_signal_count(held))
            )
        )

    @property
    def groups(self) -> tuple[Group, ...]:
        """Its groups, sorted by name."""
        held = self._ptr
        return tuple(
            Group(text(c.name), c.floor, c.ceiling)
            for c in _each("trust_policy_group *", lib.trust_policy_group_at, held)
        )

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Its gates, in the document's order."""
        held = self._ptr
        return tuple(
            Gate(
                text(c.id),
                Verdict(c.floor),
                reason_of_number(c.reason),
                tuple(
                    Condition(text(one.signal), Asks(one.asks), one.limit, duration_of_ms(one.age))
                    for one in _each(
                        "trust_policy_condition *", lib.trust_policy_condition_at, held, i
                    )
                ),
                c.need,
                bool(c.final),
            )
            for i, c in (
                (i, _at("trust_policy_gate *", lib.trust_policy_gate_at, held, i))
                for i in range(lib.trust_policy_gate_count(held))
            )
        )

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The default, then its profiles in the document's order."""
        held = self._ptr
        return tuple(
            Profile(
                text(c.id),
                written_text(lib.trust_policy_profile_when, held, i),
                _bands(c.stance.bands),
                c.stance.adverse,
                c.stance.uncertainty,
                names_of_signals(held, c.stance.exempt),
            )
            for i, c in enumerate(
                _each("trust_policy_profile *", lib.trust_policy_profile_at, held)
            )
        )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Its stages, in the document's order; the first is where a device begins."""
        held = self._ptr
        stages = list(_each("trust_policy_stage *", lib.trust_policy_stage_at, held))
        return tuple(
            Stage(
                text(c.id),
                names_of_signals(held, c.needs),
                None if c.next == LAST_STAGE else text(stages[c.next].id),
                _maybe(c.timeout),
                Verdict(c.on_timeout),
            )
            for c in stages
        )

    @property
    def bands(self) -> Bands:
        """Its base and thresholds."""
        out = ffi.new("trust_policy_bands *")
        lib.trust_policy_get_bands(self._ptr, out)
        return _bands(out)

    @property
    def hysteresis(self) -> Hysteresis:
        """How its verdicts are kept from flapping."""
        out = ffi.new("trust_policy_hysteresis *")
        lib.trust_policy_get_hysteresis(self._ptr, out)
        return Hysteresis(
            out.margin, duration_of_ms(out.dwell), out.backoff, duration_of_ms(out.dwell_max)
        )

    @property
    def overrides(self) -> Overrides:
        """What signed overrides may do."""
        out = ffi.new("trust_policy_overrides *")
        lib.trust_policy_get_overrides(self._ptr, out)
        return Overrides(Verdict(out.mildest), out.approvals, duration_of_ms(out.max_ttl))

    def expand(self) -> str:
        """The document in full, every default spelled out, as JSON that loads to the same hash."""
        return written_text(lib.trust_policy_expand, self._ptr)

    def select(self, attributes: Mapping[str, str]) -> Selection:
        """Which profiles may apply to a device of which these facts are registered.

        What is not registered is neither true nor false, and never makes a verdict milder.
        """
        facts, texts = attribute_array(attributes)
        out = ffi.new("trust_policy_selection *")
        check(lib.trust_policy_select(self._ptr, facts, len(texts), out))
        return Selection(out.profile, out.also)

    # What it makes of findings.

    def evaluate(
        self,
        findings: Findings | Iterable[tuple[Any, ...]],
        now: Time = None,
        given: Given | None = None,
    ) -> Outcome:
        """Weigh findings: a pure function, the same bits on every machine.

        Lay them out once as `Findings` when they are weighed often. Without ``now`` the clock
        cannot tell, and nothing is allowed. ``given`` is what else the outcome rests on, such as
        the previous one: see `Outcome.then`.
        """
        if given is None:
            # One crossing and one look-up. Whatever is unusual takes the way below.
            try:
                outcome = Outcome()
                outcome._policy = policy = self._ptr
                outcome.verdict, outcome.risk = HEADS[  # type: ignore[misc]
                    evaluate(policy, findings._ptr, now)  # type: ignore[union-attr]
                ]
                outcome._findings = findings
                outcome._now = now
                return outcome
            except (AttributeError, IndexError, OverflowError, TypeError):
                pass
        laid = findings if isinstance(findings, Findings) else Findings(findings)
        return outcome_of(self._ptr, laid, now, given)

    def evaluate_many(
        self,
        columns: Columns,
        now: Any = None,
        given: Given | None = None,
        *,
        selections: Iterable[Selection] | None = None,
        previous: Any = None,
        since: Any = None,
        count: int | None = None,
        summaries: bool = False,
    ) -> Outcomes:
        """Weigh the findings about many devices, each as `evaluate` weighs them, to the bit.

        ``columns`` maps kinds to arrays of int32 with an entry a device, or is a number of
        `Column`. Nothing is copied: see `Column` for what an array is. ``now`` is one time for
        all, or an array of int64 milliseconds or datetime64[ms]; ``given`` holds for all, and
        ``selections``, ``previous`` (uint32, such as the verdicts of earlier outcomes) and
        ``since`` take its place for each. ``count`` is how many they are, for when no array says.
        """
        from ._batch import evaluate_many

        return evaluate_many(
            self._ptr, columns, now, given, selections, previous, since, count, summaries
        )
