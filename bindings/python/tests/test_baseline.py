"""The baseline: one value or many, saved or not, the scores are the same."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trust
from trust import Baseline, Mode

SERIES = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60)


@given(SERIES, st.integers(0, 60))
def test_saving_changes_nothing(values: list[float], at: int) -> None:
    whole, first = Baseline(), Baseline()
    scores = whole.observe_many(None, array("d", values), raw=True)
    before = first.observe_many(None, array("d", values[:at]), raw=True)
    state = first.save()
    for rest in (
        first,
        Baseline.restore(state),
        copy.copy(first),
        pickle.loads(pickle.dumps(first)),
    ):
        assert rest.save() == state
        if rest is first:
            continue
        after = rest.observe_many(None, array("d", values[at:]), raw=True)
        assert before.surprise + after.surprise == scores.surprise
        assert before.raw + after.raw == scores.raw
        assert rest.save() == whole.save()


@given(SERIES)
def test_one_at_a_time_is_the_same(values: list[float]) -> None:
    many, one = Baseline(), Baseline()
    times = array("q", range(0, 1000 * len(values), 1000))
    scores = many.observe_many(times, array("d", values))
    assert list(scores) == [one.observe(value, time=i) for i, value in enumerate(values)]
    assert many.save() == one.save()


def test_what_is_set_aside_teaches_nothing() -> None:
    baseline = Baseline()
    baseline.observe_many(None, array("d", [1.0, 2.0] * 50))
    state = baseline.save()
    first = baseline.observe(1e9, mode=Mode.ASIDE)
    assert first == Baseline.restore(state).observe(1e9)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_all_or_none_are_taken_in(value: float) -> None:
    baseline = Baseline()
    state = baseline.save()
    with pytest.raises(trust.ArgumentError) as caught:
        baseline.observe_many(None, array("d", [1.0, 2.0, value, 3.0]))
    assert caught.value.offset == 2
    with pytest.raises(trust.ArgumentError):
        baseline.observe(value)
    with pytest.raises(trust.ArgumentError):
        baseline.observe_many(array("q", [2, 1]), array("d", [1.0, 2.0]))
    assert baseline.save() == state


@pytest.mark.parametrize(
    ("times", "values", "error"),
    [
        (None, array("f", [1.0]), TypeError),
        (None, array("q", [1]), TypeError),
        (None, [1.0], TypeError),
        (array("d", [1.0]), array("d", [1.0]), TypeError),
        (array("q", [1, 2]), array("d", [1.0]), ValueError),
        (array("q"), array("d", [1.0]), ValueError),
    ],
)
def test_what_cannot_be_read_as_it_is_is_refused(
    times: Any, values: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        Baseline().observe_many(times, values)


def test_no_values_are_no_scores() -> None:
    assert Baseline().observe_many(None, array("d")) == array("i")
    assert Baseline().observe_many(array("q"), array("d"), raw=True).raw == array("i")


@given(st.binary(max_size=220))
def test_any_bytes_are_a_baseline_or_an_error(data: bytes) -> None:
    try:
        Baseline.restore(data).observe(1.0)
    except trust.Error:
        pass


@given(st.integers(0, 191), st.integers(0, 255))
def test_a_changed_byte_is_a_baseline_or_an_error(at: int, byte: int) -> None:
    baseline = Baseline()
    baseline.observe_many(None, array("d", range(40)))
    state = bytearray(baseline.save())
    state[at % len(state)] = byte
    try:
        Baseline.restore(state).observe_many(None, array("d", range(40)))
    except trust.Error:
        pass


def test_a_closed_one_scores_nothing() -> None:
    with Baseline() as baseline:
        assert repr(baseline) == "<Baseline>"
    assert repr(baseline) == "<Baseline: closed>"
    for use in (baseline.save, lambda: baseline.observe(1.0), lambda: copy.copy(baseline)):
        with pytest.raises(trust.ClosedError):
            use()


def test_one_thread_at_a_time() -> None:
    baseline = Baseline()
    values = array("d", [1.0, 2.0, 3.0]) * 100000
    outcomes: list[type] = []

    def learn() -> None:
        try:
            baseline.observe_many(None, values)
            outcomes.append(int)
        except trust.BusyError:
            outcomes.append(trust.BusyError)

    threads = [threading.Thread(target=learn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert int in outcomes
    assert len(outcomes) == 4
