"""A child of fork goes on with what its parent had, whatever the parent's threads were doing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Callable

import pytest
from scene import DEVICE, NOW, POLICY, Scene

import trust
from trust import _ffi, _fork

if TYPE_CHECKING:
    from typing_extensions import Self

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def in_child(work: Callable[[], Any]) -> int:
    """Run in a child; 0 when it returned, 1 when it raised, -14 when it hung."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(20)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Busy:
    """Threads that never stop assessing."""

    def __init__(self, scene: Scene, threads: int = 4) -> None:
        self.stop = False
        self.rounds = 0
        self.pool = ThreadPoolExecutor(threads)
        self.futures = [self.pool.submit(self.work, scene.engine, i) for i in range(threads)]

    def work(self, engine: trust.Engine, number: int) -> None:
        device = engine.enroll(f"busy-{number}")
        while not self.stop:
            device.assess(metrics={"tx_bytes": 1})
            device.reload()
            self.rounds += 1

    def __enter__(self) -> Self:
        while self.rounds < 10 and not any(future.done() for future in self.futures):
            time.sleep(0.001)
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop = True
        self.pool.shutdown()
        for future in self.futures:
            future.result()


def assess_once(scene: Scene) -> None:
    device = scene.engine.device(DEVICE)
    decision = device.assess(token=scene.token(device.challenge().nonce))
    assert decision.items[0].state == trust.State.VALID
    scene.engine.use_policy(trust.Policy.load_unsigned(POLICY))
    assert scene.device.id == DEVICE


def test_a_child() -> None:
    scene = Scene()
    assert in_child(lambda: assess_once(scene)) == 0
    # The memory of the child is its own.
    assert scene.engine.device(DEVICE).info.decisions == 0
    assess_once(scene)


def test_children_of_a_busy_parent() -> None:
    scene = Scene()
    with Busy(scene) as busy:
        statuses = [in_child(lambda: assess_once(scene)) for _ in range(25)]
        rounds = busy.rounds
        time.sleep(0.05)
        assert busy.rounds > rounds  # the parent goes on
    assert statuses == [0] * 25


def test_two_threads_fork_at_once() -> None:
    scene = Scene()
    statuses: list[int] = []

    def work() -> None:
        statuses.extend(in_child(lambda: assess_once(scene)) for _ in range(8))

    with Busy(scene):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [0] * 16


def test_a_fork_inside_a_seam() -> None:
    statuses: list[int] = []
    other = Scene()
    scene: list[Scene] = []

    def clock() -> float:
        if scene and not statuses:
            statuses.append(99)
            statuses[0] = in_child(lambda: assess_once(other))
        return NOW

    scene.append(Scene(clock=clock))
    scene[0].device.assess()
    assert statuses == [0]


class Waiting:
    """A call in another thread that does not come back before it is let go."""

    def __init__(self) -> None:
        self.entered, self.leave = threading.Event(), threading.Event()
        self.scene = Scene(clock=self.clock)
        self.thread = threading.Thread(target=self.scene.device.assess)

    def clock(self) -> float:
        if threading.current_thread() is self.__dict__.get("thread"):
            self.entered.set()
            self.leave.wait(30)
        return NOW

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.entered.wait(10)
        return self

    def __exit__(self, *exception: object) -> None:
        self.leave.set()
        self.thread.join()


def test_a_fork_waits_for_a_call() -> None:
    scene = Scene()
    with Waiting() as waiting:
        timer = threading.Timer(0.2, waiting.leave.set)
        timer.start()
        before = time.monotonic()
        assert in_child(lambda: assess_once(scene)) == 0
        assert time.monotonic() - before >= 0.15
        timer.join()


def test_a_fork_that_cannot_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fork, "PATIENCE", 0.05)
    scene = Scene()
    policy = trust.Policy.load_unsigned(POLICY)

    def refused() -> None:
        for use in (scene.device.assess, lambda: trust.Engine(), lambda: scene.device.info):
            with pytest.raises(trust.StateError, match="forked"):
                use()
        assert policy.evaluate([], now=NOW).verdict == trust.Verdict.DENY
        assert _fork.inside == {}

    with Waiting():
        assert in_child(refused) == 0
        scene.device.assess()
    assert in_child(lambda: assess_once(scene)) == 0


def test_what_a_thread_was_about_to_raise_stays_behind() -> None:
    _ffi.raised[12345] = RuntimeError()
    try:
        assert in_child(lambda: _ffi.raised[12345]) == 1
    finally:
        del _ffi.raised[12345]


def serve(scene: Scene, number: int, answers: Any) -> None:
    device = scene.engine.enroll(f"served-{number}")
    answers.put((number, str(device.assess().verdict), scene.device.info.decisions))


def test_servers_that_fork_first() -> None:
    """The shape of gunicorn with --preload: one engine, made before the workers are."""
    context = multiprocessing.get_context("fork")
    scene = Scene()
    scene.device.assess()
    answers: Any = context.Queue()
    with Busy(scene):
        workers = [context.Process(target=serve, args=(scene, i, answers)) for i in range(4)]
        for worker in workers:
            worker.start()
        got = sorted(answers.get(timeout=20) for _ in workers)
        for worker in workers:
            worker.join(20)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert got == [(number, "deny", 1) for number in range(4)]


def square(number: int) -> tuple[int, int]:
    with Scene().engine as engine:
        return number, engine.device(DEVICE).assess().risk


def test_a_pool() -> None:
    context = multiprocessing.get_context("fork")
    with Busy(Scene()), context.Pool(2) as pool:
        found = pool.map(square, range(6))
    assert len({risk for _, risk in found}) == 1
