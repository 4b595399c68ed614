"""How the binding calls C: what comes in becomes a view, what goes out a value, and a failure an
exception. Nothing here knows what a call is for.

A function of ``lib`` may get any cdata of its type, so every path to one runs through `Handle`: it
owns the object, and after close() there is no pointer that could be passed.
"""

from __future__ import annotations

import os
from _thread import get_ident
from collections.abc import Iterable, Mapping
from functools import cache
from operator import index
from typing import TYPE_CHECKING, Any, Callable, ClassVar

from ._errors import ArgumentError, ClosedError, fail
from ._trust import ffi, lib

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._constants import Constant

__all__ = [
    "Handle",
    "attribute_array",
    "chars",
    "check",
    "cstring",
    "document",
    "error",
    "fail",
    "ffi",
    "key_array",
    "lib",
    "member",
    "raised",
    "read_file",
    "real",
    "shown",
    "spelled",
    "text",
    "view",
    "whole",
    "written",
    "written_text",
]

NULL = ffi.NULL
ERROR = ffi.typeof("trust_error *")
BYTES = ffi.typeof("uint8_t[]")
CHARS = ffi.typeof("char[]")
KEYS = ffi.typeof("uint8_t[][32]")
ATTRIBUTES = ffi.typeof("trust_attribute[]")
SIZE = ffi.typeof("size_t *")
DOUBLE = ffi.typeof("double *")
KEY_SIZE: int = lib.TRUST_ED25519_PUBLIC


def error() -> Any:
    """A ``trust_error *`` for one call."""
    return ffi.new(ERROR)


#: What a seam raised while C was calling it, by thread, until check() raises it there.
raised: dict[int, BaseException] = {}


def check(status: int, detail: Any = None) -> None:
    """Raise what a seam raised during the call, whatever the call returned; else what its status
    means, with the words of the ``trust_error`` that it had."""
    if raised:
        exception = raised.pop(get_ident(), None)
        if exception is not None:
            try:
                raise exception
            finally:
                del exception  # whose traceback holds this frame
    if status:
        fail(status, detail)


def text(chars: Any) -> str:
    """The text that C shows; "" for NULL."""
    return ffi.string(chars).decode("utf-8", "replace") if chars else ""


def shown(call: Callable[..., Any], held: Any, *arguments: Any) -> str:
    """The text of C that an object shows, which is held until it is copied."""
    return text(call(held, *arguments))


def cstring(value: str) -> bytes:
    """A text for a parameter that ends with NUL. One that holds a NUL would be cut in silence."""
    data = _encoded(value, "strict")
    if b"\0" in data:
        raise ArgumentError(f"a text with a NUL in it, at index {str.index(value, chr(0))}")
    return data


def spelled(value: str) -> tuple[bytes, int]:
    """A text for a parameter whose length is the next one. What is no Unicode stays wrong."""
    data = _encoded(value, "surrogatepass")
    return data, len(data)


def _encoded(value: str, errors: str) -> bytes:
    """Its bytes as str itself encodes them. A subclass could answer anything, and C believes it."""
    if not isinstance(value, str):
        raise TypeError(f"expected str, not {type(value).__name__}")
    try:
        return str.encode(value, "utf-8", errors)
    except UnicodeEncodeError as reason:
        raise ArgumentError(f"a text that is no Unicode, at index {reason.start}") from reason


def chars(value: str | None) -> Any:
    """That text for C to read as long as this lives; NULL for None."""
    return NULL if value is None else ffi.new(CHARS, cstring(value))


def whole(value: Any, what: str, bits: int = 32, *, signed: bool = False) -> int:
    """A number for an integer of C of so many bits. ``what`` it is says the error."""
    try:
        number = int(index(value))
    except TypeError:
        raise TypeError(f"expected {what}, not {type(value).__name__}") from None
    least = -(1 << bits - 1) if signed else 0
    most = least + (1 << bits) - 1
    if not least <= number <= most:
        raise ArgumentError(f"expected {what}, an integer from {least} to {most}")
    return number


def member(kind: type[Constant], value: Any) -> int:
    """The number of a member of an enumeration. Words are refused by the name of it; which numbers
    there are is for C to say."""
    return whole(value, f"trust.{kind.__name__}")


def real(value: Any, what: str) -> Any:
    """A ``double *`` to a number."""
    pointer = ffi.new(DOUBLE)
    try:
        pointer[0] = value  # new() would take None for nothing to begin with
        return pointer
    except OverflowError:
        raise ArgumentError(f"expected {what}, which a 64-bit float can hold") from None
    except TypeError:
        raise TypeError(f"expected {what}, not {type(value).__name__}") from None


