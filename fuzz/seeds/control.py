#!/usr/bin/env python3
"""Makes the seeds of fuzz_control: control records of a device, whole and damaged.

The layout is that of lib/device/record.c; the values are invented.
"""

import pathlib
import struct

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "control"
NOW = 1795428000000
UNKNOWN = -(1 << 63)
NEVER = (1 << 63) - 1


def section(tag, body, critical=True):
    return struct.pack(">HH", tag | (0x8000 if critical else 0), len(body)) + body


def state(lifecycle=1, verdict=2, risk=412, refused=0, high_water=NOW, jump=UNKNOWN, flaps=0):
    times = (NOW - 86400000, high_water, jump, NOW, NOW - 5000, NEVER)
    return section(2, struct.pack(">BIII6qQQB", lifecycle, verdict, risk, refused, *times, 7, 9, flaps))


def stage(name, since=NOW - 60000):
    return section(8, struct.pack(">q", since) + name)


def challenge(number, spent=False, delivered=False, deadline=NOW + 60000, kinds=6):
    head = struct.pack(">QqqIBBB", number, NOW - 1000, deadline, kinds, 2 if spent else 1, delivered, 32)
    return section(5, head + bytes([number]) * 32 + b"\x0aonboarding" + b"\x02a1")


def finding(kind, value, source=0, known=1, age=1000):
    return struct.pack(">IIBBiIqI", kind, source, known, 2, value, 65536, NOW - age, 35)


def record(*sections, name=b"urn:x", keys=1, findings=b"", requests=b""):
    return b"\x01" + b"".join((
        section(1, name), *(sections or (state(),)), section(3, b"\x01" * 32 * keys),
        section(4, b"country\0DE\0"), section(6, findings), section(7, requests)))


def seeds():
    bad_news = finding(4, 90) + finding(5, 80, age=9999) + finding(1, 96) + finding(2, 0, known=4)
    full = b"".join(finding(1 + i % 6, i, source=i) for i in range(16))
    pending = [challenge(i) for i in range(1, 5)]
    return {
        "plain": record(),
        "bad-news": record(findings=bad_news),
        "full": record(state(), *pending, keys=4, findings=full, requests=bytes(range(128))),
        "refused": record(state(refused=6), challenge(3, delivered=True, deadline=NOW - 1)),
        "spent": record(state(), *(challenge(i, spent=True) for i in range(1, 9))),
        "revoked": record(state(lifecycle=3, verdict=4, risk=1000)),
        "suspended": record(state(lifecycle=2)),
        "ahead": record(state(high_water=NOW + 7200000, jump=NOW + 400 * 86400000)),
        "unknown-times": record(state(high_water=UNKNOWN)),
        "odd-time": record(state(high_water=UNKNOWN + 1)),
        "newer-section": record(state(), section(99, b"later", critical=False)),
        "newer-critical": record(state(), section(99, b"later")),
        "newer-format": b"\x02" + record()[1:],
        "another-device": record(name=b"urn:y"),
        "findings-twice": record(findings=full) + section(6, full),
        "cut": record()[:-3],
        "empty-section": record(section(3, b""), state()),
        "stage": record(state(flaps=3), stage(b"bench")),
        "stage-ahead": record(state(), stage(b"bench", NOW + 86400000)),
        "stage-undated": record(state(), stage(b"s" * 63, UNKNOWN)),
        "stage-unnamed": record(state(), stage(b"")),
        "stage-odd": record(state(), stage(b"a\nb")),
        "stage-long": record(state(), stage(b"s" * 64)),
        "stage-twice": record(state(), stage(b"bench"), stage(b"field")),
    }


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (CORPUS / name).write_bytes(data)


if __name__ == "__main__":
    main()
