"""A status becomes an exception, and loses nothing on the way."""

import copy
import pickle

import pytest

import trust
from trust._errors import BY_STATUS, make_error
from trust._ffi import check, error, ffi, lib

STATUSES = {name: getattr(lib, name) for name in dir(lib) if name.startswith("TRUST_E_")}


def test_every_status_has_its_exception() -> None:
    assert set(BY_STATUS) == set(STATUSES.values())
    for name, status in STATUSES.items():
        assert BY_STATUS[status]("").name == name


@pytest.mark.parametrize("kind", BY_STATUS.values())
def test_an_error_is_copied_and_pickled_whole(kind: type[trust.Error]) -> None:
    first = kind("what is wrong")
    first.offset, first.line, first.column, first.where = 7, 2, 3, "/signals"
    for again in (copy.copy(first), pickle.loads(pickle.dumps(first))):
        assert type(again) is kind
        assert vars(again) == vars(first)
        assert str(again) == "/signals, line 2, column 3: what is wrong"
        assert again.code == kind.code


def test_the_words_of_the_library_are_taken() -> None:
    detail = error()
    detail.code, detail.line, detail.column, detail.offset = -3, 4, 5, 60
    detail.message, detail.where = b"no \xe2\x82\xac here \xff", b"/a/b"
    with pytest.raises(trust.FormatError) as caught:
        check(-3, detail)
    raised = caught.value
    assert (raised.line, raised.column, raised.offset, raised.where) == (4, 5, 60, "/a/b")
    assert raised.message == "no € here �"
    assert raised.code is trust.Status.FORMAT


def test_words_about_another_status_are_not() -> None:
    detail = error()
    detail.code, detail.message = -4, b"stale"
    assert make_error(-3, detail).message == ffi.string(lib.trust_status_text(-3)).decode()


def test_a_status_of_a_newer_library_is_still_an_error() -> None:
    raised = make_error(-99)
    assert type(raised) is trust.Error
    assert raised.code == -99
    assert raised.name == "TRUST_E_?"


def test_success_raises_nothing() -> None:
    check(0, error())


def test_a_built_in_catches_what_resembles_it() -> None:
    assert issubclass(trust.StoreError, OSError)
    assert issubclass(trust.DeadlineError, TimeoutError)
    assert issubclass(trust.NotFoundError, LookupError)
    assert issubclass(trust.OutOfMemoryError, MemoryError)
    assert issubclass(trust.FormatError, ValueError)
    assert not issubclass(trust.ClosedError, trust.Error)
