"""How an engine is called: every call is counted, so that os.fork() waits for those of others.

A child of fork has one thread. A lock that another thread of the parent held inside the library
would stay locked there for ever; so before a fork no new call begins, and those that run are waited
for. Calls on policies, tables and decisions take no lock and are not counted.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, get_ident
from typing import Any, Callable

from ._errors import StateError
from ._ffi import Handle, check, error, ffi, raised

#: Seconds that a fork waits for calls of other threads: one that waits for the thread that forks
#: would never end. The child of a fork that did not wait to the end cannot use the library.
PATIENCE = 10.0
#: How deep seams may call the library: a call takes some of the C stack, which has no end in sight.
DEEPEST = 8

#: The threads that are inside so many calls, inside a close(), and publishing for which engine.
inside: dict[int, int] = {}
closing: set[int] = set()
publishing: set[tuple[int, int]] = set()

gate = allocate_lock()
shut = False
lost = False


def counted(call: Callable[..., Any], *arguments: Any, kept: object = None) -> Any:
    """Call C, not while another thread forks. A call from inside a seam is part of the outer one.
    What is kept lives as long as the call, whoever closes what meanwhile."""
    me = get_ident()
    depth = inside.get(me, 0)
    if depth == DEEPEST:
        raise RecursionError("seams call the library from inside each other")
    if lost and not depth:
        raise StateError("this process was forked while another thread was inside the library")
    try:
        inside[me] = depth + 1
        while shut and not depth:
            del inside[me]
            with gate:
                inside[me] = 1
        return call(*arguments)
    finally:
        if depth:
            inside[me] = depth
        else:
            inside.pop(me, None)


def run(call: Callable[..., int], *arguments: Any, kept: object = None) -> None:
    """Call C with a ``trust_error`` as its last parameter, and raise what it or a seam failed of."""
    err = error()
    check(counted(call, *arguments, err, kept=kept), err)


def make(kind: type[Handle], call: Callable[..., int], *arguments: Any, kept: object = None) -> Any:
    """Call C for the object that a class is named after, its last parameters being where to put it
    and a ``trust_error``. One that was made although a seam failed is freed."""
    out = ffi.new(f"trust_{kind.__name__.lower()} **")
    err = error()
    try:
        check(counted(call, *arguments, out, err, kept=kept), err)
    except BaseException:
        kind._free(out[0])
        raise
    return out[0]


def before_fork() -> None:
    global shut
    gate.acquire()
    shut = True
    others = inside.keys() - {get_ident()}
    patience = time.monotonic() + PATIENCE
    while others and time.monotonic() < patience:
        time.sleep(0.001)
        others &= inside.keys()


def after_fork_in_parent() -> None:
    global shut
    shut = False
    gate.release()


def after_fork_in_child() -> None:
    global gate, lost, shut
    me = get_ident()
    others = inside.keys() - {me}
    lost = lost or bool(others)
    for thread in others:
        del inside[thread]
    closing.intersection_update({me})
    publishing.intersection_update([pair for pair in publishing if pair[0] == me])
    for thread in raised.keys() - {me}:
        del raised[thread]
    gate = allocate_lock()
    shut = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=before_fork,
        after_in_parent=after_fork_in_parent,
        after_in_child=after_fork_in_child,
    )
