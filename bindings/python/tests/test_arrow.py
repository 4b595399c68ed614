"""Arrow arrays are read where they lie, released once, and believed only where they must be."""

from __future__ import annotations

import ctypes
import gc
import weakref
from array import array
from typing import Any

import pytest

import trust
from trust import Baseline, Column
from trust._arrow import Array, Produce, Release, Schema, Stream

NOW = 1795428000
DOOR = trust.Policy.load_unsigned(
    """{ "trust_policy": 1, "id": "door", "revision": 1,
  "signals": { "identity": {"weight": 300} },
  "verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }"""
)
SILENT, GOOD = 750, 321

Destructor = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
raw_pointer = ctypes.pythonapi.PyCapsule_GetPointer


class Producer:
    """Exports structs as another library would, and counts what is released."""

    def __init__(self, values: Any = (2, 2), ctype: Any = ctypes.c_int32, format: bytes = b"i"):
        self.released: list[str] = []
        self.memory = (ctype * len(values))(*values)
        self.bitmap: Any = None
        self.schema = Schema(format=format, name=b"")
        self.array = Array(length=len(values), null_count=0, n_buffers=2)
        self.kept: list[Any] = []
        self._capsules: list[Any] = []

    def _release(self, what: str, kind: Any) -> Any:
        def release(address: int) -> None:
            self.released.append(what)
            kind.from_address(address).release = Release()

        self.kept.append(Release(release))
        return self.kept[-1]

    def fill(self) -> None:
        self.buffers = (ctypes.c_void_p * 2)(
            ctypes.addressof(self.bitmap) if self.bitmap is not None else None,
            ctypes.addressof(self.memory),
        )
        self.array.buffers = self.buffers
        self.array.release = self._release("array", Array)
        self.schema.release = self._release("schema", Schema)

    def capsule(self, struct: Any, name: bytes) -> Any:
        """What the destructor does is what the interface asks of it: release, unless released."""

        def destroy(_: int) -> None:
            if struct.release:
                struct.release(ctypes.byref(struct))

        self.kept += [Destructor(destroy), name]
        address = ctypes.cast(self.kept[-2], ctypes.c_void_p)
        return new_capsule(ctypes.addressof(struct), name, address)

    def __arrow_c_array__(self, requested: Any = None) -> Any:
        self.fill()
        return (
            self.capsule(self.schema, b"arrow_schema"),
            self.capsule(self.array, b"arrow_array"),
        )


class Chunked:
    """The same as a stream of several."""

    def __init__(self, *chunks: Producer, fails: int = 0) -> None:
        self.chunks, self.fails, self.produced = list(chunks), fails, 0
        self.why = ctypes.create_string_buffer(b"broken")
        self.producer = Producer()

    def __arrow_c_stream__(self, requested: Any = None) -> Any:
        def get_schema(_: Any, out: int) -> int:
            self.chunks[0].fill()
            ctypes.memmove(out, ctypes.byref(self.chunks[0].schema), ctypes.sizeof(Schema))
            return self.fails

        def get_next(_: Any, out: int) -> int:
            ctypes.memset(out, 0, ctypes.sizeof(Array))
            if self.produced < len(self.chunks):
                chunk = self.chunks[self.produced]
                chunk.fill()
                ctypes.memmove(out, ctypes.byref(chunk.array), ctypes.sizeof(Array))
                self.produced += 1
            return 0

        self.stream = Stream(
            get_schema=Produce(get_schema),
            get_next=Produce(get_next),
            get_last_error=ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(
                lambda _: ctypes.addressof(self.why)
            ),
            release=self.producer._release("stream", Stream),
        )
        return self.producer.capsule(self.stream, b"arrow_array_stream")


def risks(values: Any, **options: Any) -> list[int]:
    return DOOR.evaluate_many([Column("identity", values, **options)], now=NOW).risk.tolist()


def test_what_is_lent_is_released_once() -> None:
    producer = Producer([2, 2, 2])
    assert risks(producer) == [GOOD] * 3
    gc.collect()
    assert sorted(producer.released) == ["array", "schema"]


def test_one_time_a_device() -> None:
    times = Producer([NOW * 1000, 0], ctypes.c_int64, b"tsm:UTC")
    rows = [Column("identity", array("i", [2, 2]), times=array("q", [NOW * 1000] * 2))]
    assert DOOR.evaluate_many(rows, now=times).risk.tolist() == [
        DOOR.evaluate([trust.Finding("identity", 2, time=NOW)], now=now).risk for now in (NOW, 0)
    ]


