#!/usr/bin/env python3
"""Makes fuzz/corpus/key: one key pair in every form, other algorithms' frames, and broken PEM."""

import base64
import pathlib

SEED = bytes(range(32))
PUBLIC = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
SPKI = bytes.fromhex("302a300506032b6570032100") + PUBLIC
PKCS8 = bytes.fromhex("302e020100300506032b657004220420") + SEED


def pem(label, der, newline="\n", width=64):
    text = base64.b64encode(der).decode()
    lines = [text[i:i + width] for i in range(0, len(text), width)]
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


SEEDS = {
    "raw": PUBLIC,
    "spki": SPKI,
    "pkcs8": PKCS8,
    "public": pem("PUBLIC KEY", SPKI),
    "secret": pem("PRIVATE KEY", PKCS8),
    "windows": pem("PUBLIC KEY", SPKI, "\r\n"),
    "text": b"a key\n\n" + pem("PRIVATE KEY", PKCS8) + b"\nthe end",
    "no_newline": pem("PUBLIC KEY", SPKI)[:-1],
    "narrow": pem("PUBLIC KEY", SPKI, width=32),
    "two": pem("PUBLIC KEY", SPKI) * 2,
    "three": b"the owner\n" + pem("PUBLIC KEY", SPKI, "\r\n") + b"\n" + pem("PUBLIC KEY", SPKI) * 2,
    "five": pem("PUBLIC KEY", SPKI) * 5,
    "second_cut": pem("PUBLIC KEY", SPKI) + pem("PUBLIC KEY", SPKI)[:-30],
    "labels": pem("PUBLIC KEY", SPKI).replace(b"END PUBLIC", b"END PRIVATE"),
    "encrypted": pem("ENCRYPTED PRIVATE KEY", PKCS8),
    "header": pem("PRIVATE KEY", PKCS8).replace(b"\n", b"\nProc-Type: 4,ENCRYPTED\n\n", 1),
    "cut": pem("PRIVATE KEY", PKCS8)[:-20],
    "x25519": bytes.fromhex("302a300506032b656e032100") + PUBLIC,
    "p256": bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + bytes(65),
    "rsa": bytes.fromhex("30820122300d06092a864886f70d01010105000382010f00") + bytes(270),
    "rsa_pem": pem("PUBLIC KEY", bytes.fromhex("30819f300d06092a864886f70d010101050003818d00")
                   + bytes(140)),
    "parameters": bytes.fromhex("302c300706032b65700500032100") + PUBLIC,
    "version_2": PKCS8.replace(b"\x02\x01\x00", b"\x02\x01\x01"),
    "small_order": bytes([1]) + bytes(31),
    "zero": bytes(32),
}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "key"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in SEEDS.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
