"""Reference values: which measurements a class of device may report."""

from __future__ import annotations

from typing import Any

from ._ffi import NULL, Handle, check, document, error, ffi, lib


class Reference(Handle):
    """A set of reference values (docs/references.md). It never changes; any thread may share it."""

    __slots__ = ()
    _free = lib.trust_reference_free

    @classmethod
    def load_unsigned(cls, data: Any) -> Reference:
        """Read a document whose authenticity the caller answers for."""
        out = ffi.new("trust_reference **")
        err = error()
        check(lib.trust_reference_load_unsigned(*document(data), NULL, out, err), err)
        return cls._owning(out[0])

    def __len__(self) -> int:
        """How many values it holds."""
        count: int = lib.trust_reference_count(self._ptr)
        return count

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "<Reference: closed>" if self.closed else f"<Reference: {len(self)} values>"
