"""Devices and challenges."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from scene import DEVICE, NOW, Scene

import trust
from trust import Lifecycle


def test_what_was_registered() -> None:
    scene = Scene()
    device = scene.engine.device(DEVICE)
    assert device.id == DEVICE
    assert device.attributes == {"class": "lock-1", "country": "DE"}
    assert device.keys == [scene.signer.public_key]
    assert device.lifecycle == Lifecycle.ENROLLED
    assert repr(device) == f"<Device {DEVICE}>"


def test_enrolling_twice_and_opening_nobody() -> None:
    engine = trust.Engine()
    engine.enroll("a")
    with pytest.raises(trust.ExistsError):
        engine.enroll("a")
    with pytest.raises(trust.NotFoundError):
        engine.device("b")
    with pytest.raises(LookupError):
        engine.device("b")


@pytest.mark.parametrize(
    ("id", "error", "words"),
    [
        ("", trust.ArgumentError, "255"),
        ("x" * 256, trust.ArgumentError, "255"),
        ("ä" * 128, trust.ArgumentError, "255"),
        ("a\0b", ValueError, "index 1"),
        ("ab\udc80", ValueError, "index 2"),
        ("a\nb", trust.ArgumentError, "control"),
        (b"a", TypeError, "bytes"),
        (None, TypeError, "NoneType"),
        (5, TypeError, "int"),
    ],
)
def test_what_is_no_id(id: Any, error: type[Exception], words: str) -> None:
    engine = trust.Engine()
    for use in (engine.enroll, engine.device):
        with pytest.raises(error, match=words):
            use(id)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"keys": b"k" * 32}, TypeError),
        ({"keys": [b"k" * 31]}, ValueError),
        ({"keys": [b"k" * 33]}, ValueError),
        ({"keys": ["k" * 32]}, TypeError),
        ({"keys": [None]}, TypeError),
        ({"keys": 5}, TypeError),
        ({"keys": [bytes([i]) * 32 for i in range(5)]}, trust.Error),
        ({"attributes": {"class": None}}, TypeError),
        ({"attributes": {"class": "a\0b"}}, ValueError),
        ({"attributes": {"class": "\ud800"}}, ValueError),
        ({"attributes": {"CLASS": "a"}}, trust.Error),
        ({"attributes": {"class": "x" * 128}}, trust.Error),
        ({"attributes": {f"a{i}": "b" for i in range(17)}}, trust.Error),
        ({"attributes": [("class", "lock")]}, AttributeError),
    ],
)
def test_what_cannot_be_registered(given: Any, error: type[Exception]) -> None:
    engine = trust.Engine()
    with pytest.raises(error):
        engine.enroll("a", **given)
    with pytest.raises(trust.NotFoundError):
        engine.device("a")


def test_keys_of_any_bytes() -> None:
    key = Scene().signer.public_key
    device = trust.Engine().enroll("a", (memoryview(bytearray(key)) for _ in range(1)))
    assert device.keys == [key]


def test_its_life() -> None:
    device = Scene().device
    device.set_lifecycle(Lifecycle.SUSPENDED)
    assert device.assess().verdict >= trust.Verdict.QUARANTINE
    device.set_lifecycle(Lifecycle.ENROLLED)
    device.set_lifecycle(Lifecycle.REVOKED)
    assert device.lifecycle == Lifecycle.REVOKED
    assert device.assess().verdict == trust.Verdict.DENY
    with pytest.raises(trust.StateError):
        device.set_lifecycle(Lifecycle.ENROLLED)
    with pytest.raises(trust.StateError):
        device.challenge()
    with pytest.raises(trust.ArgumentError):
        Scene().device.set_lifecycle(99)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"expected trust\.Lifecycle, not str"):
        Scene().device.set_lifecycle("revoked")  # type: ignore[arg-type]


def test_what_its_record_says() -> None:
    scene = Scene()
    before = scene.device.info
    assert (before.verdict, before.decisions, before.decided) == (trust.Verdict.NONE, 0, None)
    decision = scene.device.assess(token=scene.answer(), metrics={"tx_bytes": 1})
    info = scene.device.info
    assert (info.verdict, info.risk) == (decision.verdict, decision.risk)
    assert (info.decided, info.valid_until) == (decision.decided, decision.valid_until)
    assert info.decisions == 1
    assert info.memory_bytes > 0
    assert info.revision > before.revision
    assert info.open_challenges == 0


def test_two_handles_on_one_device() -> None:
    scene = Scene()
    other = scene.engine.device(DEVICE)
    scene.device.assess()
    assert other.info.decisions == 0
    other.reload()
    assert other.info.decisions == 1
    other.assess()
    assert scene.device.assess().verdict == other.info.verdict
    assert scene.device.info.decisions == 3


def test_a_challenge() -> None:
    scene = Scene()
    challenge = scene.device.challenge(
        "attestation", trust.Kind.IDENTITY, ttl=timedelta(seconds=5), purpose="onboarding"
    )
    assert challenge.issued.timestamp() == NOW
    assert challenge.deadline - challenge.issued == timedelta(seconds=5)
    assert len(challenge.nonce) == 32
    assert repr(challenge) == f"<Challenge {challenge.nonce.hex()}>"
    assert scene.device.info.open_challenges == 1
    token = scene.token(challenge.nonce, purpose="onboarding")
    assert scene.device.assess(token=token).items[0].reason == trust.reason("ATTESTATION_OK")
    assert challenge.id == scene.device.challenge(ttl=2.5).id - 1


def test_a_nonce_counts_once() -> None:
    scene = Scene()
    token = scene.answer()
    assert scene.device.assess(token=token).items[0].state == trust.State.VALID
    again = scene.device.assess(token=token)
    assert again.items[0].state != trust.State.VALID


def test_silence_after_delivery_is_a_refusal() -> None:
    scene = Scene()
    for delivered, state in ((False, trust.State.NOT_REQUESTED), (True, trust.State.REFUSED)):
        challenge = scene.device.challenge(ttl=1)
        if delivered:
            scene.device.delivered(challenge)
        scene.now += 2
        rows = {row.name: row.state for row in scene.device.assess().ledger}
        assert rows["attestation"] == state
    with pytest.raises(trust.NotFoundError):
        scene.device.delivered(12345)
    with pytest.raises(trust.ArgumentError):
        scene.device.delivered(-1)


def test_four_questions_at_most() -> None:
    scene = Scene()
    for _ in range(4):
        scene.device.challenge()
    with pytest.raises(trust.LimitError):
        scene.device.challenge()


def test_a_nonce_from_elsewhere() -> None:
    scene = Scene()
    nonce = bytearray(b"from elsewhere")
    challenge = scene.device.adopt(nonce, "identity")
    assert challenge.nonce == nonce
    with pytest.raises(trust.ExistsError):
        scene.device.adopt(nonce)
    assert scene.device.assess(token=scene.token(bytes(nonce))).items[0].state == trust.State.VALID
    for wrong in (b"short", bytes(65)):
        with pytest.raises(trust.ArgumentError):
            scene.device.adopt(wrong)
    with pytest.raises(TypeError):
        scene.device.adopt("from elsewhere")


@pytest.mark.parametrize(
    ("kinds", "given", "error"),
    [
        (("colour",), {}, ValueError),
        ((-1,), {}, trust.ArgumentError),
        ((2**32,), {}, trust.ArgumentError),
        ((None,), {}, TypeError),
        (tuple(range(1, 10)), {}, trust.Error),
        ((), {"ttl": -1}, trust.ArgumentError),
        ((), {"ttl": 0}, trust.ArgumentError),
        ((), {"ttl": timedelta(microseconds=400)}, trust.ArgumentError),
        ((), {"ttl": timedelta(days=31)}, trust.ArgumentError),
        ((), {"ttl": float("nan")}, ValueError),
        ((), {"ttl": "60"}, TypeError),
        ((), {"purpose": "x" * 64}, trust.Error),
        ((), {"purpose": "a\0b"}, ValueError),
        ((), {"attempt": b"a"}, TypeError),
    ],
)
def test_what_cannot_be_asked(kinds: Any, given: Any, error: type[Exception]) -> None:
    device = Scene().device
    with pytest.raises(error):
        device.challenge(*kinds, **given)
    assert device.info.open_challenges == 0


def test_without_a_clock_nothing_is_asked() -> None:
    scene = Scene()
    scene.now = None
    assert scene.engine.now() is None
    with pytest.raises(trust.StateError):
        scene.device.challenge()


def test_items_by_name_or_an_evidence() -> None:
    scene = Scene()
    evidence = scene.device.evidence()
    with pytest.raises(TypeError, match="not both"):
        scene.device.assess(evidence, address="192.0.2.1")
    with pytest.raises(TypeError):
        scene.device.assess(adress="192.0.2.1")  # type: ignore[call-arg]
    decision = scene.device.preview(
        token=scene.answer(),
        address="192.0.2.1",
        metrics=[("tx_bytes", 1.5), ("tx_bytes", 2, NOW - 60)],
        human='{"status": "Approved"}',
        bundle='{"items": [{"type": "a/b", "value": "text"}]}',
        from_device=b'{"items": [{"type": "a/c", "data": "AAAA"}]}',
        channel=b"exporter",
        attempt="installation-1",
        request_id="request-1",
    )
    assert [item.type for item in decision.items] == [
        trust.TYPE_EAT_CWT,
        trust.TYPE_ADDRESS,
        trust.TYPE_METRIC,
        trust.TYPE_METRIC,
        trust.TYPE_DIDIT,
        "a/b",
        "a/c",
    ]
    assert [str(item.origin) for item in decision.items] == ["device"] + ["host"] * 5 + ["device"]
    assert decision.preview
    assert scene.device.info.decisions == 0


def test_a_request_is_answered_once() -> None:
    scene = Scene()
    first = scene.device.assess(token=scene.answer(), request_id=b"r")
    second = scene.device.assess(request_id=b"r")
    assert not first.repeated and second.repeated
    assert (first.verdict, first.risk) == (second.verdict, second.risk)


def test_a_decision_in_the_memory_of_another() -> None:
    scene = Scene()
    first = scene.device.assess(token=scene.answer())
    memory = first._ptr
    fresh = Scene()
    fresh.device.assess(token=fresh.answer())
    second = scene.device.assess(address="192.0.2.1", into=first)
    # Somebody held on to the first, so its memory was let alone.
    assert second._ptr != memory
    memory = int(trust._ffi.ffi.cast("uintptr_t", second._ptr))
    third = scene.device.assess(address="192.0.2.1", into=second)
    assert int(trust._ffi.ffi.cast("uintptr_t", third._ptr)) == memory
    assert first.closed and second.closed
    fresh.device.assess(address="192.0.2.1")
    assert third == fresh.device.assess(address="192.0.2.1")
    with pytest.raises(trust.ClosedError):
        scene.device.assess(into=first)
    with pytest.raises(trust.DeadlineError):
        scene.device.assess(into=third, deadline=1)
    assert third.closed


def test_observing() -> None:
    scene = Scene()
    assert scene.device.observe(metrics={"tx_bytes": 1}) is True
    scene.device.assess(token=scene.answer())
    assert scene.device.observe(metrics={"tx_bytes": 1}) is False
    scene.now += 30 * 86400
    assert scene.device.observe() is True


def test_limits() -> None:
    scene = Scene()
    cancel = trust.Cancel()
    scene.device.assess(deadline=NOW + 1, cancel=cancel)
    for passed in (NOW - 1, 0):
        with pytest.raises(TimeoutError):
            scene.device.assess(deadline=passed)
    cancel.press()
    for call in (scene.device.assess, scene.device.preview, scene.device.observe):
        with pytest.raises(trust.CancelledError):
            call(cancel=cancel)
    cancel.close()
    with pytest.raises(trust.ClosedError):
        scene.device.assess(cancel=cancel)
    with pytest.raises(trust.ClosedError):
        cancel.press()
    assert scene.device.info.decisions == 1


def test_a_second_thread_is_turned_away() -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait() -> float:
        if threading.current_thread() is not threading.main_thread():
            entered.set()
            leave.wait(10)
        return NOW

    device = Scene(clock=wait).device
    thread = threading.Thread(target=device.assess)
    thread.start()
    assert entered.wait(10)
    try:
        for use in (lambda: device.info, lambda: device.keys, device.reload, device.challenge):
            with pytest.raises(trust.BusyError):
                use()
        assert device.id == DEVICE and device.attributes["country"] == "DE"
    finally:
        leave.set()
        thread.join()
    assert device.info.decisions == 1
