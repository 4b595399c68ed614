"""Seams: what the host lends, and what happens when it fails."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
import traceback
import weakref
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, Callable

import pytest
from scene import DEVICE, NOW, POLICY, Scene

import trust
from trust import _ffi, _fork, _seams, _store
from trust._trust import ffi, lib


class Boom(Exception):
    pass


class Dictionary:
    """A store in memory, which can be made to fail."""

    name = "dictionary"
    durable = True

    def __init__(self) -> None:
        self.records: dict[bytes, tuple[bytes, int]] = {}
        self.lock = threading.Lock()
        self.closed = 0
        self.conflicts = 0
        self.commits = 0
        self.fail: BaseException | None = None

    def get(self, key: bytes) -> tuple[bytes, int] | None:
        if self.fail is not None:
            raise self.fail
        with self.lock:
            return self.records.get(key)

    def commit(self, operations: Sequence[trust.Operation]) -> None:
        with self.lock:
            if self.conflicts > 0:
                self.conflicts -= 1
                raise trust.ConflictError("made to")
            for one in operations:
                if one.expected not in (None, self.records.get(one.key, (b"", 0))[1]):
                    raise trust.ConflictError("a revision")
            for one in operations:
                if one.type == trust.StoreAction.PUT:
                    revision = self.records.get(one.key, (b"", 0))[1]
                    self.records[one.key] = one.value, revision + 1
                elif one.type == trust.StoreAction.DELETE:
                    self.records.pop(one.key, None)
            self.commits += 1

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def nothing_is_left() -> Any:
    yield
    assert _ffi.raised == {}
    assert _fork.inside == {}
    assert _fork.closing == set()
    assert _fork.publishing == set()


# The clock.


@pytest.mark.parametrize(
    "now",
    [NOW, int(NOW), datetime.fromtimestamp(NOW, timezone.utc)],
)
def test_a_clock(now: Any) -> None:
    moment = trust.Engine(clock=lambda: now).now()
    assert moment == datetime.fromtimestamp(NOW, timezone.utc)


def test_a_clock_that_cannot_tell() -> None:
    unknown: Any = None
    engine = trust.Engine(clock=lambda: unknown)
    for unknown in (None, -1, 10**11 * 3):
        assert engine.now() is None


@pytest.mark.parametrize(
    ("now", "error"),
    [
        ("noon", TypeError),
        (datetime(2026, 1, 1), ValueError),
        (float("nan"), ValueError),
        (10**30, ValueError),
    ],
)
def test_a_clock_that_gives_no_time(now: Any, error: type[Exception]) -> None:
    engine = trust.Engine(clock=lambda: now)
    with pytest.raises(error):
        engine.now()


@pytest.mark.parametrize("kind", [Boom, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError])
def test_an_exception_is_the_exception(kind: type[BaseException]) -> None:
    exception = kind("from the clock")

    def fail() -> float:
        raise exception

    engine = trust.Engine(clock=fail)
    for call in (engine.now, lambda: engine.enroll("a")):
        with pytest.raises(kind) as raised:
            call()
        assert raised.value is exception
        names = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
        assert names[-1] == "fail"
        exception.__traceback__ = None


class Switch:
    """A clock that fails when it is told to."""

    def __init__(self) -> None:
        self.fail: BaseException | None = None
        self.asked = 0

    def __call__(self) -> float:
        self.asked += 1
        if self.fail is not None:
            raise self.fail
        return NOW


def test_an_interrupt_in_a_seam() -> None:
    interrupted = False

    def clock() -> float:
        if interrupted:
            signal.raise_signal(signal.SIGINT)
        return NOW

    scene = Scene(clock=clock)
    interrupted = True
    # A process that a shell runs in the background ignores interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            scene.device.assess()
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_exception_is_let_go() -> None:
    def fail() -> float:
        raise Boom

    engine = trust.Engine(clock=fail)
    gc.disable()
    try:
        try:
            engine.now()
        except Boom as exception:
            there = weakref.ref(exception)
        assert there() is None
    finally:
        gc.enable()


def test_every_call_raises_what_the_clock_raised() -> None:
    clock = Switch()
    scene = Scene(clock=clock)
    device, engine = scene.device, scene.engine
    evidence = device.evidence()
    calls: list[Callable[[], Any]] = [
        engine.now,
        device.assess,
        device.preview,
        device.observe,
        device.challenge,
        lambda: device.adopt(b"12345678"),
        lambda: engine.enroll("b"),
        lambda: engine.assess_many([(device, evidence)] * 3),
    ]
    for call in calls:
        clock.fail, clock.asked = Boom(), 0
        with pytest.raises(Boom) as raised:
            call()
        assert raised.value is clock.fail
        assert clock.asked == 1  # nothing runs on top of a failure
        clock.fail = None
        device.assess()


def test_a_failed_clock_and_a_host_store_change_nothing() -> None:
    clock, store = Switch(), Dictionary()
    scene = Scene(clock=clock, store=store)
    before, commits = dict(store.records), store.commits
    clock.fail = Boom()
    for call in (scene.device.assess, scene.device.challenge):
        with pytest.raises(Boom):
            call()
    assert store.records == before
    assert store.commits == commits
    clock.fail = None
    assert scene.device.assess().decided is not None


def test_an_outcome_made_without_a_seam_is_freed() -> None:
    clock = Switch()
    engine = trust.Engine(clock=clock, policy=trust.Policy.load_unsigned(POLICY))
    device = engine.enroll("a")
    freed: list[bool] = []

    class Decision(trust.Decision):
        @staticmethod
        def _free(pointer: Any) -> None:
            freed.append(pointer != ffi.NULL)
            lib.trust_decision_free(pointer)

    clock.fail = Boom()
    with pytest.raises(Boom):
        device._make(Decision, lib.trust_assess, device.evidence()._ptr, ffi.NULL)
    # The memory store took the decision, so there was one to free.
    assert freed == [True]


def test_a_clock_may_use_the_library() -> None:
    other = Scene()
    seen: list[trust.Decision] = []

    def nested() -> float:
        seen.append(other.device.assess(token=other.answer()))
        return NOW

    scene = Scene(clock=nested)
    before = len(seen)
    decision = scene.device.assess()
    assert len(seen) > before
    assert decision.decided == seen[-1].decided


def test_a_nested_failure_goes_all_the_way() -> None:
    inner = Switch()
    other = Scene(clock=inner)
    armed = False

    def nested() -> float:
        if armed:
            inner.fail = Boom("deep")
            try:
                other.engine.now()
            finally:
                inner.fail = None
        return NOW

    scene = Scene(clock=nested)
    armed = True
    with pytest.raises(Boom, match="deep"):
        scene.device.assess()


def test_a_nested_failure_may_be_caught() -> None:
    inner = Switch()
    other = Scene(clock=inner)
    inner.fail = Boom()

    def nested() -> float:
        with pytest.raises(Boom):
            other.engine.now()
        return NOW

    assert Scene(clock=nested).device.assess().risk == Scene().device.assess().risk


def test_seams_do_not_nest_for_ever() -> None:
    depth = 0
    nested = False

    def clock() -> float:
        nonlocal depth
        if nested:
            depth += 1
            scene.engine.device(DEVICE).assess()
        return NOW

    scene = Scene(clock=clock)
    nested = True
    with pytest.raises(RecursionError, match="inside each other"):
        scene.device.assess()
    assert depth == 8
    nested = False
    scene.device.assess()


def test_the_same_device_from_inside_is_busy() -> None:
    devices: list[trust.Device] = []

    def nested() -> float:
        for device in devices:
            device.assess()
        return NOW

    scene = Scene(clock=nested)
    devices.append(scene.device)
    with pytest.raises(trust.BusyError):
        scene.device.assess()
    devices.clear()
    scene.device.assess()


# Chance.


def test_randomness_is_drawn() -> None:
    scene = Scene()
    assert scene.device.challenge().nonce == Scene().device.challenge().nonce
    assert scene.drawn > 0


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (lambda size: bytes(size - 1), ValueError),
        (lambda size: bytes(size + 1), ValueError),
        (lambda size: "x" * size, TypeError),
        (lambda size: None, TypeError),
    ],
)
def test_bad_randomness(given: Callable[[int], Any], error: type[Exception]) -> None:
    engine = trust.Engine(random=given)
    device = engine.enroll("a")
    with pytest.raises(error):
        device.challenge()
    assert device.info.open_challenges == 0


def test_randomness_of_any_bytes() -> None:
    engine = trust.Engine(random=lambda size: memoryview(bytearray(b"r" * size)))
    assert engine.enroll("a").challenge().nonce == b"r" * 32


# The network. No signal of this version asks for anything, so the seam is called as C would.


class Sink:
    def __init__(self, limit: int = 100) -> None:
        self.parts: list[bytes] = []
        self.limit = limit

        @ffi.callback("trust_status(trust_response *, const void *, size_t)")  # type: ignore[untyped-decorator]
        def body(response: Any, data: Any, size: int) -> int:
            self.parts.append(bytes(ffi.buffer(data, size)))
            return int(lib.TRUST_E_LIMIT if sum(map(len, self.parts)) > limit else lib.TRUST_OK)

        self.body = body
        self.response = ffi.new("trust_response *", {"body": body})


def fetch(transport: Any, sink: Sink, deadline: int = 0) -> int:
    held = [ffi.new("char[]", text) for text in (b"POST", b"https://a.example/", b"A: b")]
    headers = ffi.new("char *[]", held[2:])
    body = ffi.new("uint8_t[]", b"ask")
    request = ffi.new("trust_request *")
    request.method, request.url = held[:2]
    request.headers, request.header_count = headers, 1
    request.body = (body, 3)
    request.response_limit = sink.limit
    request.deadline = deadline
    seams = _seams.Seams(transport=transport)
    call = ffi.addressof(lib, "trust_py_fetch")
    status: int = call(seams.user, request, sink.response)
    _ffi.check(lib.TRUST_OK)
    return status


def test_a_transport() -> None:
    sink = Sink()
    asked: list[trust.Request] = []

    def transport(request: trust.Request) -> Any:
        asked.append(request)
        return 200, b"answer"

    assert fetch(transport, sink, int(NOW) * 1000) == lib.TRUST_OK
    assert sink.response.status == 200
    assert sink.parts == [b"answer"]
    deadline = datetime.fromtimestamp(NOW, timezone.utc)
    assert asked == [trust.Request("POST", "https://a.example/", ("A: b",), b"ask", 100, deadline)]


def test_a_body_in_parts() -> None:
    sink = Sink(limit=8)
    taken: list[int] = []

    def parts() -> Any:
        for number in range(10):
            taken.append(number)
            yield b"12345"

    assert fetch(lambda request: (200, parts()), sink) == lib.TRUST_E_LIMIT
    assert taken == [0, 1]
    assert fetch(lambda request: None, sink) == lib.TRUST_E_IO


@pytest.mark.parametrize("answer", [5, (200,), (200, "text"), ("200", b""), (2**40, b"")])
def test_what_is_no_answer(answer: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        fetch(lambda request: answer, Sink())


def test_a_transport_that_fails() -> None:
    def fail(request: trust.Request) -> Any:
        raise ConnectionError("no route")

    with pytest.raises(ConnectionError, match="no route"):
        fetch(fail, Sink())
    trust.Engine(transport=fail).enroll("a")


# The log. Nothing is logged while nothing fails, so it is called as C would.


def test_the_log(caplog: pytest.LogCaptureFixture) -> None:
    seams = _seams.Seams(log=logging.getLogger("trust"))
    call = ffi.addressof(lib, "trust_py_log")
    line = ffi.new("char[]", "100 % of a signal: ä".encode())
    with caplog.at_level(logging.INFO, "trust"):
        for level in (lib.TRUST_LOG_ERROR, lib.TRUST_LOG_WARNING, lib.TRUST_LOG_INFO, 9):
            call(seams.user, level, line)
    levels = [logging.ERROR, logging.WARNING, logging.INFO, logging.INFO]
    assert [record.levelno for record in caplog.records] == levels
    assert {record.getMessage() for record in caplog.records} == {"100 % of a signal: ä"}
    trust.Engine(log=logging.LoggerAdapter(logging.getLogger("mine"), {}))
    trust.Engine(log=None).enroll("a")


def test_a_log_that_fails() -> None:
    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise Boom

    logger = logging.getLogger("trust.test")
    logger.addHandler(Handler())
    seams = _seams.Seams(log=logger)
    ffi.addressof(lib, "trust_py_log")(seams.user, lib.TRUST_LOG_ERROR, ffi.new("char[]", b"a"))
    with pytest.raises(Boom):
        _ffi.check(lib.TRUST_OK)


# The store.


def test_a_store_of_the_host() -> None:
    store = Dictionary()
    scene = Scene(store=store)
    decision = scene.device.assess(token=scene.answer())
    assert decision.replay_protection == trust.Replay.DURABLE
    other = trust.Engine(store=store, clock=lambda: NOW)
    assert other.device(DEVICE).info.decisions == 1
    assert all(isinstance(value, bytes) for value, _ in store.records.values())


def test_equal_to_memory() -> None:
    outcomes = []
    for store in (Dictionary(), trust.MemoryStore()):
        if isinstance(store, Dictionary):
            store.durable = False
        scene = Scene(store=store)
        for _ in range(3):
            decision = scene.device.assess(token=scene.answer(), metrics={"tx_bytes": 5})
        outcomes.append(decision.to_json())
    assert outcomes[0] == outcomes[1]


def test_a_conflict_is_tried_again() -> None:
    store = Dictionary()
    scene = Scene(store=store)
    store.conflicts = 2
    assert scene.device.assess().decided is not None
    store.conflicts = 99
    with pytest.raises(trust.ConflictError, match="somebody else"):
        scene.device.assess()


def test_a_store_that_fails() -> None:
    store = Dictionary()
    scene = Scene(store=store)
    store.fail = trust.StoreError("the disk is gone")
    calls: list[Callable[[], Any]] = [
        scene.device.reload,
        lambda: scene.engine.device(DEVICE),
        lambda: scene.engine.enroll("b"),
        lambda: scene.engine.use_policy(trust.Policy.load_unsigned(POLICY)),
    ]
    for call in calls[:2]:
        with pytest.raises(OSError, match="the disk is gone") as raised:
            call()
        assert raised.value is store.fail
    store.fail = None
    for call in calls:
        call()


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (5, TypeError),
        ((b"value",), ValueError),
        (("value", 1), TypeError),
        ((b"value", "1"), TypeError),
        ((b"value", -1), trust.ArgumentError),
        ((b"value", 2**64), trust.ArgumentError),
        ((b"value", 0), trust.HostError),
        ((b"\x00value", 1), trust.Error),
    ],
)
def test_a_store_that_gives_nonsense(found: Any, error: type[Exception]) -> None:
    store = Dictionary()
    engine = trust.Engine(store=store)
    engine.enroll("a")
    store.get = lambda key: found  # type: ignore[method-assign]
    with pytest.raises(error):
        engine.device("a")


def test_a_store_is_closed_once_nothing_needs_it() -> None:
    store = Dictionary()
    first, second = trust.Engine(store=store), trust.Engine(store=store)
    device = first.enroll("a")
    first.close()
    second.close()
    assert store.closed == 0
    device.set_lifecycle(trust.Lifecycle.SUSPENDED)
    device.close()
    assert store.closed == 1
    trust.Engine(store=store).close()
    assert store.closed == 2


def test_two_threads_that_bring_the_same_store(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Dictionary()
    first = trust.Engine(store=store)
    monkeypatch.setattr(_store.host_stores, "get", lambda key: None)
    second = trust.Engine(store=store)
    assert store.closed == 0
    first.close()
    assert store.closed == 0
    second.close()
    assert store.closed == 1


def test_what_closing_a_store_raises_comes_from_close() -> None:
    store = Dictionary()
    exception = Boom("unsaved")

    def fail() -> None:
        raise exception

    store.close = fail  # type: ignore[method-assign]
    with pytest.raises(Boom) as raised, trust.Engine(store=store):
        pass
    assert raised.value is exception


def test_what_closing_a_store_raises_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: seen.append(one.exc_value))
    store = Dictionary()
    exception = Boom("unsaved")

    def fail() -> None:
        raise exception

    store.close = fail  # type: ignore[method-assign]
    engine = trust.Engine(store=store)
    del engine
    assert seen == [exception]


def test_a_store_that_never_was_taken_is_not_closed() -> None:
    store = Dictionary()
    store.name = "a\0b"
    with pytest.raises(ValueError, match="NUL"):
        trust.Engine(store=store)
    assert store.closed == 0


def test_a_store_that_publishes_a_policy_does_not_hang() -> None:
    store = Dictionary()
    policy = trust.Policy.load_unsigned(POLICY)
    engine = trust.Engine(store=store)
    get = store.get

    def publish(key: bytes) -> Any:
        engine.use_policy(policy)
        return get(key)

    store.get = publish  # type: ignore[method-assign]
    with pytest.raises(trust.StateError, match="asking it"):
        engine.use_policy(policy)
    store.get = get  # type: ignore[method-assign]
    engine.use_policy(policy)


# Lifetimes.


def test_seams_live_as_long_as_what_needs_them() -> None:
    clock = Switch()
    there = weakref.ref(clock)
    device = trust.Engine(clock=clock).enroll("a")
    del clock
    gc.collect()
    device.challenge()
    assert there() is not None
    del device
    gc.collect()
    assert there() is None


def test_a_cycle_through_a_seam_is_collected() -> None:
    class Gateway:
        def __init__(self) -> None:
            self.store = Dictionary()
            self.store.owner = self  # type: ignore[attr-defined]
            self.engine = trust.Engine(clock=self.now, store=self.store, random=self.random)
            self.device = self.engine.enroll("a")
            self.nonce = self.device.challenge()

        def now(self) -> float:
            return NOW

        def random(self, size: int) -> bytes:
            return bytes(size)

    gateway = Gateway()
    there, store = weakref.ref(gateway), gateway.store
    closed = weakref.ref(gateway.engine)
    del gateway, store
    gc.collect()
    assert there() is None
    assert closed() is None


def test_a_call_for_seams_that_are_gone_fails() -> None:
    user = _seams.Seams(clock=lambda: NOW).user
    gc.collect()
    assert ffi.addressof(lib, "trust_py_now")(user) == lib.TRUST_TIME_UNKNOWN
    with pytest.raises(KeyError):
        _ffi.check(lib.TRUST_OK)


def test_a_call_that_raised_may_have_committed() -> None:
    def clock() -> float:
        if broken:
            raise OSError("the clock is gone")
        return NOW

    broken = True
    engine = trust.Engine(clock=clock)
    with pytest.raises(OSError, match="the clock is gone"):
        engine.enroll("a")
    broken = False
    assert engine.device("a").id == "a"
