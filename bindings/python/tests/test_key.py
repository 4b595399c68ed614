"""Keys, what they sign, and who may verify it."""

from __future__ import annotations

import base64
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trust
from trust import Signer, Use


def test_a_new_key() -> None:
    pair = trust.keygen()
    assert isinstance(pair.secret, bytearray)
    assert pair.secret.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert pair.public.startswith("-----BEGIN PUBLIC KEY-----")
    signer = Signer.read(pair.secret, Use.DEVICE)
    assert trust.read_public_key(pair.public) == signer.public_key
    pair.secret[:] = bytes(len(pair.secret))
    assert trust.keygen().public != pair.public


def test_a_key_from_the_callers_randomness() -> None:
    asked: list[int] = []

    def dice(count: int) -> bytes:
        asked.append(count)
        return b"\x05" * count

    assert trust.keygen(dice) == trust.keygen(dice)
    assert asked == [32, 32]
    with pytest.raises(ZeroDivisionError):
        trust.keygen(lambda count: bytes(count // 0))
    with pytest.raises(ValueError, match="31"):
        trust.keygen(lambda count: bytes(count - 1))


def test_public_keys_are_read_in_every_form() -> None:
    public = [trust.keygen().public for _ in range(3)]
    keys = trust.read_public_keys("".join(public))
    assert keys == [trust.read_public_key(one.encode()) for one in public]
    der = base64.b64decode("".join(public[0].splitlines()[1:-1]))
    assert trust.read_public_key(der) == trust.read_public_key(keys[0]) == keys[0]
    for wrong in (b"", b"\0" * 32, b"short", public[0][:50]):
        with pytest.raises(trust.Error):
            trust.read_public_key(wrong)
    with pytest.raises(TypeError):
        trust.read_public_keys(None)


def test_a_signer_signs_what_is_of_its_use() -> None:
    signer = Signer.from_seed(bytes(32), Use.DOCUMENT)
    assert signer.use is Use.DOCUMENT
    assert len(signer.sign(b"")) == 64
    assert signer.sign(b"abc") == signer.sign(memoryview(b"abc"), Use.DOCUMENT)
    with pytest.raises(trust.ArgumentError):
        signer.sign(b"abc", Use.POLICY)
    with pytest.raises(TypeError):
        signer.sign("abc")
    assert repr(signer).startswith("<Signer document: 3b6a27bc")
    with pytest.raises(TypeError, match="neither copied nor pickled"):
        copy.copy(signer)
    signer.close()
    assert repr(signer) == "<Signer: closed>"
    with pytest.raises(trust.ClosedError):
        signer.sign(b"abc")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Signer.from_seed(bytes(31), Use.DEVICE), ValueError),
        (lambda: Signer.from_seed(bytes(32), 99), trust.ArgumentError),  # type: ignore[arg-type]
        (lambda: Signer.from_seed(bytes(32), -1), trust.ArgumentError),  # type: ignore[arg-type]
        (lambda: Signer.from_seed("x" * 32, Use.DEVICE), TypeError),
        (lambda: Signer.read(b"no key", Use.DEVICE), trust.FormatError),
        (lambda: Signer.read(trust.keygen().public, Use.DEVICE), trust.Error),
        (lambda: Signer.host(bytes(31), bytes, Use.DEVICE), ValueError),
        (lambda: Signer.host(bytes(32), None, Use.DEVICE), TypeError),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_signer_is_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_a_key_that_the_host_holds() -> None:
    held = Signer.from_seed(b"\x03" * 32, Use.DEVICE)
    asked: list[bytes] = []

    def sign(data: bytes) -> bytes:
        asked.append(data)
        return held.sign(data)

    signer = Signer.host(held.public_key, sign, Use.DEVICE)
    assert signer.sign(b"abc") == held.sign(b"abc")
    assert asked == [b"abc"]
    token = trust.attest(signer, b"n" * 16)
    assert token == trust.attest(held, b"n" * 16)


@pytest.mark.parametrize("answer", [bytes(64), bytes(63), b"", None, "x" * 64], ids=repr)
def test_a_signature_of_the_host_is_verified(answer: Any) -> None:
    public = Signer.from_seed(bytes(32), Use.DEVICE).public_key
    signer = Signer.host(public, lambda data: answer, Use.DEVICE)
    with pytest.raises((trust.HostError, ValueError, TypeError)):
        signer.sign(b"abc")


def test_what_the_host_raises_comes_through() -> None:
    held = Signer.from_seed(b"\x03" * 32, Use.POLICY)

    def sign(data: bytes) -> bytes:
        raise ConnectionResetError("the token was pulled")

    signer = Signer.host(held.public_key, sign, Use.POLICY)
    with pytest.raises(ConnectionResetError, match="pulled"):
        signer.sign(b"abc")
    with pytest.raises(ConnectionResetError, match="pulled"):
        trust.sign_manifest(b"x", signer, kind="policy", id="door", revision=1)
    device = Signer.host(held.public_key, sign, Use.DEVICE)
    with pytest.raises(ConnectionResetError, match="pulled"):
        trust.attest(device, bytes(16))


@given(st.binary(max_size=200) | st.text(max_size=100))
def test_any_bytes_are_a_key_or_an_error(data: Any) -> None:
    for read in (
        trust.read_public_key,
        trust.read_public_keys,
        lambda d: Signer.read(d, Use.DEVICE),
    ):
        try:
            read(data)
        except trust.Error:
            pass
