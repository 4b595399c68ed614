#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_json: one small document for each rule of the scan."""

import pathlib
import sys

SEEDS = {
    "scalars": b'[null, true, false, 0, -0, 1.5e+3, 1E-2, "", "a"]',
    "escapes": rb'"\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E"',
    "utf8": '"\u00e9\u20ac\U0001d11e\x7f"'.encode(),
    "nested": b'{"a":[{"b":{"c":[[],{}]}}],"d":{}}',
    "depth": b"[" * 32 + b"]" * 32,
    "too_deep": b"[" * 33 + b"]" * 33,
    "space": b' \t\r\n{ "a" : [ 1 , 2 ] }\r\n',
    "pointer": b'{"~":{"/":[1]},"":{"":2}}',
    "members": b"{" + b",".join(b'"%d":%d' % (i * 37 % 101, i) for i in range(101)) + b"}",
    "whole": b"[9007199254740991,-9007199254740992,1532.0,118120836164494129544568202238038638592]",
    "long_number": b"[" + b"1" * 64 + b"]",
    "infinite": b"[1e999,-1e999,1e-999]",
    "twice": rb'{"a":1,"b":2,"\u0061":3}',
    "bom": b"\xef\xbb\xbf{}",
    "after": b"{}x",
    "nul": rb'{"a\u0000b":1}',
    "surrogate": rb'["\ud800","\udc00"]',
    "bad_utf8": b'"\xed\xa0\x80\xc0\x80"',
    "control": b'"\x01"',
    "vertical_tab": b"[1,\v2]",
    "zero": b"[01]",
    "point": b"[1.]",
    "hex": rb'"\uzzzz"',
    "cut": b'{"a":[1,2',
    "comma": b"[1,]",
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "fuzz/corpus/json")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in SEEDS.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
