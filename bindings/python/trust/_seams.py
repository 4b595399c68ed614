"""What the host lends the library, as C calls it: a clock, chance, a network, a log, a store, a key.

Trust: a seam is the caller's own code; what it answers is checked for shape. Every function that
C calls in Python stands here. What one raises is kept for the thread, and `_ffi.check` raises it
when the call of C has returned; until then no other seam of that call runs, so that nothing is
done on top of a failure.
"""

from __future__ import annotations

import itertools
import weakref
from _thread import get_ident
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Callable, NamedTuple, Optional, TypeVar, Union

from ._constants import LogLevel, StoreAction
from ._errors import ConflictError
from ._ffi import Handle, check, ffi, lib, raised, text, view, whole
from ._fork import closing, make, run
from ._time import Time, ms_of_time, time_of_ms

OK: int = lib.TRUST_OK
LIMIT: int = lib.TRUST_E_LIMIT
NOT_FOUND: int = lib.TRUST_E_NOT_FOUND
CONFLICT: int = lib.TRUST_E_CONFLICT
IO: int = lib.TRUST_E_IO
SIGNATURE_SIZE: int = lib.TRUST_ED25519_SIGNATURE
#: By number, and not kept alive: C knows a number, which can go stale without harm.
known: weakref.WeakValueDictionary[int, Seams] = weakref.WeakValueDictionary()
numbers = itertools.count(1)


class Request(NamedTuple):
    """One HTTPS request that a transport makes for the library."""

    method: str
    url: str
    #: "Name: value" each.
    headers: tuple[str, ...]
    body: bytes
    #: The largest body wanted, in bytes.
    limit: int
    #: Give up after this time; None for no such time.
    deadline: datetime | None


class Operation(NamedTuple):
    """One change of a commit: see `Store`."""

    type: StoreAction
    key: bytes
    #: Of a PUT.
    value: bytes
    #: The revision that the key must have now, 0 when it must not exist; None for any.
    expected: int | None


H = TypeVar("H", bound=Handle)
Clock = Callable[[], Time]
Random = Callable[[int], Any]
Transport = Callable[[Request], Optional[tuple[int, Union[bytes, Iterable[bytes]]]]]
Read = Callable[[bytes, int], Any]
Sign = Callable[[bytes], Any]


class Seams:
    """The functions that C reaches by one ``void *``. Whoever owns the object of C that was given
    it keeps this alive; a call for one that is gone fails."""

    __slots__ = (
        "__weakref__",
        "clock",
        "holds",
        "log",
        "random",
        "read",
        "sign",
        "store",
        "transport",
        "user",
    )

    #: What C is given to find them by.
    user: Any
    clock: Any
    random: Any
    transport: Any
    log: Any
    store: Any
    sign: Any
    read: Any
    #: What else has to live as long.
    holds: object

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        random: Random | None = None,
        transport: Transport | None = None,
        log: Any = None,
        store: Any = None,
        sign: Sign | None = None,
        read: Read | None = None,
        holds: object = None,
    ) -> None:
        for what in (clock, random, transport, sign, read):
            if what is not None and not callable(what):
                raise TypeError(f"a {type(what).__name__} cannot be called")
        if log is not None and not callable(getattr(log, "log", None)):
            raise TypeError(f"a {type(log).__name__} is no logger")
        self.clock = clock
        self.random = random
        self.transport = transport
        self.log = log
        self.store = store
        self.sign = sign
        self.read = read
        self.holds = holds
        number = next(numbers)
        self.user = ffi.cast("void *", number)
        known[number] = self


class SeamedHandle(Handle):
    """A handle whose calls run seams, and so keeps them."""

    __slots__ = ("_seams",)
    _seams: Seams | None

    def _run(self, call: Any, *arguments: Any, kept: object = None) -> None:
        """Call C on the object."""
        run(call, self._ptr, *arguments, kept=(self._seams, kept))

    def _make(self, kind: type[H], call: Any, *arguments: Any, kept: object = None) -> H:
        """Call C on the object for another one."""
        seams = self._seams
        made = kind._owning(make(kind, call, self._ptr, *arguments, kept=(seams, kept)))
        if isinstance(made, SeamedHandle):
            made._seams = seams
        return made

    def close(self) -> None:
        """Let go of the object, and of the seams. What the close() of a store raises comes from
        here when nothing else needed the store."""
        super().close()
        try:
            closing.add(get_ident())
            self._seams = None
        finally:
            closing.discard(get_ident())
        check(OK)


