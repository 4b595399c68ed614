"""A policy is loaded as C loads it, and everything that it holds can be read."""

from __future__ import annotations

import json
import pathlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trust

NOW = 1795428000
DOOR = json.dumps(
    {
        "trust_policy": 1,
        "id": "door",
        "revision": 4,
        "signals": {"identity": {"weight": 300}},
        "verdicts": {"allow": 350, "step_up": 475, "quarantine": 650},
    }
)


@pytest.fixture(scope="module")
def pump(checkout: pathlib.Path) -> trust.Policy:
    return trust.Policy.read(checkout / "examples" / "policies" / "safety-critical.json")


@pytest.fixture(scope="module")
def signer() -> trust.Signer:
    return trust.Signer.from_seed(b"\x01" * 32, trust.Use.POLICY)


@pytest.fixture
def manifest(signer: trust.Signer) -> str:
    return trust.sign_manifest(
        DOOR, signer, kind="policy", id="door", revision=4, expires=NOW + 3600
    )


def test_heads() -> None:
    policy = trust.Policy.load_unsigned(DOOR)
    assert (policy.id, policy.revision, policy.signed) == ("door", 4, False)
    assert len(policy.hash) == 32
    assert repr(policy) == "<Policy door, revision 4, unsigned>"
    assert policy.bands == (450, 350, 475, 650)
    assert policy.stages == ()
    assert [profile.id for profile in policy.profiles] == ["default"]
    policy.close()
    assert repr(policy) == "<Policy: closed>"
    with pytest.raises(trust.ClosedError):
        policy.id  # noqa: B018


@pytest.mark.parametrize("form", [str, str.encode, lambda s: bytearray(s.encode())])
def test_a_document_is_text_or_bytes(form: Any) -> None:
    assert trust.Policy.load_unsigned(form(DOOR)).id == "door"


def test_the_full_form_has_the_same_hash() -> None:
    policy = trust.Policy.load_unsigned(DOOR)
    full = policy.expand()
    assert len(full) > len(DOOR)
    assert trust.Policy.load_unsigned(full).hash == policy.hash


def test_what_does_not_load_says_where() -> None:
    with pytest.raises(trust.FormatError) as caught:
        trust.Policy.load_unsigned(DOOR.replace('"door"', "\n 5"))
    assert (caught.value.where, caught.value.line, caught.value.column) == ("/id", 2, 2)
    assert caught.value.offset > 0
    with pytest.raises(trust.FormatError):
        trust.Policy.load_unsigned("\ud800")
    with pytest.raises(trust.LimitError):
        trust.Policy.load_unsigned(b" " * 300000)


def test_a_manifest_vouches(signer: trust.Signer, manifest: str) -> None:
    keys = [signer.public_key]
    policy = trust.Policy.load(DOOR, manifest, keys, now=NOW)
    assert policy.signed
    assert repr(policy).endswith("signed>")
    with pytest.raises(trust.SignatureError):
        trust.Policy.load(DOOR, manifest, [b"\x02" * 32], now=NOW)
    with pytest.raises(trust.StateError):
        trust.Policy.load(DOOR, manifest, keys, now=NOW + 3601)
    with pytest.raises(trust.StateError):
        trust.Policy.load(DOOR, manifest, keys)
    with pytest.raises(trust.IntegrityError):
        trust.Policy.load(DOOR + " ", manifest, keys, now=NOW)
    with pytest.raises(TypeError, match="several keys"):
        trust.Policy.load(DOOR, manifest, signer.public_key, now=NOW)


def test_a_file_is_read_as_the_command_reads_it(
    tmp_path: pathlib.Path, signer: trust.Signer, manifest: str
) -> None:
    path, keys = tmp_path / "door.json", [signer.public_key]
    path.write_text(DOOR)
    assert not trust.Policy.read(path).signed
    with pytest.raises(FileNotFoundError):
        trust.Policy.read(path, keys)
    assert not trust.Policy.read(path, keys, allow_unsigned=True).signed
    (tmp_path / "door.json.manifest").write_text(manifest)
    assert trust.Policy.read(str(path), keys, now=NOW).signed
    assert trust.Policy.read(path, keys, now=NOW, allow_unsigned=True).signed
    with pytest.raises(trust.SignatureError):
        trust.Policy.read(path, [b"\x02" * 32], now=NOW, allow_unsigned=True)
    (tmp_path / "door.json.manifest").write_text("x")
    other = tmp_path / "other"
    other.write_text(manifest)
    assert trust.Policy.read(path, keys, manifest=other, now=NOW).signed
    with pytest.raises(trust.FormatError):
        trust.Policy.read(path, keys, now=NOW, allow_unsigned=True)
    path.write_text(DOOR + " " * 300000)
    with pytest.raises(trust.LimitError):
        trust.Policy.read(path)


