"""The engine: what does not change from device to device.

Trust: its configuration, its policy, its reference values and its seams are the host's; what the
library reads of them is checked where it reads it.
"""

from __future__ import annotations

import os
from _thread import get_ident
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Union

from ._aio import awaited, awaited_with_cancel
from ._cancel import Cancel, limits
from ._constants import Kind, Origin, SourceFormat
from ._decision import Decision, Result
from ._device import Device
from ._errors import ArgumentError, Error, StateError, make_error
from ._evidence import Evidence, take
from ._ffi import (
    attribute_array,
    chars,
    check,
    cstring,
    ffi,
    key_array,
    lib,
    member,
    read_file,
    view,
)
from ._finding import number_of_kind
from ._fork import counted, make, publishing
from ._seams import Clock, Random, SeamedHandle, Seams, Transport
from ._store import MemoryStore, Store, open_store
from ._time import Time, time_of_ms

if TYPE_CHECKING:
    from logging import Logger, LoggerAdapter

    from ._key import Signer
    from ._policy import Policy
    from ._reference import Reference
    from ._table import Source, Table

    Log = Union[Logger, LoggerAdapter[Any]]

#: A file's name.
Path = Union[str, "os.PathLike[str]"]


class Engine(SeamedHandle):
    """A policy, an address table, reference values, a store, and what the host lends.

    >>> import trust
    >>> with trust.Engine(verifier="gateway-1") as engine:
    ...     device = engine.enroll("urn:dev:ops:32473-pump")
    ...     nonce = device.challenge("attestation").nonce
    >>> len(nonce)
    32

    Any number of threads may share one. Publishing a policy, a table or references replaces them in
    one step; an assessment that runs meanwhile ends with those that it began with. Devices, evidence
    and decisions stay usable after close(): the engine is really gone when the last of them is.

    ``policy`` is a `Policy` or the name of a file. With keys in ``root`` the file must be vouched
    for by a manifest that one of them signed: ``manifest``, or the file beside it whose name ends
    in ".manifest". ``allow_unsigned`` takes a policy without one, even where the store remembers a
    signed one. ``geoip`` names MaxMind databases; ``lists`` maps names to files of addresses;
    ``table`` is a `Table` in place of both.

    Seams, each called from whatever thread calls the engine, several at once: ``clock()`` gives the
    time (an aware datetime, Unix seconds, or None when it is not known); ``random(size)`` so many
    unpredictable bytes; ``transport(request)`` a pair of HTTP status and body, or None without an
    answer; ``log`` is a logger or its name, or None for no log; ``store`` a `Store`, or None for
    memory. What a seam raises comes out of the call during which it happened.

    Calls that reach the store may wait where the store does, and the network where a seam does:
    ``enroll``, ``device``, ``use_policy``, ``assess_many`` and those of a `Device`. Under asyncio
    use those whose names end in ``_async``; all others come back at once.
    """

    __slots__ = ("__weakref__",)
    _free = lib.trust_engine_free

    def __init__(
        self,
        policy: Policy | Path | None = None,
        *,
        root: Iterable[Any] | None = None,
        manifest: Any = None,
        allow_unsigned: bool = False,
        reference: Reference | Path | None = None,
        geoip: Iterable[Path] = (),
        lists: Mapping[str, Path] = {},
        table: Table | None = None,
        store: Store | MemoryStore | str | None = None,
        verifier: str | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        transport: Transport | None = None,
        log: Log | str | None = "trust",
        signer: Signer | None = None,
    ) -> None:
        if isinstance(log, str):
            import logging

            log = logging.getLogger(log)
        backend = open_store(store)
        name = chars(verifier)
        self._seams = Seams(
            clock=clock, random=random, transport=transport, log=log, holds=(backend, signer)
        )
        config = engine_config(self._seams)
        if backend is not None:
            config.store = backend._ptr
        config.verifier = name
        if signer is not None:
            config.signer = signer._ptr
        self._own(make(Engine, lib.trust_engine_new, config))
        if geoip or lists:
            if table is not None:
                raise TypeError("a table is in place of geoip and lists")
            table = read_table(geoip, lists)
        if table is not None:
            self.use_table(table)
        if reference is not None:
            self.use_reference(read_reference(reference))
        if isinstance(policy, (str, os.PathLike)):
            policy = self._read_policy(policy, root, manifest, allow_unsigned)
        elif root is not None or manifest is not None:
            raise TypeError("root and manifest are for a policy that is read from a file")
        if policy is not None:
            self.use_policy(policy, allow_unsigned)

    def _read_policy(self, path: Path, root: Any, manifest: Any, allow_unsigned: bool) -> Policy:
        from ._policy import Policy

        if isinstance(path, str) and path.lstrip().startswith("{"):
            raise ArgumentError("this is a policy's text, which Policy.load_unsigned() reads")
        return Policy.read(
            path, root, manifest=manifest, allow_unsigned=allow_unsigned, now=self.now
        )

    def use_policy(self, policy: Policy, allow_unsigned: bool = False) -> None:
        """Weigh with this policy from now on. The store remembers the highest revision of every
        signed one: an older one is refused, and so is an unsigned one unless ``allow_unsigned``."""
        call = (
            lib.trust_engine_use_policy_unsigned if allow_unsigned else lib.trust_engine_use_policy
        )
        me = get_ident(), id(self._seams)
        if me in publishing:  # C would wait for this thread
            raise StateError("a store cannot publish a policy for the engine that is asking it")
        try:
            publishing.add(me)
            self._run(call, policy._ptr)
        finally:
            publishing.discard(me)

    def use_table(self, table: Table | None) -> None:
        """Look addresses up here from now on; None for nowhere."""
        pointer = ffi.NULL if table is None else table._ptr
        check(counted(lib.trust_engine_use_table, self._ptr, pointer))

    def use_reference(self, reference: Reference | None) -> None:
        """Compare measurements with these from now on; None for none."""
        pointer = ffi.NULL if reference is None else reference._ptr
        check(counted(lib.trust_engine_use_reference, self._ptr, pointer))

    def set_source_down(self, kind: Kind | str | int, down: bool = True) -> None:
        """Say that a source fails for everybody, or works again."""
        number = number_of_kind(kind)
        check(counted(lib.trust_engine_set_source_down, self._ptr, number, bool(down)))

    def now(self) -> datetime | None:
        """The time by the engine's clock, None when it cannot tell."""
        now = counted(lib.trust_engine_now, self._ptr, kept=self._seams)
        check(lib.TRUST_OK)
        return time_of_ms(now)

    def enroll(
        self, id: str, keys: Iterable[Any] = (), attributes: Mapping[str, str] = {}
    ) -> Device:
        """Register a device: the public keys that it may attest with, 32 bytes each, and facts such
        as its class. One without a key can never be allowed."""
        facts, texts = attribute_array(attributes)
        anchors, count = key_array(keys)
        enrolment = ffi.new("trust_enrolment *")
        enrolment.size = ffi.sizeof("trust_enrolment")
        enrolment.ed25519_keys = anchors
        enrolment.ed25519_key_count = count
        enrolment.attributes = facts
        enrolment.attribute_count = len(texts)
        call = lib.trust_device_enroll
        return self._make(Device, call, cstring(id), enrolment)

    def device(self, id: str) -> Device:
        """Open a device that was enrolled; `trust.NotFoundError` when it was not."""
        return self._make(Device, lib.trust_device_open, cstring(id))

    def appraise(
        self,
        type: str,
        data: Any,
        keys: Iterable[Any] = (),
        nonce: Any = b"",
        channel: Any = b"",
        device_class: str | None = None,
        origin: Origin = Origin.DEVICE,
    ) -> Result:
        """Verify and appraise one item by itself, for no device. Without keys nothing verifies,
        without a nonce freshness is unproved."""
        anchors, count = key_array(keys)
        views = [view(part) for part in (data, nonce, channel)]
        texts = chars(type), chars(device_class)
        request = ffi.new("trust_appraise_request *")
        request.size = ffi.sizeof("trust_appraise_request")
        request.type, request.device_class = texts
        request.data, request.nonce, request.channel = views
        request.ed25519_keys = anchors
        request.ed25519_key_count = count
        request.origin = member(Origin, origin)
        return self._make(Result, lib.trust_appraise, request)

    def assess_many(
        self,
        jobs: Iterable[tuple[Device, Evidence]],
        *,
        deadline: Time = None,
        cancel: Cancel | None = None,
    ) -> list[Decision | Error]:
        """Assess many, one after the other, in one call: for each its decision, or why there is
        none. One that fails stops no other, and a device may stand there twice."""
        pairs = [pair_of(job) for job in jobs]
        pointers = [(device._ptr, evidence._ptr) for device, evidence in pairs]
        array = ffi.new("trust_assess_job[]", len(pairs))
        for job, (device_ptr, evidence_ptr) in zip(array, pointers):
            job.device, job.evidence = device_ptr, evidence_ptr
        limit, kept = limits(deadline, cancel)
        turns = {evidence._turn for _, evidence in pairs}
        seams = [device._seams for device, _ in pairs]
        arguments = lib.trust_assess_many, array, len(pairs), limit
        status = take(turns, counted, *arguments, kept=(seams, kept))
        made = [Decision._owning(job.decision) if job.decision else None for job in array]
        check(status)
        return [
            decision if decision is not None else make_error(job.error.code, job.error)
            for decision, job in zip(made, array)
        ]

    enroll_async = awaited(enroll)
    device_async = awaited(device)
    use_policy_async = awaited(use_policy)
    assess_many_async = awaited_with_cancel(assess_many)

    def __repr__(self) -> str:
        return "<Engine closed>" if self.closed else "<Engine>"


