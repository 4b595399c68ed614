"""One engine and many threads."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

import pytest
from scene import DEVICE, NOW, POLICY, Scene

import trust

THREADS = 8
ROUNDS = 40


def together(work: Callable[[int], None]) -> list[BaseException | None]:
    """Run in as many threads at once; what they raised."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        start.wait(10)
        work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(run, number) for number in range(THREADS)]
    return [future.exception() for future in futures if future.exception() is not None]


def test_a_device_each() -> None:
    engine = trust.Engine(clock=lambda: NOW, policy=trust.Policy.load_unsigned(POLICY))
    decisions: list[list[str]] = [[] for _ in range(THREADS)]

    def work(number: int) -> None:
        device = engine.enroll(f"device-{number}")
        for turn in range(ROUNDS):
            decision = device.assess(metrics={"tx_bytes": turn}, address="192.0.2.1")
            decisions[number].append(decision.to_json().replace(f"device-{number}", "device"))

    assert together(work) == []
    assert all(one == decisions[0] for one in decisions)
    assert len(decisions[0]) == ROUNDS


def test_one_device_for_all() -> None:
    scene = Scene()
    refused: list[type[BaseException]] = []
    assessed: list[trust.Verdict] = []

    def work(number: int) -> None:
        mine = scene.engine.device(DEVICE) if number % 2 else scene.device
        for _ in range(ROUNDS):
            try:
                assessed.append(mine.assess(metrics={"tx_bytes": 1}).verdict)
            except (trust.BusyError, trust.ConflictError) as exception:
                refused.append(type(exception))

    assert together(work) == []
    assert len(assessed) + len(refused) == THREADS * ROUNDS
    scene.device.reload()
    assert scene.device.info.decisions == len(assessed)


def test_one_evidence_for_all() -> None:
    scene = Scene()
    evidence = scene.device.evidence()

    def work(number: int) -> None:
        for turn in range(ROUNDS * 4):
            try:
                if turn % 8 == number:
                    evidence.clear()
                elif turn % 3 == 0:
                    scene.device.preview(evidence)
                else:
                    evidence.add("a/b", bytes(turn * 100))
            except (trust.BusyError, trust.LimitError):
                pass

    assert together(work) == []
    assert len(evidence) <= 64


def test_one_decision_for_all() -> None:
    scene = Scene()
    decision = scene.device.assess(token=scene.answer())
    expected = decision.to_json(), repr(decision), decision.ledger

    def work(number: int) -> None:
        for _ in range(ROUNDS):
            assert (decision.to_json(), repr(decision), decision.ledger) == expected

    assert together(work) == []


def test_a_decision_is_not_written_while_it_is_read() -> None:
    engine = trust.Engine(policy=trust.Policy.load_unsigned(POLICY), clock=lambda: NOW)
    shared = [engine.enroll("a").assess()]

    def work(number: int) -> None:
        device = engine.device("a")
        for turn in range(ROUNDS * 10):
            one = shared[0]
            try:
                if number == 0:
                    shared[0] = device.assess(metrics={"x" * (turn % 60 + 1): turn}, into=one)
                else:
                    said = one.to_dict()
                    assert sum(row["points"] for row in said["ledger"]) == said["risk"]
                    assert said["device"] == "a"
            except trust.ClosedError:
                assert number != 0

    assert together(work) == []


def test_publishing_while_others_assess() -> None:
    engine = trust.Engine(policy=trust.Policy.load_unsigned(POLICY))
    policies = [
        trust.Policy.load_unsigned(POLICY.replace('"revision": 3', f'"revision": {revision}'))
        for revision in (3, 4)
    ]

    def work(number: int) -> None:
        device = engine.enroll(f"device-{number}")
        for turn in range(ROUNDS):
            if number == 0:
                engine.use_policy(policies[turn % 2])
                engine.set_source_down("place", turn % 2 == 0)
            decision = device.assess()
            assert decision.policy_revision in (3, 4)
            assert decision.policy_hash in (policies[0].hash, policies[1].hash)

    assert together(work) == []


@pytest.mark.parametrize("closed", ["engine", "device", "decision", "evidence"])
def test_closing_while_others_are_inside(closed: str) -> None:
    scene = Scene()
    evidence = scene.device.evidence()
    objects: dict[str, Any] = {
        "engine": scene.engine,
        "device": scene.device,
        "decision": scene.device.assess(),
        "evidence": evidence,
    }

    def work(number: int) -> None:
        try:
            for turn in range(ROUNDS):
                if number == 0 and turn == ROUNDS // 4:
                    objects[closed].close()
                try:
                    objects["engine"].now()
                    assert objects["decision"].to_json() and objects["decision"].profile
                    assert objects["device"].id == DEVICE and objects["device"].attributes
                    objects["device"].preview(evidence)
                    evidence.add("a/b", b"x" * 1000)
                except (trust.BusyError, trust.LimitError):
                    pass
        except trust.ClosedError:
            pass

    assert together(work) == []


def test_a_button_for_all() -> None:
    cancel = trust.Cancel()
    engine = trust.Engine(policy=trust.Policy.load_unsigned(POLICY))

    def work(number: int) -> None:
        device = engine.enroll(f"device-{number}")
        device.assess(cancel=cancel)
        if number == 0:
            cancel.press()
        with pytest.raises(trust.CancelledError):
            while True:
                device.assess(cancel=cancel)

    assert [type(one) for one in together(work) if type(one) is not trust.CancelledError] == []


def test_what_a_seam_raises_stays_in_its_thread() -> None:
    def clock() -> float:
        name = threading.current_thread().name
        if name.startswith("bad"):
            raise RuntimeError(name)
        return NOW

    scene = Scene(clock=clock)

    def work(number: int) -> None:
        threading.current_thread().name = ("bad" if number % 2 else "good") + str(number)
        device = scene.engine.device(DEVICE)
        for _ in range(ROUNDS):
            if number % 2:
                with pytest.raises(RuntimeError, match=f"^bad{number}$"):
                    device.preview()
            else:
                device.preview()

    assert together(work) == []


def test_an_interrupt_at_any_moment_leaves_nothing_taken() -> None:
    """As many as come in a second, wherever they strike; then everything works as before."""
    scene = Scene()
    evidence = scene.device.evidence()
    evidence.add_address("5.8.1.2")
    policy = trust.Policy.load_unsigned(POLICY)
    struck, armed = 0, False

    def calls() -> None:
        nonlocal armed
        armed = True
        while time.monotonic() < end:
            scene.device.preview(evidence)
            scene.engine.assess_many([(scene.device, evidence)])
            scene.engine.use_policy(policy)
            evidence.set_attempt("a")

    def interrupt(*_: object) -> None:
        nonlocal armed
        if armed and time.monotonic() < end:
            armed = False
            raise KeyboardInterrupt

    end = time.monotonic() + 1
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    try:
        while time.monotonic() < end:
            try:
                calls()
            except KeyboardInterrupt:
                struck += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert struck > 50
    scene.device.assess(evidence)
    scene.engine.use_policy(policy)
