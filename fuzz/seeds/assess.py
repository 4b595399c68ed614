#!/usr/bin/env python3
"""Makes the seeds of fuzz_assess from those of the bundles, the control and the memory records."""

import pathlib
import struct

import bundle
import control
import memory

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "assess"


def case(policy=0, clock=0, observe=0, sent=b"", seen=b"", record=b"", past=b""):
    parts = b"".join(struct.pack(">H", len(part)) + part for part in (sent, seen, record, past))
    return struct.pack(">BBB", policy, clock, observe) + parts


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    bundles, records = bundle.seeds(), control.seeds()
    views = [memory.view(0x3FFC, 0x1FF8, 0x10000, 320, 27)] * 3
    known = memory.metric(b"tx_bytes", control.NOW - 60000,
                          memory.baseline(10 * memory.UNIT, 900, views))
    # The record of all memories: a format, then sections of key, length and body.
    past = b"\x01" + struct.pack(">IH", 0, 0)
    tag = 2166136261
    for byte in b"behaviour":
        tag = (tag ^ byte) * 16777619 % (1 << 32)
    body = memory.memory([known])
    past += struct.pack(">IH", tag, len(body)) + body
    cases = {f"sent-{name}": case(sent=data, seen=bundles["listed"]) for name, data in bundles.items()}
    cases |= {f"seen-{name}": case(seen=data, past=past) for name, data in bundles.items()}
    cases |= {f"record-{name}": case(policy=3 if "stage" in name else n % 4, seen=bundles["address"], record=data)
              for n, (name, data) in enumerate(records.items())}
    cases |= {f"clock-{n}": case(clock=n, seen=bundles["metric"], record=records["full"], past=past)
              for n in range(8)}
    cases |= {f"observe-{n}": case(policy=n, observe=1, seen=bundles["metric"], past=past)
              for n in range(4)}
    for name, data in cases.items():
        (CORPUS / name).write_bytes(data)


if __name__ == "__main__":
    main()
