"""A manifest says what was signed, and nothing else verifies."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trust

SIGNER = trust.Signer.from_seed(b"\x01" * 32, trust.Use.DOCUMENT)
KEYS = [SIGNER.public_key]
WHEN = datetime(2026, 11, 23, tzinfo=timezone.utc)
ID = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=63)


@given(ID.filter(lambda k: len(k) < 32), ID, st.integers(0, 2**53 - 1), st.binary(max_size=99))
def test_what_is_signed_verifies(kind: str, id: str, revision: int, data: bytes) -> None:
    use = trust.Use.POLICY if kind == "policy" else trust.Use.DOCUMENT
    with trust.Signer.from_seed(b"\x01" * 32, use) as signer:
        line = trust.sign_manifest(data, signer, kind=kind, id=id, revision=revision)
    said = trust.verify_manifest(line, KEYS, kind, data)
    assert said[:3] == (kind, id, revision)
    assert (said.not_before, said.expires) == (None, trust.NEVER)
    with pytest.raises(trust.IntegrityError):
        trust.verify_manifest(line, KEYS, kind, data + b"x")


def test_it_holds_between_its_times() -> None:
    line = trust.sign_manifest(
        "text",
        SIGNER,
        kind="table",
        id="t",
        revision=3,
        not_before=WHEN,
        expires=WHEN.timestamp() + 9,
    )
    assert line.endswith("\n")
    said = trust.verify_manifest(line.encode(), KEYS, "table", b"text", now=WHEN)
    assert said.not_before == WHEN
    assert said.expires is not None
    assert said.expires.timestamp() == WHEN.timestamp() + 9
    for now in (None, WHEN.timestamp() - 1, WHEN.timestamp() + 9):
        with pytest.raises(trust.StateError):
            trust.verify_manifest(line, KEYS, "table", "text", now=now)
    with pytest.raises(trust.SignatureError):
        trust.verify_manifest(line, [b"\x02" * 32], "table", "text", now=WHEN)
    with pytest.raises(trust.ArgumentError, match="keys"):
        trust.verify_manifest(line, [], "table", "text", now=WHEN)
    with pytest.raises(trust.IntegrityError):
        trust.verify_manifest(line, KEYS, "mud", "text", now=WHEN)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "policy"}, trust.ArgumentError),
        ({"kind": "Table"}, trust.ArgumentError),
        ({"kind": "x" * 32}, ValueError),
        ({"id": ""}, trust.ArgumentError),
        ({"id": "a\0b"}, ValueError),
        ({"revision": 2**53}, trust.ArgumentError),
        ({"revision": -1}, trust.ArgumentError),
        ({"not_before": trust.NEVER}, trust.ArgumentError),
        ({"id": None}, TypeError),
    ],
)
def test_what_cannot_be_said_is_refused(wrong: dict[str, Any], error: type[Exception]) -> None:
    said: dict[str, Any] = {"kind": "table", "id": "t", "revision": 1, **wrong}
    with pytest.raises(error):
        trust.sign_manifest(b"", SIGNER, **said)


@given(st.text(max_size=300) | st.binary(max_size=300), st.text(max_size=9))
def test_any_text_is_refused_as_an_error(text: Any, kind: str) -> None:
    try:
        trust.verify_manifest(text, KEYS, kind, b"")
    except (trust.Error, ValueError):
        pass
    else:
        raise AssertionError("it verified")
