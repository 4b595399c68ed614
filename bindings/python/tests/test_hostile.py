"""Nothing that is passed to anything ends the process: every call of the package gets arguments
that fit nowhere, objects of each other's kinds, closed ones among them. An exception is the only
answer allowed, and none that speaks of a fault of the binding.

TRUST_CASES says how many calls; the seed is printed when one fails.
"""

from __future__ import annotations

import asyncio
import datetime
import inspect
import math
import os
import random
from collections.abc import Iterator
from typing import Any, Callable

import pytest
from scene import POLICY, Scene

import trust

CASES = int(os.environ.get("TRUST_CASES", "4000"))


def fault() -> None:
    raise KeyError("of the host")


NUMBERS = [0, 1, -1, 2, 7, 255, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64, -(2**63), 10**40, True]
FLOATS = [0.5, -0.0, 1e300, math.nan, math.inf, -math.inf]
TEXTS = ["", "a", "a.b", "identity", "\0", "\ud800", "é" * 300, "x" * 70000, "192.0.2.1", POLICY]
BYTES = [b"", b"\0", bytes(32), bytes(64), b"{" * 5000, b"\xff" * 70000, POLICY.encode()]
VIEWS = [bytearray(b"ab"), memoryview(b"abcdef")[::2], memoryview(bytearray(8)).cast("i")]
TIMES = [
    datetime.datetime.min,
    datetime.datetime.max.replace(tzinfo=datetime.timezone.utc),
    datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.timezone.utc),
    datetime.timedelta.max,
    datetime.timedelta(seconds=-1),
]
OTHERS = [
    None,
    ...,
    object(),
    [],
    (),
    {},
    [None],
    {"a": 1},
    {1: "a"},
    [b""],
    [("a", 1.0)],
    iter(()),
    int,
]
CALLABLES: list[Any] = [
    fault,
    lambda *_: None,
    lambda *_: "text",
    lambda *_: b"",
    lambda *_: 10**40,
]


def samples() -> list[Any]:
    """One of each kind that calls take or give."""
    scene = Scene()
    evidence = scene.device.evidence()
    evidence.add("application/eat+cwt", scene.answer())
    policy = trust.Policy.load_unsigned(POLICY)
    finding = trust.Finding("identity", 2)
    cidr = trust.Source("vpn", b"192.0.2.0/24\n", trust.SourceFormat.CIDR, trust.ListCategory.VPN)
    made = [
        scene.engine,
        scene.device,
        evidence,
        scene.device.challenge("identity"),
        scene.device.preview(),
        scene.engine.appraise("application/eat+cwt", b"\xa0"),
        policy,
        policy.evaluate([finding], now=0),
        finding,
        trust.Findings([finding]),
        scene.signer,
        trust.Table.build([cidr]),
        cidr,
        trust.Reference.load_unsigned(b'{"trust_reference":1,"id":"a","revision":1,"values":[]}'),
        trust.Cancel(),
        trust.MemoryStore(),
        trust.lint(POLICY),
    ]
    return made


def closed(objects: list[Any]) -> list[Any]:
    for one in objects:
        if hasattr(one, "close"):
            one.close()
    return objects


def public(owner: Any) -> Iterator[Callable[..., Any]]:
    for name in dir(owner):
        if name.startswith("_"):
            continue
        try:
            member = getattr(owner, name)
        except trust.ClosedError:
            continue
        if callable(member):
            yield member


def callables() -> list[Callable[..., Any]]:
    package = [getattr(trust, name) for name in trust.__all__]
    # A host that makes room for 2**32 outcomes gets it, as from bytearray().
    found = [one for one in package if callable(one) and one is not trust.Outcomes]
    for owner in [*found, *samples(), *closed(samples())]:
        if inspect.isclass(owner) and issubclass(owner, (int, Exception)):
            continue
        found.extend(public(owner))
    return found


def parameters(call: Callable[..., Any]) -> list[str]:
    try:
        return [name for name in inspect.signature(call).parameters if name != "self"]
    except (TypeError, ValueError):
        return []


def attempt(call: Callable[..., Any], pool: list[Any], chance: random.Random) -> None:
    names = parameters(call)
    given = [chance.choice(pool) for _ in range(chance.randint(0, len(names)))]
    named = {name: chance.choice(pool) for name in names[len(given) :] if chance.random() < 0.3}
    try:
        answer = call(*given, **named)
        if inspect.iscoroutine(answer):
            answer = asyncio.run(asyncio.wait_for(answer, 5))
        repr(answer)
    except (OverflowError, SystemError, RecursionError):
        raise
    except Exception:  # noqa: BLE001, S110
        pass


@pytest.mark.filterwarnings("ignore")
def test_nothing_ends_the_process() -> None:
    seed = int(os.environ.get("TRUST_SEED", random.SystemRandom().randrange(2**32)))
    print("TRUST_SEED", seed)
    chance = random.Random(seed)
    rest = [*NUMBERS, *FLOATS, *TEXTS, *BYTES, *VIEWS, *TIMES, *OTHERS, *CALLABLES]
    for _ in range(max(1, CASES // 2000)):
        pool = [*rest, *samples(), *samples(), *closed(samples())]
        calls = callables()
        for _ in range(min(CASES, 2000)):
            attempt(chance.choice(calls), pool, chance)
