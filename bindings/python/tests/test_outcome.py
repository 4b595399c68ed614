"""Weighing findings: the quick way and the long one say the same, and both say why."""

from __future__ import annotations

import gc
import pathlib
import random
import threading
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trust
from trust import Finding, Findings, Floor, Given, Selection, Verdict

NOW = 1795428000
DOOR = """{ "trust_policy": 1, "id": "door", "revision": 1,
  "signals": { "identity": {"weight": 300} },
  "verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }"""


@pytest.fixture(scope="module")
def yard(checkout: pathlib.Path) -> trust.Policy:
    return trust.Policy.read(checkout / "tests" / "bench" / "policy" / "yard.json")


@pytest.fixture(scope="module")
def door() -> trust.Policy:
    return trust.Policy.load_unsigned(DOOR)


KINDS = [1, 2, 3, 4, 5, 6, trust.kind_id("yard.tamper"), trust.kind_id("yard.clock"), 77]
SCENE = st.lists(
    st.builds(
        Finding,
        kind=st.sampled_from(KINDS),
        value=st.integers(0, 100),
        state=st.sampled_from(trust.State),
        time=st.none() | st.integers(NOW - 100000, NOW + 100),
        quality=st.integers(0, 65536),
        source=st.integers(0, 3),
        origin=st.just(trust.Origin.HOST),
        reason=st.none(),
        item=st.none(),
        expected=st.just(0),
        seen=st.just(0),
    ),
    max_size=16,
)