def view(data: Any) -> tuple[Any, int]:
    """The bytes of any C-contiguous bytes-like object, and how many they are. Not a copy.

    The pointer keeps the object alive, and its size as it is. What it holds must not change
    while C reads it: the call runs without the interpreter's lock.
    """
    if isinstance(data, str):
        raise TypeError("expected bytes, not str")
    pointer = ffi.from_buffer(BYTES, data)
    return pointer, len(pointer)


def document(data: Any) -> tuple[Any, int]:
    """The same for a document, whose text may also come as a str. What a str holds that is no
    Unicode stays wrong, so that C refuses it."""
    return view(_encoded(data, "surrogatepass") if isinstance(data, str) else data)


def read_file(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """A file by its name, and one byte more than the library takes: it refuses what is larger."""
    # A number would be a file that the host has open, and this would close it.
    with open(os.fspath(path), "rb") as file:
        return file.read(most + 1 if most >= 0 else most)


def key_array(keys: Iterable[Any]) -> tuple[Any, int]:
    """Raw Ed25519 public keys, 32 bytes each, as C wants them, and how many they are."""
    if isinstance(keys, (bytes, bytearray, memoryview, str)):
        raise TypeError("expected several keys, not one")
    copies = [bytes(ffi.buffer(view(key)[0])) for key in keys]
    for key in copies:
        if len(key) != KEY_SIZE:
            raise ArgumentError(f"a key has {KEY_SIZE} bytes, not {len(key)}")
    return ffi.new(KEYS, copies), len(copies)


def attribute_array(attributes: Mapping[str, str]) -> tuple[Any, list[Any]]:
    """Registered facts as C wants them, and their texts, which have to live as long."""
    spelled = [(cstring(name), cstring(value)) for name, value in attributes.items()]
    texts = [(ffi.new(CHARS, name), ffi.new(CHARS, value)) for name, value in spelled]
    return ffi.new(ATTRIBUTES, texts), texts


def written(call: Callable[..., int], *arguments: Any, room: int = 4096) -> bytes:
    """What a call writes by the protocol "out, cap, need" that its last three parameters are."""
    need = ffi.new(SIZE)
    while True:
        out = ffi.new(CHARS, room)
        status = call(*arguments, out, room, need)
        if status != lib.TRUST_E_LIMIT or need[0] < room:
            check(status)
            return bytes(ffi.buffer(out, need[0]))
        room = need[0] + 1


def written_text(call: Callable[..., int], *arguments: Any) -> str:
    """The same for a call that writes text."""
    return written(call, *arguments).decode("utf-8", "replace")


class _Closed:
    """What the class of an object gains when it is closed. An open one pays for no check, and a
    class that has `__getattr__` makes each look-up of an attribute slower."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name == "_ptr":
            raise ClosedError(f"this {type(self).__name__} is closed")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


@cache
def _closed(kind: type[Any]) -> type[Any]:
    """The class that objects of this one change to."""
    if issubclass(kind, _Closed):
        return kind
    words = {"__slots__": (), "__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (_Closed, kind), words)


class Handle:
    """Owns an object of C.

    close() takes the pointer away, and C frees the object as soon as no call uses it: a call that
    runs in another thread holds the pointer as its argument. An object that was closed, or was
    never made, has no `_ptr` at all.
    """

    __slots__ = ("_ptr",)

    #: The function of C that frees the object.
    _free: ClassVar[Any]
    _ptr: Any

    def __init__(self) -> None:
        Handle.close(self)

    def _own(self, pointer: Any) -> None:
        """Take over what C gave to its caller."""
        self._ptr = ffi.gc(pointer, type(self)._free)

    @classmethod
    def _owning(cls, pointer: Any) -> Self:
        """A handle for what C gave to its caller, made without `__init__`."""
        self = cls.__new__(cls)
        self._own(pointer)
        return self

    def close(self) -> None:
        """Let go of the object. Every use after that raises `ClosedError`; closing again does
        nothing."""
        kind: Any = type(self)
        self.__class__ = _closed(kind)
        try:
            del self._ptr
        except AttributeError:
            pass

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return isinstance(self, _Closed)

    def __enter__(self) -> Self:
        self._ptr  # noqa: B018
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} can be neither copied nor pickled")
