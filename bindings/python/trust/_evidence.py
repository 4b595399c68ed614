"""Evidence: the items of one assessment, each with an origin that the caller states.

Trust: the origin is the caller's word. Everything else may be hostile; it is copied, and nothing is
read or believed before the assessment.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Callable, Union

from ._constants import Origin
from ._errors import BusyError
from ._ffi import Handle, chars, check, cstring, document, error, ffi, lib, member, real, text, view
from ._seams import Read, Seams
from ._time import Time, ms_of_time

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from ._device import Device

#: Media types that libtrust reads.
TYPE_ADDRESS = text(lib.TRUST_TYPE_ADDRESS)
TYPE_METRIC = text(lib.TRUST_TYPE_METRIC)
TYPE_DIDIT = text(lib.TRUST_TYPE_DIDIT)
TYPE_EAT_CWT = text(lib.TRUST_TYPE_EAT_CWT)

#: Where a device connects from.
Address = Union[str, "IPv4Address", "IPv6Address"]
#: Measurements by name, or (name, value) and (name, value, time) in turn.
Metrics = Union[Mapping[str, float], Iterable[tuple[Any, ...]]]


class Turn:
    """The right to use something that one call at a time may use: taken at once or not at all."""

    __slots__ = ("call",)

    def __init__(self) -> None:
        #: Of the call that took it last; empty once that is over.
        self.call: list[None] = []


taking = allocate_lock()


def take(turns: Iterable[Turn], call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Make a call when it is its turn everywhere. A signal's handler may raise between any two
    steps here: so one step of C ends the call for all turns, and nothing else has to be undone."""
    running = [None]
    try:
        for turn in turns:
            with taking:
                other = turn.call
                if not other:
                    turn.call = running
            if other:
                raise BusyError("another call is using this evidence")
        return call(*arguments, **named)
    finally:
        running.clear()


class Evidence(Handle):
    """What is known of a device now. One thread at a time; `trust.BusyError` for a second one.

    >>> import trust
    >>> engine = trust.Engine()
    >>> device = engine.enroll("urn:dev:ops:32473-pump")
    >>> evidence = device.evidence()
    >>> evidence.add_address("203.0.113.9")
    >>> evidence.add_metric("tx_bytes", 1532)
    >>> evidence
    <Evidence: 2 items>

    Bytes of any bytes-like object are read where they are and copied once. A gateway that clears
    and reuses one evidence a connection makes no new one.
    """

    __slots__ = ("_turn",)
    _free = lib.trust_evidence_free

    def __init__(self, device: Device) -> None:
        out = ffi.new("trust_evidence **")
        err = error()
        check(lib.trust_evidence_new(device._ptr, out, err), err)
        self._own(out[0])
        self._turn = Turn()

    def _call(self, function: Any, *arguments: Any) -> None:
        """Call a function of C that takes the evidence first and a ``trust_error`` last."""
        err = error()
        take((self._turn,), self._checked, function, *arguments, err, err=err)

    def _checked(self, function: Any, *arguments: Any, err: Any = None) -> None:
        check(function(self._ptr, *arguments), err)

    def add(self, type: str, data: Any, origin: Origin = Origin.DEVICE) -> None:
        """Add bytes of a media type. What the device sent is of the origin DEVICE, however it
        arrived; an item that its origin may not state counts for nothing."""
        self._call(lib.trust_evidence_add, member(Origin, origin), cstring(type), *view(data))

    def add_address(self, address: Address) -> None:
        """Add the address from which the host sees the device connect. The zone of an IPv6Address,
        which is the name of an interface of the host's own, is left out."""
        words: Any = getattr(address, "compressed", None)
        words = address if words is None else words.partition("%")[0]
        self._call(lib.trust_evidence_add_address, cstring(words))

    def add_metric(self, name: str, value: float, time: Time = None) -> None:
        """Add one measurement of behaviour that the host made; without a time, now."""
        metric = ffi.new("trust_metric *")
        held = chars(name)
        metric.name = held
        metric.value = real(value, "the value of a metric")[0]
        metric.time = ms_of_time(time)
        self._call(lib.trust_evidence_add_metric, metric)

    def add_bundle(
        self, json: Any, origin: Origin = Origin.DEVICE, files: Read | None = None
    ) -> None:
        """Add the items of a JSON bundle (docs/bundle.md), all or none. With the origin HOST you
        vouch for everything that it says.

        ``files(name, limit)`` gives the bytes of a file that the bundle names: the name stands as
        in the bundle, "/" and ".." and all, so open nothing that is not to be read. Without it no
        item may name a file; a bundle of a device may not in any case.
        """
        seams = Seams(read=files)
        opener = ffi.NULL
        if files is not None:
            opener = ffi.new("trust_bundle_files *")
            opener.read = lib.trust_py_read_file
            opener.user = seams.user
        number = member(Origin, origin)
        self._call(lib.trust_evidence_add_bundle, number, *document(json), opener)

    def set_channel(self, exporter: Any) -> None:
        """The TLS exporter value (RFC 9266) of the host's own end of the connection."""
        take((self._turn,), self._checked, lib.trust_evidence_set_channel, *view(exporter))

    def set_attempt(self, attempt: str | None) -> None:
        """The attempt that the items belong to; items bound to another are misbound."""
        spelled = chars(attempt)
        take((self._turn,), self._checked, lib.trust_evidence_set_attempt, spelled)

    def set_request_id(self, id: Any) -> None:
        """Name this assessment, by 1 to 64 bytes or a text: repeating it returns the first outcome
        for as long as that is valid. The host chooses it, never the device."""
        take((self._turn,), self._checked, lib.trust_evidence_set_request_id, *document(id))

    def _fill(
        self,
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
    ) -> None:
        """Add what `Device.assess` can be given by name."""
        if token is not None:
            self.add(TYPE_EAT_CWT, token, Origin.DEVICE)
        if address is not None:
            self.add_address(address)
        if metrics is not None:
            listed: Any = metrics.items() if isinstance(metrics, Mapping) else metrics
            for metric in listed:
                self.add_metric(*metric)
        if human is not None:
            self._call(lib.trust_evidence_add, Origin.HOST, TYPE_DIDIT.encode(), *document(human))
        if bundle is not None:
            self.add_bundle(bundle, Origin.HOST)
        if from_device is not None:
            self.add_bundle(from_device, Origin.DEVICE)
        if channel is not None:
            self.set_channel(channel)
        if attempt is not None:
            self.set_attempt(attempt)
        if request_id is not None:
            self.set_request_id(request_id)

    def clear(self) -> None:
        """Take every item out, and the channel, the attempt and the request id."""
        pointer = self._ptr
        take((self._turn,), lib.trust_evidence_clear, pointer)

    def __len__(self) -> int:
        count: int = lib.trust_evidence_count(self._ptr)
        return count

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        if self.closed:
            return "<Evidence: closed>"
        return f"<Evidence: {len(self)} item{'' if len(self) == 1 else 's'}>"


def bundle_device(json: Any) -> str:
    """The id that a bundle names in "device"; `NotFoundError` when it names none.

    >>> import trust
    >>> trust.bundle_device('{"device": "urn:dev:ops:32473-7", "items": []}')
    'urn:dev:ops:32473-7'
    """
    out = ffi.new("char[]", lib.TRUST_DEVICE_MAX_ID + 1)
    err = error()
    check(lib.trust_bundle_device(*document(json), out, len(out), err), err)
    return text(out)
