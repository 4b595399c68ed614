"""Why: the catalogue of reasons."""

from __future__ import annotations

import functools
from typing import NamedTuple

from ._ffi import lib, spelled, text, whole


class Reason(NamedTuple):
    """A reason of the catalogue (docs/reasons.md). ``str()`` gives its code."""

    code: str
    #: For the operator: one sentence, lower case, no full stop.
    text: str
    #: For the person in front of the device: what to do, and no clue for an attacker.
    subject_text: str
    #: 3 decides, 2 weighs, 1 informs.
    severity: int
    #: Its number, frozen.
    number: int

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        return f"<Reason {self.code}>"


@functools.lru_cache(maxsize=256)
def _known(number: int) -> Reason:
    return Reason(
        text(lib.trust_reason_code(number)),
        text(lib.trust_reason_text(number)),
        text(lib.trust_reason_subject_text(number)),
        lib.trust_reason_severity(number),
        number,
    )


def number_of_reason(what: str | int | Reason) -> int:
    """The number that C takes; a code that it does not know is refused."""
    if isinstance(what, Reason):
        return what.number
    if not isinstance(what, str):
        return whole(what, "a Reason, its code or its number")
    number: int = lib.trust_reason_find(*spelled(what))
    if number == 0:
        raise LookupError(f"no reason is called {what!r}")
    return number


def reason(what: str | int) -> Reason:
    """Look a reason up, by its code or its number.

    >>> import trust
    >>> trust.reason("NONCE_FOREIGN").text
    'the nonce answers no open challenge of this device'
    """
    number = number_of_reason(what)
    if text(lib.trust_reason_code(number)) == "UNKNOWN":
        raise LookupError(f"no reason has the number {number}")
    return _known(number)


def reason_of_number(number: int) -> Reason | None:
    """The reason that C names; None for 0, which is none."""
    return _known(number) if number else None
