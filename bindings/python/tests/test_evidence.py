"""Evidence: what can be added, and what is refused."""

from __future__ import annotations

import array
import ipaddress
import mmap
import tempfile
from typing import Any, Callable

import pytest
from scene import NOW, Scene

import trust
from trust import Origin


def mapped(data: bytes) -> mmap.mmap:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return mmap.mmap(file.fileno(), 0)


def numpy_array(data: bytes) -> Any:
    return pytest.importorskip("numpy").frombuffer(data, dtype="uint8")


@pytest.mark.parametrize(
    "wrap",
    [
        bytes,
        bytearray,
        memoryview,
        lambda data: memoryview(b"x" + data + b"y")[1:-1],
        lambda data: array.array("B", data),
        mapped,
        numpy_array,
    ],
)
def test_bytes_of_any_kind(wrap: Callable[[bytes], Any]) -> None:
    scene = Scene()
    decision = scene.device.assess(token=wrap(scene.answer()))
    assert decision.items[0].state == trust.State.VALID


@pytest.mark.parametrize("data", ["text", None, 5, [1, 2], memoryview(b"abcd")[::2]])
def test_what_are_no_bytes(data: Any) -> None:
    evidence = Scene().device.evidence()
    adds: list[Callable[[], None]] = [
        lambda: evidence.add("a/b", data),
        lambda: evidence.set_channel(data),
    ]
    for add in adds:
        with pytest.raises((TypeError, BufferError, ValueError)):
            add()
    assert len(evidence) == 0


@pytest.mark.parametrize(
    ("type", "error"),
    [
        ("", trust.ArgumentError),
        ("a" * 128, trust.ArgumentError),
        ("a\0/b", ValueError),
        ("a/\ud800", ValueError),
        ("a/\x07", trust.ArgumentError),
        (b"a/b", TypeError),
        (None, TypeError),
    ],
)
def test_what_is_no_media_type(type: Any, error: type[Exception]) -> None:
    evidence = Scene().device.evidence()
    with pytest.raises(error):
        evidence.add(type, b"")


@pytest.mark.parametrize("origin", [0, 4, 2**31])
def test_what_is_no_origin(origin: Any) -> None:
    evidence = Scene().device.evidence()
    with pytest.raises(trust.ArgumentError):
        evidence.add("a/b", b"", origin)


def test_as_much_as_fits() -> None:
    evidence = Scene().device.evidence()
    with pytest.raises(trust.LimitError):
        evidence.add("a/b", bytes(65537))
    for _ in range(64):
        evidence.add("a/b", bytes(100))
    with pytest.raises(trust.LimitError):
        evidence.add("a/b", b"")
    with pytest.raises(trust.LimitError):
        evidence.add_address("192.0.2.1")
    assert len(evidence) == 64
    evidence.clear()
    assert len(evidence) == 0 and evidence
    assert repr(evidence) == "<Evidence: 0 items>"


def test_addresses() -> None:
    evidence = Scene().device.evidence()
    evidence.add_address("2001:db8::1")
    evidence.add_address(ipaddress.IPv4Address("192.0.2.1"))
    evidence.add_address(ipaddress.IPv6Address("::1"))
    evidence.add_address(ipaddress.IPv6Address("fe80::1%eth0"))
    assert len(evidence) == 4
    with pytest.raises(trust.FormatError):
        evidence.add_address("192.0.2.1:443")
    with pytest.raises(trust.FormatError):
        evidence.add_address("fe80::1%eth0")
    for wrong in (("192.0.2.1", 443), b"192.0.2.1", None, 1):
        with pytest.raises(TypeError):
            evidence.add_address(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "time", "error"),
    [
        ("tx bytes", 1, None, trust.ArgumentError),
        ("x" * 64, 1, None, trust.ArgumentError),
        ("a\0", 1, None, ValueError),
        ("a", float("nan"), None, trust.ArgumentError),
        ("a", float("-inf"), None, trust.ArgumentError),
        ("a", 10**400, None, trust.ArgumentError),
        ("a", "1", None, TypeError),
        ("a", None, None, TypeError),
        ("a", 1, "now", TypeError),
        ("a", 1, 1e300, ValueError),
        (1, 1, None, TypeError),
    ],
)
def test_what_is_no_metric(name: Any, value: Any, time: Any, error: type[Exception]) -> None:
    evidence = Scene().device.evidence()
    with pytest.raises(error):
        evidence.add_metric(name, value, time)
    assert len(evidence) == 0