def test_what_is_refused_is_released_once() -> None:
    producer = Producer(format=b"l")
    with pytest.raises(TypeError):
        risks(producer)
    gc.collect()
    assert sorted(producer.released) == ["array", "schema"]


def test_an_offset_counts_for_values_and_nulls() -> None:
    producer = Producer([96, 96, 96, 2, 2, 2])
    producer.array.offset, producer.array.length, producer.array.null_count = 3, 3, 1
    producer.bitmap = (ctypes.c_uint8 * 1)(0b101000)
    assert risks(producer) == [GOOD, SILENT, GOOD]


@pytest.mark.parametrize("null_count", [-1, 1])
def test_the_number_of_nulls_may_be_unknown(null_count: int) -> None:
    producer = Producer([2, 2])
    producer.array.null_count = null_count
    producer.bitmap = (ctypes.c_uint8 * 1)(0b10)
    assert risks(producer) == [SILENT, GOOD]


def test_no_bitmap_is_no_null() -> None:
    producer = Producer([2, 2])
    producer.array.null_count = -1
    assert risks(producer) == [GOOD, GOOD]


def test_nulls_and_a_bitmap_are_one_too_many() -> None:
    producer = Producer([2, 2])
    producer.array.null_count, producer.bitmap = 1, (ctypes.c_uint8 * 1)(0b10)
    with pytest.raises(ValueError, match="and a bitmap"):
        risks(producer, present=b"\3")


@pytest.mark.parametrize(
    ("format", "says"),
    [
        (b"l", "not Arrow's 'l': cast"),
        (b"u", "'u'"),
        (b"I", "'I'"),
        (b"+l", "'+l'"),
        (b"ii", "'ii'"),
        (b"", "''"),
        (b"\xff", "Arrow's"),
        (None, "''"),
    ],
)
def test_another_type_is_refused(format: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says.replace("+", r"\+")):
        risks(Producer(format=format))


@pytest.mark.parametrize(
    ("member", "value", "error"),
    [
        ("length", -1, ValueError),
        ("length", 2**62, ValueError),
        ("offset", -1, ValueError),
        ("offset", 2**63 - 1, ValueError),
        ("n_buffers", 1, ValueError),
        ("n_buffers", 3, ValueError),
        ("n_buffers", -5, ValueError),
    ],
)
def test_an_odd_array_is_refused(member: str, value: int, error: type[Exception]) -> None:
    producer = Producer()
    setattr(producer.array, member, value)
    with pytest.raises(error, match="not an Arrow array"):
        risks(producer)


@pytest.mark.parametrize("member", ["dictionary", "n_children"])
def test_a_nested_one_is_refused(member: str) -> None:
    producer = Producer()
    setattr(producer.schema, member, 1)
    with pytest.raises(TypeError, match="cast"):
        risks(producer)
    producer.schema = Schema(format=b"i")


def test_one_without_memory_is_refused() -> None:
    class Empty(Producer):
        def fill(self) -> None:
            super().fill()
            self.buffers[1] = None

    class Nothing(Producer):
        def fill(self) -> None:
            super().fill()
            self.array.buffers = None

    for producer in (Empty(), Nothing()):
        with pytest.raises(ValueError, match="no memory"):
            risks(producer)
        producer.array.length = 0
        assert risks(producer) == []


def test_values_lie_at_multiples_of_their_size() -> None:
    class Shifted(Producer):
        def fill(self) -> None:
            super().fill()
            self.buffers[1] = ctypes.addressof(self.memory) + 2

    with pytest.raises(ValueError, match="multiples"):
        risks(Shifted([2, 2, 2]))


def test_what_was_taken_already_is_refused() -> None:
    class Taken(Producer):
        def fill(self) -> None:
            super().fill()
            self.array.release = Release()

    with pytest.raises(ValueError, match="already taken"):
        risks(Taken())


@pytest.mark.parametrize("answer", [None, (), (1, 2), ("a", "b"), 5, (None, None)])
def test_what_is_no_capsule_is_refused(answer: Any) -> None:
    class Odd:
        def __arrow_c_array__(self) -> Any:
            return answer

        def __arrow_c_stream__(self) -> Any:
            return answer

    class OddStream:
        def __arrow_c_stream__(self) -> Any:
            return answer

    for odd in (Odd(), OddStream()):
        with pytest.raises((TypeError, ValueError, IndexError)):
            risks(odd)


