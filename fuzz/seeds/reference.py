#!/usr/bin/env python3
"""Makes fuzz/corpus/reference: reference documents (docs/references.md), good and bad."""
import json
import pathlib


def value(last, size=32, **more):
    name = {32: "sha256", 48: "sha384", 64: "sha512"}[size]
    digest = f"{name}:{last:02x}{'00' * (size - 1)}"
    return {"digest": digest, "status": "ok"} | more


def document(*values, **more):
    head = {"trust_reference": 1, "id": "seeds", "revision": 1, "values": list(values)}
    return json.dumps(head | more, separators=(",", ":"))


seeds = {
    "empty": document(),
    "one": document(value(10)),
    "class": document(value(10, status="advisory"), value(10, **{"class": "lock"})),
    "deny": document(value(10, status="deny"), value(10, **{"class": "lock"})),
    "sizes": document(value(255), value(255, 48), value(255, 64)),
    "remarks": document(value(0, name="app", version="2.4.1", note="signed off")),
    "many": document(*(value(i * 37 % 101) for i in range(101))),
    "twice": document(value(10), value(10)),
    "extra": document(extra=None),
    "version-2": document(trust_reference=2),
    "bad-status": document(value(10, status="good")),
    "bad-digest": document(value(10, digest="sha256:0")),
    "no-values": '{"trust_reference":1,"id":"x","revision":1}',
    "not-json": "trust",
}

folder = pathlib.Path(__file__).resolve().parents[1] / "corpus/reference"
folder.mkdir(parents=True, exist_ok=True)
for name, text in seeds.items():
    (folder / name).write_text(text)
