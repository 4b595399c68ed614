#!/usr/bin/env python3
"""Writes the scenes of scenes/ (scenes/README.md). Every device, network and person is invented.

What a scene must say is written by the C runner, `vectors_scenes --write`, and read by people."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NOW = "2026-11-23T10:00:00Z"
ID = "urn:dev:mac:0024befffe804ff1"
EAT = "application/eat+cwt"
DIDIT = "application/vnd.didit.decision+json"
METRIC = "application/vnd.trust.metric"
ADDRESS = "application/vnd.trust.address"
GOOD = {"of": {"hex": "5a"}, "repeat": 32}
WEAK = {"of": {"hex": "5b"}, "repeat": 32}
BAD = {"of": {"hex": "5c"}, "repeat": 32}
SESSION = {"of": {"hex": "09"}, "repeat": 32}
HOME, ABROAD, EXIT = "5.8.1.2", "82.113.4.5", "45.140.9.1"
NAMES = ["attestation", "identity", "place", "reputation", "behaviour", "human"]
WEIGHTS = dict(zip(NAMES, [300, 300, 110, 175, 225, 150]))
VERDICTS = {"allow": 300, "step_up": 475, "quarantine": 650}
ALL = ["operator", "subject", "fields"]

scenes = {}


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def flattened(steps):
    return [s for step in steps for s in (flattened(step) if isinstance(step, list) else [step])]


def scene(name, about, *steps, **world):
    flat = flattened(steps)
    for step in flat:  # in one order in every language
        if "attributes" in step:
            step["attributes"] = dict(sorted(step["attributes"].items()))
    scenes[name] = {"about": about, "now": NOW, "random": 42, "verifier": "gateway-1", **world,
                    "steps": flat}


def do(verb, **members):
    return {"do": verb, **members}


def policy_document(signals=None, **members):
    signals = signals or {name: {"weight": weight} for name, weight in WEIGHTS.items()}
    return compact({"trust_policy": 1, "id": "scene", "revision": 3, "signals": signals,
                    "verdicts": VERDICTS, **members})


def example(name):
    return {"file": f"examples/policies/{name}.json"}


def from_manual(identity):
    """A policy of docs/policy.md."""
    for block in (ROOT / "docs/policy.md").read_text().split("```json policy\n")[1:]:
        if f'"id": "{identity}"' in block:
            return block.split("```")[0]
    raise SystemExit(f"docs/policy.md has no policy {identity}")


REFERENCE = compact({"trust_reference": 1, "id": "scene", "revision": 7, "values": [
    {"class": "lock-1", "name": "app", "digest": "sha256:" + "5a" * 32, "status": "ok"},
    {"class": "lock-1", "name": "app", "digest": "sha256:" + "5b" * 32, "status": "advisory"},
    {"name": "app", "digest": "sha256:" + "5c" * 32, "status": "deny"}]})
SOURCES = [{"name": "geo", "data": {"file": "examples/data/geo.mmdb"}},
           {"name": "vpn", "category": "vpn", "data": {"file": "examples/data/vpn.txt"}}]


def documents(policy=None, **members):
    return [do("policy", document=policy or policy_document(**members)),
            do("reference", document=REFERENCE), do("table", sources=SOURCES)]


def enrolled(identity=ID, **members):
    return do("enroll", **{"id": identity, "keys": [7],
                           "attributes": {"class": "lock-1", "country": "DE"}, **members})


def world(policy=None, **members):
    return documents(policy, **members) + [enrolled()]


def attest(**members):
    return do("attest", **{"as": "token", "key": 7, "nonce": {"saved": "nonce"},
                           "verifier": "gateway-1", "bound_device": ID, "session_key": SESSION,
                           "components": [{"name": "app", "version": "2.4.1", "digest": GOOD}],
                           "debug": 1, "secure_boot": 1, **members})


def token(data=None):
    return do("add", type=EAT, data=data or {"saved": "token"})


def asked(**members):
    return do("challenge", **{"as": "nonce", **members})


def answered(**members):
    return [asked(), attest(**members), token()]


def at(place):
    return do("address", address=place)


def person(name="approved", **members):
    """One of the examples' decisions, with other members."""
    document = json.loads((ROOT / f"examples/data/human-{name}.json").read_text())
    return do("add", **{"from": "host", "type": DIDIT, "data": compact({**document, **members})})


def approved():
    return do("add", **{"from": "host", "type": DIDIT,
                        "data": {"file": "examples/data/human-approved.json"}})


def now(text):
    return do("time", to=text)


def assess(**members):
    return do("assess", **members)


def finding(kind, value=None, **members):
    return {"kind": kind, **({} if value is None else {"value": value}), **members}


def evaluate(document, *findings, **members):
    return do("evaluate", document=document, findings=list(findings), **members)


GOOD_SIX = [finding("attestation", 2), finding("identity", 2), finding("place", 0),
            finding("reputation", 0), finding("behaviour", 5), finding("human", 2)]
BAD_SIX = [finding("attestation", 96), finding("identity", 96), finding("place", 1000),
           finding("reputation", 100), finding("behaviour", 110), finding("human", 96)]


def verdicts():
    scene("verdict-allow", "Everything good is known of it.", world(), answered(), at(HOME),
          approved(), assess(show=ALL), do("info"))
    scene("verdict-step-up", "The device proves itself, and no person came.", world(), answered(),
          at(EXIT), assess(show=ALL), do("info"))
    scene("verdict-quarantine", "Good words of the network and a person, and no proof.", world(),
          at(HOME), approved(), assess(show=ALL))
    scene("verdict-deny", "Known bad software.", world(),
          answered(components=[{"name": "app", "digest": BAD}]), at(EXIT), assess(show=ALL))
    scene("nothing", "No evidence at all, no reference values, no table.",
          do("policy", document=policy_document()), enrolled(), assess(show=ALL))
    scene("no-policy", "Without a policy nothing is decided.", enrolled(), at(HOME), assess(),
          do("preview"), do("observe"))
    scene("unregistered", "A device with no key and no facts.", documents(),
          do("enroll", id="bare"), asked(), attest(), token(), at(HOME), approved(),
          assess(show=ALL))