class Stopped(BaseException):
    """Nothing runs on top of a seam that failed."""


def keep(kind: Any, value: BaseException, traceback: Any) -> None:
    """Keep what a seam raised for the call during which it happened: the first counts."""
    raised.setdefault(get_ident(), value.with_traceback(traceback))


def find(user: Any) -> Seams:
    if raised and get_ident() in raised:
        raise Stopped
    return known[int(ffi.cast("uintptr_t", user))]


def copy(data: Any) -> bytes:
    """The bytes of a ``trust_bytes``, which are C's for the length of the call."""
    return bytes(ffi.buffer(data.data, data.size)) if data.size else b""


def fill(out: Any, room: int, data: Any) -> int:
    """Write what a seam gave when there is room for it; its length in any case."""
    pointer, size = view(data)
    if size <= room:
        ffi.memmove(out, pointer, size)
    return size


def seam(failure: int | None = lib.TRUST_E_HOST) -> Callable[[Callable[..., Any]], Any]:
    """A function that C calls; ``failure`` is what C gets when it raises."""
    decorate: Callable[[Callable[..., Any]], Any] = ffi.def_extern(error=failure, onerror=keep)
    return decorate


@seam(lib.TRUST_TIME_UNKNOWN)
def trust_py_now(user: Any) -> int:
    return ms_of_time(find(user).clock())


@seam()
def trust_py_random(user: Any, out: Any, size: int) -> int:
    given = fill(out, size, find(user).random(size))
    if given != size:
        raise ValueError(f"random() gave {given} bytes where {size} are needed")
    return OK


#: The levels of `logging`, which is not imported before somebody needs it.
LEVELS: dict[int, int] = {LogLevel.ERROR: 40, LogLevel.WARNING: 30, LogLevel.INFO: 20}


@seam(None)
def trust_py_log(user: Any, level: int, line: Any) -> None:
    find(user).log.log(LEVELS.get(level, 20), "%s", text(line))


@seam()
def trust_py_fetch(user: Any, request: Any, response: Any) -> int:
    deadline = request.deadline
    answer = find(user).transport(
        Request(
            text(request.method),
            text(request.url),
            tuple(text(request.headers[i]) for i in range(request.header_count)),
            copy(request.body),
            request.response_limit,
            None if deadline in (0, lib.TRUST_TIME_NEVER) else time_of_ms(deadline),
        )
    )
    if answer is None:
        return IO
    status, body = answer
    response.status = whole(status, "an HTTP status", signed=True)
    for part in (body,) if isinstance(body, (bytes, bytearray, memoryview)) else body:
        status = response.body(response, *view(part))
        if status:
            return int(status)
    return OK


@seam()
def trust_py_sign(user: Any, data: Any, size: int, signature: Any) -> int:
    given = fill(signature, SIGNATURE_SIZE, find(user).sign(bytes(ffi.buffer(data, size))))
    if given != SIGNATURE_SIZE:
        raise ValueError(f"sign() gave {given} bytes where {SIGNATURE_SIZE} are needed")
    return OK


@seam()
def trust_py_read_file(user: Any, name: Any, out: Any, room: int, size: Any) -> int:
    size[0] = fill(out, room, find(user).read(copy(name), room))
    return OK if size[0] <= room else LIMIT


@seam()
def trust_py_get(user: Any, key: Any, value: Any, room: int, size: Any, revision: Any) -> int:
    found = find(user).store.get(copy(key))
    if found is None:
        return NOT_FOUND
    data, number = found
    revision[0] = whole(number, "the revision of a value", 64)
    size[0] = fill(value, room, data)
    return OK if size[0] <= room else LIMIT


@seam()
def trust_py_commit(user: Any, operations: Any, count: int, call: Any) -> int:
    changes = tuple(
        Operation(
            StoreAction(one.type),
            copy(one.key),
            copy(one.value),
            None if one.expected == lib.TRUST_REVISION_ANY else one.expected,
        )
        for one in (operations[i] for i in range(count))
    )
    try:
        find(user).store.commit(changes)
    except ConflictError:
        return CONFLICT
    return OK
