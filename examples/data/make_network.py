#!/usr/bin/env python3
"""Makes geo.mmdb and vpn.txt, the network data of the examples.

Everything in them is invented: the prefixes are real address space, but who has them, where, and
which are VPN exits is made up. The numbers of the autonomous systems are RFC 5398's.
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "support"))
import make_mmdb  # noqa: E402

BUILT = 1795392000  # 2026-11-23T00:00:00Z

PLACES = {  # prefix: country, ASN, organisation, latitude, longitude, radius in km
    "5.8.0.0/16": ("DE", 64500, "Beispiel Breitband", 52.52, 13.405, 20),
    "5.8.128.0/18": ("DE", 64500, "Beispiel Breitband", 48.1374, 11.5755, 10),
    "37.16.0.0/16": ("AT", 64501, "Donau Kabel", 48.2082, 16.3738, 15),
    "45.140.0.0/16": ("NL", 64502, "Polder Hosting", 52.3676, 4.9041, 100),
    "82.112.0.0/14": ("FR", 64503, "Exemple Telecom", 48.8566, 2.3522, 50),
    "103.20.0.0/16": ("SG", 64504, "Merlion Mobile", 1.3521, 103.8198, 30),
    "2a0d:8000::/29": ("DE", 64500, "Beispiel Breitband", 52.52, 13.405, 50),
    "2a10:4000::/32": ("NL", 64502, "Polder Hosting", 52.3676, 4.9041, 100),
}

VPN = """\
# VPN exits, invented for the examples. A prefix a line; a number after it is its weight from 0 to
# 100, in place of the weight that every VPN exit has.
45.140.8.0/22
45.140.64.0/24 75
103.20.7.19
2a10:4000:20::/48
"""


def record(country, asn, organisation, latitude, longitude, radius):
    return {
        "autonomous_system_number": asn,
        "autonomous_system_organization": organisation,
        "country": {"iso_code": country},
        "location": {"accuracy_radius": make_mmdb.Uint16(radius), "latitude": latitude,
                     "longitude": longitude},
        "registered_country": {"iso_code": country},
    }


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    records = {prefix: record(*place) for prefix, place in PLACES.items()}
    (folder / "geo.mmdb").write_bytes(make_mmdb.write(
        records, "Example-City-ASN", BUILT, aliases=("::ffff:0:0/96", "2002::/16")))
    (folder / "vpn.txt").write_text(VPN)


if __name__ == "__main__":
    main()