def attestation():
    scene("attestation-measurements", "Software that is weak, denied, unknown, or not told.",
          world(), asked(),
          *[[attest(components=components), token(), do("preview", show=["fields"])]
            for components in ([{"name": "app", "digest": WEAK}],
                               [{"name": "app", "digest": BAD}],
                               [{"name": "app", "digest": SESSION}], [],
                               [{"name": "app", "digest": GOOD},
                                {"name": "boot", "digest": BAD, "signer": GOOD}])])
    scene("attestation-state", "Debugging open, boot not secure, neither told; counters.", world(),
          answered(debug=0), do("preview", show=["fields"]), answered(secure_boot=0),
          do("preview"), answered(debug=-1, secure_boot=-1), do("preview"),
          answered(debug=4, boot_count=9007199254740991, issued_at=1795427990), assess(),
          do("info"))
    scene("attestation-replay", "A spent nonce, a foreign one, none, and one of another device.",
          world(), answered(), assess(), token(), assess(show=["fields"]),
          attest(nonce={"of": {"hex": "ab"}, "repeat": 32}), token(), assess(),
          enrolled("urn:dev:ow:10e2073a01080063", device="e", keys=[8]),
          asked(device="e", **{"as": "theirs"}), attest(nonce={"saved": "theirs"}), token(),
          assess())
    scene("attestation-misbound", "Bound to another purpose, verifier, device, attempt.", world(),
          asked(purpose="onboarding", attempt="attempt-1"),
          *[[attest(**{"purpose": "onboarding", "attempt": "attempt-1", **wrong}), token(),
             do("attempt", attempt="attempt-1"), do("preview", show=["fields"])]
            for wrong in ({}, {"purpose": "update"}, {"verifier": "gateway-2"},
                          {"bound_device": "urn:dev:mac:0024befffe804ff2"},
                          {"attempt": "attempt-2"})])
    scene("attestation-channel", "Bound to the connection, to another, to a key, to nothing.",
          world(), asked(),
          *[[attest(**{"session_key": None, **binding}), token(),
             do("channel", data={"of": {"hex": "c4"}, "repeat": 32}),
             do("preview", show=["fields"])]
            for binding in ({"channel": {"of": {"hex": "c4"}, "repeat": 32}},
                            {"channel": {"of": {"hex": "c5"}, "repeat": 32}},
                            {"session_key": SESSION}, {},
                            {"sealing_key": {"of": {"hex": "5e"}, "repeat": 32}})])
    scene("attestation-key", "Signed with another key, another device's key, a flipped signature.",
          world(), asked(), attest(key=9), token(), do("preview", show=["fields"]), attest(),
          token({"of": {"saved": "token"}, "flip": [-1]}), do("preview", show=["fields"]),
          token({"of": {"saved": "token"}, "flip": [40]}), do("preview"))
    scene("attestation-hostile", "Tokens cut, flipped, repeated, empty, and of no CBOR.", world(),
          asked(), attest(),
          *[token({"of": {"saved": "token"}, "cut": n}) for n in (0, 1, 7, 100)],
          *[token({"of": {"saved": "token"}, "flip": [n]}) for n in (0, 1, 3, 5, 7, 9)],
          token({"of": {"saved": "token"}, "repeat": 2}), token({"hex": "ff" * 9}),
          token({"of": {"hex": "81"}, "repeat": 400}), token("not CBOR"), assess(show=["fields"]))
    scene("attestation-appraise", "The same token alone, for no device.", world(), attest(
          nonce={"of": {"hex": "11"}, "repeat": 8}),
          *[do("appraise", **{"type": EAT, "data": {"saved": "token"}, "keys": [7],
                              "nonce": {"of": {"hex": "11"}, "repeat": 8}, "class": "lock-1",
                              **other})
            for other in ({}, {"keys": []}, {"keys": [8, 7]}, {"nonce": None},
                          {"nonce": {"of": {"hex": "12"}, "repeat": 8}}, {"class": "lock-2"},
                          {"from": "host"}, {"type": "application/cose"}, {"type": EAT.upper()},
                          {"data": {"of": {"saved": "token"}, "flip": [-2]}},
                          {"data": {"of": {"saved": "token"}, "cut": 30}},
                          {"data": {"of": {"hex": "00"}, "repeat": 20000}},
                          {"nonce": {"hex": "11"}}, {"keys": [1, 2, 3, 4, 5]},
                          {"channel": {"of": {"hex": "01"}, "repeat": 65}})])


def cbor(value):
    """Deterministic CBOR (RFC 8949) of what tokens are made of."""
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        size = 1 if number < 1 << 8 else 2 if number < 1 << 16 else 4
        return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[size]]) + number.to_bytes(size, "big")
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(cbor(v) for v in value)
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def foreign(claims):
    """A token that the device signed and that its own library would not have made."""
    payload = cbor(claims)
    before = b"\xd2\x84" + cbor(cbor({1: -8})) + b"\xa0" + cbor(payload) + b"\x58\x40"
    signed = cbor(["Signature1", cbor({1: -8}), b"", payload])
    return [do("sign", **{"key": 7, "as": "signature", "data": {"hex": signed.hex()}}),
            token({"join": [{"hex": before.hex()}, {"saved": "signature"}]})]


def claims():
    nonce = {"of": {"hex": "aa"}, "repeat": 8}
    profile = "tag:github.com,2026:libtrust#native-1"
    ueid = bytes.fromhex("01fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889")
    good = {10: b"\xaa" * 8, 256: ueid, 265: profile, 2399: [{1: "app", 2: b"\x5a" * 32}]}
    scene("attestation-claims", "Signed by the device, and wrong: profile, id, claims.", world(),
          asked(nonce=nonce),
          *[[foreign({k: v for k, v in {**good, **other}.items() if v is not None}),
             do("preview", show=["fields"])]
            for other in ({}, {265: "tag:example.com,2026:other"}, {265: None},
                          {256: b"\x01" + b"\x11" * 32}, {256: b"\x02"}, {256: None},
                          {2399: [{1: "app", 2: b"\x5a"}]}, {2399: []}, {2399: "app"},
                          {10: b"\xbb" * 8}, {10: None}, {10: [b"\xaa" * 8]},
                          {2399: None, -76200: {1: "x" * 64}}, {2399: None, 9999: True})])


def network():
    scene("place", "At home, abroad, in no database, unregistered, not on the internet.", world(),
          *[[at(place), do("preview", show=["fields"])]
            for place in (HOME, ABROAD, "198.51.100.7", "8.8.8.8", "10.1.2.3", "127.0.0.1",
                          "100.64.0.1", "2a0d:8000::1", "::ffff:5.8.1.2", "2002:508:102::1")],
          enrolled("no-country", device="n", attributes={"class": "lock-1"}),
          do("address", device="n", address=HOME), do("preview", device="n"))
    scene("reputation", "On a list, with its own weight, on none, and with no table.", world(),
          *[[at(place), do("preview", show=["fields"])]
            for place in (EXIT, "45.140.64.9", "103.20.7.19", HOME, "2a10:4000:20::5")],
          do("table", sources=[]), at(EXIT), do("preview"))
    scene("addresses-hostile", "What is no address; two addresses; one that a device states.",
          world(), *[at(text) for text in ("", "1.2.3", "1.2.3.04", "256.1.1.1", "fe80::1%eth0",
                                           "::1::", "1.2.3.4 ", "２.3.4.5")],
          at(HOME), at(ABROAD), do("add", **{"from": "device", "type": ADDRESS, "data": HOME}),
          do("add", **{"from": "host", "type": ADDRESS, "data": "nowhere"}),
          do("add", **{"from": "service", "type": ADDRESS, "data": HOME}), assess(show=["fields"]))


