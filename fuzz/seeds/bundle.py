#!/usr/bin/env python3
"""Makes the seeds of fuzz_bundle: bundles of evidence (docs/bundle.md), sound and unsound."""

import json
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "bundle"
ADDRESS = "application/vnd.trust.address"
METRIC = "application/vnd.trust.metric"
DIDIT = "application/vnd.didit.decision+json"
EAT = "application/eat+cwt"


def bundle(*items, **members):
    return json.dumps({**members, "items": list(items)}, separators=(",", ":")).encode()


def item(kind, **members):
    return {"type": kind, **members}


def seeds():
    metric = {"name": "tx_bytes", "value": 1532.5, "unit": "By", "time": "2026-11-23T09:59:00Z"}
    human = {"session_id": "s", "status": "Declined", "environment": "live"}
    return {
        "empty": bundle(),
        "address": bundle(item(ADDRESS, value="5.8.1.2"), device="urn:x"),
        "listed": bundle(item(ADDRESS, value="45.140.8.1"), item(ADDRESS, value="2001:db8::1")),
        "metric": bundle(item(METRIC, value=metric)),
        "human": bundle(item(DIDIT, value=human, collected="2026-11-23T05:00:00Z")),
        "token": bundle(item(EAT, data="0oRDoQEnoEBYQA", nonce="00112233445566778899")),
        "foreign": bundle(item(EAT, data="AAAA"), device="urn:other"),
        "file": bundle(item("a/b", file="a.bin"), item("a/b", file="missing.bin")),
        "twice": bundle(item("a/b", value="x"), item("a/b", value="x")),
        "two-ways": bundle(item("a/b", value="x", data="AAAA")),
        "future": bundle(item(ADDRESS, value="5.8.1.2", collected="2036-01-01T00:00:00Z")),
        "second-bad": bundle(item("a/b", value=1), item(ADDRESS, value="nowhere")),
        "unknown-member": bundle(item("a/b", value=1, origin="host")),
        "padded": bundle(item("a/b", data="AA==")),
    }


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (CORPUS / name).write_bytes(data)


if __name__ == "__main__":
    main()
