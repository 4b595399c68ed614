"""Keys: public keys to verify with, and signers that hold a secret one.

Trust: public keys come from files of the caller. A secret passes through Python only where the
caller brings it or asks for it.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ._constants import Use
from ._ffi import NULL, Handle, check, document, error, ffi, lib, member, text, view

PUBLIC_SIZE: int = lib.TRUST_ED25519_PUBLIC
SEED_SIZE: int = lib.TRUST_ED25519_SEED
SIGNATURE_SIZE: int = lib.TRUST_ED25519_SIGNATURE
PEM_ROOM = 256
#: More than fit into the 16 KiB that are read.
MOST_KEYS = 256


class KeyPair(NamedTuple):
    """A new key, as PEM."""

    #: PKCS #8. A bytearray, so that whoever is done with it can overwrite it, as in
    #: ``secret[:] = bytes(len(secret))``; a bytes or str made of it stays until it is collected.
    secret: bytearray
    #: SubjectPublicKeyInfo.
    public: str


def keygen(random: Callable[[int], Any] | None = None) -> KeyPair:
    """Make a new Ed25519 key pair, with the system's randomness or from ``random(count)``.

    >>> import trust
    >>> secret, public = trust.keygen()
    >>> signer = trust.Signer.read(secret, trust.Use.DEVICE)
    >>> trust.read_public_keys(public) == [signer.public_key]
    True
    """
    chance, seams = NULL, None
    if random is not None:
        from ._seams import Seams

        seams = Seams(random=random)
        chance = ffi.new("trust_random *", {"fill": lib.trust_py_random, "user": seams.user})
    secret = ffi.new("char[]", PEM_ROOM)
    public = ffi.new("char[]", PEM_ROOM)
    try:
        check(lib.trust_keygen(chance, secret, PEM_ROOM, public, PEM_ROOM))
        size = next(i for i in range(PEM_ROOM) if secret[i] == b"\0")
        return KeyPair(bytearray(ffi.buffer(secret, size)), text(public))
    finally:
        ffi.buffer(secret)[:] = bytes(PEM_ROOM)


def read_public_key(data: Any) -> bytes:
    """Read one public key: 32 raw bytes, or a SubjectPublicKeyInfo in DER or PEM."""
    out = ffi.new("uint8_t[32]")
    err = error()
    check(lib.trust_key_read_public(*document(data), out, err), err)
    return bytes(ffi.buffer(out))


def read_public_keys(data: Any) -> list[bytes]:
    """Read one or more of them: the blocks of a PEM text one after the other, else one key."""
    out = ffi.new("uint8_t[][32]", MOST_KEYS)
    count = ffi.new("size_t *")
    err = error()
    check(lib.trust_keys_read_public(*document(data), out, MOST_KEYS, count, err), err)
    return [bytes(ffi.buffer(out[i])) for i in range(count[0])]


class Signer(Handle):
    """A key that signs what is of one `Use`. Any number of threads may share one.

    The secret lies in locked memory of the library and is wiped on `close`, or never comes here
    at all: see `host`.
    """

    __slots__ = ("_seams",)
    _free = lib.trust_signer_free
    _seams: Any

    @classmethod
    def from_seed(cls, seed: Any, use: Use) -> Signer:
        """Sign with an Ed25519 seed of 32 bytes."""
        secret, size = view(seed)
        if size != SEED_SIZE:
            raise ValueError(f"a seed has {SEED_SIZE} bytes, not {size}")
        out = ffi.new("trust_signer **")
        check(lib.trust_signer_new_seed(secret, member(Use, use), out))
        return cls._owning(out[0])

    @classmethod
    def read(cls, data: Any, use: Use) -> Signer:
        """Read the secret from PKCS #8 in DER or PEM, or 32 raw bytes."""
        out = ffi.new("trust_signer **")
        err = error()
        check(lib.trust_signer_read(*document(data), member(Use, use), out, err), err)
        return cls._owning(out[0])

    @classmethod
    def host(cls, public_key: Any, sign: Callable[[bytes], Any], use: Use) -> Signer:
        """Sign with a key that is held elsewhere, such as in an HSM.

        ``sign(data)`` gives the 64 bytes of an Ed25519 signature. They are verified before they
        are handed on.
        """
        from ._seams import Seams

        key, size = view(public_key)
        if size != PUBLIC_SIZE:
            raise ValueError(f"a public key has {PUBLIC_SIZE} bytes, not {size}")
        if not callable(sign):
            raise TypeError(f"expected a function that signs, not {type(sign).__name__}")
        seams = Seams(sign=sign)
        ops = ffi.new("trust_signer_ops *")
        ops.size = ffi.sizeof("trust_signer_ops")
        ffi.memmove(ops.public_key, key, size)
        ops.sign = lib.trust_py_sign
        ops.user = seams.user
        out = ffi.new("trust_signer **")
        check(lib.trust_signer_new(ops, member(Use, use), out))
        self = cls._owning(out[0])
        self._seams = seams
        return self

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that others verify with."""
        out = ffi.new("uint8_t[32]")
        lib.trust_signer_public_key(self._ptr, out)
        return bytes(ffi.buffer(out))

    @property
    def use(self) -> Use:
        """What it may sign."""
        return Use(lib.trust_signer_use(self._ptr))

    def sign(self, data: Any, use: Use | None = None) -> bytes:
        """Sign bytes. A caller that names the use gets nothing from a signer of another."""
        out = ffi.new("uint8_t[64]")
        wanted = member(Use, self.use if use is None else use)
        check(lib.trust_signer_sign(self._ptr, wanted, *view(data), out))
        return bytes(ffi.buffer(out))

    def __repr__(self) -> str:
        if self.closed:
            return "<Signer: closed>"
        return f"<Signer {self.use}: {self.public_key.hex()}>"