@given(SCENE, st.integers(NOW - 3, NOW + 90000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_quick_way_and_the_long_one_agree(
    yard: trust.Policy, findings: list[Finding], now: int
) -> None:
    quick = yard.evaluate(Findings(findings), now=now)
    assert (quick.verdict, quick.risk) == quick.summary[:3:2]
    for same in (
        yard.evaluate(findings, now=float(now)),
        yard.evaluate(findings, now=datetime.fromtimestamp(now, timezone.utc)),
        yard.evaluate(Findings(findings), now, Given()),
    ):
        assert same == quick
        assert hash(same) == hash(quick)
    assert sum(row.points for row in quick.ledger) == quick.risk
    assert quick.range[0] <= quick.risk <= quick.range[1]
    until = quick.valid_until().until
    assert until is not None
    assert until.timestamp() >= now


@given(SCENE, st.randoms())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_their_order_changes_no_verdict(
    yard: trust.Policy, findings: list[Finding], dice: random.Random
) -> None:
    shuffled = list(findings)
    dice.shuffle(shuffled)
    one, other = yard.evaluate(findings, now=NOW), yard.evaluate(shuffled, now=NOW)
    assert one.summary == other.summary


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_time_is_rounded_alike_on_both_ways(door: trust.Policy, now: float) -> None:
    laid = Findings([Finding("identity", 2, time=NOW)])
    assert door.evaluate(laid, now=now).risk == door.evaluate(laid, now, Given()).risk


def test_what_explains_it(yard: trust.Policy) -> None:
    outcome = yard.evaluate([Finding("attestation", 96, time=NOW)], now=NOW)
    assert outcome.verdict is Verdict.DENY
    assert outcome.reasons[0].code == "ATTESTATION_FAILED"
    assert outcome.ledger[0].name == "base"
    assert {"attestation", "identity"} <= {row.name for row in outcome.ledger}
    assert [action.name for action in outcome.actions()] == ["drop-session", "notify"]
    assert repr(outcome).startswith("<Outcome deny risk=1000 (")
    assert outcome.summary.probability == 0.7
    assert outcome.summary.subjects[0] is not None or len(outcome.summary.subjects) > 0


def test_what_to_ask_for_next(door: trust.Policy) -> None:
    (step,) = door.evaluate([], now=NOW).next()
    assert step.signals == ("identity",)
    assert step.can_reach is Verdict.ALLOW
    assert step.cost >= 1
    assert len(step.actions) == 1


def test_without_a_clock_nothing_is_allowed(door: trust.Policy) -> None:
    fresh = Findings([Finding("identity", 2, time=NOW)])
    assert door.evaluate(fresh, now=NOW).verdict is Verdict.ALLOW
    for blind in (door.evaluate(fresh), door.evaluate(fresh, now=None)):
        assert blind.verdict is Verdict.DENY
        assert blind.reasons[0].code == "CLOCK_UNKNOWN"


def test_floors_that_could_be_read_only_once_are_refused(door: trust.Policy) -> None:
    given = Given(floors=iter([Floor(Verdict.DENY, "SUSPENDED")]))  # type: ignore[arg-type]
    for _ in range(2):  # the second time it would have been empty
        with pytest.raises(TypeError, match="a tuple or a list"):
            door.evaluate([], NOW, given)


def test_what_is_given_counts(yard: trust.Policy, door: trust.Policy) -> None:
    fresh = Findings([Finding("identity", 2, time=NOW)])
    floors = [Floor(Verdict.DENY, "SUSPENDED"), (Verdict.STEP_UP, 1)]
    held = door.evaluate(fresh, NOW, Given(floors=floors))  # type: ignore[arg-type]
    assert held.verdict is Verdict.DENY
    assert held.summary.natural is Verdict.ALLOW
    assert held.reasons[0].code == "SUSPENDED"
    slow = trust.Policy.load_unsigned(DOOR[:-1] + ', "hysteresis": {"dwell": "10m"} }')
    denied = slow.evaluate([], NOW)
    again = slow.evaluate(fresh, NOW + 1, denied.then())
    assert again.summary.held
    assert again.verdict is not Verdict.ALLOW
    assert denied.then() == Given(Verdict.DENY, denied.summary.since)
    chosen = yard.select({"role": "crane"})
    crane = yard.evaluate(fresh, NOW, Given(selection=chosen))
    assert crane.summary.profile == 1
    assert crane.then().selection == chosen
    late = yard.evaluate([], NOW, Given(stage=0, stage_since=NOW - 3 * 3600))
    assert "STAGE_TIMEOUT" in map(str, late.reasons)


def test_an_outcome_outlives_what_made_it() -> None:
    policy = trust.Policy.load_unsigned(DOOR)
    outcome = policy.evaluate(Findings([Finding("identity", 2, time=NOW)]), now=NOW)
    policy.close()
    del policy
    gc.collect()
    assert outcome.ledger[1].name == "identity"
    assert outcome.next() == ()


@pytest.mark.parametrize(
    ("findings", "now", "error"),
    [
        (None, NOW, TypeError),
        (5, NOW, TypeError),
        ("identity", NOW, TypeError),
        (Finding("identity", 2), NOW, TypeError),
        ([], "now", TypeError),
        ([], float("nan"), ValueError),
        ([], 10**400, ValueError),
        ([], datetime(2026, 1, 1), ValueError),
        ([Finding("identity", 2, quality=70000)], NOW, trust.ArgumentError),
        ([Finding("identity", 2)] * 257, NOW, trust.ArgumentError),
    ],
)
def test_what_cannot_be_weighed_is_refused(
    door: trust.Policy, findings: Any, now: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        door.evaluate(findings, now=now)
    if isinstance(findings, list):
        with pytest.raises(error):
            door.evaluate(Findings(findings), now=now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"floors": [Floor(Verdict.DENY, 1)] * 17},
        {"previous": 9},
        {"selection": (99, 0)},
        {"override": 77},
    ],
)
def test_what_is_given_wrong_is_refused(door: trust.Policy, wrong: dict[str, Any]) -> None:
    with pytest.raises(trust.ArgumentError):
        door.evaluate([], NOW, Given(**wrong))


def test_other_numbers_are_times_too(door: trust.Policy) -> None:
    laid = Findings([Finding("identity", 2, time=NOW)])
    assert door.evaluate(laid, now=Decimal(NOW)).risk == door.evaluate(laid, now=NOW).risk
    far = door.evaluate(laid, now=10**13)
    assert far.summary.risk == far.risk


def test_a_closed_policy_weighs_nothing() -> None:
    policy = trust.Policy.load_unsigned(DOOR)
    with policy:
        pass
    with pytest.raises(trust.ClosedError):
        policy.evaluate([], now=NOW)
    with pytest.raises(trust.ClosedError):
        policy.evaluate(Findings(), now=NOW)
    with pytest.raises(trust.ClosedError):
        policy.evaluate_many({}, now=NOW)


def test_many_threads_weigh_with_one_policy_that_is_closed_meanwhile() -> None:
    laid = Findings([Finding("identity", 2, time=NOW)] * 200)
    policy = trust.Policy.load_unsigned(DOOR)
    wrong: list[object] = []

    def weigh() -> None:
        try:
            for _ in range(3000):
                if policy.evaluate(laid, now=NOW).verdict is not Verdict.ALLOW:
                    wrong.append("verdict")
        except trust.ClosedError:
            pass
        except BaseException as error:  # noqa: BLE001
            wrong.append(error)

    threads = [threading.Thread(target=weigh) for _ in range(4)]
    for thread in threads:
        thread.start()
    policy.close()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("count", [1, 32, 33, 256])
def test_few_and_many_findings_are_weighed_alike(yard: trust.Policy, count: int) -> None:
    findings = Findings(Finding(KINDS[n % 8], n % 128, time=NOW) for n in range(count))
    short, long = yard.evaluate(findings, now=NOW), yard.evaluate(findings, NOW, Given())
    assert (short.verdict, short.risk) == (long.verdict, long.risk)
    assert short.summary == long.summary


def test_an_outcome_keeps_the_findings_that_it_weighed(door: trust.Policy) -> None:
    findings = Findings([Finding("identity", 2, time=NOW)] * 200)
    outcome = door.evaluate(findings, NOW, Given())
    before = outcome.valid_until(), outcome.next()
    findings.__init__([Finding("identity", 96)])  # type: ignore[misc]
    written_over = [bytearray(b"\xff" * (200 * 64)) for _ in range(100)]
    assert (outcome.valid_until(), outcome.next()) == before
    assert len(written_over) == 100


def test_an_outcome_is_neither_true_nor_false_nor_a_verdict(door: trust.Policy) -> None:
    outcome = door.evaluate([], NOW)
    assert outcome == door.evaluate([], NOW) and outcome != object()
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(outcome)
    for verdict in (Verdict.DENY, "deny"):
        with pytest.raises(TypeError, match="compare the verdict of the Outcome"):
            _ = outcome != verdict


@pytest.mark.parametrize(
    "told",
    [Given(stage=-1), Given(flaps=1 << 32), Given(selection=Selection(0, -1))],
)
def test_what_c_has_no_room_for_is_refused(door: trust.Policy, told: Given) -> None:
    with pytest.raises(trust.ArgumentError):
        door.evaluate([], NOW, told)
