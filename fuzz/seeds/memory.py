#!/usr/bin/env python3
"""Makes the seeds of fuzz_memory: memory sections of the behaviour signal, and metrics to fold in.

The layout is that of docs/behaviour.md; the values are invented.
"""

import pathlib
import struct

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "memory"
UNIT = 1 << 32


def key(name, start):
    for byte in name:
        start = (start ^ byte) * 1099511628211 % (1 << 64)
    return start


def view(learnt, seen, before, origin, exponent, outside=0):
    return struct.pack(">QQQiHBB", learnt, seen, before, origin, 40, exponent, outside)


def baseline(level, count, views):
    means = struct.pack(">qqqqIH", level, level + UNIT // 50, level, UNIT // 10, count, 900)
    return b"".join(views) + means + struct.pack(">8H", min(count, 60000), 9, 4, 2, 1, 1, 0, 0)


def metric(name, newest, state):
    return (
        struct.pack(">QHBq", key(name, 14695981039346656037),
                    key(name, 88172645463325252) >> 48, len(name), newest) + state
    )


def memory(metrics, version=1):
    return struct.pack(">BB", version, len(metrics)) + b"".join(sorted(metrics))


def item(name, value, age=0):
    return struct.pack(">dBB", value, age, len(name)) + name


def write(name, section, items):
    data = struct.pack(">H", len(section)) + section + b"".join(items)
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
    young = metric(b"tx", 900000, baseline(level, 70, views))
    known = metric(b"temp", 990000, baseline(level, 2047, views))
    old = metric(b"rx", 990000, baseline(level, (1 << 24) - 1, views))
    usual = [item(b"tx", 1100.0), item(b"temp", 1000.5, 9), item(b"rx", 999.0)]
    hostile = [item(b"tx", 1.7e308), item(b"temp", -5e-324), item(b"rx", float("nan"))]
    write("empty", b"", usual)
    write("none", b"", [])
    write("known", memory([young, known, old]), usual)
    write("hostile-values", memory([young, known, old]), hostile)
    write("late", memory([known]), [item(b"temp", 1000.0, 200), item(b"temp", 1e9, 1)])
    write("newer-version", memory([known], 2), usual)
    write("cut", memory([known])[:-1], usual)
    write("twice", struct.pack(">BB", 1, 2) + known + known, usual)
    many = [item(b"m%d" % i, i * 1.5) for i in range(40)]
    write("many-names", memory([young]), many)
    row = [item(b"tx", 90000.0 + i) for i in range(60)]
    write("takeover", memory([young, known]), row)


if __name__ == "__main__":
    main()
