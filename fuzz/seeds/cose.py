#!/usr/bin/env python3
"""Makes fuzz/corpus/cose: messages with every header that is looked at, and the ways to be refused.
Nothing is signed: the reader does not verify."""

import pathlib

from cbor import CLAIMS, Tag, encode

PAYLOAD = encode(CLAIMS)
SIGNATURE = bytes(64)


def sign1(protected, unprotected, payload=PAYLOAD, tag=18, signature=SIGNATURE):
    if isinstance(protected, dict):
        protected = encode(protected)
    return Tag(tag, [protected, unprotected, payload, signature])


SEEDS = {
    "eddsa": sign1({1: -8}, {4: b"kid"}),
    "ed25519": sign1({1: -19, 4: b"kid"}, {}),
    "cwt": Tag(61, sign1({1: -8}, {})),
    "crit": sign1({1: -8, 2: [1, 3, 4], 3: 0, 4: b""}, {}),
    "labels": sign1({1: -8, "x": [1], 33: b""}, {"y": {}, 35: "u"}),
    "many": sign1({1: -8, **{100 + i: i for i in range(31)}}, {200 + i: i for i in range(32)}),
    "too_many": sign1({1: -8, **{100 + i: i for i in range(32)}}, {}),
    "empty": sign1({1: -8}, {}, b"", signature=b""),
    "text_alg": sign1({1: "EdDSA"}, {}),
    "no_alg": sign1({}, {}),
    "no_headers": sign1(b"", {}),
    "unprotected": sign1({}, {1: -8}),
    "both": sign1({1: -8, 4: b"a"}, {4: b"b"}),
    "crit_unknown": sign1({1: -8, 2: [15], 15: {}}, {}),
    "crit_missing": sign1({1: -8, 2: [4]}, {4: b""}),
    "crit_unprotected": sign1({1: -8}, {2: [1]}),
    "crit_empty": sign1({1: -8, 2: []}, {}),
    "kid_text": sign1({1: -8}, {4: "kid"}),
    "detached": sign1({1: -8}, {}, None),
    "mac0": sign1({1: 5}, {}, tag=17),
    "sign": Tag(98, [b"", {}, PAYLOAD, []]),
    "untagged": sign1({1: -8}, {}).value,
    "not_a_map": sign1(encode([1]), {}),
    "after": sign1(encode({1: -8}) + b"\0", {}),
    "label_bytes": sign1({1: -8, b"x": 0}, {}),
}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "cose"
    folder.mkdir(parents=True, exist_ok=True)
    for name, message in SEEDS.items():
        (folder / name).write_bytes(encode(message))


if __name__ == "__main__":
    main()
