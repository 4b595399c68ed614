"""The helpers that every call goes through, and above all that a handle cannot be misused."""

import array
import copy
import gc
import os
import pathlib
import pickle
import threading
from typing import Any

import pytest

import trust
from trust._ffi import (
    Handle,
    cstring,
    ffi,
    key_array,
    lib,
    read_file,
    real,
    text,
    view,
    whole,
    written,
    written_text,
)

freed: list[Any] = []


class Probe(Handle):
    """A handle whose object is freed into a list."""

    __slots__ = ()
    _free = freed.append


@pytest.fixture
def probe() -> Probe:
    freed.clear()
    return Probe._owning(ffi.new("int *", 7))


def test_close_frees_once(probe: Probe) -> None:
    assert not probe.closed
    probe.close()
    probe.close()
    assert probe.closed
    assert len(freed) == 1


def test_collection_frees_once() -> None:
    freed.clear()
    cycle: list[Any] = [Probe._owning(ffi.new("int *", 7))]
    cycle.append(cycle)
    del cycle
    assert not freed
    gc.collect()
    assert len(freed) == 1


def test_a_closed_handle_raises_and_only_then(probe: Probe) -> None:
    assert probe._ptr[0] == 7
    with probe as same:
        assert same is probe
    for use in (lambda: probe._ptr, probe.__enter__):
        with pytest.raises(trust.ClosedError, match="this Probe is closed"):
            use()
    with pytest.raises(AttributeError, match="'Probe' object has no attribute 'pointer'"):
        getattr(probe, "pointer")  # noqa: B009


def test_a_class_of_the_host_keeps_its_ways() -> None:
    class Own(Probe):
        seen: int

        def __getattr__(self, name: str) -> str:
            return name

    own = Own._owning(ffi.new("int *"))
    own.seen = 1
    assert (own.other, own.closed) == ("other", False)
    own.close()
    assert (own.seen, own.closed, type(own).__name__) == (1, True, "Own")
    with pytest.raises(trust.ClosedError):
        own._ptr  # noqa: B018


def test_a_handle_that_was_never_opened_is_closed() -> None:
    empty = Probe()
    assert empty.closed
    empty.close()
    with pytest.raises(trust.ClosedError):
        empty._ptr  # noqa: B018


def test_a_call_in_flight_keeps_the_object(probe: Probe) -> None:
    def call(pointer: Any) -> int:
        closer = threading.Thread(target=probe.close)
        closer.start()
        closer.join()
        assert probe.closed
        assert not freed
        return int(pointer[0])

    assert call(probe._ptr) == 7
    assert len(freed) == 1


def test_many_threads_close_once(probe: Probe) -> None:
    start = threading.Barrier(8)

    def close() -> None:
        start.wait()
        probe.close()

    threads = [threading.Thread(target=close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(freed) == 1


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_handle_is_neither_copied_nor_pickled(probe: Probe, duplicate: Any) -> None:
    with pytest.raises(TypeError, match="neither copied nor pickled"):
        duplicate(probe)


@pytest.mark.parametrize(
    "data",
    [b"abcd", bytearray(b"abcd"), memoryview(b"abcd"), array.array("B", b"abcd")],
)
def test_a_view_is_no_copy(data: Any) -> None:
    pointer, size = view(data)
    assert (size, bytes(ffi.buffer(pointer))) == (4, b"abcd")
    assert pointer == ffi.from_buffer(data)


def test_a_view_counts_bytes() -> None:
    assert view(array.array("d", [1.0, 2.0]))[1] == 16
    assert view(b"")[1] == 0


def test_a_view_keeps_the_size() -> None:
    data = bytearray(b"abcd")
    lent = view(data)
    with pytest.raises(BufferError):
        data.clear()
    del lent
    data.clear()


@pytest.mark.parametrize("data", ["text", None, 3, [1, 2], object()])
def test_a_view_of_what_is_no_bytes_is_refused(data: Any) -> None:
    with pytest.raises(TypeError):
        view(data)


def test_a_view_with_gaps_is_refused() -> None:
    with pytest.raises((BufferError, ValueError)):
        view(memoryview(b"abcdef")[::2])


def test_a_file_is_named_never_numbered(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    assert read_file(path) == read_file(str(path), 6) == b"abcdef"
    assert read_file(path, 2) == b"abc"
    descriptor = os.open(path, os.O_RDONLY)
    with pytest.raises(TypeError):
        read_file(descriptor)  # type: ignore[arg-type]
    os.close(descriptor)


def test_keys_are_32_bytes_each() -> None:
    keys, count = key_array([bytes(32), bytearray(range(32))])
    assert count == 2
    assert bytes(ffi.buffer(keys)) == bytes(32) + bytes(range(32))
    assert key_array([])[1] == 0
    for size in (0, 31, 33):
        with pytest.raises(trust.ArgumentError, match="a key has 32 bytes"):
            key_array([bytes(size)])


@pytest.mark.parametrize("keys", [bytes(32), "key", None, [None], ["x" * 32], 5])
def test_what_is_no_list_of_keys_is_refused(keys: Any) -> None:
    with pytest.raises(TypeError):
        key_array(keys)


def test_a_text_for_c_is_whole() -> None:
    assert cstring("Zürich") == "Zürich".encode()
    for wrong in ("a\0b", "\ud800"):
        with pytest.raises(trust.ArgumentError, match="a text"):
            cstring(wrong)
    with pytest.raises(TypeError):
        cstring(b"bytes")  # type: ignore[arg-type]


def test_a_text_of_c_is_never_refused() -> None:
    assert text(ffi.NULL) == ""
    assert text(ffi.new("char[]", b"\xff!")) == "�!"


def test_what_is_written_is_whole_however_long() -> None:
    schema = written_text(lib.trust_policy_schema)
    assert len(schema) > 4096
    assert written(lib.trust_policy_schema, room=1).decode() == schema
    assert written(lib.trust_policy_schema, room=len(schema)).decode() == schema
    assert written(lib.trust_policy_schema, room=len(schema) + 1).decode() == schema


def test_a_call_that_fails_writes_nothing() -> None:
    with pytest.raises(trust.ArgumentError):
        written(lib.trust_decision_to_json, ffi.NULL)


@pytest.mark.parametrize(
    ("bits", "signed", "least", "most"),
    [(32, False, 0, 2**32 - 1), (32, True, -(2**31), 2**31 - 1), (64, False, 0, 2**64 - 1)],
)
def test_a_number_that_c_has_no_room_for(bits: int, signed: bool, least: int, most: int) -> None:
    for fits in (least, 7, most, True):
        assert whole(fits, "a thing", bits, signed=signed) == fits
    for wrong in (least - 1, most + 1, 10**5000):
        with pytest.raises(
            trust.ArgumentError, match=f"expected a thing, an .* {least} to {most}$"
        ):
            whole(wrong, "a thing", bits, signed=signed)
    for other in (None, "7", 7.0, [7]):
        with pytest.raises(TypeError, match=f"expected a thing, not {type(other).__name__}"):
            whole(other, "a thing", bits, signed=signed)


def test_a_number_that_no_float_can_hold() -> None:
    assert real(7, "a thing")[0] == 7.0
    with pytest.raises(trust.ArgumentError, match="expected a thing, which"):
        real(10**400, "a thing")
    for other in (None, "7", b"7"):
        with pytest.raises(TypeError, match=f"expected a thing, not {type(other).__name__}"):
            real(other, "a thing")
