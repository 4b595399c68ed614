#!/usr/bin/env python3
"""Makes fuzz/corpus/token: native tokens, and payloads to be signed (docs/native-token.md), good and
bad. The one signed token is from examples/vendor_sdk."""
import base64
import hashlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY, TOKEN = (ROOT / "examples/data/vendor_sdk.token").read_text().split()
NONCE = bytes(range(32))
CHANNEL = bytes([1]) + bytes(31)
UEID = b"\x01" + hashlib.sha256(bytes.fromhex(KEY)).digest()
PROFILE = "tag:github.com,2026:libtrust#native-1"
BINDING = -76200


def head(major, n):
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if n < 24:
            return bytes([major << 5 | n])
        if n < 1 << (8 * size):
            return bytes([major << 5 | info]) + n.to_bytes(size, "big")
    raise ValueError(n)


def cbor(v):
    if v is None or v is True or v is False:
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[v]
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, list):
        return head(4, len(v)) + b"".join(map(cbor, v))
    pairs = sorted((cbor(k), cbor(x)) for k, x in v.items())
    return head(5, len(pairs)) + b"".join(k + x for k, x in pairs)


def slot(binding, channel=None):
    if not binding and channel is None:
        return NONCE
    named = [binding.get(i) for i in (1, 2, 3, 4)]
    keys = [binding.get(i) for i in (5, 6)]
    return hashlib.sha256(cbor(["libtrust-binding-1", NONCE, *named, channel, *keys])).digest()


def claims(more=None, binding=None, channel=None):
    out = {10: slot(binding or {}, channel), 256: UEID, 265: PROFILE}
    if binding:
        out[BINDING] = binding
    out.update(more or {})
    return out


def component(**changes):
    out = {1: "app", 2: bytes(32), 4: "2.4.1", 5: bytes(48)}
    out.update({int(k[1:]): v for k, v in changes.items()})
    return out


FULL = {6: 1700000000, 262: True, 263: 1, 267: 9, 2399: [component(), component(_2=bytes(64))]}
BOUND = {1: "join", 2: "verifier.example", 3: "urn:dev:1", 4: "a", 5: bytes(65), 6: bytes(32)}

raw = base64.urlsafe_b64decode(TOKEN + "==")
tokens = {
    "token": raw,
    "cwt-tag": b"\xd8\x3d" + raw,
    "short": raw[:-1],
    "mac0": b"\xd1" + raw[1:],
    "forged": raw[:-1] + b"\x00",
}
payloads = {
    "smallest": claims(),
    "full": claims(FULL),
    "bound": claims(FULL, BOUND),
    "bound-channel": claims(FULL, BOUND, CHANNEL),
    "channel": claims({}, {}, CHANNEL),
    "misbound": claims({}, {1: "leave"}),
    "debug": claims({263: 0, 262: False}),
    "other-profile": claims({265: "tag:psacertified.org,2023:psa#tfm"}),
    "no-profile": {10: NONCE},
    "other-ueid": claims({256: b"\x01" + bytes(32)}),
    "bad-iat": claims({6: "now"}),
    "bad-debug": claims({263: 5}),
    "bad-components": claims({2399: {}}),
    "bad-digest": claims({2399: [component(_2=bytes(31))]}),
    "bad-name": claims({2399: [component(_1="a\0b")]}),
    "bad-binding": claims({BINDING: {9: 1}}),
    "unknown-claims": claims({9999: [1, {2: 3}], "acme": None, -1: b"x"}),
    "list": [1, 2],
}

folder = ROOT / "fuzz/corpus/token"
folder.mkdir(parents=True, exist_ok=True)
for name, data in tokens.items():
    (folder / f"token-{name}").write_bytes(b"\x00" + data)
for name, data in payloads.items():
    (folder / f"signed-{name}").write_bytes(b"\x01" + cbor(data))
