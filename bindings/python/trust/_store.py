"""Where records live: memory of this process, or any object that keeps values under keys.

Trust: a store is the caller's own code. What it gives back is checked for shape here and in C, and
its values are judged where C decodes them.
"""

from __future__ import annotations

import weakref
from _thread import get_ident
from collections.abc import Sequence
from typing import Any, Callable, Protocol

from ._ffi import Handle, chars, check, ffi, lib, raised
from ._fork import closing
from ._seams import Operation, Seams


class Store(Protocol):
    """What an object needs to be an engine's store. Any thread may call it, several at once.

    It may have three attributes more: ``name``, ``durable`` (True when a commit survives the
    process and the machine's power) and ``close()``, called once nothing needs it any more.

    >>> import trust
    >>> class Dictionary:
    ...     def __init__(self):
    ...         self.records = {}
    ...     def get(self, key):
    ...         return self.records.get(key)
    ...     def commit(self, operations):
    ...         for one in operations:
    ...             if one.expected not in (None, self.records.get(one.key, (b"", 0))[1]):
    ...                 raise trust.ConflictError
    ...         for one in operations:
    ...             if one.type == trust.StoreAction.PUT:
    ...                 revision = self.records.get(one.key, (b"", 0))[1]
    ...                 self.records[one.key] = one.value, revision + 1
    ...             elif one.type == trust.StoreAction.DELETE:
    ...                 self.records.pop(one.key, None)
    >>> store = Dictionary()
    >>> with trust.Engine(store=store) as engine:
    ...     device = engine.enroll("urn:dev:ops:32473-pump")
    >>> len(store.records)
    1
    """

    def get(self, key: bytes, /) -> tuple[bytes, int] | None:
        """The value under a key of at most 64 bytes, and its revision; None for no such key."""

    def commit(self, operations: Sequence[Operation], /) -> None:
        """Make all of the changes or none. A PUT makes a key's revision grow by one, from 1.

        When one of the expected revisions is not the present one nothing may change, and
        `trust.ConflictError` is to be raised."""


class MemoryStore(Handle):
    """A store of which nothing survives the process. Several engines may share one."""

    __slots__ = ()
    _free = lib.trust_store_free

    def __init__(self) -> None:
        out = ffi.new("trust_store **")
        check(lib.trust_store_new_memory(ffi.NULL, out))
        self._own(out[0])


class HostStore(Handle):
    """A store of the host, once for each object however many engines it is given to."""

    __slots__ = ("__weakref__", "_seams")
    _free = lib.trust_store_free

    def __init__(self, store: Any) -> None:
        name = chars(getattr(store, "name", None) or type(store).__name__)
        seams = Seams(store=store, holds=name)
        ops = ffi.new("trust_store_ops *")
        ops.size = ffi.sizeof("trust_store_ops")
        ops.name = name
        ops.durable = bool(getattr(store, "durable", False))
        ops.get = lib.trust_py_get
        ops.commit = lib.trust_py_commit
        ops.user = seams.user
        out = ffi.new("trust_store **")
        check(lib.trust_store_new(ops, out))
        self._own(out[0])
        self._seams = seams

    def __del__(self) -> None:
        # Not a callback of C: nothing that frees an object calls Python.
        seams = getattr(self, "_seams", None)
        close = getattr(seams and seams.store, "close", None)
        if callable(close):
            close_store(close)


#: By the id() of the host's object, which its HostStore keeps alive.
host_stores: weakref.WeakValueDictionary[int, HostStore] = weakref.WeakValueDictionary()


def close_store(close: Callable[[], Any]) -> None:
    """Close what nothing needs any more. What that raises belongs to the close() that let go."""
    try:
        close()
    except BaseException as exception:
        if get_ident() not in closing:
            raise
        raised.setdefault(get_ident(), exception)


def open_store(store: Store | MemoryStore | str | None) -> MemoryStore | HostStore | None:
    """The handle for what an engine is given as its store; None for one of its own."""
    if store is None or isinstance(store, MemoryStore):
        return store
    if isinstance(store, str):
        if store == "memory:":
            return None
        raise ValueError(
            f"no store is called {store!r}: 'memory:', or an object with get and commit"
        )
    for method in ("get", "commit"):
        if not callable(getattr(store, method, None)):
            raise TypeError(f"a store needs {method}(), which a {type(store).__name__} has not")
    handle = host_stores.get(id(store))
    if handle is None:
        made = HostStore(store)
        handle = host_stores.setdefault(id(store), made)
        if handle is not made:
            made._seams.store = None  # another thread was first: nothing to close
    return handle
