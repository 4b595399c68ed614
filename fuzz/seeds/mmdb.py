#!/usr/bin/env python3
"""Makes fuzz/corpus/mmdb: small databases of every shape that the reader knows."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "support"))
import make_mmdb  # noqa: E402
from make_mmdb import Uint16, Uint64  # noqa: E402

CITY = {"country": {"iso_code": "DE"}, "registered_country": {"iso_code": "AT"},
        "location": {"accuracy_radius": Uint16(20), "latitude": 52.5, "longitude": 13.4}}
NETWORK = {"autonomous_system_number": 64500, "autonomous_system_organization": "Beispiel"}
FLAGS = {"is_anonymous": True, "is_anonymous_vpn": True, "is_tor_exit_node": False}
EVERY = {"text": "word", "bytes": b"\xff\x00", "double": 1.5, "u16": Uint16(7), "u32": 70000,
         "u64": Uint64(1 << 40), "u128": 1 << 100, "i32": -5, "yes": True, "no": False,
         "array": [1, "two", [3, {"four": "word"}]], "map": {"empty": {}, "list": []}}
ALIASES = ("::ffff:0:0/96", "2002::/16")

SEEDS = {
    "city-24": make_mmdb.write({"5.8.0.0/16": CITY, "2a0d:8000::/29": CITY}, "City", 1, 24, 6,
                               ALIASES),
    "city-28": make_mmdb.write({"0.0.0.0/1": CITY, "128.0.0.0/2": NETWORK}, "City", 1, 28, 4),
    "network-32": make_mmdb.write({"::/1": NETWORK, "8000::/1": NETWORK}, "ASN", 1, 32, 6),
    "flags": make_mmdb.write({"0.0.0.0/2": FLAGS, "64.0.0.0/2": {"traits": FLAGS}}, "Anonymous", 1,
                             24, 4),
    "every": make_mmdb.write({"0.0.0.0/1": EVERY, "::/1": EVERY}, "Every", 1 << 33, 24, 6),
    "text": make_mmdb.write({"::/1": "a string is a record too"}, "Text", 1, 24, 6),
}


def main():
    folder = HERE.parent / "corpus" / "mmdb"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in SEEDS.items():
        (folder / name).write_bytes(data)
        (folder / (name + "-cut")).write_bytes(data[:-9])
    loop = bytearray(SEEDS["network-32"])
    loop[0:4] = bytes(4)
    (folder / "loop").write_bytes(loop)
    # Three nodes that go left for ever: the third leads back to the second.
    loop = bytearray(make_mmdb.write({"::/3": "text"}, "Loop", 1, 24, 6))
    loop[12:15] = (1).to_bytes(3, "big")
    (folder / "loop-above-ipv4").write_bytes(loop)


if __name__ == "__main__":
    main()
