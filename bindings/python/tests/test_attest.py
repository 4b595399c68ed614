"""What the device's side makes, the verifier's side believes."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOW

import trust
from trust import Component

SIGNER = trust.Signer.from_seed(b"\x07" * 32, trust.Use.DEVICE)
DIGEST = hashlib.sha256(b"app").digest()
NAME = st.text("abc-.", min_size=1, max_size=63)


@given(
    st.binary(min_size=8, max_size=64),
    st.lists(
        st.builds(
            Component, NAME, st.just(DIGEST), st.none() | NAME.map(lambda n: n[:31]), st.just(b"")
        ),
        max_size=16,
    ),
    st.none() | NAME,
    st.booleans(),
)
def test_every_token_of_its_ranges_can_be_made(
    nonce: bytes, components: list[Component], text: str | None, clock: bool
) -> None:
    token = trust.attest(
        SIGNER,
        nonce,
        components=components,
        purpose=text,
        verifier=text,
        device=text,
        attempt=text,
        channel=b"c" * 32,
        session_key=b"s" * 133,
        sealing_key=b"x" * 32,
        issued_at=NOW if clock else None,
        boot_count=7,
        debug=trust.Debug.DISABLED_FULLY,
        secure_boot=trust.Boot.SECURE,
    )
    assert 64 < len(token) <= trust.ATTEST_MAX_TOKEN
    assert trust.ATTEST_PROFILE.encode() in token


def test_components_may_be_tuples_and_digests_any_buffer() -> None:
    token = trust.attest(SIGNER, bytearray(16), components=[("app", memoryview(DIGEST), "1", b"")])  # type: ignore[list-item]
    assert token == trust.attest(SIGNER, bytes(16), components=[Component("app", DIGEST, "1")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": b"short"},
        {"nonce": b"n" * 65},
        {"components": [Component("app", b"d" * 31)]},
        {"components": [Component("", DIGEST)]},
        {"components": [Component("a" * 64, DIGEST)]},
        {"components": [Component("app", DIGEST)] * 17},
        {"purpose": "p" * 64},
        {"channel": b"c" * 31},
        {"session_key": b"s" * 134},
        {"debug": 9},
        {"secure_boot": 2},
        {"signer": trust.Signer.from_seed(bytes(32), trust.Use.POLICY)},
    ],
)
def test_what_is_out_of_range_is_refused_in_words(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"signer": SIGNER, "nonce": bytes(16), **wrong}
    with pytest.raises(trust.ArgumentError, match=r"a nonce has 8 to 64 bytes"):
        trust.attest(given.pop("signer"), given.pop("nonce"), **given)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"nonce": "text" * 4}, TypeError),
        ({"device": b"bytes"}, TypeError),
        ({"device": "a\0b"}, ValueError),
        ({"components": ["app"]}, TypeError),
        ({"boot_count": 2**63}, trust.ArgumentError),
        ({"boot_count": "7"}, TypeError),
    ],
)
def test_what_is_of_another_type_is_refused(wrong: dict[str, Any], error: type[Exception]) -> None:
    given: dict[str, Any] = {"nonce": bytes(16), **wrong}
    with pytest.raises(error):
        trust.attest(SIGNER, given.pop("nonce"), **given)


def test_a_closed_signer_makes_nothing() -> None:
    signer = trust.Signer.from_seed(bytes(32), trust.Use.DEVICE)
    signer.close()
    with pytest.raises(trust.ClosedError):
        trust.attest(signer, bytes(16))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_names_a_device_or_is_an_error(data: Any) -> None:
    try:
        assert trust.bundle_device(data)
    except trust.Error:
        pass


def test_a_bundle_that_names_none() -> None:
    with pytest.raises(trust.NotFoundError):
        trust.bundle_device('{"items": []}')
