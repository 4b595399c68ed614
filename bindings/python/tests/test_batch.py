"""Many devices at once: the same as one after the other, on arrays that nobody copies."""

from __future__ import annotations

import gc
import pathlib
import pickle
import random
import threading
import time
from array import array
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trust
from trust import Column, Finding, Given, Kind, Origin, Selection, State, Verdict

NOW = 1795428000
MS = NOW * 1000
DOOR = """{ "trust_policy": 1, "id": "door", "revision": 1,
  "signals": { "identity": {"weight": 300} },
  "verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }"""


@pytest.fixture(scope="module")
def yard(checkout: pathlib.Path) -> trust.Policy:
    return trust.Policy.read(checkout / "tests" / "bench" / "policy" / "yard.json")


@pytest.fixture(scope="module")
def door() -> trust.Policy:
    return trust.Policy.load_unsigned(DOOR)


KINDS = ["attestation", "identity", "reputation", "yard.tamper", "not.named"]
STATES = [State.VALID, State.REFUSED, State.NOT_REQUESTED, State.EXPIRED]


@given(st.randoms(use_true_random=False), st.integers(0, 40), st.integers(0, 5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_are_as_one_after_the_other(
    yard: trust.Policy, dice: random.Random, count: int, width: int
) -> None:
    columns: list[Column] = []
    rows: list[list[Finding]] = [[] for _ in range(count)]
    for source in range(width):
        kind = dice.choice(KINDS)
        values = array("i", (dice.choice([2, 32, 96, 60]) for _ in range(count)))
        states = array("B", (dice.choice(STATES) for _ in range(count)))
        times = array("q", (MS - dice.randrange(10**8) for _ in range(count)))
        quality = array("I", (dice.choice([0, 30000, 65536]) for _ in range(count)))
        bits = dice.getrandbits(count + 8)
        present = bits.to_bytes(count // 8 + 2, "little")
        column = Column(kind, values, source=source, origin=Origin.SERVICE)
        asked = timed = stated = graded = False
        if dice.random() < 0.5:
            column, asked = column._replace(present=present), True
        if dice.random() < 0.5:
            column, timed = column._replace(times=times), True
        if dice.random() < 0.5:
            column, stated = column._replace(states=states), True
        if dice.random() < 0.5:
            column, graded = column._replace(quality=quality), True
        columns.append(column)
        for i, row in enumerate(rows):
            if asked and not bits >> i & 1:
                row.append(Finding(kind, 0, state=State.NOT_REQUESTED, source=source))
                continue
            row.append(
                Finding(
                    kind,
                    values[i],
                    State(states[i]) if stated else State.VALID,
                    times[i] / 1000 if timed else NOW,
                    quality[i] if graded else 65536,
                    source,
                    Origin.SERVICE,
                )
            )
    many = yard.evaluate_many(columns, now=NOW, count=count, summaries=True)
    assert len(many) == count
    for head, summary, row in zip(many, many.summaries, rows):
        one = yard.evaluate(row, now=NOW).summary
        assert summary == one
        assert head == (
            one.verdict,
            one.risk,
            one.lowest,
            one.highest,
            one.uncertainty,
            one.adverse,
            one.reasons[0] if one.reasons else None,
        )


def test_what_holds_for_each(yard: trust.Policy) -> None:
    values = array("i", [2, 2, 2])
    times = array("q", [MS, MS + 5, MS - 7200000])
    previous = array("I", [Verdict.DENY, Verdict.ALLOW, Verdict.NONE])
    since = array("q", [MS - 1, MS - 10**9, MS])
    chosen = [Selection(), yard.select({"role": "crane"}), yard.select({})]
    many = yard.evaluate_many(
        {Kind.IDENTITY: values},
        times,
        Given(floors=[(Verdict.STEP_UP, "SUSPENDED")]),  # type: ignore[list-item]
        selections=chosen,
        previous=previous,
        since=since,
        summaries=True,
    )
    for i, summary in enumerate(many.summaries):
        one = yard.evaluate(
            [Finding("identity", 2, time=times[i] / 1000)],
            times[i] / 1000,
            Given(
                Verdict(previous[i]),
                since[i] / 1000,
                selection=chosen[i],
                floors=[trust.Floor(Verdict.STEP_UP, "SUSPENDED")],
            ),
        )
        assert one.summary == summary
    assert [summary.profile for summary in many.summaries] == [0, 1, 0]


def test_outcomes_are_a_sequence(door: trust.Policy) -> None:
    many = door.evaluate_many({"identity": array("i", [2, 96])}, now=NOW)
    assert many[-1] == many[1] == list(many)[1]
    assert many[1].verdict is Verdict.DENY
    assert [head.risk for head in many[:1]] == [321]
    assert repr(many) == "<Outcomes: 2>"
    with pytest.raises(IndexError):
        many[2]
    with pytest.raises(ValueError, match="summaries=True"):
        many.summaries  # noqa: B018
    # What came out goes in again.
    again = door.evaluate_many({"identity": array("i", [2, 2])}, NOW, previous=many.verdict)
    assert again.verdict == array("I", [1, 1])
    assert pickle.loads(pickle.dumps(many.risk)) == many.risk


def test_no_devices_are_no_outcomes(door: trust.Policy) -> None:
    assert len(door.evaluate_many({}, now=NOW)) == 0
    assert len(door.evaluate_many({"identity": array("i")}, now=NOW)) == 0
    assert door.evaluate_many({}, now=NOW, count=3).risk == array("i", [750] * 3)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([1, 2], "expected an array of 32-bit integers, not list"),
        (None, "not NoneType"),
        ("ab", "not str"),
        (5, "not int"),
        (array("q", [1]), r"format 'q'.*astype\('int32'\)"),
        (array("I", [1]), "format 'I'"),
        (array("f", [1]), "format 'f'"),
        (b"abcd", "format 'B'"),
        (memoryview(array("i", range(6)))[::2], "side by side"),
        (memoryview(bytes(24)).cast("i", (2, 3)), "side by side"),
    ],
)
def test_what_cannot_be_read_as_it_is_is_refused(
    door: trust.Policy, values: Any, says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        door.evaluate_many({"identity": values}, now=NOW)


def test_numbers_lie_at_multiples_of_their_size(door: trust.Policy) -> None:
    for shift in range(4):
        values = memoryview(bytearray(11))[shift : shift + 8].cast("i")
        try:
            assert len(door.evaluate_many({"identity": values}, now=NOW)) == 2
        except ValueError as error:
            assert "multiples" in str(error)
            assert shift
        else:
            assert not shift


TWO = array("i", [2, 2])


@pytest.mark.parametrize(
    ("columns", "options", "error"),
    [
        ([Column("identity", TWO), Column("human", array("i", [1]))], {}, ValueError),
        ([Column("identity", TWO, states=bytes(1))], {}, ValueError),
        ([Column("identity", TWO, states=array("i", [1, 1]))], {}, TypeError),
        ([Column("identity", TWO, states=bytes([1, 99]))], {}, trust.ArgumentError),
        ([Column("identity", TWO, present=b"")], {}, ValueError),
        ([Column("identity", TWO, quality=array("I", [1, 70000]))], {}, trust.ArgumentError),
        ([Column("identity", TWO, times=array("i", [1, 1]))], {}, TypeError),
        ([Column("tamper", TWO)], {}, ValueError),
        ([Column("identity", TWO)] * 257, {}, trust.ArgumentError),
        ({"identity": TWO}, {"now": array("q", [MS])}, ValueError),
        ({"identity": TWO}, {"now": array("d", [1.0, 1.0])}, TypeError),
        ({"identity": TWO}, {"now": "now"}, TypeError),
        ({"identity": TWO}, {"previous": array("I", [1, 7])}, trust.ArgumentError),
        ({"identity": TWO}, {"selections": [(0, 0)]}, ValueError),
        ({"identity": TWO}, {"selections": [(0, 0), (9, 0)]}, trust.ArgumentError),
        ({"identity": TWO}, {"count": 3}, ValueError),
        ({"identity": TWO}, {"count": -1}, ValueError),
        ({}, {"count": -1}, trust.ArgumentError),
        ({}, {"count": 2**62}, MemoryError),
        (5, {}, TypeError),
        (["identity"], {}, TypeError),
    ],
)
def test_what_does_not_fit_is_refused(
    door: trust.Policy, columns: Any, options: dict[str, Any], error: Any
) -> None:
    with pytest.raises(error):
        door.evaluate_many(columns, **{"now": NOW, **options})


def test_a_refused_device_is_named(door: trust.Policy) -> None:
    states = bytearray(50)
    states[17] = 99
    with pytest.raises(trust.ArgumentError) as caught:
        door.evaluate_many([Column("identity", array("i", [2]) * 50, states=states)], now=NOW)
    assert caught.value.offset == 17


def test_an_array_is_held_while_it_is_read(door: trust.Policy) -> None:
    states = bytearray([1]) * 200000
    columns = [Column("identity", array("i", [2]) * len(states), states=states)]
    refused = []
    stop = threading.Event()

    def resize() -> None:
        while not stop.is_set():
            try:
                states.append(1)
                del states[200000:]
            except BufferError as error:
                refused.append(error)

    thread = threading.Thread(target=resize)
    thread.start()
    end = time.monotonic() + 20
    while not refused and time.monotonic() < end:
        try:
            assert len(door.evaluate_many(columns, now=NOW)) == 200000
        except ValueError as error:
            assert "for 200000 devices" in str(error)
    stop.set()
    thread.join()
    assert refused
    states.append(1)  # it is let go again


def test_results_outlive_what_made_them() -> None:
    policy = trust.Policy.load_unsigned(DOOR)
    risk = memoryview(policy.evaluate_many({"identity": TWO}, now=NOW).risk)
    policy.close()
    del policy
    gc.collect()
    assert risk.tolist() == [321, 321]


class TestNumPy:
    """NumPy is optional: nothing here imports it but these tests."""

    def test_its_arrays_are_read_and_ours_are_seen(self, yard: trust.Policy) -> None:
        numpy = pytest.importorskip("numpy")
        dice = numpy.random.default_rng(7)
        values = dice.choice([2, 32, 96], 1000).astype("int32")
        when = numpy.full(1000, MS, dtype="datetime64[ms]")
        mask = dice.random(1000) < 0.7
        many = yard.evaluate_many(
            [
                Column("identity", values, times=when),
                Column("place", values, present=numpy.packbits(mask, bitorder="little")),
            ],
            now=when,
        )
        plain = yard.evaluate_many(
            [
                Column("identity", array("i", values.tolist()), times=array("q", [MS] * 1000)),
                Column("place", values, states=mask.astype("uint8")),
            ],
            now=NOW,
        )
        risk = numpy.asarray(many.risk)
        assert risk.dtype == numpy.int32
        assert risk.ctypes.data == numpy.asarray(many.risk).ctypes.data
        assert numpy.asarray(many.verdict).dtype == numpy.uint32
        expected = list(plain.risk)
        del many, plain
        gc.collect()
        assert risk.tolist() == expected

    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda n: n.zeros(2, "int64"), r"astype\('int32'\)"),
            (lambda n: n.zeros(2, ">i4"), "format '>i'"),
            (lambda n: n.zeros((2, 2), "int32"), "one row"),
            (lambda n: n.zeros((), "int32"), "one row"),
            (lambda n: n.zeros(4, "int32")[::2], "ascontiguousarray"),
            (lambda n: n.zeros(2, "datetime64[ms]"), "expected an array of 32-bit integers"),
            (lambda n: n.zeros(2, "object"), "expected"),
            (lambda n: n.ma.masked_less(n.zeros(2, "int32"), 1), "packbits"),
            (lambda n: n.zeros(2, [("a", "i4")]), "expected"),
        ],
    )
    def test_what_is_laid_out_otherwise_is_refused(
        self, door: trust.Policy, make: Any, says: str
    ) -> None:
        numpy = pytest.importorskip("numpy")
        with pytest.raises(TypeError, match=says):
            door.evaluate_many({"identity": make(numpy)}, now=NOW)

    @pytest.mark.parametrize("unit", ["[s]", "[us]", "[ns]", "", "[D]"])
    def test_times_are_in_milliseconds(self, door: trust.Policy, unit: str) -> None:
        numpy = pytest.importorskip("numpy")
        with pytest.raises(TypeError, match=r"expected datetime64\[ms\]"):
            door.evaluate_many({"identity": TWO}, now=numpy.zeros(2, f"datetime64{unit}"))

    def test_no_time_is_unknown(self, door: trust.Policy) -> None:
        numpy = pytest.importorskip("numpy")
        when = numpy.array(["NaT", NOW * 1000], "datetime64[ms]")
        many = door.evaluate_many({"identity": TWO}, now=when)
        assert many.verdict.tolist() == [Verdict.DENY, Verdict.ALLOW]


class Forged:
    """Says that it is an array of NumPy, and is none."""

    class dtype:
        str = "<M8[ms]"

    @property
    def __array_interface__(self) -> Any:
        return {"typestr": "<M8[ms]", "data": (8, True), "shape": (10**9,), "version": 3}

    def __len__(self) -> int:
        return 2

    def view(self, kind: str) -> Any:
        return self


def test_a_forged_array_is_no_memory(door: trust.Policy) -> None:
    with pytest.raises(TypeError, match="not Forged"):
        door.evaluate_many({"identity": TWO}, now=Forged())


class Chameleon(int):
    """A number that is equal to every other."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def test_how_many_they_are_is_counted(checkout: pathlib.Path) -> None:
    policy = trust.Policy.read(checkout / "tests" / "bench" / "policy" / "yard.json")
    with pytest.raises(ValueError, match="an array of 2 for 50000000 devices"):
        policy.evaluate_many({"identity": array("i", [2, 2])}, now=0, count=Chameleon(50_000_000))
    with pytest.raises(TypeError):
        policy.evaluate_many({}, now=0, count=2.0)  # type: ignore[arg-type]
