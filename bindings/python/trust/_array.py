"""Arrays of numbers, lent to C as they lie in memory: buffers, NumPy arrays, Arrow arrays.

Nothing is copied, so what C cannot read as it is is refused, in words that say what to do. NumPy
and Arrow are never imported. An array is held while C reads it, so it cannot be resized; a caller
who changes its numbers meanwhile gets an outcome of some mixture of them.
"""

from __future__ import annotations

import sys
from array import array
from functools import lru_cache
from typing import Any, NamedTuple

from ._ffi import NULL, ffi

ORDER = "@=<" if sys.byteorder == "little" else "@=>"


class Form:
    """How the numbers of an array lie in memory."""

    __slots__ = ("arrow", "ctype", "formats", "numpy", "size", "words")

    def __init__(self, words: str, item: str, codes: str, arrow: tuple[str, ...], numpy: str):
        self.words = words
        self.ctype = ffi.typeof(f"{item}[]")
        self.size = ffi.sizeof(item)
        #: Of a buffer, and of Arrow.
        self.formats = frozenset(order + code for order in ("", *ORDER) for code in codes)
        self.arrow = arrow
        #: For an array of NumPy.
        self.numpy = numpy


INT32 = Form("32-bit integers", "int32_t", "il", ("i",), "int32")
UINT32 = Form("unsigned 32-bit integers", "uint32_t", "IL", ("I",), "uint32")
UINT8 = Form("unsigned bytes", "uint8_t", "B", ("C",), "uint8")
DOUBLE = Form("64-bit floats", "double", "d", ("g",), "float64")
TIMES = Form("milliseconds as 64-bit integers", "int64_t", "lq", ("l", "tsm:"), "int64")


class Lent(NamedTuple):
    """An array that C may read for as long as this lives."""

    pointer: Any
    length: int
    #: A bitmap of what is not null, and where it begins, in bits; NULL when nothing is.
    present: Any
    present_offset: int
    held: Any


@lru_cache(maxsize=256)
def is_of_arrow(kind: Any) -> bool:
    """Whether arrays of this type are lent as Arrow lends them."""
    if hasattr(kind, "__arrow_c_array__") or hasattr(kind, "__arrow_c_stream__"):
        return True
    if hasattr(kind, "mask"):
        raise TypeError(
            "a masked array shows its memory without its mask: give array.data, and a Column with "
            "present=numpy.packbits(~array.mask, bitorder='little')"
        )
    return False


def lend(data: Any, form: Form, *, nulls: bool = False) -> Lent:
    """Lend an array of this form. ``nulls``: whether it may have some. That the numbers lie at
    multiples of their size C looks for itself."""
    kind: Any = type(data)
    if is_of_arrow(kind):
        from ._arrow import borrow

        return borrow(data, form, nulls)
    view = _view(data, form)
    if view.format not in form.formats or view.itemsize != form.size:
        raise TypeError(
            f"expected {form.words}, not items of format {view.format!r}: "
            f"of a NumPy array give array.astype({form.numpy!r})"
        )
    if view.ndim != 1 or not view.c_contiguous:
        raise TypeError(
            "expected one row of numbers that lie side by side: of a NumPy array give "
            "numpy.ascontiguousarray(array), or one column of it"
        )
    length = len(view)
    return Lent(ffi.from_buffer(form.ctype, view) if length else NULL, length, NULL, 0, None)


def _view(data: Any, form: Form) -> memoryview:
    """Its memory. NumPy shows that of a datetime64 only as integers."""
    if form is TIMES:
        kind = getattr(getattr(data, "dtype", None), "str", "")
        if isinstance(kind, str) and kind[1:3] == "M8":
            if kind[0] not in ORDER or kind[3:] != "[ms]":
                raise TypeError(
                    f"expected datetime64[ms], not {kind}: give .astype('datetime64[ms]')"
                )
            data = data.view("int64")
    try:
        return memoryview(data)
    except (TypeError, ValueError):
        raise TypeError(f"expected an array of {form.words}, not {type(data).__name__}") from None


def new_array(code: str, length: int) -> array[int]:
    """Room for results: an ``array.array``, of which NumPy and others see the memory itself."""
    return array(code, [0]) * length


def room(results: array[int], ctype: str) -> Any:
    """The pointer with which C writes there. It holds the array while it lives. An empty one has no
    place of its own, and the one that it shows may lie askew."""
    return ffi.from_buffer(ctype, results, require_writable=True) if results else NULL
