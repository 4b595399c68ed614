"""Arrays by the Arrow C data interface, through its PyCapsules.

Trust: an array is another library's memory, and that it is what its structs say has to be
believed. What the structs say is checked: only flat numbers of the right type come in.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_void_p, py_object
from typing import Any

from ._array import Form, Lent
from ._ffi import NULL, ffi

#: No array of numbers in memory is longer.
MOST = 2**58
Release = ctypes.CFUNCTYPE(None, c_void_p)
Produce = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)

get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
get_pointer.restype = c_void_p
get_pointer.argtypes = [py_object, c_char_p]


class Schema(ctypes.Structure):
    _fields_ = (
        ("format", c_char_p),
        ("name", c_char_p),
        ("metadata", c_void_p),
        ("flags", c_int64),
        ("n_children", c_int64),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", Release),
        ("private_data", c_void_p),
    )


class Array(ctypes.Structure):
    _fields_ = (
        ("length", c_int64),
        ("null_count", c_int64),
        ("offset", c_int64),
        ("n_buffers", c_int64),
        ("n_children", c_int64),
        ("buffers", POINTER(c_void_p)),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", Release),
        ("private_data", c_void_p),
    )


class Stream(ctypes.Structure):
    _fields_ = (
        ("get_schema", Produce),
        ("get_next", Produce),
        ("get_last_error", ctypes.CFUNCTYPE(c_void_p, c_void_p)),
        ("release", Release),
        ("private_data", c_void_p),
    )


class Owned:
    """A struct that a stream produced for us: ours to release, once."""

    def __init__(self, kind: Any, produce: Any, stream: Any) -> None:
        self.struct = kind()
        if produce(byref(stream), byref(self.struct)):
            words = stream.get_last_error(byref(stream))
            why = ctypes.string_at(words).decode("utf-8", "replace") if words else "no reason given"
            raise ValueError(f"the Arrow stream failed: {why}")

    def __del__(self) -> None:
        if self.struct.release:
            self.struct.release(byref(self.struct))


def borrow(data: Any, form: Form, nulls: bool) -> Lent:
    """Lend C the array that an object exports. The capsules, which release it, are held."""
    if hasattr(data, "__arrow_c_array__"):
        capsules = data.__arrow_c_array__()
        schema = _struct(capsules[0], Schema, b"arrow_schema")
        values = _struct(capsules[1], Array, b"arrow_array")
        return _lend(schema, values, form, nulls, capsules)
    capsule = data.__arrow_c_stream__()
    stream = _struct(capsule, Stream, b"arrow_array_stream")
    described = Owned(Schema, stream.get_schema, stream)
    chunks = []
    while (chunk := Owned(Array, stream.get_next, stream)).struct.release:
        if chunk.struct.length:
            chunks.append(chunk)
        if len(chunks) > 1:
            raise ValueError(
                "the array comes in several chunks: join them first, with combine_chunks() in "
                "pyarrow or rechunk() in polars"
            )
    values = chunks[0].struct if chunks else Array()
    return _lend(described.struct, values, form, nulls, (capsule, described, chunks))


def _struct(capsule: Any, kind: Any, name: bytes) -> Any:
    struct = kind.from_address(get_pointer(capsule, name))
    if not struct.release:
        raise ValueError("the Arrow array was already taken by somebody else")
    return struct


def _lend(schema: Any, values: Any, form: Form, nulls: bool, held: Any) -> Lent:
    known = (schema.format or b"").decode("utf-8", "replace")
    if schema.dictionary or schema.n_children or not _fits(known, form):
        raise TypeError(f"expected {form.words}, not Arrow's {known!r}: cast the array first")
    length, offset = values.length, values.offset
    if length == 0:
        return Lent(NULL, 0, NULL, 0, held)
    if not 0 < length < MOST or not 0 <= offset < MOST or values.n_buffers != 2:
        raise ValueError(f"not an Arrow array: length {length}, offset {offset}")
    if not values.buffers or not values.buffers[1]:
        raise ValueError("the Arrow array has no memory")
    present = ffi.cast("uint8_t *", values.buffers[0] or 0) if values.null_count else NULL
    if present and not nulls and _any_null(present, offset, length):
        raise ValueError("a null has no place here: fill or drop the nulls first")
    pointer = ffi.cast(form.ctype.item.cname + " *", values.buffers[1] + offset * form.size)
    return Lent(pointer, length, present, offset, held)


def _fits(known: str, form: Form) -> bool:
    # Of a timestamp the time zone follows: it names the same moments in any.
    return any(known == code or (code[-1] == ":" and known.startswith(code)) for code in form.arrow)


def _any_null(present: Any, offset: int, length: int) -> bool:
    bits = int.from_bytes(ffi.buffer(present, (offset + length + 7) // 8), "little")
    return bits >> offset & (1 << length) - 1 != (1 << length) - 1
