"""Engines: what they are made of, what they refuse, and what they publish."""

from __future__ import annotations

import ipaddress
import json
import pathlib
from typing import Any

import pytest
from scene import ADDRESS, DEVICE, NOW, POLICY, REFERENCE, Scene

import trust


def test_an_engine_needs_nothing() -> None:
    with trust.Engine() as engine:
        assert engine.now() is not None
        with pytest.raises(trust.StateError, match="no policy"):
            engine.enroll("a").assess()


def test_files_by_name(tmp_path: pathlib.Path, checkout: pathlib.Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(POLICY)
    reference = tmp_path / "reference.json"
    reference.write_text(REFERENCE)
    vpn = tmp_path / "vpn.txt"
    vpn.write_text("198.51.100.0/24\n")
    with trust.Engine(
        policy=policy,
        reference=str(reference),
        geoip=[checkout / "examples/data/geo.mmdb"],
        lists={"vpn": vpn},
        clock=lambda: NOW,
    ) as engine:
        decision = engine.enroll(DEVICE).assess(address=ipaddress.ip_address(ADDRESS))
    assert [one["kind"] for one in decision.to_dict()["inputs"]] == ["reference", "geo.mmdb", "vpn"]


def test_one_file_is_not_a_list_of_files() -> None:
    with pytest.raises(TypeError, match="list of files"):
        trust.Engine(geoip="city.mmdb")


def test_a_text_is_no_name_of_a_file() -> None:
    with pytest.raises(trust.ArgumentError, match="load_unsigned"):
        trust.Engine(policy=POLICY)


def test_a_file_that_is_not_there(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError):
        trust.Engine(policy=tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        trust.Engine(reference=tmp_path / "none.json")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"verifier": "x" * 64}, trust.ArgumentError),
        ({"verifier": "a\0b"}, ValueError),
        ({"verifier": "\udc80"}, ValueError),
        ({"verifier": b"gateway"}, TypeError),
        ({"clock": 5}, TypeError),
        ({"random": b"seed"}, TypeError),
        ({"transport": "https"}, TypeError),
        ({"log": print}, TypeError),
        ({"store": 5}, TypeError),
        ({"store": "file:x"}, ValueError),
        ({"policy": 5}, AttributeError),
        ({"signer": 5}, AttributeError),
        ({"colour": 1}, TypeError),
    ],
)
def test_what_an_engine_refuses(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        trust.Engine(**given)


def test_a_signed_policy_is_not_stepped_back_from(tmp_path: pathlib.Path) -> None:
    signer = trust.Signer.from_seed(bytes(32), trust.Use.POLICY)
    document = json.loads(POLICY)
    path = tmp_path / "policy.json"

    def write(revision: int) -> None:
        document["revision"] = revision
        path.write_text(json.dumps(document))
        manifest = trust.sign_manifest(
            path.read_bytes(), signer, kind="policy", id="scene", revision=revision
        )
        path.with_name("policy.json.manifest").write_text(manifest)

    store = trust.MemoryStore()
    write(4)
    given: dict[str, Any] = {"policy": path, "root": [signer.public_key], "store": store}
    device = trust.Engine(**given).enroll("a")
    assert device.assess().signed
    write(3)
    with pytest.raises(trust.StateError):
        trust.Engine(**given)
    with pytest.raises(trust.StateError):
        trust.Engine(policy=path, store=store)
    lenient = trust.Engine(policy=path, store=store, allow_unsigned=True)
    assert not lenient.device("a").assess().signed


def test_a_policy_that_nobody_could_vouch_for_is_refused(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(POLICY)
    given: dict[str, Any]
    for given in ({"root": []}, {"manifest": path}, {"root": (), "allow_unsigned": True}):
        with pytest.raises(trust.ArgumentError, match="no key"):
            trust.Engine(path, **given)
    for given in ({"root": [bytes(32)]}, {"manifest": path}):
        for policy in (trust.Policy.load_unsigned(POLICY), None):
            with pytest.raises(TypeError, match="read from a file"):
                trust.Engine(policy, **given)


def test_a_manifest_is_read_by_the_engine_s_clock(tmp_path: pathlib.Path) -> None:
    signer = trust.Signer.from_seed(bytes(32), trust.Use.POLICY)
    path = tmp_path / "policy.json"
    path.write_text(POLICY)
    words: dict[str, Any] = {"kind": "policy", "id": "scene", "revision": 3}
    manifest = trust.sign_manifest(path.read_bytes(), signer, expires=NOW, **words)
    path.with_name("policy.json.manifest").write_text(manifest)
    keys = [signer.public_key]
    trust.Engine(path, root=keys, clock=lambda: NOW - 1)
    for now in (NOW, None):
        with pytest.raises(trust.StateError):
            trust.Engine(path, root=keys, clock=lambda now=now: now)  # type: ignore[misc]


def test_publishing_a_policy_changes_the_next_decision() -> None:
    scene = Scene()
    assert scene.device.assess().policy_revision == 3
    other = json.loads(POLICY)
    other["revision"] = 9
    scene.engine.use_policy(trust.Policy.load_unsigned(json.dumps(other)))
    assert scene.device.assess().policy_revision == 9


def test_what_was_loaded_is_taken_as_it_is() -> None:
    table = trust.Table.build([trust.Source("vpn", "5.8.1.0/24", category=trust.ListCategory.VPN)])
    engine = trust.Engine(
        trust.Policy.load_unsigned(POLICY),
        reference=trust.Reference.load_unsigned(REFERENCE),
        table=table,
    )
    decision = engine.enroll("a").assess(address=ADDRESS)
    assert [one["kind"] for one in decision.to_dict()["inputs"]] == ["reference", "vpn"]
    assert {row.name: str(row.reason) for row in decision.ledger}["reputation"] == "ADDRESS_LISTED"
    with pytest.raises(TypeError, match="in place of"):
        trust.Engine(table=table, lists={"vpn": "vpn.txt"})


def test_nothing_to_look_up_or_compare_with() -> None:
    scene = Scene()
    scene.engine.use_table(None)
    scene.engine.use_reference(None)
    assert scene.device.assess().to_dict()["inputs"] == []


def test_a_source_that_is_down() -> None:
    scene = Scene()
    scene.engine.set_source_down("place")
    rows = {row.name: row.state for row in scene.device.assess().ledger}
    assert rows["place"] == trust.State.SOURCE_DOWN
    scene.engine.set_source_down(trust.Kind.PLACE, False)
    rows = {row.name: row.state for row in scene.device.assess().ledger}
    assert rows["place"] == trust.State.NOT_REQUESTED
    with pytest.raises(trust.ArgumentError):
        scene.engine.set_source_down("acme.none")
    with pytest.raises(ValueError, match="no kind"):
        scene.engine.set_source_down("colour")
    with pytest.raises(trust.ArgumentError):
        scene.engine.set_source_down(-1)


def test_appraising_one_item() -> None:
    scene = Scene()
    nonce = bytes(range(16))
    token = scene.token(nonce)
    keys = [scene.signer.public_key]
    result = scene.engine.appraise(
        trust.TYPE_EAT_CWT, memoryview(token), keys, nonce, device_class="lock-1"
    )
    assert (result.state, result.tier, str(result.reason)) == (
        trust.State.VALID,
        2,
        "ATTESTATION_OK",
    )
    assert result.binding == trust.Binding.KEY
    assert result.vector.instance_identity == 2
    assert {finding.kind for finding in result.findings} == {
        trust.Kind.ATTESTATION,
        trust.Kind.IDENTITY,
    }
    assert "claims" not in result.to_dict()
    assert result.to_dict(claims=True)["claims"]["libtrust-binding"]["device"] == DEVICE
    assert repr(result) == "<Result valid tier=2: ATTESTATION_OK>"
    assert scene.engine.appraise(trust.TYPE_EAT_CWT, token).state == trust.State.UNBOUND
    with pytest.raises(trust.ArgumentError):
        scene.engine.appraise(trust.TYPE_EAT_CWT, token, nonce=b"short")
    with pytest.raises(TypeError):
        scene.engine.appraise(trust.TYPE_EAT_CWT, "token")
    result.close()
    assert repr(result) == "<Result closed>"


def test_assessing_many() -> None:
    scene = Scene()
    other = scene.enroll("b")
    foreign = Scene().device.evidence()
    evidence = scene.device.evidence()
    evidence.add(trust.TYPE_EAT_CWT, scene.answer())
    decisions = scene.engine.assess_many(
        [(scene.device, evidence), (other, foreign), (other, other.evidence())]
    )
    first, second, third = decisions
    assert isinstance(first, trust.Decision)
    assert first.device_id == DEVICE
    assert isinstance(second, trust.ArgumentError)
    assert "another device" in str(second)
    assert isinstance(third, trust.Decision)
    assert scene.engine.assess_many([]) == []


def test_many_under_limits() -> None:
    scene = Scene()
    job = (scene.device, scene.device.evidence())
    cancel = trust.Cancel()
    cancel.press()
    late = scene.engine.assess_many([job, job], deadline=NOW - 1)
    assert [type(one) for one in late] == [trust.DeadlineError] * 2
    stopped = scene.engine.assess_many(iter([job]), cancel=cancel)
    assert [type(one) for one in stopped] == [trust.CancelledError]


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        (None, "not iterable"),
        ([1], "expected a Device and an Evidence, not int"),
        ([(1, 2)], "expected a Device and an Evidence, not int and int"),
        ([(1, 2, 3)], "expected a Device and an Evidence, not tuple"),
        ("ab", "expected a Device and an Evidence, not str"),
    ],
)
def test_what_are_no_jobs(jobs: Any, words: str) -> None:
    with pytest.raises(TypeError, match=f"{words}$"):
        trust.Engine().assess_many(jobs)


def test_what_is_no_evidence_is_named() -> None:
    scene = Scene()
    wrong: Any = 1
    for call in (
        lambda: scene.engine.assess_many([(scene.device, wrong)]),
        lambda: scene.device.assess(wrong),
        lambda: scene.device.preview(wrong),
        lambda: scene.device.observe(wrong),
    ):
        with pytest.raises(TypeError, match=r"expected .*an Evidence, not .*int$"):
            call()


def test_engines_may_share_a_memory_store() -> None:
    store = trust.MemoryStore()
    trust.Engine(store=store).enroll("a")
    assert trust.Engine(store=store).device("a").id == "a"
    with pytest.raises(trust.NotFoundError):
        trust.Engine(store="memory:").device("a")


def test_a_closed_engine() -> None:
    engine = trust.Engine()
    engine.close()
    engine.close()
    assert repr(engine) == "<Engine closed>"
    for use in (
        engine.now,
        lambda: engine.device("a"),
        lambda: engine.enroll("a"),
        lambda: engine.use_table(None),
        lambda: engine.appraise("a/b", b""),
        engine.__enter__,
    ):
        with pytest.raises(trust.ClosedError):
            use()