def behaviour():
    calm = [1500 + (i * 37) % 11 for i in range(300)]
    learn = [[now(f"2026-11-23T0{i}:50:00Z"),
              do("metric", name="tx_bytes", values=calm[50 * i:50 * i + 50], every=60000,
                 time=f"2026-11-23T0{i}:00:00Z"), do("observe")] for i in range(6)]
    learn.append(now(NOW))
    before = [enrolled(), learn, documents()]
    scene("behaviour", "As usual, a new value, a burst, and a level that stays.", before,
          do("metric", name="tx_bytes", values=[1504]), do("preview", show=["fields"]),
          do("metric", name="tx_bytes", values=[900000]), do("preview", show=["fields"]),
          do("metric", name="tx_bytes", values=[900000] * 12, every=1000,
             time="2026-11-23T09:59:00Z"), do("preview", show=["fields"]),
          do("metric", name="tx_bytes", values=[1700] * 30, every=1000,
             time="2026-11-23T09:59:00Z"), do("preview"), answered(), at(HOME), assess(),
          do("info"))
    both = [1700 if i % 10 == 0 else 1500 for i in range(300)]
    scene("behaviour-level", "Values that it knows, and all of them from one side.", enrolled(),
          [[now(f"2026-11-23T0{i}:50:00Z"),
            do("metric", name="tx_bytes", values=both[50 * i:50 * i + 50], every=60000,
               time=f"2026-11-23T0{i}:00:00Z"), do("observe")] for i in range(6)], now(NOW),
          documents(), do("metric", name="tx_bytes", values=[1700], every=1000,
                          time="2026-11-23T09:58:00Z"), do("preview", show=["fields"]),
          do("metric", name="tx_bytes", values=[1700] * 40, every=1000,
             time="2026-11-23T09:58:00Z"), do("preview", show=["fields"]))
    scene("behaviour-names", "Many metrics, odd names, times and values.", world(),
          do("metric", name="a.b/c_d-e", values=[0, -0.0, 1e308, -1e308, 5e-324, 0.1]),
          do("metric", name="late", values=[1], time="2026-11-23T09:00:00Z"),
          do("metric", name="future", values=[1], time="2026-11-23T11:00:00Z"),
          do("metric", name="ancient", values=[1], time="1970-01-01T00:00:00Z"),
          do("metric", name="far", values=[1], time="9999-12-31T23:59:59.999Z"),
          do("metric", name="spaces are not", values=[1]), do("metric", name="", values=[1]),
          do("metric", name="n" * 63, values=[1]), do("metric", name="n" * 64, values=[1]),
          *[do("metric", name=f"m{i}", values=[i]) for i in range(13)],
          do("add", **{"from": "host", "type": METRIC, "data": '{"name":"x","value":1}'}),
          do("add", **{"from": "host", "type": METRIC, "data": '{"name":"x","value":"1"}'}),
          do("add", **{"from": "device", "type": METRIC, "data": '{"name":"x","value":1}'}),
          assess(show=["fields"]), do("info"))
    scene("baseline", "The baseline alone: scores, times, refusals, state and its restoring.",
          do("baseline", values=calm), do("baseline", values=[1500, 9e9, 1505], aside=True),
          do("baseline", values=[]), do("baseline", values=[0.5, -1e300, 5e-324, 1e300]),
          do("baseline", baseline="t", times=[1000, 2000, 2000], values=[1, 2, 3]),
          do("baseline", baseline="t", times=[3000, 2500], values=[1, 2]),
          do("baseline", baseline="t", times=[1999], values=[1]),
          do("baseline", baseline="t", times=[2000], values=[4]),
          do("restore", baseline="r", state={"hex": ""}),
          do("restore", baseline="r", state={"hex": "00" * 40}),
          do("restore", baseline="r", state={"of": {"hex": "ff"}, "repeat": 200}))


def human():
    scene("human", "Approved, declined, in review, by no one, and by the device itself.", world(),
          *[[step, do("preview", show=["fields"])]
            for step in (approved(), person("declined"), person("review"),
                         person(environment="sandbox"), person(status="In Progress"),
                         person(status="Abandoned"), person(status="Kyc Expired"),
                         person(features=["ID_VERIFICATION", "POA"]),
                         person(expires_at="2026-11-23T09:59:59Z"),
                         person(vendor_data="urn:dev:mac:0024befffe804ff2"))])
    scene("human-attempt", "A session of this attempt, and of another.", world(),
          approved(), do("attempt", attempt="installation-0001"), do("preview"),
          person(reviews=[{"new_status": "Approved", "created_at": "2026-11-23T09:30:00Z"}]),
          do("preview", show=["fields"]),
          person(liveness_checks=[{"status": "Approved", "warnings": [
              {"risk": "LOW_FACE_QUALITY", "log_type": "information"}]}]), do("preview"),
          person(liveness_checks=[{"status": "Approved", "warnings": [
              {"risk": "ODD", "log_type": "warning"}]}]), do("preview"),
          do("add", **{"from": "service", "type": DIDIT,
                       "data": {"file": "examples/data/human-approved.json"}}), do("preview"),
          person(vendor_data="installation-0002"), do("attempt", attempt="installation-0001"),
          do("preview"), do("attempt", attempt=""), do("attempt", attempt="a" * 63),
          do("attempt", attempt="a" * 64), do("attempt", attempt="ü" * 31 + "x"),
          do("attempt", attempt="line\nfeed"))
    scene("human-hostile", "Decisions that are none, of version 1, deep, cut, and the device's.",
          world(), *[do("add", **{"from": "host", "type": DIDIT, "data": data})
                     for data in ("", "{}", "[]", '{"status":"Approved"', '{"kyc":{"status":"A"}}',
                                  '{"status":"Approved","session_kind":"business"}',
                                  '{"status":"Approved","status":"Declined"}',
                                  {"hex": "7b22737461747573223a22ff227d"},
                                  {"of": "[", "repeat": 200}, '{"status":7}')],
          do("add", **{"from": "device", "type": DIDIT,
                       "data": {"file": "examples/data/human-approved.json"}}),
          do("add", **{"from": "service", "type": DIDIT,
                       "data": {"file": "examples/data/human-approved.json"}}),
          assess(show=["fields"]))
    scene("human-appraise", "Decisions alone, with and without their claims.",
          *[do("appraise", **{"type": DIDIT, "from": "host",
                              "data": {"file": f"examples/data/human-{name}.json"}})
            for name in ("approved", "declined", "review")],
          do("appraise", type=DIDIT, data={"file": "examples/data/human-approved.json"}))


