#!/usr/bin/env python3
"""Makes the seeds of fuzz_outcome: decisions as a store keeps them (lib/result/outcome.c)."""

import pathlib
import struct

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "outcome"
NOW = 1795428000000
LOWEST = -(1 << 31)


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for code, form, limit in ((24, "B", 8), (25, "H", 16), (26, "I", 32), (27, "Q", 64)):
        if value < 1 << limit:
            return bytes([major << 5 | code]) + struct.pack(">" + form, value)
    raise ValueError(value)


def encode(value):
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(4, len(value)) + b"".join(encode(part) for part in value)


def decision(verdict=2, risk=412, rows=(), findings=(), steps=(), actions=(), needs=(), items=(),
             inputs=(), form=1, device="urn:x", stage="", probability=-1):
    heads = [verdict, 1, risk, 100, 900, 300, 40, 1, NOW, 36, 131, 0, 0, 1, 0xFFFFFFFF, 1, 2, 1,
             NOW, (1 << 63) - 1, 3, 0, 0, 1, NOW - 60000, 2, 0, probability, 1]
    return [form, heads, device, "policy", "default", stage, b"\x11" * 32, list(rows),
            list(findings), list(steps), list(actions), list(needs), list(items), list(inputs)]


def row(name, kind, points):
    return [name, kind, 0, 1, 36, points, points * 20, 65536, 0]


def seeds():
    rows = [row("base", 1, 500), row("reputation", 2, 90), row("cap network", 3, -5),
            row("clamp", 4, -173)]
    finding = [4, 0, 1, 2, 90, 65536, NOW, 36, 0, 0, 90]
    item = ["application/vnd.trust.address", 2, 1, 36]
    human, place = ["human", "verify_installer", 6], ["place", "obtain", 3]
    full = decision(rows=rows, findings=[finding], items=[item],
                    steps=[[1, 20, human], [2, 21, human, place]], needs=[["human", 6]],
                    actions=[["isolate", 0xFFFFFFFF, 136], ["show_label", 7, 148]],
                    inputs=[["vpn", 7]], stage="bench", probability=12345)
    return {
        "empty": decision(),
        "full": full,
        "denied": decision(verdict=4, risk=1000, rows=rows),
        "no-verdict": decision(verdict=0),
        "newer": decision(form=2),
        "lowest": decision(rows=[row("base", 1, LOWEST), row("x", 2, LOWEST), row("y", 2, -LOWEST)]),
        "escapes": decision(device="a\u0001\u202eb", rows=[row("\n", 2, 1)]),
        "many-rows": decision(rows=[row("n%d" % i, 2, i) for i in range(82)]),
        "odd-probability": decision(probability=-(1 << 31)),
        "empty-step": decision(steps=[[1, 20]]),
        "long-step": decision(steps=[[1, 20] + [human] * 9]),
        "too-many-rows": decision(rows=[row("n%d" % i, 2, i) for i in range(83)]),
    }


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, value in seeds().items():
        (CORPUS / name).write_bytes(encode(value))
    (CORPUS / "cut").write_bytes(encode(seeds()["full"])[:-4])


if __name__ == "__main__":
    main()