def test_a_bundle_is_added_whole_or_not_at_all() -> None:
    evidence = Scene().device.evidence()
    with pytest.raises(trust.FormatError) as refused:
        evidence.add_bundle('{"items": [{"type": "a/b", "data": "AAAA"},\n {"typ": 1}]}')
    assert refused.value.line == 2
    assert len(evidence) == 0
    evidence.add_bundle(b'{"items": [{"type": "a/b", "data": "AAAA"}]}', Origin.DEVICE)
    assert len(evidence) == 1
    wrong: Any
    for wrong in (None, 5, {"items": []}):
        with pytest.raises(TypeError):
            evidence.add_bundle(wrong)


#: As TLS 1.3 would export it.
EXPORTER = b"their common channel".ljust(32)
NAMED = b'{"items": [{"type": "a/b", "file": "../passwd"}]}'


def test_what_is_not_vouched_for_is_the_device_s() -> None:
    scene = Scene()
    evidence = scene.device.evidence()
    evidence.add_bundle('{"items": [{"type": "' + trust.TYPE_ADDRESS + '", "value": "5.8.1.2"}]}')
    evidence.add("a/b", b"")
    decision = scene.device.preview(evidence)
    assert [item.origin for item in decision.items] == [Origin.DEVICE] * 2
    assert str(decision.items[0].reason) == "ORIGIN"


def test_files_of_a_bundle() -> None:
    evidence = Scene().device.evidence()
    asked: list[tuple[bytes, int]] = []

    def files(name: bytes, limit: int) -> bytearray:
        asked.append((name, limit))
        return bytearray(b"content")

    evidence.add_bundle(NAMED, Origin.HOST, files=files)
    assert asked[0][0] == b"../passwd"
    assert asked[0][1] >= 65536
    assert len(evidence) == 1
    with pytest.raises(trust.FormatError):
        evidence.add_bundle(NAMED, Origin.HOST)
    with pytest.raises(trust.FormatError):
        evidence.add_bundle(NAMED, Origin.DEVICE, files)
    assert len(asked) == 1


def test_a_file_that_is_refused() -> None:
    evidence = Scene().device.evidence()
    refusal = PermissionError("not that one")

    def refuse(name: bytes, limit: int) -> bytes:
        raise refusal

    with pytest.raises(PermissionError) as raised:
        evidence.add_bundle(NAMED, Origin.HOST, files=refuse)
    assert raised.value is refusal
    with pytest.raises(trust.LimitError):
        evidence.add_bundle(NAMED, Origin.HOST, files=lambda name, limit: bytes(limit + 1))
    with pytest.raises(TypeError):
        evidence.add_bundle(NAMED, Origin.HOST, files=lambda name, limit: "text")
    with pytest.raises(trust.BusyError):
        evidence.add_bundle(NAMED, Origin.HOST, files=lambda name, limit: evidence.clear())
    assert len(evidence) == 0


def test_the_channel_and_the_names() -> None:
    scene = Scene()
    evidence = scene.device.evidence()
    evidence.set_channel(EXPORTER)
    evidence.add(trust.TYPE_EAT_CWT, scene.answer(channel=EXPORTER, session_key=b""))
    assert scene.device.assess(evidence).binding == trust.Binding.CHANNEL
    evidence.set_channel(b"")
    evidence.set_attempt("installation-1")
    evidence.set_attempt(None)
    evidence.set_request_id("ä" * 32)
    with pytest.raises(trust.LimitError):
        evidence.set_channel(bytes(65))
    with pytest.raises(trust.LimitError):
        evidence.set_attempt("x" * 64)
    with pytest.raises(trust.LimitError):
        evidence.set_request_id(bytes(65))
    with pytest.raises(trust.ArgumentError):
        evidence.set_request_id(b"")
    with pytest.raises(ValueError, match="index 0"):
        evidence.set_attempt("\0")


def test_a_closed_evidence() -> None:
    scene = Scene()
    evidence = scene.device.evidence()
    evidence.close()
    evidence.close()
    assert repr(evidence) == "<Evidence: closed>"
    for use in (
        evidence.clear,
        lambda: len(evidence),
        lambda: evidence.add("a/b", b""),
        lambda: evidence.add_metric("a", 1, NOW),
        lambda: evidence.set_attempt("a"),
        lambda: scene.device.assess(evidence),
        lambda: scene.engine.assess_many([(scene.device, evidence)]),
    ):
        with pytest.raises(trust.ClosedError):
            use()
    assert scene.device.assess().items == ()
