"""asyncio: a call that may wait runs in a thread of the loop's executor.

When the task is cancelled the call's stop button is pressed, and the task ends once the call has
come back, so that nothing goes on behind its back.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from ._cancel import Cancel

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from typing_extensions import ParamSpec

    P = ParamSpec("P")

T = TypeVar("T")


async def in_thread(call: Callable[[], T], cancel: Cancel | None = None) -> T:
    """Await a call that another thread makes, in the context of this task."""
    import asyncio
    import contextvars

    begun = abandoned = False

    def work() -> T:
        nonlocal begun
        begun = True
        if abandoned:  # by a task that has ended, as this thread began
            raise asyncio.CancelledError
        try:
            return call()
        except StopIteration as exception:  # no future can carry one
            raise RuntimeError("a seam raised StopIteration") from exception

    context = contextvars.copy_context()
    future = asyncio.get_running_loop().run_in_executor(None, context.run, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        abandoned = True
        if cancel is not None:
            cancel.press()
        if not begun:
            future.cancel()
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError:
                continue  # asked again; the call is on its way back
        if not future.cancelled():
            future.exception()  # seen
        raise


def awaited(call: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The same call for asyncio."""

    @functools.wraps(call)
    async def call_async(*arguments: P.args, **named: P.kwargs) -> T:
        return await in_thread(functools.partial(call, *arguments, **named))

    name_async(call_async, call)
    return call_async


def awaited_with_cancel(call: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The same call for asyncio, for one that takes a stop button: the task's, unless it is given
    another."""

    @functools.wraps(call)
    async def call_async(*arguments: P.args, **named: P.kwargs) -> T:
        cancel: Any = named.get("cancel")
        if cancel is None:
            named["cancel"] = cancel = Cancel()
        return await in_thread(functools.partial(call, *arguments, **named), cancel)

    name_async(call_async, call)
    return call_async


def name_async(made: Any, call: Any) -> None:
    made.__name__ = call.__name__ + "_async"
    made.__qualname__ = call.__qualname__ + "_async"
    made.__doc__ = f"`{call.__name__}` for asyncio: awaits the call, which another thread makes."