def test_everything_in_it_can_be_read(pump: trust.Policy) -> None:
    names = [signal.name for signal in pump.signals]
    assert names == sorted(names)
    flow = pump.signals[names.index("site.flow")]
    assert flow.quorum == 2
    assert flow.kind == trust.kind_id("site.flow")
    assert flow.scale is trust.Scale.PERCENT
    assert flow.knots == ((5, -40), (40, 150))
    assert (flow.most, flow.least, flow.absent, flow.refused) == (150, -40, 150, 150)
    assert (flow.half_life_good, flow.ttl) == (timedelta(minutes=30), timedelta(hours=2))
    assert (flow.action, flow.cost) == ("obtain", 1)
    assert [(group.name, group.floor) for group in pump.groups if group.name == "site"] == [
        ("site", -120)
    ]
    gate = {gate.id: gate for gate in pump.gates}["two-alarms"]
    assert (gate.need, len(gate.conditions), gate.final) == (2, 3, False)
    assert gate.conditions[0] == ("site.interlock", trust.Asks.POINTS, 60, timedelta(0))
    stale = {gate.id: gate for gate in pump.gates}["stale"]
    assert stale.conditions[0].age == timedelta(minutes=20)
    assert stale.reason == trust.reason("STALE")
    assert [profile.id for profile in pump.profiles] == ["default", "pump", "closet"]
    assert pump.profiles[1].when == "role is infusion-pump, or class is at least 3"
    assert pump.profiles[1].adverse == 20
    assert [stage.id for stage in pump.stages] == ["fitted", "proven", "tried", "in-service"]
    assert pump.stages[1].needs == ("attestation", "identity")
    assert pump.stages[1].next == "tried"
    assert pump.stages[3].next is None
    assert pump.stages[0].on_timeout is trust.Verdict.DENY
    assert pump.stages[0].timeout == timedelta(hours=2)
    assert pump.hysteresis == (40, timedelta(minutes=30), 4, timedelta(days=1))
    assert pump.overrides == (trust.Verdict.QUARANTINE, 2, timedelta(hours=1))


def test_facts_choose_a_profile(pump: trust.Policy) -> None:
    assert pump.select({"role": "infusion-pump", "class": "1", "people": "9"}) == (1, 0)
    assert pump.select({"role": "valve", "class": "1", "people": "9"}) == (0, 0)
    assert pump.select({}).also
    with pytest.raises(trust.ArgumentError):
        pump.select({"Role": "x"})
    with pytest.raises(ValueError, match="NUL"):
        pump.select({"role": "x\0y"})
    with pytest.raises(TypeError):
        pump.select({"class": 3})  # type: ignore[dict-item]


def test_the_linter_and_the_tests_of_a_document(checkout: pathlib.Path) -> None:
    text = (checkout / "examples" / "policies" / "front-door-locks.json").read_bytes()
    report = trust.lint(text)
    assert report.ok
    assert report.warnings
    assert len(report) == len(report.warnings) + len(report.notes)
    assert report[0].line >= 1
    assert "warning" in repr(report)
    assert str(report).count("\n") == len(report) - 1
    pump = (checkout / "examples" / "policies" / "safety-critical.json").read_bytes()
    tests = trust.test(pump)
    assert {remark.code for remark in tests} == {"TEST_PASSED"}
    assert tests.ok
    failed = trust.test(pump.replace(b'"verdict": "allow", "risk": 10,', b'"verdict": "deny",'))
    assert [remark.code for remark in failed.errors] == ["TEST_FAILED"]
    assert repr(trust.lint("")) == "<Report: 1 error>"


PARTS = st.sampled_from(
    [
        '"trust_policy"',
        '"signals"',
        '"weight"',
        '"id"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "1",
        "-9e9",
        '""',
    ]
)


@given(st.binary(max_size=200) | st.text(max_size=200) | st.lists(PARTS).map("".join))
def test_any_text_is_a_policy_or_an_error(document: Any) -> None:
    try:
        trust.Policy.load_unsigned(document)
    except trust.Error:
        assert not trust.lint(document).ok
    else:
        assert trust.lint(document).ok
    trust.test(document)


@given(st.integers(0, len(DOOR) - 1), st.characters(), st.integers(0, 3))
def test_a_changed_document_is_a_policy_or_an_error(at: int, char: str, cut: int) -> None:
    document = DOOR[:at] + char + DOOR[at + cut :]
    try:
        policy = trust.Policy.load_unsigned(document)
    except trust.Error as error:
        assert str(error)
        assert not trust.lint(document).ok
    else:
        assert trust.Policy.load_unsigned(policy.expand()).hash == policy.hash
        assert sum(row.points for row in policy.evaluate([], now=NOW).ledger) <= 1000


def test_the_schema_is_json() -> None:
    assert json.loads(trust.policy_schema())["$schema"].endswith("2020-12/schema")
