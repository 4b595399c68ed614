#!/usr/bin/env python3
"""Makes the seeds of fuzz_baseline: saved baselines, and values to go on with.

The layout of a baseline is that of docs/behaviour.md; the values are invented.
"""

import pathlib
import struct

from memory import UNIT, baseline, view

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "baseline"
UNKNOWN = -(1 << 63)


def header(newest=UNKNOWN, version=1):
    return struct.pack(">Bq", version, newest)


def write(name, state, values=()):
    data = bytes([len(state)]) + state + b"".join(struct.pack("<d", value) for value in values)
    (CORPUS / name).write_bytes(data)


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    level = 10 * UNIT
    exponent = 27  # bins of 2^-5 of a doubling
    origin = level >> (exponent + 5)
    views = [
        view(0x3FFC, 0x1FF8, 0x10000, origin, exponent),
        view(0xFF00, 0x0FF0, 0, -1, exponent - 1, 1),
        view(0x3F, 0x1E, 1 << 40, origin, exponent - 2, 6),
    ]
    usual = [1000.0 + i % 7 for i in range(40)]
    hostile = [1.7e308, -5e-324, float("nan"), float("inf"), -1.7e308, 0.0, -0.0]
    known = baseline(level, 2047, views)
    write("new", header(), usual)
    write("new-with-time", header(1700000000000), usual)
    write("known", header(1700000000000) + known, usual)
    write("young", header() + baseline(level, 70, views), usual)
    write("old", header() + baseline(level, (1 << 24) - 1, views), usual)
    write("hostile-values", header() + known, hostile)
    write("takeover", header() + known, [90000.0 + i for i in range(40)])
    write("newer-version", header(version=2) + known)
    write("cut", (header() + known)[:-1])
    write("too-long", header() + known + b"\0")
    write("never-seen", header() + bytes(len(known)))
    write("nothing", b"")


if __name__ == "__main__":
    main()