def states():
    scene("challenges", "Asked: pending, delivered and refused, undelivered, four at most.",
          world(), asked(ttl=60000), do("preview", show=["fields"]),
          attest(), asked(**{"as": "second"}, ttl=60000, kinds=["human", "attestation"]),
          do("delivered", challenge="nonce"), now("2026-11-23T10:01:00Z"), do("preview"),
          now("2026-11-23T10:01:00.001Z"), do("preview", show=["fields"]), token(),
          do("preview"), asked(), asked(), asked(), asked(), asked(), do("info"),
          asked(kinds=["human"] * 9), asked(ttl=2592000001), asked(ttl=-1),
          asked(purpose="p" * 64), do("delivered", challenge="second"),
          do("challenge", nonce={"of": {"hex": "aa"}, "repeat": 7}),
          do("challenge", nonce={"of": {"hex": "aa"}, "repeat": 65}))
    scene("challenge-adopted", "A nonce that was issued elsewhere, twice.", world(),
          asked(nonce={"of": {"hex": "aa"}, "repeat": 8}), attest(), token(), assess(),
          asked(nonce={"of": {"hex": "aa"}, "repeat": 8}))
    scene("sources-down", "A source that fails for everybody, and works again.", world(),
          do("source_down", kind="place", down=True), do("preview", show=["fields"]),
          do("source_down", kind="attestation", down=True), answered(), do("preview"),
          do("source_down", kind="place", down=False), at(HOME), assess(),
          do("source_down", kind="acme.tamper", down=True))
    scene("ages", "What was good is remembered, ages, and expires.",
          world(signals={**{name: {"weight": w} for name, w in WEIGHTS.items()},
                         "attestation": {"weight": 300, "half_life": "1h", "ttl": "4h"}}),
          answered(), at(HOME), approved(), assess(),
          *[[now(t), do("preview", show=["fields"])]
            for t in ("2026-11-23T11:00:00Z", "2026-11-23T13:59:59.999Z", "2026-11-23T14:00:00Z",
                      "2026-11-30T10:00:00Z", "2027-11-23T10:00:00Z")])
    scene("clock", "A clock that jumps, goes back, cannot tell, and stands at either end.",
          world(), answered(), at(HOME), assess(), now("2026-11-23T09:00:00Z"), at(HOME), assess(),
          now("2026-11-26T10:00:00Z"), at(HOME), assess(show=["fields"]), now(None), at(HOME),
          assess(), asked(), now("1970-01-01T00:00:00Z"), at(HOME), do("preview"),
          now("9999-12-31T23:59:59.999Z"), at(HOME), assess(), asked(), do("info"))
    scene("lifecycle", "Suspended, resumed, revoked, and no way back; retired.", world(),
          answered(), at(HOME), approved(), assess(), do("lifecycle", to="suspended"),
          do("preview", show=["fields"]), do("info"), do("lifecycle", to="enrolled"),
          do("preview"), do("lifecycle", to="revoked"), assess(show=ALL),
          do("lifecycle", to="enrolled"), asked(),
          enrolled("other", device="o"), do("lifecycle", device="o", to="retired"),
          do("lifecycle", device="o", to="retired"), assess(device="o"))
    scene("request-ids", "The same request again gives the same outcome and teaches nothing.",
          world(), answered(), at(HOME), do("request", id="request-1"), assess(), do("info"), at(ABROAD),
          do("request", id="request-1"), assess(show=["fields"]), do("info"), at(ABROAD),
          do("request", id="request-2"), assess(), do("request", id=""),
          do("request", id={"of": {"hex": "00"}, "repeat": 64}),
          do("request", id={"of": {"hex": "00"}, "repeat": 65}))
    scene("observing", "Telemetry without a decision, and when one is due.", world(), at(HOME),
          do("observe"), answered(), at(HOME), approved(), assess(), at(HOME), do("observe"),
          at(EXIT), do("observe"), do("info"), do("metric", name="x", values=[1, 2, 3]),
          do("observe"))
    scene("deadlines", "Too late, and stopped.", world(),
          *[do(verb, **limit) for verb in ("assess", "preview", "observe")
            for limit in ({"deadline": "2026-11-23T09:59:59Z"}, {"cancelled": True},
                          {"deadline": "2026-11-23T10:00:01Z"})],
          do("assess_many", devices=["d", "d"], cancelled=True),
          do("assess_many", devices=["d"], deadline="2026-11-23T09:00:00Z"))
    scene("many", "Several devices in one call, one of them twice.", world(),
          enrolled("second", device="e", keys=[8]), answered(), at(HOME),
          do("address", device="e", address=EXIT),
          do("assess_many", devices=["d", "e", "d"], show=["fields"]), do("info"),
          do("info", device="e"))


def devices():
    scene("device-ids", "Ids in every script, the longest, and what is none.", documents(),
          *[do("enroll", device=f"x{i}", id=identity)
            for i, identity in enumerate((
                "замок-№7", "錠前-七", "قفل", "lock 🔒", "a\"b\\c", "\u00e9", "e\u0301", "x" * 255,
                "x" * 256, "", "tab\there", "nul\x7f", "‮evil"))],
          do("open", id="замок-№7"), assess(), do("open", id="錠前-八"),
          do("enroll", id="\u00e9"), do("bundle_device", data='{"device":"錠前-七","items":[]}'))
    scene("enrolment", "Keys and attributes at and over their limits.", documents(),
          enrolled("five-keys", keys=[1, 2, 3, 4, 5]), enrolled("four-keys", keys=[1, 2, 3, 4]),
          enrolled("twice", keys=[1, 1]), enrolled("weak", keys=[{"hex": "00" * 32}]),
          enrolled("names", attributes={"Upper": "x"}),
          enrolled("long", attributes={"a": "v" * 128}), enrolled("wide", attributes={
              f"a{i}": "v" for i in range(17)}),
          enrolled("full", attributes={f"a{i}": "ü" for i in range(16)}),
          enrolled("much", attributes={f"a{i}": "v" * 100 for i in range(6)}),
          enrolled("empty", attributes={"a": ""}), do("open", id="four-keys"), do("info"))
    scene("two-handles", "Two handles on one device; the second starts over.", world(),
          do("open", device="again", id=ID), answered(), at(HOME), assess(),
          do("info", device="again"), do("address", device="again", address=HOME),
          assess(device="again"), do("reload"), do("info"))
    scene("evidence-limits", "Sixty-four items, large ones, types of every shape.", world(),
          *[do("add", type=kind, data="x") for kind in (
              "text/plain", "TEXT/Plain; charset=utf-8", "", "no-slash", "a/" + "b" * 300,
              "ü/ü", "application/eat+cwt;x=1")],
          do("add", type=EAT, data={"of": "x", "repeat": 65536}),
          do("add", type=EAT, data={"of": "x", "repeat": 65537}),
          *[do("metric", name="m", values=[i, i + 1, i + 2, i + 3]) for i in range(15)],
          assess(show=["fields"]))


