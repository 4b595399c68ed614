"""Findings are laid out once, and come back as they went in."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trust
from trust import Finding, Findings
from trust._reason import number_of_reason

INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
UINT32 = st.integers(0, 2**32 - 1)
FINDINGS = st.builds(
    Finding,
    kind=st.sampled_from(trust.Kind) | UINT32,
    value=INT32,
    state=st.sampled_from(trust.State),
    time=st.none() | st.integers(-(2**35), 2**37),
    quality=st.integers(0, 65536),
    source=UINT32,
    origin=st.sampled_from(trust.Origin),
    reason=st.none() | st.integers(1, 2**32 - 1),
    item=st.none() | st.integers(0, 2**32 - 2),
    expected=INT64,
    seen=INT64,
)


@given(st.lists(FINDINGS, max_size=5))
def test_they_come_back(before: list[Finding]) -> None:
    laid = Findings(before)
    assert len(laid) == len(before)
    for out, one in zip(laid, before):
        assert out._replace(time=None, reason=None) == one._replace(time=None, reason=None)
        assert (number_of_reason(out.reason) if out.reason else None) == one.reason
        assert isinstance(out.time, datetime) == (one.time is not None)
    again = Findings(laid)
    assert again == laid
    assert hash(again) == hash(laid)
    for same in (
        Findings.frombytes(laid.tobytes()),
        pickle.loads(pickle.dumps(laid)),
        copy.copy(laid),
    ):
        assert same == laid


@given(st.binary(max_size=300))
def test_any_bytes_are_findings_or_refused(data: bytes) -> None:
    try:
        laid = Findings.frombytes(data)
    except ValueError:
        assert len(data) % 64
    else:
        assert [finding.value for finding in laid] == [finding.value for finding in list(laid)]


def test_they_are_a_sequence() -> None:
    laid = Findings([Finding("identity", 2), ("place", 40), Finding(trust.Kind.HUMAN, 32)])
    assert laid[-1].kind is trust.Kind.HUMAN
    assert [finding.value for finding in laid[1:]] == [40, 32]
    assert [finding.kind for finding in laid] == [2, 3, 6]
    assert repr(laid) == "<Findings: 3>"
    assert laid != [1]
    assert laid[0] in laid
    with pytest.raises(IndexError):
        laid[3]
    assert len(Findings()) == 0


def test_times_and_reasons_are_read() -> None:
    when = datetime(2026, 11, 23, tzinfo=timezone.utc)
    laid = Findings([Finding("identity", 2, time=when, reason="IDENTITY_OK")])
    assert laid[0].time == when
    assert laid[0].reason == trust.reason("IDENTITY_OK")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (Finding("identity", 2), TypeError),
        (["identity"], TypeError),
        (5, TypeError),
        (None, TypeError),
        ([("place",)], TypeError),
        ([Finding("tamper", 2)], ValueError),
        ([Finding(None, 2)], TypeError),  # type: ignore[arg-type]
        ([Finding("identity", 2**31)], trust.ArgumentError),
        ([Finding("identity", 2, quality=-1)], trust.ArgumentError),
        ([Finding("identity", 2.5)], TypeError),  # type: ignore[arg-type]
        ([Finding("identity", 2, source=2**32)], trust.ArgumentError),
        ([Finding("identity", 2, state=-1)], trust.ArgumentError),  # type: ignore[arg-type]
        ([Finding("identity", 2, origin=-1)], trust.ArgumentError),  # type: ignore[arg-type]
        ([Finding("identity", 2, item=-1)], trust.ArgumentError),
        ([Finding("identity", 2, expected=2**63)], trust.ArgumentError),
        ([Finding("identity", 2, seen=-(2**63) - 1)], trust.ArgumentError),
        ([Finding("identity", 2, reason="NO_SUCH")], LookupError),
        ([Finding("identity", 2, time="now")], TypeError),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_finding_is_refused(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Findings(wrong)
