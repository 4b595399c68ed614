"""Writes MaxMind DB files (format version 2.0) for tests and examples.

A module with one function, write(), on Python 3's standard library alone. The same input gives the
same bytes.
"""

import ipaddress
import struct

MARKER = b"\xab\xcd\xefMaxMind.com"


class Uint16(int):
    """An integer to be written as uint16; plain ones become uint32 or larger, negative int32."""


class Uint64(int):
    """An integer to be written as uint64."""


class Data:
    """A data section: every distinct value once, repeated ones as pointers."""

    def __init__(self):
        self.bytes = bytearray()
        self.known = {}

    def add(self, value):
        """Write value where a record or a pointer may point to; returns its offset."""
        key = repr(value)
        if key not in self.known:
            encoded = self.encode(value)
            self.known[key] = len(self.bytes)
            self.bytes += encoded
        return self.known[key]

    def member(self, value):
        """A value inside another: a pointer where one is shorter."""
        if isinstance(value, (str, dict, list)) and len(repr(value)) > 5:
            return pointer(self.add(value))
        return self.encode(value)

    def encode(self, value):
        if isinstance(value, dict):
            return control(7, len(value)) + b"".join(
                self.member(key) + self.member(item) for key, item in value.items())
        if isinstance(value, list):
            return control(11, len(value)) + b"".join(self.member(item) for item in value)
        return scalar(value)


def control(kind, size):
    head = kind << 5 if kind <= 7 else 0
    tail = b"" if kind <= 7 else bytes([kind - 7])
    if size < 29:
        return bytes([head | size]) + tail
    if size < 285:
        return bytes([head | 29]) + tail + bytes([size - 29])
    if size < 65821:
        return bytes([head | 30]) + tail + struct.pack(">H", size - 285)
    return bytes([head | 31]) + tail + (size - 65821).to_bytes(3, "big")


def pointer(offset):
    for size, bias, limit in ((0, 0, 2048), (1, 2048, 526336), (2, 526336, 134744064)):
        if offset < limit:
            value = offset - bias
            low = value & ((1 << 8 * (size + 1)) - 1)
            return bytes([32 | size << 3 | value >> 8 * (size + 1)]) + low.to_bytes(size + 1, "big")
    return bytes([56]) + offset.to_bytes(4, "big")


def scalar(value):
    if isinstance(value, bool):
        return control(14, int(value))
    if isinstance(value, str):
        text = value.encode()
        return control(2, len(text)) + text
    if isinstance(value, bytes):
        return control(4, len(value)) + value
    if isinstance(value, float):
        return control(3, 8) + struct.pack(">d", value)
    if value < 0:
        return control(8, 4) + struct.pack(">i", value)
    digits = value.to_bytes((value.bit_length() + 7) // 8, "big")
    kind = 5 if isinstance(value, Uint16) else 6 if len(digits) <= 4 else 9
    if isinstance(value, Uint64):
        kind = 9
    return control(kind if len(digits) <= 8 else 10, len(digits)) + digits


class Node:
    def __init__(self, left=None, right=None):
        self.sides = [left, right]
        self.number = 0


def insert(root, bits, value):
    """Put value below the path bits; what stood above it stays beside it."""
    node = root
    for bit in bits[:-1]:
        below = node.sides[bit]
        if not isinstance(below, Node):
            below = node.sides[bit] = Node(below, below)
        node = below
    node.sides[bits[-1]] = value


def path(network, version):
    whole = int(network.network_address)
    length = network.prefixlen + (96 if version == 6 and network.version == 4 else 0)
    width = 128 if version == 6 else 32
    return [whole >> (width - 1 - i) & 1 for i in range(length)]


def number_nodes(root):
    """Every node once, parents first; aliases lead to a node that is already there."""
    nodes, seen, waiting = [], set(), [root]
    while waiting:
        node = waiting.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        node.number = len(nodes)
        nodes.append(node)
        waiting += [side for side in node.sides if isinstance(side, Node)]
    return nodes


def tree_bytes(nodes, record_size):
    out = bytearray()
    for node in nodes:
        left, right = (len(nodes) if side is None else side.number if isinstance(side, Node)
                       else len(nodes) + 16 + side for side in node.sides)
        if max(left, right) >> record_size:
            raise ValueError("the records do not fit this record size")
        if record_size == 28:
            out += (left & 0xFFFFFF).to_bytes(3, "big")
            out += bytes([left >> 24 << 4 | right >> 24])
            out += (right & 0xFFFFFF).to_bytes(3, "big")
        else:
            out += left.to_bytes(record_size // 8, "big") + right.to_bytes(record_size // 8, "big")
    return bytes(out)


def write(records, database_type, build_epoch, record_size=24, ip_version=6, aliases=()):
    """The bytes of a database.

    records maps prefixes ("5.8.0.0/16") to values; the longer prefix wins. aliases are IPv6
    prefixes that lead to the IPv4 part, such as "::ffff:0:0/96" and "2002::/16".
    """
    data, root = Data(), Node()
    networks = {ipaddress.ip_network(prefix): value for prefix, value in records.items()}
    for network in sorted(networks, key=lambda n: (n.prefixlen + (96 if n.version == 4 else 0))):
        insert(root, path(network, ip_version), data.add(networks[network]))
    if aliases:
        start = root
        for _ in range(96):
            start = start.sides[0]
        for alias in aliases:
            insert(root, path(ipaddress.ip_network(alias), ip_version), start)
    nodes = number_nodes(root)
    metadata = Data()
    metadata.member = metadata.encode
    described = metadata.encode({
        "binary_format_major_version": Uint16(2), "binary_format_minor_version": Uint16(0),
        "build_epoch": Uint64(build_epoch), "database_type": database_type,
        "description": {"en": "invented for tests and examples"}, "ip_version": Uint16(ip_version),
        "languages": ["en"], "node_count": len(nodes), "record_size": Uint16(record_size)})
    return tree_bytes(nodes, record_size) + bytes(16) + bytes(data.bytes) + MARKER + described
