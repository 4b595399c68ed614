#!/usr/bin/env python3
"""Makes fuzz/corpus/cbor: an item of every type and width, and one for each reason to refuse. Its
encoder serves the other scripts too."""

import pathlib


def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    power = next(p for p in range(4) if argument < 1 << (8 << p))
    return bytes([major << 5 | 24 + power]) + argument.to_bytes(1 << power, "big")


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


def encode(value):
    """The deterministic encoding of None, bools, ints, bytes, texts, lists, dicts and tags."""
    if value is None or isinstance(value, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, Tag):
        return head(6, value.number) + encode(value.value)
    pairs = sorted((encode(k), encode(v)) for k, v in value.items())
    return head(5, len(pairs)) + b"".join(k + v for k, v in pairs)


CLAIMS = {10: bytes(range(32)), 256: b"\x01" + bytes(32), 265: "tag:example.org,2026:profile",
          6: 1795000000, 263: 3, 267: -1, 262: True, 266: None,
          273: [[600, b"\xa1\x01\x60"], [601, b"\x80"]], "a": {"b": [1, [2, [3, {4: Tag(1, 5)}]]]}}

SEEDS = {
    "claims": encode(CLAIMS),
    "unsorted": b"\xa3\x0a\x01\x01\x02\x20\x03",
    "widths": b"\x8a" + b"\x01\x18\x01\x19\0\x01\x1a\0\0\0\x01\x1b\0\0\0\0\0\0\0\x01"
              b"\x58\x01a\x79\0\x01a\x98\x01\0\xb9\0\x01\0\0\xd8\x01\0",
    "floats": b"\x83\xf9\x3c\0\xfa\x3f\x80\0\0\xfb\x3f\xf0\0\0\0\0\0\0",
    "simple": b"\x84\xf4\xf5\xf6\xf7",
    "limits": b"\x84" + head(0, 2**64 - 1) + head(1, 2**64 - 1) + head(0, 2**63) + head(1, 2**63),
    "utf8": encode("\u00e9\u20ac\U0001d11e"),
    "deep": b"\x81" * 16 + b"\0",
    "deep_map": b"\xa1\0" * 16 + b"\0",
    "deep_key": b"\xa1" * 16 + b"\0" * 17,
    "deep_tag": b"\xc1" * 16 + b"\0",
    "odd_keys": b"\xa7\x01\0\x20\0\x41\x31\0\x61\x31\0\x81\1\0\xa1\1\1\0\xf4\0",
    "too_deep": b"\x81" * 17 + b"\0",
    "too_many": b"\x99\x10\0" + b"\0" * 4096,
    "twice": b"\xa2\1\0\x18\1\0",
    "twice_text": b"\xa2\x61a\0\x78\1a\0",
    "twice_array": b"\xa2\x81\1\0\x81\x18\1\0",
    "indefinite": b"\x9f\1\2\xff",
    "reserved": b"\x1c",
    "unassigned": b"\xf8\xff",
    "bad_utf8": b"\x63\xed\xa0\x80",
    "cut": encode(CLAIMS)[:-1],
    "count": b"\x9b" + b"\xff" * 8,
    "string": b"\x5b" + b"\xff" * 8,
    "after": b"\0\0",
}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "cbor"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in SEEDS.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