def test_capsules_of_another_name_are_refused() -> None:
    class Swapped(Producer):
        def __arrow_c_array__(self, requested: Any = None) -> Any:
            schema, values = super().__arrow_c_array__()
            return values, schema

    producer = Swapped()
    with pytest.raises(ValueError, match="incorrect name"):
        risks(producer)
    gc.collect()
    assert sorted(producer.released) == ["array", "schema"]


def test_a_stream_of_one_chunk() -> None:
    empty, full = Producer([]), Producer([2, 96, 2])
    chunked = Chunked(empty, full)
    assert risks(chunked) == [GOOD, 750, GOOD]
    gc.collect()
    assert full.released == ["array"]
    assert empty.released == ["schema", "array"] or sorted(empty.released) == ["array", "schema"]
    assert chunked.producer.released == ["stream"]


def test_a_stream_of_several_is_refused_and_released() -> None:
    chunks = [Producer([2]), Producer([2]), Producer([2])]
    chunked = Chunked(*chunks)
    with pytest.raises(ValueError, match="combine_chunks"):
        risks(chunked)
    gc.collect()
    assert [sorted(chunk.released) for chunk in chunks] == [["array", "schema"], ["array"], []]
    assert chunked.producer.released == ["stream"]


def test_a_stream_that_fails_says_why() -> None:
    chunked = Chunked(Producer(), fails=5)
    with pytest.raises(ValueError, match="the Arrow stream failed: broken"):
        risks(chunked)


def test_times_and_floats_of_a_series() -> None:
    ms = NOW * 1000
    times = Producer([ms, ms + 1], ctypes.c_int64, b"tsm:Europe/Vienna")
    values = Producer([1.0, 2.0], ctypes.c_double, b"g")
    assert len(Baseline().observe_many(times, values)) == 2
    plain = Producer([ms, ms + 1], ctypes.c_int64, b"l")
    assert len(Baseline().observe_many(plain, array("d", [1.0, 2.0]))) == 2
    for unit in (b"tss:", b"tsn:", b"tsu:", b"tdD"):
        with pytest.raises(TypeError, match="milliseconds"):
            Baseline().observe_many(Producer([ms], ctypes.c_int64, unit), array("d", [1.0]))


@pytest.mark.parametrize("null_count", [-1, 1])
def test_a_null_has_no_place_in_a_series(null_count: int) -> None:
    values = Producer([1.0] * 20, ctypes.c_double, b"g")
    values.array.length, values.array.offset = 10, 10
    values.array.null_count = null_count
    values.bitmap = (ctypes.c_uint8 * 3)(0, 0xFC, 0x0F)
    assert len(Baseline().observe_many(None, values)) == 10
    values.bitmap[2] = 0x07
    with pytest.raises(ValueError, match="a null has no place"):
        Baseline().observe_many(None, values)


@pytest.mark.parametrize("library", ["nanoarrow", "pyarrow", "polars"])
def test_the_arrays_of_others(library: str) -> None:
    other: Any = pytest.importorskip(library)

    def make(values: Any) -> Any:
        if library == "nanoarrow":
            return other.Array(values, other.int32())
        if library == "pyarrow":
            return other.array(values, other.int32())
        return other.Series(values, dtype=other.Int32)

    values = make([2, None, 96, 2])
    assert risks(values) == [GOOD, SILENT, 750, GOOD]
    if library != "nanoarrow":
        assert risks(values[1:]) == [SILENT, 750, GOOD]
    assert risks(make([])) == []


def test_a_timestamp_of_nanoarrow() -> None:
    arrow = pytest.importorskip("nanoarrow")
    times = arrow.Array([NOW * 1000] * 2, arrow.timestamp("ms", "UTC"))
    assert risks(array("i", [2, 2]), times=times) == [GOOD, GOOD]
    with pytest.raises(TypeError, match="milliseconds"):
        risks(array("i", [2]), times=arrow.Array([NOW], arrow.timestamp("s", "UTC")))


def test_a_timestamp_of_pyarrow_and_what_it_holds_alive() -> None:
    arrow = pytest.importorskip("pyarrow")
    times = arrow.array([NOW * 1000] * 2, arrow.timestamp("ms", "UTC"))
    assert risks(array("i", [2, 2]), times=times) == [GOOD, GOOD]
    chunked = arrow.chunked_array([[1], [2]], arrow.int32())
    with pytest.raises(ValueError, match="combine_chunks"):
        risks(chunked)
    assert risks(chunked.combine_chunks()) == risks(array("i", [1, 2]))
    values = arrow.array([2, 2], arrow.int32())
    gone = weakref.ref(values)
    risks(values)
    del values
    gc.collect()
    assert gone() is None
