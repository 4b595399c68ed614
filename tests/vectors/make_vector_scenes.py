#!/usr/bin/env python3
"""Writes scenes of other people's vectors into a folder: make_vector_scenes.py VECTORS FOLDER

They name files below TRUST_VECTORS or quote from them, so none is committed: tests/gate/alike.sh
plays them in C, Python and Go in one run and compares what the three say."""

import csv
import ipaddress
import json
import pathlib
import sys

from make_scenes import DIDIT, EAT, compact, do, scene, write

EVERYWHERE = ["1.1.1.1", "81.2.69.142", "2.125.160.216", "89.160.20.112", "214.78.120.5",
              "175.16.199.3", "216.160.83.56", "::1.1.1.1", "2001:218::1", "2a02:cf40::7",
              "2001:480:10::1", "10.0.0.1", "255.255.255.255", "::", "2002:102:304::"]
CATEGORIES = {"datacenter": "hosting", "vpn": "vpn", "ipsum": "block"}


def vector(path):
    return {"vector": str(path)}


def first_addresses(prefixes, most):
    """The first address of some prefixes, evenly chosen."""
    every = max(1, len(prefixes) // most)
    return [str(ipaddress.ip_network(p, strict=False)[0]) for p in prefixes[::every]]


def databases(root):
    for path in sorted((root / "geoip").rglob("*.mmdb")):
        source = root / "geoip/source-data" / f"{path.stem}.json"
        prefixes = []
        if source.is_file():
            prefixes = [p for record in json.loads(source.read_text()) for p in record]
        relative = path.relative_to(root)
        scene(f"mmdb-{path.stem}", str(relative),
              do("table", sources=[{"name": path.stem[:60], "data": vector(relative)}]),
              do("find", addresses=EVERYWHERE + first_addresses(prefixes, 300)))


def lists(root):
    for path in sorted((root / "iplists").rglob("*.txt")):
        lines = [line.split()[0] for line in path.read_text().splitlines()
                 if line.strip() and not line.startswith("#")]
        prefixes = [line for line in lines if "." in line or ":" in line]
        category = next((c for word, c in CATEGORIES.items() if word in path.stem), "other")
        scene(f"list-{path.stem}", "The whole list, and addresses of it.",
              do("table", sources=[{"name": path.stem, "category": category,
                                    "data": vector(path.relative_to(root))}]),
              do("find", addresses=EVERYWHERE + first_addresses(prefixes, 300)))


def keys(root):
    """A signer elsewhere that answers with a vector's signature: the library verifies it."""
    path = root / "attestation/C2SP__wycheproof/testvectors_v1/ed25519_test.json"
    steps = []
    for group in json.loads(path.read_text())["testGroups"]:
        key = {"hex": group["publicKey"]["pk"]}
        steps += [do("read_keys", data=data)
                  for data in (key, {"hex": group["publicKeyDer"]}, group["publicKeyPem"])]
        steps += [do("sign", key=key, answer={"hex": test["sig"]}, data={"hex": test["msg"]})
                  for test in group["tests"] if len(test["sig"]) == 128]
    scene("wycheproof-ed25519", "Every key, and every signature that has 64 bytes.", steps)
    halves = sorted((root / "attestation").rglob("*.pem"))
    scene("public-keys", "Keys and certificates of every kind.",
          [do("read_keys", data=vector(p.relative_to(root))) for p in halves])


def tokens(root):
    steps = []
    for path in sorted((root / "attestation/cose-wg__Examples").rglob("*.json")):
        example = json.loads(path.read_text())
        message = example.get("output", {}).get("cbor")
        if message is None:
            continue
        one = next((example["input"][k]["key"] for k in ("sign0", "mac0")
                    if "key" in example["input"].get(k, {})), {})
        anchors = [{"hex": one["x_hex"]}] if one.get("crv") == "Ed25519" else [7]
        steps += [do("appraise", type=EAT, data={"of": {"hex": message}, "flip": flip}, keys=anchors)
                  for flip in ([], [-1], [5])]
    scene("cose-examples", "Every message as a token, and with a bit flipped.", steps)
    names = sorted(p for kind in ("*.cbor", "*.bin") for p in (root / "attestation").rglob(kind))
    scene("tokens", "Every binary file of other attesters as a token.",
          do("enroll", id="d", keys=[7]),
          [do("appraise", type=EAT, data=vector(p.relative_to(root)), keys=[7]) for p in names])


def decisions(root):
    cases = json.loads((root / "didit/vectors.json").read_text())["cases"]
    steps = []
    for case in cases.values():
        body = case["body"]
        inner = json.loads(body).get("decision", {})
        steps += [do("appraise", **{"type": DIDIT, "from": origin, "data": data})
                  for origin in ("host", "service", "device") for data in (body, compact(inner))]
    scene("didit", "The bodies of webhooks, and the decisions in them.", steps)


def series(root):
    for path in sorted((root / "nab/data").rglob("*.csv")):
        with path.open(newline="") as file:
            values = [float(row["value"]) for row in csv.DictReader(file)]
        scene(f"nab-{path.stem}", str(path.relative_to(root)), do("baseline", values=values))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, folder = map(pathlib.Path, sys.argv[1:])
    for group in (databases, lists, keys, tokens, decisions, series):
        group(root)
    write(folder)


if __name__ == "__main__":
    main()