def bundles():
    join = {"join": ['{"device":"' + ID + '","items":[{"type":"' + EAT + '","data":"',
                     {"base64url": {"saved": "token"}}, '"},{"type":"' + ADDRESS
                     + '","value":"' + HOME + '"},{"type":"' + METRIC
                     + '","value":{"name":"tx","value":3.5,"unit":"By"}},{"type":"' + DIDIT
                     + '","file":"decision.json"}]}']}
    plain = {"join": join["join"][:2] + ['"}]}']}
    files = {"decision.json": {"file": "examples/data/human-approved.json"}}
    scene("bundle", "The host's bundle, the device's, and one that names another device.", world(),
          asked(), attest(), do("bundle", **{"from": "host", "data": join, "files": files}),
          do("preview", show=["fields"]), do("bundle", **{"from": "host", "data": join}),
          do("bundle", **{"from": "device", "data": join}),
          do("bundle", **{"from": "device", "data": plain}), assess(),
          do("bundle_device", data=join), do("bundle_device", data='{"items":[]}'),
          enrolled("other", device="o"), do("bundle", **{
              "device": "o", "from": "host", "data": plain}), assess(device="o"))
    items = ('{"items":[', "]}")
    scene("bundle-hostile", "Bundles with an unknown member, doubles, bad text, cut, deep.",
          world(), *[do("bundle", **{"from": "host", "data": data}) for data in (
              "", "{", "null", "[]", "{}", '{"items":[]}', '{"items":{}}', '{"items":[],"x":1}',
              '{"items":[],"items":[]}', '{"device":"a","device":"b","items":[]}',
              '{"items":[{"type":"a/b"}]}', '{"items":[{"type":"a/b","data":"!"}]}',
              '{"items":[{"type":"a/b","data":"QQ=="}]}',
              '{"items":[{"type":"a/b","data":"QQ","value":1}]}',
              '{"items":[{"type":"a/b","data":"QQ","nonce":"0"}]}',
              '{"items":[{"type":"a/b","data":"QQ","collected":"yesterday"}]}',
              '{\n "items": [\n  {"type": 7, "data": "QQ"}\n ]\n}', "{\"items\":[],}",
              {"hex": "7b226974656d73223a5b5d2c22ff223a317d"}, {"hex": "efbbbf7b7d"},
              '{"items":[],"device":"\\ud800"}',
              {"of": "[", "repeat": 5000}, '{"items":[1e999]}',
              {"join": [items[0], {"of": '{"type":"a/b","data":"QQ"},', "repeat": 64},
                        '{"type":"a/b","data":"QQ"}', items[1]]},
              {"join": [items[0] + '{"type":"' + METRIC + '","value":{"name":"x","value":',
                        "1" * 400, "}}" + items[1]]})],
          do("bundle", **{"from": "device", "data": '{"items":[{"type":"a/b","file":"/etc/x"}]}'}),
          do("bundle", **{"from": "host", "data": '{"items":[{"type":"a/b","file":"../x"}]}',
                          "files": {"../x": "found"}}),
          do("bundle", **{"from": "device", "data": '{"items":[{"type":"' + EAT + '","data":"QQ",'
                          '"nonce":"0011223344556677","collected":"2026-11-23T09:00:00Z"}]}'}),
          assess(show=["fields"]),
          *[do("bundle_device", data=data) for data in (
              "", "{}", '{"device":7}', '{"device":""}', {"join": ['{"device":"', "x" * 256, '"}']},
              '{"device":"a\\u0000b"}')])


