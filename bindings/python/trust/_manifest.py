"""Manifests: who vouches for a document, which revision it is, and when it holds.

Trust: a manifest to verify comes from anywhere; a document is bytes here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from ._errors import ArgumentError
from ._ffi import check, cstring, document, error, ffi, key_array, lib, text, whole, written_text
from ._key import Signer
from ._time import NEVER, Time, ms_of_time, time_of_ms

#: C tells no more than that something is refused.
REFUSED = (
    "a kind and an id are of [a-z0-9_.-], a revision is below 2**53, it begins before it expires, "
    "and the signer is of Use.POLICY for the kind 'policy', of Use.DOCUMENT for others"
)


class Manifest(NamedTuple):
    """What a manifest says."""

    #: "policy", "reference", "table", ...
    kind: str
    id: str
    revision: int
    #: The first moment; None for always.
    not_before: datetime | None
    #: The first moment after it; `NEVER` for never.
    expires: datetime | None
    #: SHA-256 of the document's bytes.
    digest: bytes


def sign_manifest(
    data: Any,
    signer: Signer,
    *,
    kind: str,
    id: str,
    revision: int,
    not_before: Time = None,
    expires: Time = NEVER,
) -> str:
    """Vouch for a document: one line of text, to be kept beside it as ``FILE.manifest``.

    >>> import trust
    >>> document = b'{"trust_policy": 1, "id": "door", "revision": 4}'
    >>> signer = trust.Signer.from_seed(bytes(32), trust.Use.POLICY)
    >>> line = trust.sign_manifest(document, signer, kind="policy", id="door", revision=4)
    >>> trust.verify_manifest(line, [signer.public_key], "policy", document).revision
    4
    """
    said = ffi.new("trust_manifest *", lib.trust_py_manifest)
    _copy(said.kind, kind)
    _copy(said.id, id)
    said.revision = whole(revision, "a revision", 64)
    said.not_before = ms_of_time(not_before)
    said.expires = ms_of_time(expires)
    bytes_, size = document(data)
    try:
        return written_text(lib.trust_manifest_sign, said, bytes_, size, signer._ptr)
    except ArgumentError:
        raise ArgumentError(REFUSED) from None


def _copy(field: Any, value: str) -> None:
    data = cstring(value)
    if len(data) >= len(field):
        raise ValueError(f"at most {len(field) - 1} bytes, not {len(data)}")
    ffi.memmove(field, data, len(data))


def verify_manifest(
    manifest: Any, keys: Iterable[Any], kind: str, data: Any, now: Time = None
) -> Manifest:
    """Verify a manifest, and what it says about a document.

    ``keys`` may sign this kind. Without ``now`` a manifest that begins or ends at a time is
    refused.
    """
    out = ffi.new("trust_manifest *", lib.trust_py_manifest)
    err = error()
    check(
        lib.trust_manifest_verify(
            *document(manifest),
            *key_array(keys),
            cstring(kind),
            *document(data),
            ms_of_time(now),
            out,
            err,
        ),
        err,
    )
    return Manifest(
        text(out.kind),
        text(out.id),
        out.revision,
        time_of_ms(out.not_before),
        time_of_ms(out.expires),
        bytes(ffi.buffer(out.digest)),
    )
