"""A device and the challenges that it is given.

Trust: ids, keys and attributes are the host's; what a device sends is evidence and counts as such.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from ._aio import awaited, awaited_with_cancel
from ._cancel import Cancel, limits
from ._constants import Kind, Lifecycle, Verdict
from ._decision import Decision
from ._errors import ArgumentError
from ._evidence import Address, Evidence, Metrics, take
from ._ffi import Handle, chars, check, ffi, lib, member, shown, text, view, whole
from ._finding import number_of_kind
from ._fork import counted
from ._seams import SeamedHandle
from ._time import NEVER, Duration, Time, ms_of_duration, time_of_ms


class DeviceInfo(NamedTuple):
    """What a device's record says."""

    lifecycle: Lifecycle
    #: Of the last decision.
    verdict: Verdict
    risk: int
    open_challenges: int
    enrolled: datetime | None
    decided: datetime | None
    valid_until: datetime | None
    #: How many decisions were committed.
    decisions: int
    #: Of the record as this handle knows it.
    revision: int
    #: What was learnt, in bytes.
    memory_bytes: int
    stage: str
    stage_since: datetime | None
    #: How often its verdict got worse again soon after it got better.
    flaps: int


class Challenge(Handle):
    """A fresh nonce for one device, which the store knows before anybody sees it."""

    __slots__ = ()
    _free = lib.trust_challenge_free

    @property
    def nonce(self) -> bytes:
        """What to send."""
        pointer = self._ptr
        nonce = lib.trust_challenge_nonce(pointer)
        return bytes(ffi.buffer(nonce.data, nonce.size))

    @property
    def id(self) -> int:
        """Its number within the device."""
        number: int = lib.trust_challenge_id(self._ptr)
        return number

    @property
    def issued(self) -> datetime:
        """When it was issued, by the engine's clock."""
        return time_of_ms(lib.trust_challenge_issued(self._ptr)) or NEVER

    @property
    def deadline(self) -> datetime:
        """Until when it can be answered."""
        return time_of_ms(lib.trust_challenge_deadline(self._ptr)) or NEVER

    def __repr__(self) -> str:
        return "<Challenge closed>" if self.closed else f"<Challenge {self.nonce.hex()}>"


