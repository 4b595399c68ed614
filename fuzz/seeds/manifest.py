#!/usr/bin/env python3
"""Makes fuzz/corpus/manifest: the worked example of docs/manifest.md as text and as bytes, spelt in
other ways, and members to be signed, good and bad."""

import base64
import hashlib
import pathlib
import re

from cbor import Tag, encode

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "manifest.md").read_text()
EXAMPLE = re.search(r"```text manifest\n(\S+\n)```", PAGE).group(1).encode()
MESSAGE = base64.urlsafe_b64decode(EXAMPLE.strip() + b"=" * (-len(EXAMPLE.strip()) % 4))
DIGEST = hashlib.sha256(b"any bytes").digest()
KEY = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
HEADERS = {1: -8, 3: "application/vnd.trust.manifest", 4: hashlib.sha256(KEY).digest()}
SIGNATURE = bytes(64)

TEXTS = {
    "example": EXAMPLE,
    "no_newline": EXAMPLE[:-1],
    "two_lines": EXAMPLE + EXAMPLE,
    "windows": EXAMPLE[:-1] + b"\r\n",
    "padded": EXAMPLE[:-1] + b"==\n",
    "cut": EXAMPLE[:200] + b"\n",
    "standard": EXAMPLE.replace(b"-", b"+").replace(b"_", b"/"),
}


def members(**changes):
    out = {1: "policy", 2: "front-door", 3: 7, 4: 1796083200000, 5: 1827619200000, 6: DIGEST}
    for key, value in changes.items():
        if value is None:
            del out[int(key[1:])]
        else:
            out[int(key[1:])] = value
    return out


MESSAGES = {
    "example": MESSAGE,
    "cwt": encode(Tag(61, Tag(18, [encode(HEADERS), {}, encode(members()), SIGNATURE]))),
    "token": encode(Tag(18, [encode({1: -8}), {}, encode({10: bytes(32)}), SIGNATURE])),
    "es256": encode(Tag(18, [encode({**HEADERS, 1: -7}), {}, encode(members()), SIGNATURE])),
    "no_type": encode(Tag(18, [encode({1: -8, 4: HEADERS[4]}), {}, encode(members()), SIGNATURE])),
    "unprotected": encode(Tag(18, [encode({1: -8}), {3: HEADERS[3], 4: HEADERS[4]},
                                   encode(members()), SIGNATURE])),
    "forged": encode(Tag(18, [encode(HEADERS), {}, encode(members()), SIGNATURE])),
}

MEMBERS = {
    "full": encode(members()),
    "plain": encode(members(_4=None, _5=None)),
    "begins": encode(members(_5=None)),
    "ends": encode(members(_4=None)),
    "largest": encode(members(_2="i" * 63, _3=(1 << 53) - 1, _4=253402300799998,
                              _5=253402300799999)),
    "no_kind": encode(members(_1=None)),
    "no_digest": encode(members(_6=None)),
    "swapped": encode(members(_6=bytes(32))),
    "reversed": encode(members(_4=1827619200000, _5=1796083200000)),
    "more": encode(members(_7=0)),
    "negative": encode(members(_3=-1)),
    "capital": encode(members(_2="Front-Door")),
    "mud": encode(members(_1="mud")),
    "long_integer": encode(members()).replace(b"\x03\x07", b"\x03\x18\x07"),
    "list": encode([1, 2]),
    "after": encode(members()) + b"\0",
}


def main():
    folder = ROOT / "fuzz" / "corpus" / "manifest"
    folder.mkdir(parents=True, exist_ok=True)
    for mode, seeds in ((0, TEXTS), (1, MESSAGES), (2, MEMBERS)):
        for name, data in seeds.items():
            (folder / f"{('text', 'message', 'members')[mode]}-{name}").write_bytes(bytes([mode]) + data)
    (folder / "kind-mud").write_bytes(b"\x03" + MEMBERS["mud"])


if __name__ == "__main__":
    main()
