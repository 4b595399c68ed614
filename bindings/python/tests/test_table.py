"""Addresses as the module ipaddress knows them, and tables that are looked up."""

from __future__ import annotations

import copy
import ipaddress
import pathlib
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trust
from trust import Address, AddressClass, Embed, ListCategory, Source, SourceFormat, Table


@given(st.ip_addresses())
def test_an_address_is_what_ipaddress_says(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    ours = Address(address)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    plain = mapped or address
    assert ipaddress.ip_address(str(ours)) == plain
    if plain.version == 4:
        assert ours.packed == b"\0" * 10 + b"\xff\xff" + plain.packed
    else:
        assert ours.packed == plain.packed
        assert str(ours) == plain.compressed or plain.packed[:12] in (b"\0" * 12, b"\0" * 10)
    same = Address.frombytes(ours.packed)
    assert same == ours == Address(str(ours)) == pickle.loads(pickle.dumps(ours)) == copy.copy(ours)
    assert hash(same) == hash(ours)
    assert ours != str(ours)
    assert repr(ours) == f"Address('{ours}')"


@given(st.text(max_size=50))
def test_text_is_an_address_to_both_or_to_neither(words: str) -> None:
    try:
        expected: Any = ipaddress.ip_address(words)
    except ValueError:
        expected = None
    if "%" in words:
        expected = None
    try:
        ours: Any = Address(words)
    except trust.FormatError:
        ours = None
    assert (ours is None) == (expected is None)


@pytest.mark.parametrize(
    ("words", "address_class", "inner", "embed"),
    [
        ("8.8.8.8", AddressClass.GLOBAL, None, Embed.NONE),
        ("10.0.0.1", AddressClass.PRIVATE, None, Embed.NONE),
        ("::1", AddressClass.LOOPBACK, None, Embed.NONE),
        ("2002:0a00:0001::1", AddressClass.PRIVATE, "10.0.0.1", Embed.SIX_TO_FOUR),
        ("64:ff9b::7f00:1", AddressClass.LOOPBACK, "127.0.0.1", Embed.NAT64),
    ],
)
def test_classes(words: str, address_class: int, inner: str | None, embed: int) -> None:
    assert Address(words).classify() == (address_class, Address(inner) if inner else None, embed)


@pytest.mark.parametrize("wrong", ["", "1.2.3", "01.2.3.4", "fe80::1%eth0", 5, None, b"1.2.3.4"])
def test_what_is_no_address_is_refused(wrong: Any) -> None:
    with pytest.raises(trust.FormatError):
        Address(wrong)


def test_the_words_of_classes_are_those_of_c() -> None:
    from trust._ffi import lib, text

    for address_class in AddressClass:
        word = text(lib.trust_address_class_name(address_class))
        assert str(address_class) == word


def test_a_table_of_a_database_and_a_list(checkout: pathlib.Path) -> None:
    data = checkout / "examples" / "data"
    table = Table.build(
        [
            Source("geo", (data / "geo.mmdb").read_bytes(), SourceFormat.MMDB),
            Source("vpn", (data / "vpn.txt").read_text(), category=ListCategory.VPN),
            ("night", "5.8.0.0/16 70 # weighs more", SourceFormat.CIDR, ListCategory.BLOCK),  # type: ignore[list-item]
        ]
    )
    geo, vpn, night = table.sources
    assert geo.format is SourceFormat.MMDB
    assert geo.built is not None
    assert (vpn.category, vpn.built, len(vpn.digest)) == (ListCategory.VPN, None, 32)
    assert (night.name, night.entries) == ("night", 1)
    with Table.build([Source("vpn", "5.8.0.0/16")]) as plain:
        assert plain.sources[0].category is trust.list_category("no name that is known")
    info = table.find(ipaddress.ip_address("5.8.1.2"))
    assert 2 in info.lists
    assert ListCategory.BLOCK in info.categories
    assert info.weight >= 70
    assert info.country
    assert table.find("10.0.0.1").address_class is AddressClass.PRIVATE
    assert table.find(Address("10.0.0.1")).latitude is None
    assert repr(table) == "<Table: geo, vpn, night>"
    table.close()
    assert repr(table) == "<Table: closed>"
    with pytest.raises(trust.ClosedError):
        table.find("10.0.0.1")


def test_one_bad_byte_refuses_the_table() -> None:
    with pytest.raises(trust.FormatError) as caught:
        Table.build([Source("vpn", "5.8.0.0/16\nno address\n")])
    assert caught.value.line == 2
    with pytest.raises(trust.Error):
        Table.build([Source("vpn", "")] * 17)
    with pytest.raises(ValueError, match="NUL"):
        Table.build([Source("v\0pn", "")])
    with pytest.raises(TypeError):
        Table.build([Source("vpn", None)])


@given(st.binary(max_size=200), st.sampled_from(SourceFormat), st.text(max_size=70))
def test_any_bytes_are_a_table_or_an_error(data: bytes, form: SourceFormat, name: str) -> None:
    try:
        Table.build([Source(name, data, form)]).find("::1")
    except (trust.Error, ValueError):
        pass


@given(st.binary(max_size=300) | st.text(max_size=100))
def test_any_bytes_are_references_or_an_error(data: Any) -> None:
    try:
        trust.Reference.load_unsigned(data)
    except trust.Error:
        pass


def test_references_are_counted(checkout: pathlib.Path) -> None:
    text = (checkout / "examples" / "data" / "reference.json").read_bytes()
    with trust.Reference.load_unsigned(text) as reference:
        assert len(reference) > 0
        assert repr(reference) == f"<Reference: {len(reference)} values>"
    assert repr(reference) == "<Reference: closed>"
