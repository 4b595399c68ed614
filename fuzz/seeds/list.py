#!/usr/bin/env python3
"""Makes fuzz/corpus/list: address lists with everything that a line may hold, and what it may not."""

import pathlib

SEEDS = {
    "empty": "",
    "plain": "5.8.0.0/16\n5.8.7.0/24\n5.8.7.9\n2a0d:8000::/29\n2a0d:8000::1\n",
    "weights": "5.8.0.0/16 10\n5.8.7.0/24\t100\n5.8.7.0/25 0 # a comment\n::/0 5\n0.0.0.0/0 1\n",
    "windows": "\ufeff# first\r\n5.8.0.0/16\r\n\r\n  9.9.9.9 ; second\r\n",
    "mapped": "::ffff:5.8.0.0/112\n::ffff:0:0/96\n64:ff9b::5.8.1.1\n2002:508::/32\n",
    "last": "255.255.255.255\nffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n128.0.0.0/1\n8000::/1\n",
    "host-bits": "5.8.0.1/16\n",
    "asn": "AS64500 # no address\n",
    "long": "5.8.0.0/0016\n",
    "weight": "5.8.0.0 101\n",
    "address-4": "203.0.113.77",
    "address-6": "2001:db8:0:0:1:0:0:1",
    "address-teredo": "2001:0:1:2:3:4:faf7:fe37",
}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "corpus" / "list"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in SEEDS.items():
        (folder / name).write_text(text, newline="")


if __name__ == "__main__":
    main()