def policies():
    whole = policy_document(
        id="whole", revision=4,
        gates=[{"id": "listed", "if": {"signal": "reputation", "at_least": 50},
                "floor": "quarantine", "reason": "ADDRESS_LISTED", "actions": ["isolate", "note"]}],
        profiles=[{"id": "doors", "when": {"attr": "class", "eq": "lock-1"}, "base": 460}],
        stages=[{"id": "bench", "needs": ["attestation", "identity"], "timeout": "2h",
                 "actions": ["show_label"]},
                {"id": "site", "needs": ["human"], "timeout": "1d", "on_timeout": "deny"},
                {"id": "field"}],
        step_up=[{"obtain": "attestation", "cost": 2}, {"obtain": "identity", "cost": 1},
                 {"obtain": "human", "cost": 30, "action": "call_installer"}],
        actions={"allow": ["open"], "step_up": ["ask"], "quarantine": ["note"]},
        calibration={"knots": [[0, 1000], [500, 500000], [1000, 990000]]})
    scene("stages", "From the bench to the field, and one that waits too long.", world(whole),
          assess(show=ALL), answered(), at(HOME), assess(show=["subject", "fields"]), do("info"),
          approved(), assess(show=ALL), do("info"), enrolled("slow", device="s"),
          assess(device="s"), now("2026-11-23T12:00:00Z"), assess(device="s", show=["fields"]),
          do("info", device="s"), do("observe", device="s"))
    scene("gates", "A listed address against everything good.", world(whole), answered(), at(EXIT),
          approved(), assess(show=ALL))
    scene("groups", "Signals of one group, and its limit.", world(policy_document(
        {**{n: {"weight": w} for n, w in WEIGHTS.items()},
         "place": {"weight": 110, "group": "net"}, "reputation": {"weight": 175, "group": "net"}},
        groups={"net": {"floor": -20, "ceiling": 60}})), at(EXIT), do("preview", show=["fields"]),
          at(HOME), answered(), approved(), assess(show=["operator"]))
    scene("profiles", "A fact that is not registered makes the stricter profile count.",
          documents(from_manual("profiles")), enrolled("lamp", device="a", attributes={
              "role": "lamp", "risk_class": "1"}), enrolled("lock", device="b", attributes={
                  "role": "lock"}), enrolled("what", device="c", attributes={"role": "lamp"}),
          *[assess(device=d, show=["fields"]) for d in "abc"],
          *[do("select", document=from_manual("profiles"), attributes=attributes)
            for attributes in ({}, {"role": "gate"}, {"role": "lamp", "risk_class": "3"},
                               {"risk_class": "ü"}, {"BAD": "x"}, {"role": "v" * 128})])
    sticky = policy_document(hysteresis={"margin": 40, "dwell": "10m", "backoff": 2,
                                         "dwell_max": "1d"})
    scene("hysteresis", "A verdict that falls, is held, and may rise again; then it falls twice.",
          world(sticky), answered(), at(HOME), approved(), assess(), at(EXIT),
          answered(components=[{"name": "app", "digest": BAD}]), assess(show=["fields"]), answered(),
          at(HOME), now("2026-11-23T10:05:00Z"), assess(show=["fields"]),
          now("2026-11-23T10:10:00Z"), answered(), at(HOME), approved(), assess(),
          now("2026-11-23T10:12:00Z"), answered(components=[{"name": "app", "digest": BAD}]),
          assess(), do("info"), now("2026-11-23T10:30:00Z"), answered(), assess(show=["fields"]))
    scene("held", "A verdict that could be milder, held for its ten minutes.", world(sticky),
          answered(), at(EXIT), assess(), now("2026-11-23T10:04:00Z"), approved(), at(EXIT),
          assess(show=ALL), now("2026-11-23T10:09:59.999Z"), do("preview"),
          now("2026-11-23T10:10:00Z"), do("observe"), assess(show=ALL), do("info"))
    scene("policy-in-force", "A policy before its day and after it.",
          documents(policy_document(not_before="2026-11-24T00:00:00Z",
                                    expires="2026-11-25T00:00:00Z")), enrolled(), answered(),
          at(HOME), do("preview"), now("2026-11-24T00:00:00Z"), do("preview"),
          now("2026-11-25T00:00:00Z"), do("preview", show=["fields"]))
    sign = {"as": "manifest", "key": 3, "kind": "policy", "id": "scene", "revision": 3,
            "document": policy_document()}
    scene("signed", "A policy under a manifest; a step back; unsigned after signed.",
          do("manifest", **sign),
          do("policy", document=policy_document(), manifest={"saved": "manifest"}, keys=[3]),
          do("policy", document=policy_document(), manifest={"saved": "manifest"}, keys=[4]),
          do("policy", document=policy_document() + " ", manifest={"saved": "manifest"}, keys=[3]),
          do("policy", document=policy_document()), enrolled(), at(HOME), assess(show=["fields"]),
          do("manifest", **{**sign, "revision": 2, "document": policy_document(revision=2)}),
          do("policy", document=policy_document(revision=2), manifest={"saved": "manifest"},
             keys=[3]),
          do("policy", document=policy_document(), allow_unsigned=True), at(HOME), assess())
    scene("policy-refused", "Documents that do not load, each with its place.",
          *[do("policy", document=document) for document in (
              "", "{", "[]", "{}", policy_document(unknown=1), policy_document(base=1001),
              policy_document(base=1.5), policy_document(verdicts={"allow": 500, "step_up": 400,
                                                                   "quarantine": 650}),
              policy_document(signals={"no_such": {"weight": 1}}),
              policy_document(signals={"acme.tamper": {"weight": 100, "scale": "percent"},
                                       **{n: {"weight": w} for n, w in WEIGHTS.items()}}),
              '{"trust_policy":2}', '{"trust_policy":1,"trust_policy":1}',
              '{\n  "trust_policy": 1,\n  "id": "x",\n  "revision": "seven"\n}',
              policy_document(gates=[{"id": "g", "if": {"signal": "place", "at_least": 1001},
                                      "floor": "deny"}]),
              policy_document(stages=[{"id": "a", "next": "a"}]),
              policy_document(tests=[{"name": "no", "expect": {"verdict": "allow"}}]),
              {"hex": "7b22ff223a317d"}, {"of": "[", "repeat": 3000},
              {"join": [policy_document(), {"of": " ", "repeat": 262144}]},
              policy_document(id="ü"), policy_document(id="x" * 64),
              policy_document(revision=9007199254740992))])
    scene("reference-refused", "Reference documents that do not load.",
          *[do("reference", document=document) for document in (
              REFERENCE, "", "{}", '{"trust_reference":2}',
              REFERENCE.replace("sha256", "md5", 1), REFERENCE.replace("5b" * 32, "5a" * 32),
              REFERENCE.replace("advisory", "fine"), REFERENCE.replace('"id"', '"di"'),
              REFERENCE[:-1], REFERENCE + "x", REFERENCE.replace("[", "[\n", 1).replace(
                  '"name":"app"', '"name":7', 1))])


def policies_alone():
    for name in ("industrial", "consumer", "safety-critical", "front-door-locks"):
        scene(f"describe-{name}", "Everything that a reference policy tells of itself.",
              do("describe", document=example(name)))
    scene("expand", "A policy with every default spelled out, and those of the manual.",
          do("expand", document=example("front-door-locks")),
          *[do("describe", document=from_manual(i))
            for i in ("overrides", "stages", "gates", "quorum", "custom", "step-up", "actions")])
    scene("schema", "The JSON Schema of the document.", do("schema"))
    scene("lint", "What the linter says of every reference policy, and of what does not load.",
          *[do("lint", document=example(name))
            for name in ("industrial", "consumer", "safety-critical", "front-door-locks")],
          do("lint", document=policy_document()), do("lint", document="{"), do("lint", document=""),
          do("lint", document='{\n "trust_policy": 1,\n "idd": "ü"\n}'),
          do("lint", document={"hex": "ff"}),
          *[do("lint", document=from_manual(i)) for i in ("stages", "gates", "overrides")])
    scene("policy-tests", "The tests that documents carry, passed and failed.",
          do("test", document=from_manual("gates")), do("test", document=from_manual("overrides")),
          do("test", document=policy_document(tests=[
              {"name": "wrong", "evidence": {"identity": 2}, "expect": {"verdict": "allow"}},
              {"name": "right", "expect": {"verdict": "deny"}}])), do("test", document="{}"))


