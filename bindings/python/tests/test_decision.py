"""Decisions: what they show is what their JSON says, and nothing changes them."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, Callable

import pytest
from scene import ADDRESS, NOW, POLICY, Scene

import trust


@pytest.fixture
def decision() -> trust.Decision:
    scene = Scene()
    return scene.device.assess(
        token=scene.answer(), address=ADDRESS, metrics={"tx_bytes": 1532}, request_id="r"
    )


def moment(words: str | None) -> datetime | None:
    return trust.NEVER if words is None else trust.parse_time(words)


def test_it_says_what_its_json_says(decision: trust.Decision) -> None:
    said = decision.to_dict()
    assert said["device"] == decision.device_id
    assert said["verdict"] == str(decision.verdict)
    assert said["natural"] == str(decision.natural)
    assert said["risk"] == decision.risk
    assert tuple(said["range"]) == decision.range
    assert said["uncertainty"] == decision.uncertainty
    assert said["adverse"] == decision.adverse
    assert said["profile"] == decision.profile
    assert (said["stage"] or "") == decision.stage
    assert tuple(said["needs"]) == decision.needs
    assert moment(said["decided"]) == decision.decided
    assert decision.decided == datetime.fromtimestamp(NOW, timezone.utc)
    assert moment(said["valid_until"]) == decision.valid_until
    assert said["valid_until_exact"] == decision.valid_until_exact
    assert said["held"] == decision.held
    assert said["preview"] == decision.preview
    assert said["repeated"] == decision.repeated
    assert [one["code"] for one in said["reasons"]] == [one.code for one in decision.reasons]
    assert [one["text"] for one in said["reasons"]] == [one.text for one in decision.reasons]
    assert said["binding"] == str(decision.binding)
    assert said["replay_protection"] == str(decision.replay_protection)
    assert said["policy"]["id"] == decision.policy_id
    assert said["policy"]["revision"] == decision.policy_revision
    assert said["policy"]["hash"] == decision.policy_hash.hex()
    assert said["policy"]["signed"] == decision.signed
    assert [
        (one["row"], one["state"], one["points"], one["millibits"], one["why"])
        for one in said["ledger"]
    ] == [
        (
            row.name,
            None if row.state is None else str(row.state),
            row.points,
            row.millibits,
            str(row.reason),
        )
        for row in decision.ledger
    ]
    assert sum(row.points for row in decision.ledger) == decision.risk
    assert [(one["obtain"], one["action"], one["cost"]) for one in said["next"]] == [
        (step.signals[0], step.actions[0], step.cost) for step in decision.next
    ]
    assert [(one["type"], one["origin"], one["state"], one["why"]) for one in said["items"]] == [
        (item.type, str(item.origin), str(item.state), str(item.reason)) for item in decision.items
    ]
    assert said["actions"] == []
    assert decision.actions == ()


def test_the_ledger_points_at_findings(decision: trust.Decision) -> None:
    findings = decision.findings
    for row in decision.ledger:
        if row.finding is not None:
            assert findings[row.finding].kind == trust.kind_id(row.name)
            assert findings[row.finding].reason == row.reason


def test_the_summary(decision: trust.Decision) -> None:
    summary = decision.summary
    assert (summary.verdict, summary.risk) == (decision.verdict, decision.risk)
    assert (summary.lowest, summary.highest) == decision.range
    names = [row.name for row in decision.ledger]
    named = [None if at is None else names[at] for at in summary.subjects]
    assert named == [one.get("row") for one in decision.to_dict()["reasons"]]


def test_it_reads_in_one_line(decision: trust.Decision) -> None:
    lowest, highest = decision.range
    codes = ", ".join(reason.code for reason in decision.reasons)
    words = f"{decision.verdict} risk={decision.risk} ({lowest}..{highest}): {codes}"
    assert repr(decision) == f"<Decision {words}>"
    assert str(decision) == f"{decision.device_id}: {words}"
    assert f"{decision}" == str(decision)


def test_explaining(decision: trust.Decision) -> None:
    assert "identity" in decision.explain()
    assert decision.explain() == decision.explain(trust.Audience.OPERATOR)
    assert "BEHAVIOUR" not in decision.explain(trust.Audience.SUBJECT).upper()
    with pytest.raises(trust.ArgumentError):
        decision.explain(3)  # type: ignore[arg-type]
    with pytest.raises(trust.ArgumentError, match="trust.Audience, an integer from 0"):
        decision.explain(-1)  # type: ignore[arg-type]


def test_equal_is_equal_json() -> None:
    one, two = Scene().device.assess(), Scene().device.assess()
    other = Scene().device.assess(address=ADDRESS)
    assert one is not two
    assert one == two and hash(one) == hash(two)
    assert one != other
    assert len({one, two, other}) == 2


def test_it_is_compared_with_no_verdict(decision: trust.Decision) -> None:
    """Each of these would let everything in."""
    assert decision != object() and decision != None
    compares: list[Callable[[], Any]] = [
        lambda: decision != trust.Verdict.DENY,
        lambda: trust.Verdict.DENY != decision,
        lambda: decision != "deny",
        lambda: decision not in ("deny", "quarantine"),
    ]
    for compare in compares:
        with pytest.raises(TypeError, match="compare the verdict of the Decision"):
            compare()


def test_a_result_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="state"):
        bool(trust.Engine().appraise("application/eat+cwt", b"no token"))


def test_it_is_neither_true_nor_false(decision: trust.Decision) -> None:
    with pytest.raises(TypeError, match="verdict"):
        bool(decision)
    with pytest.raises(TypeError):
        assert not (decision and True)


@pytest.mark.parametrize("name", ["verdict", "risk", "ledger", "colour"])
def test_it_is_frozen(decision: trust.Decision, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(decision, name, 1)
    rows: list[Any] = [*decision.ledger, *decision.items, *decision.next, *decision.findings]
    for row in rows:
        with pytest.raises(AttributeError):
            row.reason = None


def test_a_stage_and_what_to_do() -> None:
    document = json.loads(POLICY)
    document["stages"] = [
        {"id": "proof", "needs": ["identity", "human"], "actions": ["fence"]},
        {"id": "operate"},
    ]
    document["actions"] = {"deny": ["drop"]}
    decision = Scene(json.dumps(document)).device.assess()
    said = decision.to_dict()
    assert decision.stage == said["stage"] == "proof"
    assert decision.needs == tuple(said["needs"]) == ("human", "identity")
    assert decision.summary.stage_since == moment(said["stage_since"])
    assert [(one["action"], one["id"], one["reason"]) for one in said["actions"]] == [
        (action.name, action.id, str(action.reason)) for action in decision.actions
    ]
    assert {action.name for action in decision.actions} == {"drop", "fence"}
    assert any(len(step.signals) > 1 for step in decision.next)


def test_a_closed_decision(decision: trust.Decision) -> None:
    decision.to_json()
    assert decision.range
    decision.close()
    decision.close()
    assert repr(decision) == "<Decision closed>"
    names = [name for name in vars(trust.Decision) if not name.startswith("_")]
    assert len(names) > 20
    for name in names:
        with pytest.raises(trust.ClosedError):
            value: Any = getattr(decision, name)
            value()
    for use in (str, hash):
        with pytest.raises(trust.ClosedError):
            use(decision)


def test_it_outlives_what_it_was_made_from() -> None:
    scene = Scene()
    decision = scene.device.assess()
    before = decision.to_json()
    scene.device.close()
    scene.engine.close()
    del scene
    assert decision.to_json() == before
    assert decision.ledger[0].name == "base"


@pytest.mark.parametrize("make", [trust.Decision, trust.Result, trust.Challenge, trust.Device])
def test_none_is_made_by_hand(make: Any) -> None:
    made = make()
    with pytest.raises(trust.ClosedError):
        getattr(made, "_ptr")  # noqa: B009
    assert "closed" in repr(made)
    with pytest.raises(TypeError):
        make(None, 5)
