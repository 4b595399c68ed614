"""The catalogue of reasons, and the words of the numbers that stand beside it."""

from __future__ import annotations

from typing import Any

import pytest

import trust
from trust._ffi import lib, text
from trust._reason import number_of_reason, reason_of_number


def test_a_reason_is_found_by_code_and_number() -> None:
    reason = trust.reason("NONCE_FOREIGN")
    assert trust.reason(reason.number) is reason
    assert (str(reason), repr(reason)) == ("NONCE_FOREIGN", "<Reason NONCE_FOREIGN>")
    assert reason.text == "the nonce answers no open challenge of this device"
    assert reason.subject_text == "The answer was not for this request. Try again."
    assert reason.severity == 2
    assert number_of_reason(reason) == number_of_reason(reason.code) == reason.number


@pytest.mark.parametrize("unknown", ["NO_SUCH", "", "\ud800", 99999, "nonce_foreign"])
def test_an_unknown_one_is_not(unknown: Any) -> None:
    with pytest.raises(LookupError):
        trust.reason(unknown)


def test_c_may_name_none_and_one_that_is_newer() -> None:
    assert reason_of_number(0) is None
    newer = reason_of_number(99999)
    assert newer is not None
    assert (newer.code, newer.number) == ("UNKNOWN", 99999)


def test_the_words_are_those_of_c() -> None:
    for kind in trust.Kind:
        if kind:
            assert str(kind) == text(lib.trust_kind_name(kind))
            assert trust.kind_id(str(kind)) == kind
    for state in trust.State:
        assert str(state) == text(lib.trust_state_name(state))
    for origin in trust.Origin:
        assert str(origin) == text(lib.trust_origin_name(origin))
    for verdict in trust.Verdict:
        assert str(verdict) == text(lib.trust_verdict_name(verdict))


@pytest.mark.parametrize("name", ["", "tamper", "Acme.Tamper", "a." + "b" * 63, "a b.c", "\ud800."])
def test_what_can_be_no_kind_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="can be no kind"):
        trust.kind_id(name)
