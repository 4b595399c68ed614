#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_policy: documents that load, and one for each way not to."""

import copy
import json
import pathlib
import sys

SMALL = {
    "trust_policy": 1,
    "id": "small",
    "revision": 1,
    "signals": {"place": {"weight": 100}},
    "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650},
}

FULL = {
    "trust_policy": 1,
    "$schema": "policy.schema.json",
    "title": "Everything",
    "x_note": [1, {"a": None}],
    "id": "full",
    "revision": 9,
    "not_before": "2026-11-01T00:00:00Z",
    "expires": "2027-11-01T00:00:00.5+01:00",
    "base": 440,
    "signals": {
        "attestation": {
            "weight": 300,
            "absent": {"not_requested": 10, "refused": "worst", "source_down": 20},
            "half_life": "90m",
            "half_life_bad": "never",
            "ttl": "4h",
            "ttl_bad": "900d",
            "scale": "ar4si",
            "group": "device",
        },
        "identity": {"weight": 300, "absent": "worst"},
        "place": {"weight": 110, "reliability": 700, "curve": [[100, -35], [400, 20], [1000, 110]]},
        "reputation": {"weight": 175, "absent": 15},
        "behaviour": {"weight": 225},
        "human": {"weight": 150},
        "acme.tamper": {"weight": 50, "scale": "percent", "group": "device"},
    },
    "groups": {"network": {"floor": -50, "ceiling": 200}, "device": {"floor": 0}},
    "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650},
    "limits": {"adverse": 125, "uncertainty": 400},
    "hysteresis": {"margin": 200, "dwell": "0s"},
    "gates": [
        {
            "id": "g1",
            "if": {"signal": "attestation", "at_least": 96},
            "floor": "deny",
            "reason": "ATTESTATION_FAILED",
        },
        {"id": "g2", "if": {"absent": "human"}, "floor": "step_up"},
    ],
}


def changed(document, path, value):
    """A copy with the member at path replaced, or left out when value is None."""
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


def many(count):
    signals = {f"s.{i}": {"weight": 100000, "scale": "surprise", "group": f"g{i % 16}"} for i in range(count)}
    return changed(SMALL, ["signals"], signals)


SEEDS = {
    "small": SMALL,
    "full": FULL,
    "most_signals": many(64),
    "too_many_signals": many(65),
    "other_version": {"trust_policy": 2},
    "slip": changed(SMALL, ["signals", "place"], {"wieght": 1}),
    "unknown_kind": changed(SMALL, ["signals"], {"plase": {"weight": 1}}),
    "no_scale": changed(SMALL, ["signals"], {"a.b": {"weight": 1}}),
    "same_number": changed(
        SMALL,
        ["signals"],
        {name: {"weight": 1, "scale": "percent"} for name in ("acme.jkuqlq9", "acme.xgfqf5r")},
    ),
    "falls": changed(FULL, ["signals", "place", "curve"], [[1, 0], [2, -1], [3, 110]]),
    "unknown_signal": changed(FULL, ["gates", 1, "if", "absent"], "weather"),
    "two_conditions": changed(FULL, ["gates", 0, "if", "absent"], "human"),
    "no_weight": changed(FULL, ["signals", "human", "weight"], None),
    "cheap_refusal": changed(FULL, ["signals", "attestation", "absent", "refused"], 5),
    "thresholds": changed(FULL, ["verdicts", "step_up"], 300),
    "expired": changed(FULL, ["expires"], "2026-10-01T00:00:00Z"),
    "never_dwell": changed(FULL, ["hysteresis", "dwell"], "never"),
    "unreachable": changed(FULL, ["base"], 1000),
    "inert": changed(SMALL, ["signals", "place", "weight"], 0),
    "fraction": changed(SMALL, ["base"], 450.5),
    "whole": changed(SMALL, ["base"], 450.0),
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "fuzz/corpus/policy")
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in SEEDS.items():
        (folder / name).write_text(json.dumps(document, separators=(",", ":")))
    (folder / "spaced").write_text(json.dumps(FULL, indent=2) + "\n")
    (folder / "cut").write_text(json.dumps(FULL)[:200])


if __name__ == "__main__":
    main()
