"""The enumerations are those of the headers: all of them, with the library's own words."""

import copy
import pickle
from typing import Callable

import pytest

import trust
from trust._constants import Constant
from trust._ffi import lib, member, text

# What a constant's name begins with, and whose it is.
FAMILIES: dict[str, type[Constant]] = {
    "TRUST_E_": trust.Status,
    "TRUST_KIND_": trust.Kind,
    "TRUST_SCALE_": trust.Scale,
    "TRUST_FROM_": trust.Origin,
    "TRUST_STATE_": trust.State,
    "TRUST_LIFECYCLE_": trust.Lifecycle,
    "TRUST_BINDING_": trust.Binding,
    "TRUST_REPLAY_": trust.Replay,
    "TRUST_FOR_": trust.Audience,
    "TRUST_ROW_": trust.RowType,
    "TRUST_ASKS_": trust.Asks,
    "TRUST_LINT_": trust.Severity,
    "TRUST_LEARN": trust.Mode,
    "TRUST_USE_": trust.Use,
    "TRUST_ADDRESS_": trust.AddressClass,
    "TRUST_EMBED_": trust.Embed,
    "TRUST_LIST_": trust.ListCategory,
    "TRUST_SOURCE_": trust.SourceFormat,
    "TRUST_STORE_": trust.StoreAction,
    "TRUST_DEBUG_": trust.Debug,
    "TRUST_BOOT_": trust.Boot,
    "TRUST_LOG_": trust.LogLevel,
}
ENUMERATIONS = [*FAMILIES.values(), trust.Verdict]
CONSTANTS = {name: getattr(lib, name) for name in dir(lib) if name.startswith("TRUST_")}


@pytest.mark.parametrize("prefix", FAMILIES)
def test_every_number_of_a_family_has_a_name(prefix: str) -> None:
    numbers = {
        value
        for name, value in CONSTANTS.items()
        if name.startswith(prefix) and "_MAX_" not in name and isinstance(value, int)
    }
    assert numbers
    assert numbers | {lib.TRUST_OK} == {int(member) for member in FAMILIES[prefix]} | {lib.TRUST_OK}


@pytest.mark.parametrize(
    ("enumeration", "name"),
    [
        (trust.Verdict, lib.trust_verdict_name),
        (trust.State, lib.trust_state_name),
        (trust.Origin, lib.trust_origin_name),
        (trust.Lifecycle, lib.trust_lifecycle_name),
        (trust.AddressClass, lib.trust_address_class_name),
    ],
)
def test_the_words_are_the_librarys(enumeration: type[Constant], name: object) -> None:
    assert callable(name)
    for one in enumeration:
        assert str(one) == text(name(one))


def test_kinds_have_the_words_of_the_library() -> None:
    for kind in trust.Kind:
        assert lib.trust_kind_id(str(kind).encode(), len(str(kind))) == kind
        assert kind == trust.Kind.NONE or text(lib.trust_kind_name(kind)) == str(kind)


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_a_number_without_a_name_is_still_a_number(enumeration: type[Constant]) -> None:
    stranger = enumeration(4321)
    assert stranger == 4321
    assert f"{stranger}" == str(stranger) == "unknown_4321"
    for again in (
        copy.copy(stranger),
        copy.deepcopy(stranger),
        pickle.loads(pickle.dumps(stranger)),
    ):
        assert again == stranger
    with pytest.raises(ValueError, match="is not a valid"):
        enumeration("4321")  # type: ignore[arg-type]


def test_words_are_formatted_as_text() -> None:
    assert f"{trust.Verdict.DENY:>6}|" == "  deny|"
    assert repr(trust.Verdict.DENY) == "<Verdict.DENY: 4>"


def test_numbers_are_formatted_where_they_are_asked_for() -> None:
    assert f"{trust.Verdict.DENY:d}{trust.Verdict.DENY:04x}{trust.Verdict.DENY:.1f}" == "400044.0"


def test_a_verdict_is_compared_with_no_word() -> None:
    deny = trust.Verdict.DENY
    assert deny == 4 == deny
    assert deny != trust.Verdict.ALLOW
    assert deny != 4.5
    counts: dict[int, int] = {deny: 1}
    assert (counts[4], counts[trust.Verdict(4)]) == (1, 1)
    compares: list[Callable[[], bool]] = [
        lambda: deny == "deny",  # type: ignore[comparison-overlap]
        lambda: "deny" != deny,  # type: ignore[comparison-overlap]
        lambda: deny in ["allow"],  # type: ignore[comparison-overlap]
    ]
    for compare in compares:
        with pytest.raises(TypeError, match=r"compare a verdict with trust\.Verdict"):
            compare()


def test_a_verdict_is_neither_true_nor_false() -> None:
    for verdict in trust.Verdict:
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(verdict)


def test_a_word_is_no_number() -> None:
    assert member(trust.Lifecycle, trust.Lifecycle.REVOKED) == member(trust.Lifecycle, 3) == 3
    assert type(member(trust.Lifecycle, trust.Lifecycle.REVOKED)) is int
    with pytest.raises(TypeError, match=r"expected trust\.Lifecycle, not str"):
        member(trust.Lifecycle, "revoked")