def evaluations():
    six = policy_document()
    scene("evaluate", "Findings good, bad, and none, weighed without an engine.",
          evaluate(six, *GOOD_SIX), evaluate(six, *BAD_SIX), evaluate(six),
          evaluate(six, *GOOD_SIX, now=None), evaluate(six, *GOOD_SIX[:2], *BAD_SIX[2:]),
          evaluate(six, finding("identity", 2), previous="allow", since=NOW),
          evaluate(six, *GOOD_SIX, now="9999-12-31T23:59:59.999Z"),
          evaluate(six, *[{**f, "time": "1970-01-01T00:00:00Z"} for f in GOOD_SIX]),
          evaluate(six, *[{**f, "time": None} for f in GOOD_SIX]),
          evaluate(six, *[{**f, "time": "2026-11-24T00:00:00Z"} for f in GOOD_SIX]))
    states = ["not_requested", "valid", "pending", "refused", "invalid", "expired", "source_down",
              "not_applicable", "unbound", "unsupported"]
    scene("evaluate-states", "Each state of one kind, beside two that are good.",
          *[evaluate(six, finding("identity", 2), finding("human", 2), finding(
              "attestation", 2, state=state)) for state in states])
    scene("evaluate-quality", "Values whose source is half as good, stale, or worth nothing.",
          *[evaluate(six, finding("identity", 2), finding("attestation", value, quality=quality,
                                                          time=time))
            for value in (2, 32, 96, 127) for quality, time in (
                (65536, NOW), (32768, NOW), (0, NOW), (65536, "2026-11-23T09:00:00Z"))])
    scene("evaluate-refused", "What breaks the call's contract.",
          evaluate(six, finding("attestation", 2, quality=65537)),
          evaluate(six, *[finding("identity", 2, source=i) for i in range(257)]),
          evaluate(six, floors=[{"verdict": "deny", "reason": "REVOKED"}] * 16),
          evaluate(six, finding("attestation", -5)), evaluate(six, finding("attestation", 999)),
          evaluate(six, finding("acme.other", 5)))
    scene("evaluate-floors", "Floors from outside, and an override that passes them or not.",
          evaluate(six, *GOOD_SIX, floors=[{"verdict": "quarantine", "reason": "SUSPENDED"}]),
          evaluate(six, *GOOD_SIX, floors=[{"verdict": "deny", "reason": "REVOKED"},
                                           {"verdict": "step_up", "reason": "HOST_SIGNAL"}]),
          *[evaluate(from_manual("overrides"), finding("identity", 2), *more, override=override)
            for override in ("allow", "step_up", "deny")
            for more in ([], [finding("attestation", 96)])])
    scene("evaluate-quorum", "One list, two that agree, two that do not.",
          *[evaluate(from_manual("quorum"), *[finding("reputation", v, source=i)
                                              for i, v in enumerate(values)])
            for values in ((100,), (100, 100), (100, 0), (0, 0), (100, 100, 0))])
    scene("evaluate-hysteresis", "Held by margin and dwell, and flaps that lengthen it.",
          *[evaluate(from_manual("hysteresis"), finding("attestation", 2, time=time),
                     finding("identity", 2), previous=previous, since=since, flaps=flaps)
            for time in (NOW, "2026-11-23T09:30:00Z") for previous in ("step_up", "quarantine")
            for since, flaps in ((NOW, 0), ("2026-11-23T09:00:00Z", 0),
                                 ("2026-11-23T08:30:00Z", 1), ("2026-11-22T10:00:00Z", 9))])
    scene("evaluate-stages", "Each stage, good enough, not, and too late.",
          *[evaluate(from_manual("stages"), *findings, stage=stage, stage_since=since)
            for stage in (0, 1, 2) for findings in ([], GOOD_SIX)
            for since in (NOW, "2026-11-20T10:00:00Z", None)])
    plant = [finding("plant.port", 0), finding("plant.flows", 5), finding("plant.flows", 5, source=1)]
    scene("evaluate-industrial", "The plant's policy with its own kinds, profiles and gates.",
          *[evaluate(example("industrial"), *findings, attributes=attributes, stage=4)
            for attributes in ({}, {"role": "plc", "risk_class": "3"},
                               {"role": "sensor", "risk_class": "1", "segment": "cell.7",
                                "built": "2015"})
            for findings in ([*GOOD_SIX, *plant], [*BAD_SIX, *plant], plant)])
    scene("evaluate-many", "Columns of many devices: absences, ages, qualities and states.",
          do("evaluate_many", document=six, count=6, columns=[
              {"kind": "attestation", "values": [2, 96, None, 2, 32, 2],
               "ages": [0, 0, 0, 3600000, 60000, -1000]},
              {"kind": "identity", "values": [2, 2, 2, None, 2, 2],
               "quality": [65536, 65536, 0, 65536, 1, 30000]},
              {"kind": "human", "values": [2, 2, 96, None, 2, 2], "states": [
                  "valid", "refused", "valid", "valid", "pending", "expired"]},
              {"kind": "acme.other", "values": [1, 1, 1, 1, 1, 1]}]),
          do("evaluate_many", document=six, count=0, columns=[]),
          do("evaluate_many", document=six, count=3, columns=[]),
          do("evaluate_many", document=six, count=2, previous="quarantine", since=NOW, columns=[
              {"kind": "identity", "values": [2, 2]}, {"kind": "identity", "source": 1,
                                                       "values": [None, 96]}]),
          do("evaluate_many", document=six, count=3, columns=[
              {"kind": "identity", "values": [2, 2, 2], "quality": [1, 65537, 1]}]))


