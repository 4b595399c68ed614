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

WHOLE = {
    "trust_policy": 1,
    "id": "whole",
    "revision": 2,
    "signals": {
        "attestation": {"weight": 300, "quorum": 2},
        "place": {"weight": 110},
        "human": {"weight": 150},
        "acme.tamper": {"weight": 50, "scale": "percent"},
    },
    "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650},
    "hysteresis": {"margin": 10, "dwell": "5m", "backoff": 3, "dwell_max": "2h"},
    "gates": [
        {"id": "one", "if": {"signal": "place", "older": "2d"}, "floor": "step_up", "actions": ["look"]},
        {
            "id": "all",
            "if": {"all": [{"absent": "human"}, {"signal": "place", "at_least_points": 40}]},
            "floor": "quarantine",
            "final": True,
        },
        {"id": "any", "if": {"any": [{"absent": "place"}, {"absent": "human"}]}, "floor": "step_up"},
        {
            "id": "count",
            "if": {
                "count": 2,
                "of": [
                    {"signal": "attestation", "at_least": 32},
                    {"signal": "acme.tamper", "at_least": 50},
                    {"absent": "place"},
                ],
            },
            "floor": "deny",
            "reason": "ATTESTATION_FAILED",
        },
    ],
    "profiles": [
        {
            "id": "lock",
            "when": {"any": [{"attr": "role", "in": ["lock", "valve"]}, {"attr": "class", "ge": 3}]},
            "base": 480,
            "verdicts": {"allow": 250},
        },
        {
            "id": "plain",
            "when": {"all": [{"not": {"attr": "n", "le": 5}}, {"attr": "country", "prefix": "DE"}]},
            "limits": {"uncertainty": 300},
            "not_applicable": ["human"],
        },
        {"id": "none", "when": {"attr": "role", "eq": "none"}},
    ],
    "stages": [
        {"id": "installer", "needs": ["human"], "timeout": "30m", "on_timeout": "deny", "next": "work"},
        {"id": "spare", "actions": ["blink"]},
        {"id": "work"},
    ],
    "step_up": [{"obtain": "attestation", "cost": 3}, {"obtain": "human", "action": "call"}],
    "actions": {"quarantine": ["isolate"], "deny": ["drop", "tell"]},
    "overrides": {
        "may_lower_to": "step_up",
        "approvals": 3,
        "max_ttl": "4h",
        "roles": ["secops", "ops"],
        "never": ["ATTESTATION_FAILED", "GATE"],
    },
    "calibration": {"knots": [[0, 100], [500, 40000], [1000, 990000]], "data": "fleet 2026-03"},
    "tests": [
        {
            "name": "a silent lock",
            "attributes": {"role": "lock"},
            "expect": {"verdict_at_least": "step_up", "profile": "lock", "stage": "installer"},
        },
        {
            "name": "evidence of every form",
            "now": "2026-05-01T00:00:00Z",
            "stage": "work",
            "stage_age": "1h",
            "previous": "deny",
            "held_for": "3d",
            "flaps": 1,
            "override": "step_up",
            "evidence": {
                "attestation": [2, {"value": 96, "age": "1m", "quality": 900, "source": 7}],
                "human": "refused",
                "place": {"state": "source_down"},
            },
            "expect": {"risk": [0, 1000]},
        },
    ],
}


# A policy small enough to say what comes of it.
TESTED = {
    "trust_policy": 1,
    "id": "tested",
    "revision": 1,
    "signals": {
        "identity": {"weight": 300, "curve": [[2, -120], [96, 300]], "absent": 150, "half_life": "1h"},
        "human": {"weight": 100, "curve": [[0, -80], [100, 100]], "absent": 40, "half_life": "never", "ttl": "never"},
    },
    "groups": {"human": {"floor": -60}},
    "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650},
    "hysteresis": {"margin": 20, "dwell": "10m", "backoff": 2, "dwell_max": "1h"},
    "gates": [{"id": "g", "if": {"signal": "human", "at_least": 90}, "floor": "deny", "actions": ["call"]}],
    "profiles": [{"id": "lock", "when": {"attr": "role", "eq": "lock"}, "base": 500}],
    "stages": [{"id": "first", "needs": ["identity"], "timeout": "1h", "on_timeout": "deny"}, {"id": "last"}],
    "actions": {"deny": ["shut"]},
    "overrides": {"may_lower_to": "step_up"},
    "tests": [
        {
            "name": "good",
            "attributes": {"role": "bulb"},
            "evidence": {"identity": 2, "human": 0},
            "expect": {
                "verdict": "allow",
                "risk": 270,
                "profile": "default",
                "stage": "last",
                "points": {"base": 450, "human": -80, "cap human": 20},
                "valid_for": "611774ms",
                "next": [],
                "actions": [],
            },
        },
        {
            "name": "timed out",
            "attributes": {"role": "lock"},
            "stage_age": "3600001ms",
            "expect": {
                "verdict_at_least": "deny",
                "reason": "STAGE_TIMEOUT",
                "valid_for": "never",
                "next": [["identity"]],
                "actions": ["shut"],
            },
        },
        {
            "name": "signed for",
            "attributes": {"role": "bulb"},
            "stage": "last",
            "override": "allow",
            "evidence": {"identity": {"value": 2, "quality": 900, "age": "5m"}, "human": ["invalid", 3]},
            "expect": {"verdict_at_most": "step_up", "reason": "OVERRIDDEN", "actions": ["call"]},
        },
    ],
}

# What each expectation of the first of them becomes, so that it is missed.
MISSED = {
    "verdict": "deny",
    "risk": [0, 269],
    "profile": "lock",
    "stage": "first",
    "points": {"cap human": 0, "clamp": 1},
    "valid_for": "never",
    "next": [["human"], ["human", "identity"]],
    "actions": ["call", "shut"],
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


def nested(depth):
    when = {"attr": "role", "eq": "x"}
    for i in range(depth):
        when = {"not": {"all": [when]}} if i % 2 else {"any": [when]}
    return when


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
    "every_part": WHOLE,
    "circle": changed(WHOLE, ["stages", 1, "next"], "installer"),
    "no_such_stage": changed(WHOLE, ["stages", 0, "next"], "wrk"),
    "kinds_name": changed(WHOLE, ["stages", 1, "id"], "human"),
    "two_shapes": changed(WHOLE, ["gates", 2, "if", "absent"], "human"),
    "too_few": changed(WHOLE, ["gates", 3, "if", "count"], 4),
    "two_operators": changed(WHOLE, ["profiles", 2, "when", "ge"], 1),
    "deep": changed(WHOLE, ["profiles", 2, "when"], nested(4)),
    "too_deep": changed(WHOLE, ["profiles", 2, "when"], nested(7)),
    "same_profile": changed(WHOLE, ["profiles", 2, "id"], "lock"),
    "no_steps": changed(WHOLE, ["step_up"], []),
    "any_step": changed(WHOLE, ["step_up"], None),
    "no_override": changed(WHOLE, ["overrides"], None),
    "risks_fall": changed(WHOLE, ["calibration", "knots", 1], [0, 200]),
    "short_dwell": changed(WHOLE, ["hysteresis", "dwell_max"], "1s"),
    "test_fails": changed(WHOLE, ["tests", 0, "expect", "verdict"], "allow"),
    "no_such_row": changed(WHOLE, ["tests", 1, "expect", "points"], {"cap nobody": 1}),
    "no_such_value": changed(WHOLE, ["tests", 1, "evidence", "human"], 128),
    "tested": TESTED,
    **{f"misses_{name}": changed(TESTED, ["tests", 0, "expect", name], word) for name, word in MISSED.items()},
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