class Device(SeamedHandle):
    """One device: from `Engine.device` or `Engine.enroll`. Its records live in the engine's store.

    One thread at a time: a second one gets `trust.BusyError`. Open the device once more for it, as
    often as you like; whoever commits second starts over from the other's result.

    >>> import trust
    >>> engine = trust.Engine()
    >>> device = engine.enroll("urn:dev:ops:32473-pump", attributes={"class": "pump"})
    >>> device
    <Device urn:dev:ops:32473-pump>
    >>> device.lifecycle, device.attributes
    (<Lifecycle.ENROLLED: 1>, {'class': 'pump'})

    Calls that reach the store may wait where the store does: all of them but ``id``, ``info``,
    ``lifecycle``, ``attributes``, ``keys`` and ``evidence()``. Under asyncio use those whose names
    end in ``_async``.
    """

    __slots__ = ()
    _free = lib.trust_device_free

    @property
    def id(self) -> str:
        """Its id."""
        return shown(lib.trust_device_id, self._ptr)

    @property
    def info(self) -> DeviceInfo:
        """What this handle knows of its record."""
        info = ffi.new("trust_device_info *")
        check(counted(lib.trust_device_get_info, self._ptr, info))
        return DeviceInfo(
            Lifecycle(info.lifecycle),
            Verdict(info.verdict),
            info.risk,
            info.open_challenges,
            time_of_ms(info.enrolled),
            time_of_ms(info.decided),
            time_of_ms(info.valid_until),
            info.decisions,
            info.revision,
            info.memory_bytes,
            text(info.stage),
            time_of_ms(info.stage_since),
            info.flaps,
        )

    @property
    def lifecycle(self) -> Lifecycle:
        """Where it stands."""
        return self.info.lifecycle

    @property
    def attributes(self) -> dict[str, str]:
        """What was registered of it."""
        pointer = self._ptr
        found: dict[str, str] = {}
        attribute = ffi.new("trust_attribute *")
        while lib.trust_device_attribute_at(pointer, len(found), attribute) == lib.TRUST_OK:
            found[text(attribute.name)] = text(attribute.value)
        return found

    @property
    def keys(self) -> list[bytes]:
        """The public keys that it may attest with."""
        found: list[bytes] = []
        key = ffi.new("uint8_t[32]")
        while True:
            status = counted(lib.trust_device_key_at, self._ptr, len(found), key)
            if status == lib.TRUST_E_NOT_FOUND:
                return found
            check(status)
            found.append(bytes(ffi.buffer(key)))

    def set_lifecycle(self, lifecycle: Lifecycle) -> None:
        """Move it. Enrolled and suspended change both ways; revoked and retired are for ever."""
        self._run(lib.trust_device_set_lifecycle, member(Lifecycle, lifecycle))

    def reload(self) -> None:
        """Read its records again, after somebody else changed them."""
        self._run(lib.trust_device_reload)

    def challenge(
        self,
        *kinds: Kind | str | int,
        ttl: Duration | None = None,
        purpose: str | None = None,
        attempt: str | None = None,
    ) -> Challenge:
        """Ask the device a fresh question: for attestation and identity, when no kind is named.

        Four may be open. Limit how often a peer makes you ask in a device's name, and keep the
        time to live short (120 seconds, unless one is given).
        """
        request, kept = challenge_request(kinds, ttl, purpose, attempt)
        return self._make(Challenge, lib.trust_challenge_new, request, kept=kept)

    def adopt(
        self,
        nonce: Any,
        *kinds: Kind | str | int,
        ttl: Duration | None = None,
        purpose: str | None = None,
        attempt: str | None = None,
    ) -> Challenge:
        """Expect a nonce of 8 to 64 bytes that was issued elsewhere."""
        request, kept = challenge_request(kinds, ttl, purpose, attempt)
        call = lib.trust_challenge_adopt
        return self._make(Challenge, call, request, *view(nonce), kept=kept)

    def delivered(self, challenge: Challenge | int) -> None:
        """Note that the device itself has received a challenge: silence is a refusal from now on.

        For a connection that has proved to be the device's, not for every one that asks."""
        number = challenge.id if isinstance(challenge, Challenge) else challenge
        self._run(lib.trust_challenge_delivered, whole(number, "a Challenge or its id", 64))

    def evidence(self) -> Evidence:
        """An empty evidence about this device."""
        return Evidence(self)

    def assess(
        self,
        evidence: Evidence | None = None,
        *,
        token: Any = None,
        address: Address | None = None,
        metrics: Metrics | None = None,
        human: Any = None,
        bundle: Any = None,
        from_device: Any = None,
        channel: Any = None,
        attempt: str | None = None,
        request_id: Any = None,
        deadline: Time = None,
        cancel: Cancel | None = None,
        into: Decision | None = None,
    ) -> Decision:
        """Decide how far the device can be trusted, and commit what follows from it.

        What is known comes as an `Evidence`, or by name: the attestation ``token`` that the device
        sent; the ``address`` from which the host sees it connect; ``metrics`` of its behaviour that
        the host measured; the decision of a ``human`` verification, a document that the host
        vouches for; a ``bundle`` of the host's and one ``from_device``; the ``channel``'s exporter
        value; the ``attempt`` that it belongs to and the ``request_id`` that names the assessment.

        The ``deadline`` is by the engine's clock. ``into`` is a decision of which nothing is wanted
        any more: it is closed, and the new one takes its memory. Every verdict is a decision, and
        no exception.
        """
        given = (token, address, metrics, human, bundle, from_device, channel, attempt, request_id)
        gathered = self._gather(evidence, given)
        room = None if into is None else into._spend()
        if room is None:
            return self._decide(lib.trust_assess, gathered, deadline, cancel)
        call, kept = limits(deadline, cancel)
        arguments = lib.trust_assess_into, gathered._ptr, call, room
        take((gathered._turn,), self._run, *arguments, kept=kept)
        return Decision._holding(room)

    def preview(
        self,
        evidence: Evidence | None = None,
        *,
        token: Any = None,
        address: Address | None = None,
        metrics: Metrics | None = None,
        human: Any = None,
        bundle: Any = None,
        from_device: Any = None,
        channel: Any = None,
        attempt: str | None = None,
        request_id: Any = None,
        deadline: Time = None,
        cancel: Cancel | None = None,
    ) -> Decision:
        """What `assess` would say now. Changes nothing and spends no nonce."""
        given = (token, address, metrics, human, bundle, from_device, channel, attempt, request_id)
        return self._decide(lib.trust_preview, self._gather(evidence, given), deadline, cancel)

    def observe(
        self,
        evidence: Evidence | None = None,
        *,
        token: Any = None,
        address: Address | None = None,
        metrics: Metrics | None = None,
        human: Any = None,
        bundle: Any = None,
        from_device: Any = None,
        channel: Any = None,
        attempt: str | None = None,
        deadline: Time = None,
        cancel: Cancel | None = None,
    ) -> bool:
        """Take telemetry in without deciding. True when the device should be assessed again now,
        since its verdict or stage would be another."""
        given = (token, address, metrics, human, bundle, from_device, channel, attempt)
        gathered = self._gather(evidence, given)
        due = ffi.new("uint32_t *")
        call, kept = limits(deadline, cancel)
        arguments = lib.trust_observe, gathered._ptr, call, due
        take((gathered._turn,), self._run, *arguments, kept=kept)
        return bool(due[0])

    def _gather(self, evidence: Evidence | None, given: tuple[Any, ...]) -> Evidence:
        if evidence is None:
            evidence = Evidence(self)
            evidence._fill(**dict(zip(NAMED, given)))
        elif any(item is not None for item in given):
            raise TypeError("give an Evidence or its items by name, not both")
        elif not isinstance(evidence, Evidence):
            raise TypeError(f"expected an Evidence, not {type(evidence).__name__}")
        return evidence

    def _decide(
        self, call: Any, evidence: Evidence, deadline: Time, cancel: Cancel | None
    ) -> Decision:
        limit, kept = limits(deadline, cancel)
        arguments = Decision, call, evidence._ptr, limit
        decision: Decision = take((evidence._turn,), self._make, *arguments, kept=kept)
        return decision

    challenge_async = awaited(challenge)
    adopt_async = awaited(adopt)
    delivered_async = awaited(delivered)
    set_lifecycle_async = awaited(set_lifecycle)
    reload_async = awaited(reload)
    assess_async = awaited_with_cancel(assess)
    preview_async = awaited_with_cancel(preview)
    observe_async = awaited_with_cancel(observe)

    def __repr__(self) -> str:
        return "<Device closed>" if self.closed else f"<Device {self.id}>"


#: The order in which `Device` hands to `Evidence._fill` what it is given by name.
NAMED = (
    "token",
    "address",
    "metrics",
    "human",
    "bundle",
    "from_device",
    "channel",
    "attempt",
    "request_id",
)


def challenge_request(
    kinds: tuple[Kind | str | int, ...],
    ttl: Duration | None,
    purpose: str | None,
    attempt: str | None,
) -> tuple[Any, Any]:
    """A ``trust_challenge_request`` and what it points to, which must live as long as the call."""
    request = ffi.new("trust_challenge_request *")
    request.size = ffi.sizeof("trust_challenge_request")
    asked = ffi.new("uint32_t[]", [number_of_kind(kind) for kind in kinds])
    if kinds:
        request.kinds = asked
        request.kind_count = len(kinds)
    if ttl is not None:
        request.ttl = ms_of_duration(ttl)
        if request.ttl == 0:  # which C takes for none given
            raise ArgumentError("a challenge lives for a millisecond at least")
    texts = chars(purpose), chars(attempt)
    request.purpose, request.attempt = texts
    return request, (asked, texts)
