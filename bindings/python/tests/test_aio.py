"""asyncio: what waits runs elsewhere, and comes back when it is cancelled."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable

import pytest
from scene import DEVICE, NOW, POLICY, Scene

import trust
from trust import _aio, _fork


class Late(ThreadPoolExecutor):
    """A thread that has taken the work up, and begins with it when it is told to."""

    begin: Callable[[], Any]

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        assert future.set_running_or_notify_cancel()
        self.begin = lambda: call(*arguments, **named)
        return future


def test_a_thread_that_comes_too_late_calls_nothing() -> None:
    called = []

    async def main() -> None:
        late = Late()
        asyncio.get_running_loop().set_default_executor(late)
        task = asyncio.ensure_future(_aio.in_thread(lambda: called.append(1)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(asyncio.CancelledError):
            late.begin()

    asyncio.run(main())
    assert not called


def test_what_is_awaited_is_what_is_called() -> None:
    scene = Scene()

    async def main() -> trust.Decision:
        device = await scene.engine.device_async(DEVICE)
        challenge = await device.challenge_async("attestation", ttl=60)
        evidence = device.evidence()
        evidence.add(trust.TYPE_EAT_CWT, scene.token(challenge.nonce))
        preview = await device.preview_async(evidence)
        assert await device.observe_async() is True
        decision = await device.assess_async(evidence, deadline=NOW + 5)
        assert preview.verdict == decision.verdict
        await device.set_lifecycle_async(trust.Lifecycle.SUSPENDED)
        await device.reload_async()
        await device.delivered_async(await device.challenge_async())
        await device.adopt_async(b"from elsewhere")
        await scene.engine.enroll_async("b", [scene.signer.public_key])
        await scene.engine.use_policy_async(trust.Policy.load_unsigned(POLICY), True)
        many = await scene.engine.assess_many_async([(device, device.evidence())])
        assert isinstance(many[0], trust.Decision)
        return decision

    assert asyncio.run(main()).items[0].state == trust.State.VALID


def test_names_and_signatures() -> None:
    call = trust.Device.assess_async
    assert call.__name__ == "assess_async"
    assert call.__qualname__ == "Device.assess_async"
    assert "asyncio" in (call.__doc__ or "")
    assert inspect.iscoroutinefunction(call)
    assert "token" in inspect.signature(call).parameters


def test_errors_are_the_same() -> None:
    scene = Scene()

    async def main() -> None:
        with pytest.raises(trust.NotFoundError):
            await scene.engine.device_async("nobody")
        with pytest.raises(TypeError):
            await scene.device.assess_async(adress="192.0.2.1")  # type: ignore[call-arg]
        with pytest.raises(trust.DeadlineError):
            await scene.device.assess_async(deadline=NOW - 1)
        cancel = trust.Cancel()
        cancel.press()
        with pytest.raises(trust.CancelledError):
            await scene.device.assess_async(cancel=cancel)

    asyncio.run(main())


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_a_seam_raises_is_awaited(kind: type[BaseException]) -> None:
    exception = kind("from the clock")

    def clock() -> float:
        if threading.current_thread() is not threading.main_thread():
            raise exception
        return NOW

    scene = Scene(clock=clock)
    with pytest.raises(kind) as raised:
        asyncio.run(scene.device.assess_async())
    assert raised.value is exception


def test_a_seam_that_raises_stop_iteration() -> None:
    def clock() -> float:
        if threading.current_thread() is not threading.main_thread():
            next(iter(()))
        return NOW

    scene = Scene(clock=clock)

    async def wait() -> None:
        await asyncio.wait_for(scene.device.assess_async(), 10)

    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(wait())


user = contextvars.ContextVar("user", default="nobody")


def test_the_context_comes_along() -> None:
    seen: list[str] = []

    def clock() -> float:
        seen.append(user.get())
        return NOW

    scene = Scene(clock=clock)

    async def main() -> None:
        user.set("alice")
        seen.clear()
        await scene.device.assess_async()

    asyncio.run(main())
    assert set(seen) == {"alice"}


class Slow:
    """A clock that waits in another thread until it is let go."""

    def __init__(self) -> None:
        self.entered, self.leave = threading.Event(), threading.Event()

    def __call__(self) -> float:
        if threading.current_thread() is not threading.main_thread():
            self.entered.set()
            self.leave.wait(10)
        return NOW


async def until(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.001)


def test_the_loop_goes_on_meanwhile() -> None:
    clock = Slow()
    scene = Scene(clock=clock)

    async def main() -> None:
        task = asyncio.ensure_future(scene.device.assess_async())
        await until(clock.entered)
        assert not task.done()
        clock.leave.set()
        assert (await task).decided is not None

    asyncio.run(main())


def test_cancelling_presses_the_button_and_waits() -> None:
    clock = Slow()
    scene = Scene(clock=clock)

    async def main() -> None:
        task = asyncio.ensure_future(scene.device.assess_async())
        await until(clock.entered)
        task.cancel()
        await asyncio.sleep(0.02)
        task.cancel()  # twice does not hurry it
        await asyncio.sleep(0.02)
        assert not task.done()  # the call is still inside
        clock.leave.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert _fork.inside == {}
        assert scene.device.info.decisions == 0  # stopped before it committed
        assert (await scene.device.assess_async()).decided is not None

    asyncio.run(main())


def test_a_timeout() -> None:
    clock = Slow()
    scene = Scene(clock=clock)

    async def main() -> None:
        asyncio.get_running_loop().call_later(0.1, clock.leave.set)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(scene.device.assess_async(), 0.02)
        assert _fork.inside == {}

    asyncio.run(main())


def test_what_has_not_begun_does_not_begin() -> None:
    scene = Scene()
    hold = threading.Event()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        other = loop.run_in_executor(None, hold.wait, 10)
        task = asyncio.ensure_future(scene.device.assess_async())
        await asyncio.sleep(0.02)
        task.cancel()
        before = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - before < 5
        hold.set()
        await other
        assert scene.device.info.decisions == 0

    asyncio.run(main())


def test_many_at_once() -> None:
    scene = Scene()

    async def one(number: int) -> Any:
        device = await scene.engine.enroll_async(f"device-{number}")
        return (await device.assess_async(address="192.0.2.1")).risk

    async def main() -> list[Any]:
        return list(await asyncio.gather(*(one(number) for number in range(50))))

    assert len(set(asyncio.run(main()))) == 1
