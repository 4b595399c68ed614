"""Objects that are freed early, late, twice, in any order, by anybody; and many of them."""

from __future__ import annotations

import copy
import gc
import itertools
import pickle
import subprocess
import sys
import textwrap
import weakref
from typing import Any

import pytest
from scene import POLICY, Scene

import trust


def python(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, with a small world in it."""
    begin = """
        import gc, os, resource, sys, threading
        import trust
        POLICY = trust.Policy.load_unsigned('''{"trust_policy": 1, "id": "p", "revision": 1,
            "signals": {"identity": {"weight": 300}},
            "verdicts": {"allow": 350, "step_up": 475, "quarantine": 650}}''')
    """
    code = textwrap.dedent(begin) + textwrap.dedent(program)
    command = [sys.executable, "-I", "-X", "dev", "-c", code]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)


def succeeds(program: str) -> None:
    done = python(program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def everything() -> dict[str, Any]:
    scene = Scene()
    evidence = scene.device.evidence()
    evidence.add(trust.TYPE_EAT_CWT, scene.answer())
    return {
        "engine": scene.engine,
        "device": scene.device,
        "evidence": evidence,
        "decision": scene.device.assess(evidence),
        "challenge": scene.device.challenge(),
        "result": scene.engine.appraise("a/b", b""),
        "cancel": trust.Cancel(),
        "store": trust.MemoryStore(),
    }


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["engine", "device", "evidence", "decision"]))
)
def test_freed_in_any_order(order: tuple[str, ...]) -> None:
    objects = everything()
    for name in order:
        objects[name].close()
        objects[name].close()
        assert objects[name].closed
        del objects[name]
        gc.collect()
        if "decision" in objects:
            assert objects["decision"].to_json()
        if "evidence" in objects:
            objects["evidence"].add("a/b", b"")
        if "device" in objects:
            objects["device"].preview()
    assert objects["challenge"].nonce and objects["result"].tier == 99


@pytest.mark.parametrize("name", list(everything()))
def test_each_is_closed_once_and_for_all(name: str) -> None:
    closed = everything()[name]
    assert not closed.closed
    with closed:
        pass
    closed.close()
    assert closed.closed
    with pytest.raises(trust.ClosedError), closed:
        pass
    assert "losed" in repr(closed) or name in ("cancel", "store")


@pytest.mark.parametrize("name", list(everything()))
def test_none_is_copied(name: str) -> None:
    there = everything()[name]
    for use in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            use(there)


def test_the_parent_may_go_first() -> None:
    engine = trust.Engine(policy=trust.Policy.load_unsigned(POLICY))
    there = weakref.ref(engine)
    device = engine.enroll("a")
    engine.close()
    del engine
    gc.collect()
    assert there() is None
    assert device.assess(metrics={"tx_bytes": 1}).device_id == "a"


def test_a_button_may_be_closed_while_it_is_in_use() -> None:
    cancel = trust.Cancel()

    def clock() -> float:
        cancel.close()
        gc.collect()
        return 1795428000.0

    engine = trust.Engine(clock=clock)
    device = engine.enroll("a")
    cancel = trust.Cancel()
    device.observe(cancel=cancel)
    assert cancel.closed


def test_everything_may_be_closed_from_inside_a_seam() -> None:
    objects: dict[str, Any] = {}
    asked: list[str] = []

    class Store:
        def get(self, key: bytes) -> None:
            return None

        def commit(self, operations: Any) -> None:
            asked.append("commit")

        def close(self) -> None:
            asked.append("close")

    def clock() -> float:
        for one in objects.values():
            one.close()
        objects.clear()
        gc.collect()
        return 1795428000.0

    engine = trust.Engine(policy=trust.Policy.load_unsigned(POLICY), clock=clock, store=Store())
    device = engine.enroll("a")
    evidence = device.evidence()
    objects.update(engine=engine, device=device, evidence=evidence)
    asked.clear()
    decision = device.assess(evidence)
    assert decision.to_json()
    assert device.closed and evidence.closed and engine.closed
    # What the call needs lives as long as the call.
    assert asked == ["commit", "close"]


def test_objects_that_live_to_the_end() -> None:
    succeeds(
        """
        def random(size):
            return os.urandom(size)
        class Store:
            records = {}
            def get(self, key):
                return self.records.get(key)
            def commit(self, operations):
                for one in operations:
                    self.records[one.key] = one.value, self.records.get(one.key, (b"", 0))[1] + 1
            def close(self):
                self.records.clear()
        engine = trust.Engine(policy=POLICY, random=random, clock=lambda: 1795428000, store=Store())
        device = engine.enroll("a")
        evidence = device.evidence()
        decision = device.assess(evidence)
        challenge = device.challenge()
        result = engine.appraise("a/b", b"")
        cancel = trust.Cancel()
        cycle = [engine, device, evidence, decision, challenge, result, cancel]
        cycle.append(cycle)
        """
    )


def test_threads_that_live_to_the_end() -> None:
    succeeds(
        """
        def clock():
            return 1795428000
        engine = trust.Engine(policy=POLICY, clock=clock)
        started = threading.Barrier(5)
        def work(number):
            device = engine.enroll(f"device-{number}")
            started.wait()
            while True:
                device.assess(metrics={"tx_bytes": 1})
        for number in range(4):
            threading.Thread(target=work, args=(number,), daemon=True).start()
        started.wait()
        """
    )


def test_an_exit_from_a_seam() -> None:
    done = python(
        """
        def clock():
            sys.exit(7)
        trust.Engine(clock=clock).enroll("a")
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


#: The address space is the only limit that every system keeps.
LIMITED = """
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes} * 2**20,) * 2)
"""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@linux
def test_ten_thousand_devices() -> None:
    succeeds(
        LIMITED.format(megabytes=64)
        + """
    engine = trust.Engine(policy=POLICY)
    devices = [engine.enroll(f"urn:dev:ops:32473-{i:05}") for i in range(10000)]
    assert devices[9999].assess().verdict == trust.Verdict.DENY
    """
    )


@linux
def test_ten_thousand_of_each_in_turn() -> None:
    succeeds(
        LIMITED.format(megabytes=24)
        + """
    engine = trust.Engine(policy=POLICY, clock=lambda: 1795428000)
    device = engine.enroll("a")
    evidence = device.evidence()
    class Boom(Exception):
        pass
    failing = False
    def fail():
        if failing:
            raise Boom
        return 1795428000
    broken = trust.Engine(policy=POLICY, clock=fail).enroll("b")
    failing = True
    for i in range(10000):
        decision = device.assess(token=bytes(1000), metrics={"tx_bytes": i})
        decision.ledger, decision.to_json()
        device.evidence().add("a/b", bytes(10000))
        evidence.clear()
        evidence.add("a/b", bytes(10000))
        engine.device("a").close()
        engine.appraise("application/eat+cwt", bytes(1000))
        trust.Cancel().press()
        try:
            broken.assess()
        except Boom:
            pass
        if i % 10 == 0:
            trust.Engine(clock=lambda: 1795428000, store=trust.MemoryStore()).enroll("a")
    """
    )


@linux
def test_memory_that_runs_out_is_an_exception() -> None:
    succeeds(
        LIMITED.format(megabytes=16)
        + """
    engine = trust.Engine(policy=POLICY)
    device = engine.enroll("a")
    kept = []
    try:
        while True:
            evidence = device.evidence()
            evidence.add("a/b", bytes(65536))
            kept.append((evidence, device.assess(evidence)))
    except MemoryError:
        kept.clear()
    assert device.assess().verdict == trust.Verdict.DENY
    """
    )