def parts():
    lists = {"name": "lists", "category": "block", "data": {"lines": [
        "# invented", "10.0.0.0/8 40 ; inside", "", "2001:4860::/32", "5.8.1.2 100",
        "5.8.0.0/16\t5", "192.88.99.0/24"]}}
    scene("table", "What a table says of addresses of every class.",
          do("table", sources=[*SOURCES, lists]),
          do("find", addresses=[HOME, ABROAD, EXIT, "45.140.64.200", "10.9.8.7", "5.8.200.1",
                                "2a0d:8000::1", "2a10:4000:20::1", "2001:4860::8888", "0.0.0.0",
                                "255.255.255.255", "127.0.0.1", "169.254.1.1", "224.0.0.1",
                                "192.0.2.1", "198.18.0.1", "100.64.0.1", "192.88.99.1",
                                "192.31.196.1", "240.0.0.1", "::", "::1", "fe80::1", "ff02::1",
                                "fc00::1", "2001:db8::1", "::ffff:5.8.1.2", "::5.8.1.2",
                                "2002:508:102::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                                "64:ff9b::5.8.1.2", "2a0d:8000::5efe:5.8.1.2", "1.2.3", "", "x",
                                "1.2.3.4/32", "fe80::1%1"]),
          do("categories", names=["vpn", "my-VPN-list", "tor", "proxy", "hosting", "datacenter",
                                  "block", "blocklist", "other", "", "unblocked", "ü"]))
    scene("table-refused", "Sources with one bad byte, too many, nameless, cut.",
          *[do("table", sources=[{"name": "l", "category": "vpn", "data": data}]) for data in (
              "", "1.2.3.4", "1.2.3.4/33", "1.2.3.4\n1.2.3", "1.2.3.4 101", "1.2.3.4 -1",
              "x", "1.2.3.4/8", "::/129", {"hex": "ff"}, "1.2.3.4 5 6", "1.2.3.4\r\n5.6.7.8\r\n",
              {"hex": "312e322e332e34000a"})],
          do("table", sources=[{"name": "geo", "data": {"of": SOURCES[0]["data"], "cut": n}}
                               for n in (2000,)]),
          *[do("table", sources=[{"name": "geo", "data": {"of": SOURCES[0]["data"], "flip": [n]}}])
            for n in (0, 500, 1000, 1500, 2100, -1)],
          do("table", sources=[{"name": "", "category": "vpn", "data": ""}]),
          do("table", sources=[{"name": "n" * 64, "category": "vpn", "data": ""}]),
          do("table", sources=[{"name": f"l{i}", "category": "tor", "data": f"5.8.1.{i}"}
                               for i in range(16)]), do("find", addresses=["5.8.1.15"]),
          do("table", sources=[{"name": f"l{i}", "category": "tor", "data": ""}
                               for i in range(17)]))
    scene("keys", "Keys in every encoding, and what is none; signatures for one use each.",
          do("keygen", random=7), do("sign", key=7, data="message"),
          do("sign", key=7, use=2, data=""), do("sign", key=7, use=2, as_use=1, data="x"),
          do("sign", key={"hex": "07" * 32}, data="message"),
          *[do("sign", key=key, data="message") for key in (
              "", {"hex": "07" * 31}, "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
              {"hex": "302e020100300506032b657004220420" + "07" * 32},
              {"hex": "302e020100300506032b656e04220420" + "07" * 32})],
          *[do("read_keys", data=data) for data in (
              {"hex": "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"},
              {"hex": "302a300506032b6570032100"
                      "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"},
              {"hex": "00" * 32}, {"hex": "01" + "00" * 31}, {"hex": "ff" * 32}, "", "x" * 32,
              "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
              "-----BEGIN CERTIFICATE-----\nMCow\n-----END CERTIFICATE-----\n",
              {"of": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh"
                     "7qaRRG0iw=\n-----END PUBLIC KEY-----\n", "repeat": 2},
              {"of": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh"
                     "7qaRRG0iw=\n-----END PUBLIC KEY-----\n", "repeat": 9},
              {"of": " ", "repeat": 20000})],
          do("sign", key={"hex": "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"},
             answer={"of": {"hex": "11"}, "repeat": 64}, data="message"))
    document = "a document"
    sign = {"key": 3, "use": 6, "kind": "reference", "id": "locks", "revision": 9,
            "document": document, "as": "manifest"}
    check = {"manifest": {"saved": "manifest"}, "keys": [3], "kind": "reference",
             "document": document}
    scene("manifests", "Signed, verified, of another key, kind or document, too early, too late.",
          do("manifest", **sign), do("verify", **check),
          *[do("verify", **{**check, **other}) for other in (
              {"keys": []}, {"keys": [4]}, {"keys": [4, 3]}, {"kind": "table"},
              {"document": "another"}, {"manifest": ""}, {"manifest": "!!!"},
              {"manifest": {"of": {"saved": "manifest"}, "flip": [20]}},
              {"manifest": {"of": {"saved": "manifest"}, "flip": [-3]}},
              {"manifest": {"of": {"saved": "manifest"}, "cut": 40}},
              {"manifest": {"join": [{"saved": "manifest"}, " "]}}, {"now": None},
              {"manifest": {"of": "A", "repeat": 4097}})],
          do("manifest", **{**sign, "not_before": "2026-11-23T10:00:00Z",
                            "expires": "2026-11-24T00:00:00Z"}), do("verify", **check),
          *[do("verify", now=time, **check)
            for time in ("2026-11-23T09:59:59.999Z", "2026-11-23T23:59:59.999Z",
                         "2026-11-24T00:00:00Z", None)],
          *[do("manifest", **{**sign, **other}) for other in (
              {"use": 2}, {"kind": "policy"}, {"kind": "UPPER"}, {"id": ""}, {"revision": 2 ** 53},
              {"expires": "2026-11-22T00:00:00Z", "not_before": "2026-11-23T00:00:00Z"},
              {"revision": 2 ** 53 - 1, "expires": "9999-12-31T23:59:59.999Z"})])
    scene("attester", "Tokens at the limits of what a device may say.",
          *[attest(nonce=nonce) for nonce in ({"of": {"hex": "11"}, "repeat": 7},
                                              {"of": {"hex": "11"}, "repeat": 8},
                                              {"of": {"hex": "11"}, "repeat": 64},
                                              {"of": {"hex": "11"}, "repeat": 65})],
          *[attest(**{"nonce": GOOD, **other}) for other in (
              {"verifier": "v" * 63}, {"verifier": "v" * 64}, {"purpose": "ü"},
              {"purpose": "line\nfeed"}, {"channel": {"hex": "00"}}, {"channel": GOOD},
              {"session_key": {"of": {"hex": "01"}, "repeat": 133}},
              {"session_key": {"of": {"hex": "01"}, "repeat": 134}}, {"debug": 5},
              {"secure_boot": 2}, {"issued_at": 0}, {"boot_count": 9007199254740991},
              {"components": [{"name": "n" * 63, "version": "v" * 31, "digest": GOOD,
                               "signer": {"of": GOOD, "repeat": 2}}] * 16},
              {"components": [{"name": "n", "digest": GOOD}] * 17},
              {"components": [{"name": "n" * 64, "digest": GOOD}]},
              {"components": [{"name": "n", "digest": {"hex": "00"}}]})])
    scene("times", "Times as texts, at both ends, with offsets and fractions.",
          do("times", texts=["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z",
                             "2026-11-23T05:00:00+05:30", "2026-11-23T05:00:00.5Z",
                             "2026-11-23T05:00:00.123456Z", "2024-02-29T00:00:00Z",
                             "2023-02-29T00:00:00Z", "2026-11-23", "2026-11-23 05:00:00Z", "",
                             "0", "1795428000", "-1", "253402300799", "253402300800", "1e3",
                             "2026-11-23T24:00:00Z", "2026-12-31T23:59:60Z", "now",
                             "99999999999999999999", "2026-11-23t05:00:00z"]))
    scene("words", "The words for every number.", do("words"), do("reasons"))


def write(folder):
    for name, value in scenes.items():
        steps = ",\n".join("  " + compact(step) for step in value.pop("steps"))
        head = json.dumps(value, ensure_ascii=False, indent=1)[:-2]
        (folder / f"{name}.json").write_text(f'{head},\n "steps": [\n{steps}\n ]\n}}\n')
    print(len(scenes), "scenes")


def main():
    for group in (verdicts, attestation, claims, network, behaviour, human, states, devices,
                  bundles, policies, policies_alone, evaluations, parts):
        group()
    write(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "scenes")


if __name__ == "__main__":
    main()