def pair_of(job: Any) -> tuple[Device, Evidence]:
    """The two that a job consists of."""
    try:
        device, evidence = job
    except (TypeError, ValueError):
        raise TypeError(f"expected a Device and an Evidence, not {type(job).__name__}") from None
    if not isinstance(device, Device) or not isinstance(evidence, Evidence):
        kinds = f"{type(device).__name__} and {type(evidence).__name__}"
        raise TypeError(f"expected a Device and an Evidence, not {kinds}")
    return device, evidence


def engine_config(seams: Seams) -> Any:
    """A ``trust_engine_config`` that reaches the seams that there are."""
    config = ffi.new("trust_engine_config *")
    config.size = ffi.sizeof("trust_engine_config")
    if seams.clock is not None:
        config.clock = (lib.trust_py_now, seams.user)
    if seams.random is not None:
        config.random = (lib.trust_py_random, seams.user)
    if seams.log is not None:
        config.logger = (lib.trust_py_log, seams.user)
    if seams.transport is not None:
        config.transport = (lib.trust_py_fetch, seams.user)
    return config


def read_table(geoip: Iterable[Path], lists: Mapping[str, Path]) -> Table:
    from ._table import Source, Table, list_category

    if isinstance(geoip, (str, os.PathLike)):
        raise TypeError("geoip is a list of files, not one")
    sources: list[Source] = []
    for path in geoip:
        sources.append(Source(os.path.basename(path), read_file(path), SourceFormat.MMDB))
    for name, path in lists.items():
        sources.append(Source(name, read_file(path), category=list_category(name)))
    return Table.build(sources)


def read_reference(reference: Reference | Path) -> Reference:
    from ._reference import Reference

    if isinstance(reference, (str, os.PathLike)):
        return Reference.load_unsigned(read_file(reference))
    return reference
