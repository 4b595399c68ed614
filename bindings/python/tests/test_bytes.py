"""Whatever bytes and texts come, a call answers or raises what it says; nothing else happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scene import Scene

import trust

SCENE = Scene()
TOKEN = SCENE.token(bytes(32))

texts = some.text(some.characters(), max_size=300)
items = some.fixed_dictionaries(
    {
        "type": some.sampled_from([trust.TYPE_ADDRESS, trust.TYPE_METRIC, "a/b"]) | texts,
    },
    optional={
        "data": some.just("AAAA") | texts,
        "value": some.just("192.0.2.1")
        | some.fixed_dictionaries({"name": texts, "value": some.floats() | some.integers()}),
        "file": texts,
        "nonce": texts,
        "collected": texts,
    },
)
bundles = some.fixed_dictionaries({"items": some.lists(items, max_size=5)}).map(json.dumps)


def spoiled(data: bytes) -> Any:
    """The bytes with some of them changed, or an end that is missing."""
    changes = some.lists(some.tuples(some.integers(0, len(data) - 1), some.integers(0, 255)))

    def change(drawn: tuple[int, list[tuple[int, int]]]) -> bytes:
        copy = bytearray(data[: drawn[0]])
        for at, value in drawn[1]:
            if at < len(copy):
                copy[at] = value
        return bytes(copy)

    return some.tuples(some.integers(0, len(data)), changes).map(change)


@given(bundles | texts | some.binary(), some.sampled_from(trust.Origin))
@settings(max_examples=300, deadline=None)
def test_bundles(bundle: str | bytes, origin: trust.Origin) -> None:
    evidence = SCENE.device.evidence()
    try:
        evidence.add_bundle(bundle, origin, files=lambda name, limit: name[:limit])
    except trust.Error:
        assert len(evidence) == 0
    assert len(SCENE.device.preview(evidence).items) == len(evidence)


@given(spoiled(TOKEN) | some.binary(), some.binary(max_size=70), texts)
@settings(max_examples=300, deadline=None)
def test_tokens(token: bytes, nonce: bytes, kind: str) -> None:
    keys = [SCENE.signer.public_key]
    result = SCENE.engine.appraise(trust.TYPE_EAT_CWT, token, keys)
    assert (result.state == trust.State.VALID) <= (token == TOKEN)
    try:
        result = SCENE.engine.appraise(kind, token, keys, nonce, nonce, kind)
    except (trust.Error, ValueError):
        return
    assert json.loads(result.to_json(True))["state"] == str(result.state)


@given(texts, texts, texts, some.floats() | some.integers())
@settings(max_examples=300, deadline=None)
def test_texts(id: str, name: str, value: str, number: float) -> None:
    engine = trust.Engine()
    try:
        device = engine.enroll(id, attributes={name: value})
    except (trust.Error, ValueError):
        return
    assert device.id == id
    assert device.attributes == {name: value}
    evidence = device.evidence()
    try:
        evidence.add_metric(name, number)
        evidence.set_attempt(value)
        evidence.add_address(value)
    except (trust.Error, ValueError):
        pass


class Lying(bytes):
    def __len__(self) -> int:
        return 1 << 40


class Texts(str):
    """A text that says it is something else when it is asked as one."""

    answer: Any = Lying(b"vpn")

    def encode(self, *_: Any) -> Any:
        return self.answer

    def __contains__(self, _: object) -> bool:
        return False


class Unterminated(Texts):
    answer = [b"a"] * 64


class Named:
    def __str__(self) -> str:
        return Texts("192.0.2.1")


def test_a_text_is_what_str_says_that_it_is() -> None:
    """C reads as much as it is told, and to the NUL that it is promised."""
    vpn = Texts("vpn")
    assert trust.list_category(vpn) == trust.list_category("vpn")
    assert trust.kind_id(Texts("acme.tamper")) == trust.kind_id("acme.tamper")
    assert trust.reason(Texts("NONCE_FOREIGN")) == trust.reason("NONCE_FOREIGN")
    assert trust.parse_time(Texts("1795410000")) == trust.parse_time("1795410000")
    assert str(trust.Address(Named())) == "192.0.2.1"  # type: ignore[arg-type]
    evidence = SCENE.device.evidence()
    evidence.add_bundle(Texts('{"items": []}'))
    evidence.set_attempt(Unterminated("short"))
    with pytest.raises(trust.ArgumentError, match="NUL"):
        evidence.set_attempt(Texts("a\0b"))
