"""The device's side: make native evidence, as a vendor's firmware would.

Trust: the caller's own values; the library checks each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ._constants import Boot, Debug
from ._errors import ArgumentError
from ._ffi import chars, check, ffi, lib, view, whole
from ._key import Signer
from ._time import Time, ms_of_time

#: C tells no more than that something is refused.
REFUSED = (
    "a nonce has 8 to 64 bytes, a digest 32, 48 or 64, a channel and a sealing key 32; a name and "
    "a text have at most 63, a version 31; the signer is of Use.DEVICE"
)
SIGN = ffi.addressof(lib, "trust_py_sign_token")


class Component(NamedTuple):
    """One measured component of a device (RFC 9783 section 4.4.1)."""

    #: Such as "app".
    name: str
    #: 32, 48 or 64 bytes.
    digest: Any
    #: Such as "2.4.1".
    version: str | None = None
    #: Likewise, of the key that signed it.
    signer: Any = b""


class _Frame:
    """Fills structs that point at what Python holds, and holds it until the call is over."""

    def __init__(self) -> None:
        self._held: list[Any] = []

    def bytes(self, struct: Any, data: Any) -> None:
        pointer, struct.size = view(data)
        struct.data = pointer
        self._held.append(pointer)

    def text(self, value: str | None) -> Any:
        pointer = chars(value)
        self._held.append(pointer)
        return pointer


def attest(
    signer: Signer,
    nonce: Any,
    *,
    components: Iterable[Component] = (),
    purpose: str | None = None,
    verifier: str | None = None,
    device: str | None = None,
    attempt: str | None = None,
    channel: Any = b"",
    session_key: Any = b"",
    sealing_key: Any = b"",
    issued_at: Time = None,
    boot_count: int | None = None,
    debug: Debug = Debug.UNSTATED,
    secure_boot: Boot = Boot.UNSTATED,
) -> bytes:
    """Make a native token (docs/native-token.md): what the device says of itself, signed.

    >>> import trust
    >>> signer = trust.Signer.from_seed(bytes(32), trust.Use.DEVICE)
    >>> app = trust.Component("app", bytes(32), "2.4.1")
    >>> token = trust.attest(signer, bytes(16), components=[app], secure_boot=trust.Boot.SECURE)
    >>> len(token) < trust.ATTEST_MAX_TOKEN
    True
    """
    frame = _Frame()
    claims = ffi.new("trust_attest_claims *", lib.trust_py_claims)
    frame.bytes(claims.nonce, nonce)
    binding = claims.binding
    binding.purpose = frame.text(purpose)
    binding.verifier = frame.text(verifier)
    binding.device = frame.text(device)
    binding.attempt = frame.text(attempt)
    frame.bytes(binding.channel, channel)
    frame.bytes(binding.session_key, session_key)
    frame.bytes(binding.sealing_key, sealing_key)
    parts = [Component(*part) for part in components]
    claims.components = measured = ffi.new("trust_attest_component[]", len(parts))
    claims.component_count = len(parts)
    for c, part in zip(measured, parts):
        c.name = frame.text(part.name)
        c.version = frame.text(part.version)
        frame.bytes(c.digest, part.digest)
        frame.bytes(c.signer, part.signer)
    if issued_at is not None:
        claims.issued_at = ms_of_time(issued_at) // 1000
    if boot_count is not None:
        claims.boot_count = whole(boot_count, "a count of boots", 64, signed=True)
    claims.debug = whole(debug, "trust.Debug", signed=True)
    claims.secure_boot = whole(secure_boot, "trust.Boot", signed=True)

    key = ffi.new("trust_attest_key *")
    held = signer._ptr
    lib.trust_signer_public_key(held, key.public_key)
    key.sign = SIGN
    key.user = held
    out = ffi.new("uint8_t[]", ATTEST_MAX_TOKEN)
    size = ffi.new("size_t *")
    status = lib.trust_attest_make(claims, key, out, len(out), size)
    try:
        check(status)
    except ArgumentError:
        raise ArgumentError(REFUSED) from None
    return bytes(ffi.buffer(out, size[0]))


#: No token is longer, in bytes.
ATTEST_MAX_TOKEN: int = lib.TRUST_ATTEST_MAX_TOKEN
#: The profile that such a token names.
ATTEST_PROFILE: str = ffi.string(lib.TRUST_ATTEST_PROFILE).decode()
