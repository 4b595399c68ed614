"""Addresses and what is known of them: databases and lists, looked up.

Trust: everything that a table is built from is untrusted; the library validates and copies it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from ._constants import AddressClass, Embed, ListCategory, SourceFormat
from ._ffi import (
    NULL,
    Handle,
    check,
    cstring,
    document,
    error,
    ffi,
    lib,
    member,
    spelled,
    text,
    view,
)
from ._time import time_of_ms

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

ADDRESS_SIZE = 16
UNKNOWN_PLACE = -(2**31)


class Address:
    """An IP address, from text or from an address of the module ``ipaddress``.

    >>> import trust
    >>> trust.Address("2001:DB8::1")
    Address('2001:db8::1')
    >>> trust.Address("10.0.0.1").classify().address_class
    <AddressClass.PRIVATE: 1>
    """

    __slots__ = ("_c",)

    def __init__(self, address: AnyAddress) -> None:
        self._c = ffi.new("trust_address *")
        check(lib.trust_address_parse(*spelled(str(address)), self._c))

    @classmethod
    def frombytes(cls, packed: Any) -> Address:
        """An address of 16 bytes, IPv4 in its IPv4-mapped form."""
        data, size = view(packed)
        if size != ADDRESS_SIZE:
            raise ValueError(f"an address has {ADDRESS_SIZE} bytes, not {size}")
        self = cls.__new__(cls)
        self._c = ffi.new("trust_address *")
        ffi.memmove(self._c, data, size)
        return self

    @property
    def packed(self) -> bytes:
        """Its 16 bytes, IPv4 in its IPv4-mapped form (RFC 4291 section 2.5.5.2)."""
        return bytes(ffi.buffer(self._c))

    def classify(self) -> Classified:
        """What it is by the registries alone."""
        inner = ffi.new("trust_address *")
        embed = ffi.new("uint32_t *")
        kind = lib.trust_address_classify(self._c, inner, embed)
        hidden = Address.frombytes(ffi.buffer(inner)) if embed[0] else None
        return Classified(AddressClass(kind), hidden, Embed(embed[0]))

    def __str__(self) -> str:
        out = ffi.new("char[46]")
        check(lib.trust_address_format(self._c, out, len(out)))
        return text(out)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return self.packed == other.packed if isinstance(other, Address) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.packed)

    def __reduce__(self) -> Any:
        return Address.frombytes, (self.packed,)


AnyAddress = Union[Address, "IPv4Address", "IPv6Address", str]


class Classified(NamedTuple):
    """The classes of an address and of the IPv4 address inside it; the worse of both counts."""

    address_class: AddressClass
    #: The IPv4 address inside.
    inner: Address | None
    embed: Embed


def list_category(name: str) -> ListCategory:
    """The category that a list of this name stands for.

    >>> import trust
    >>> trust.list_category("tor-exits")
    <ListCategory.TOR: 2>
    """
    return ListCategory(lib.trust_list_category(*spelled(name)))


class Source(NamedTuple):
    """One source to build a table from."""

    #: For messages and reasons; at most 63 bytes.
    name: str
    #: The bytes of a MaxMind DB file, or a list as text, an address or prefix a line.
    data: Any
    format: SourceFormat = SourceFormat.CIDR
    #: Of a list: see `list_category` for what a name stands for.
    category: ListCategory = ListCategory.OTHER


class SourceInfo(NamedTuple):
    """What was read from one source."""

    name: str
    #: The "database_type" of a MaxMind DB, else the category's word.
    type: str
    format: SourceFormat
    category: ListCategory
    #: Prefixes.
    entries: int
    #: As a MaxMind DB says.
    built: datetime | None
    #: SHA-256 of the source's bytes.
    digest: bytes


class AddressInfo(NamedTuple):
    """What the sources say of one address."""

    address_class: AddressClass
    embed: Embed
    #: ISO 3166-1 alpha-2; "" when not known.
    country: str
    #: 0 when not known.
    asn: int
    #: Degrees.
    latitude: float | None
    longitude: float | None
    #: 0 when not known.
    radius_km: int
    #: Indices of the sources that it is on.
    lists: tuple[int, ...]
    #: The categories of these.
    categories: tuple[ListCategory, ...]
    #: 0 to 100: the worst that any list says of it.
    weight: int
    #: The AS's organisation; often empty.
    network: str


def _bits(bits: int) -> tuple[int, ...]:
    return tuple(i for i in range(bits.bit_length()) if bits >> i & 1)


def _degrees(microdegrees: int) -> float | None:
    return None if microdegrees == UNKNOWN_PLACE else microdegrees / 1000000


class Table(Handle):
    """Addresses and what is known of them. It never changes; any thread may share it.

    >>> import trust
    >>> source = trust.Source("exits", b"5.8.0.0/16", category=trust.ListCategory.VPN)
    >>> with trust.Table.build([source]) as table:
    ...     info = table.find("5.8.1.2")
    >>> info.categories
    (<ListCategory.VPN: 1>,)
    """

    __slots__ = ()
    _free = lib.trust_table_free

    @classmethod
    def build(cls, sources: Iterable[Source]) -> Table:
        """Build a table from up to 16 sources. One bad byte refuses the whole table."""
        given = [Source(*source) for source in sources]
        held = [(ffi.new("char[]", cstring(one.name)), document(one.data)) for one in given]
        array = ffi.new("trust_table_source[]", len(given))
        for c, one, (name, (data, size)) in zip(array, given, held):
            c.name = name
            c.format = member(SourceFormat, one.format)
            c.category = member(ListCategory, one.category)
            c.data.data = data
            c.data.size = size
        out = ffi.new("trust_table **")
        err = error()
        check(lib.trust_table_build(array, len(given), NULL, out, err), err)
        return cls._owning(out[0])

    def find(self, address: AnyAddress) -> AddressInfo:
        """What the sources say of an address, and of the IPv4 address inside it."""
        where = address if isinstance(address, Address) else Address(address)
        c = ffi.new("trust_address_info *")
        check(lib.trust_table_find(self._ptr, where._c, c))
        return AddressInfo(
            AddressClass(c.address_class),
            Embed(c.embed),
            text(c.country),
            c.asn,
            _degrees(c.latitude),
            _degrees(c.longitude),
            c.radius_km,
            _bits(c.lists),
            tuple(map(ListCategory, _bits(c.categories))),
            c.weight,
            text(c.network),
        )

    @property
    def sources(self) -> tuple[SourceInfo, ...]:
        """What it was built from, in that order."""
        held = self._ptr
        infos = []
        for index in range(lib.trust_table_source_count(held)):
            c = ffi.new("trust_table_source_info *")
            check(lib.trust_table_source_at(held, index, c))
            infos.append(
                SourceInfo(
                    text(c.name),
                    text(c.type),
                    SourceFormat(c.format),
                    ListCategory(c.category),
                    c.entries,
                    time_of_ms(c.built),
                    bytes(ffi.buffer(c.digest)),
                )
            )
        return tuple(infos)

    def __repr__(self) -> str:
        if self.closed:
            return "<Table: closed>"
        return f"<Table: {', '.join(source.name for source in self.sources)}>"
