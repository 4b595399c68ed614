"""The hostile data file, through trustctl: databases, lists, policies, references, keys, telemetry.

Whatever a file holds, the answer is a status, one line, and nothing half done (issue "Bad input").
A file that is read in spite of a flipped bit is fine; a crash, a hang or a second line is not.
"""

import json
import os
import random
import sys

import world
from world import DEVICE, NOW, Attack

EXAMPLES = os.path.join(world.SOURCE, "examples/data")


def example(name):
    with open(os.path.join(EXAMPLES, name), "rb") as file:
        return file.read()


def spoilt(data, seed, count):
    """Cut, flipped, doubled, filled: many ways in which a file goes bad."""
    dice = random.Random(seed)
    for cut in (0, 1, len(data) // 2, len(data) - 1):
        yield data[:cut]
    yield data + data
    yield b"\x00" * len(data)
    yield b"\xff" * len(data)
    for _ in range(count):
        bad = bytearray(data)
        for _ in range(dice.choice((1, 1, 2, 8, 64))):
            at = dice.randrange(len(bad))
            bad[at] = dice.choice((0, 0x7F, 0x80, 0xFF, bad[at] ^ (1 << dice.randrange(8))))
        yield bytes(bad)


class Tables(Attack):
    """Databases and lists."""

    def test_databases_that_lie_about_themselves(self):
        for bad in spoilt(example("geo.mmdb"), 1, 150):
            answer = self.run_raw("ip", "5.8.1.2", "2a10:4000:20::1", "--geoip",
                                  self.write("bad.mmdb", bad), "--json")
            self.assertIn(answer.status, (0, 3))
            self.harmless(answer.out, "ip")
            for line in answer.out.splitlines():
                json.loads(line)

    def test_databases_made_to_break_readers(self):
        folder = os.path.join(world.VECTORS, "geoip/bad-data")
        if not os.path.isdir(folder):
            self.skipTest("TRUST_VECTORS does not point at the vectors")
        seen = 0
        for where, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if not name.endswith((".mmdb", ".raw")):
                    continue
                seen += 1
                answer = self.run_raw("ip", "1.1.1.1", "81.2.69.160", "::1", "2001:220::1",
                                      "--geoip", os.path.join(where, name))
                self.assertIn(answer.status, (0, 3), name)
                self.harmless(answer.out, name)
        self.assertGreater(seen, 10)

    def test_lists_that_are_none(self):
        for text in ["x", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/8", "01.2.3.4", "::/129", "1.2.3.4 101",
                     "1.2.3.4 -1", "1.2.3.4 1e1", "1.2.3.4/24/24", "fe80::1%eth0", "\u001b[2J",
                     "\u202e1.2.3.4", "1.2.3.4\0", b"\xff\xfe1\x00", "1.2.3.4 " + "9" * 5000,
                     "a" * 100000, "1.2.3.4\rfoo"]:
            self.refused("ip", "5.8.1.2", "--list", "vpn=" + self.write("bad.txt", text))
        for bad in spoilt(example("vpn.txt"), 2, 60):
            answer = self.run_raw("ip", "5.8.1.2", "--list", "vpn=" + self.write("bad.txt", bad))
            self.assertIn(answer.status, (0, 3))

    def test_a_list_without_an_end(self):
        self.refused("ip", "5.8.1.2", "--list", "vpn=/dev/zero", timeout=120)
        self.refused("ip", "5.8.1.2", "--geoip", "/dev/zero", timeout=120)
        self.refused("ip", "5.8.1.2", "--geoip", self.folder, status=4)
        self.refused("ip", "5.8.1.2", "--geoip", self.path("nowhere"), status=4)

    def test_a_bad_table_leaves_no_trace(self):
        self.enroll()
        before = self.read("store")
        self.refused("assess", "--policy", self.policy, "--device", DEVICE, "--store", self.store(),
                     "--list", "vpn=" + self.write("bad.txt", "x"), "--at", NOW)
        self.assertEqual(self.read("store"), before)


class Documents(Attack):
    """Policies, reference values, keys."""

    def test_policies_that_are_none(self):
        self.enroll()
        before = self.read("store")
        text = json.dumps(world.POLICY).encode()
        deep = b'{"a":' * 4000 + b"1" + b"}" * 4000
        for bad in list(spoilt(text, 3, 150)) + [deep, b"[" * 100000, b'"' + b"x" * 300000 + b'"']:
            path = self.write("bad.json", bad)
            answer = self.run_raw("assess", "--policy", path, "--device", DEVICE, "--store",
                                  self.store(), "--at", NOW, "--preview")
            self.assertIn(answer.status, (0, 3))
            for command in ("lint", "hash", "expand", "show"):
                answer = self.run_raw("policy", command, path)
                self.assertIn(answer.status, (0, 1, 3))
                self.harmless(answer.out, command)
        self.assertEqual(self.read("store"), before)

    def test_numbers_at_their_ends(self):
        for number in ("1e999", "-1e999", "9223372036854775808", "-9223372036854775809", "1e-999",
                       "4294967296", "2147483648", "-1", "0.5", "NaN", "0x10", "1_000", "00", "-0"):
            for member in ("revision", "base", "weight"):
                policy = json.loads(json.dumps(world.POLICY))
                policy[member] = "@"
                if member == "weight":
                    del policy["weight"]
                    policy["signals"]["human"]["weight"] = "@"
                text = json.dumps(policy).replace('"@"', number)
                answer = self.run_raw("policy", "hash", self.write("bad.json", text))
                self.assertIn(answer.status, (0, 3), (member, number))

    def test_references_that_are_none(self):
        text = json.dumps({"trust_reference": 1, "id": "scene", "revision": 1, "values": [
            {"class": "lock-1", "name": "app", "digest": "sha256:" + "5a" * 32, "status": "ok"}]})
        for bad in spoilt(text.encode(), 4, 100):
            path = self.write("bad.json", bad)
            answer = self.run_raw("assess", "--policy", self.policy, "--device", DEVICE,
                                  "--reference", path, "--at", NOW)
            self.assertIn(answer.status, (0, 3))

    def test_keys_that_are_none(self):
        self.key("key")
        for name, option in (("key", "secret"), ("key.pub", "public")):
            for bad in list(spoilt(self.read(name), 5, 80)) + [b"\x00" * 32, b"x" * 70000,
                                                               b"\x01" + b"\x00" * 31]:
                path = self.write("bad.pem", bad)
                if option == "public":
                    answer = self.run_raw("device", "enroll", DEVICE, "--store", "memory:",
                                          "--anchor", path, "--at", NOW)
                else:
                    answer = self.run_raw("attest", "--key", path, "--nonce", "ab" * 16, "-o",
                                          self.path("out"))
                self.assertIn(answer.status, (0, 3), bad[:80])
                if answer.status != 0:
                    self.assertNotIn(b"PRIVATE", answer.err)
                    self.assertFalse(os.path.exists(self.path("out")))
                elif os.path.exists(self.path("out")):
                    os.remove(self.path("out"))

    def test_a_private_key_is_no_anchor(self):
        self.key("key")
        self.refused("device", "enroll", DEVICE, "--store", self.store(), "--anchor",
                     self.path("key"), "--at", NOW)
        self.assertFalse(os.path.exists(self.path("store")))

    def test_items_that_are_none(self):
        self.key("key")
        self.ok("attest", "--key", self.path("key"), "--nonce", "ab" * 16, "--component",
                "app=1=" + "5a" * 32, "-o", self.path("token"))
        human = example("human-approved.json")
        for kind, data, seed in ((world.EAT, self.read("token"), 6), (world.DIDIT, human, 7)):
            for bad in list(spoilt(data, seed, 120)) + [b"\x9f" * 60000, b"[" * 60000]:
                answer = self.run_raw("appraise", "--type", kind, "--anchor",
                                      self.path("key.pub"), "--nonce", "ab" * 16, "--claims",
                                      "--at", NOW, self.write("item", bad))
                self.harmless(answer.out, kind)
                if answer.status < 2:
                    answer.json()
        answer = self.run_raw("appraise", "--type", world.EAT, "--anchor", self.path("key.pub"),
                              "--nonce", "ab" * 16, self.path("token"))
        self.assertIn(b"valid", answer.out)


class Telemetry(Attack):
    """What observe takes in is taken in whole or not at all."""

    def test_a_file_that_goes_bad_in_the_middle(self):
        self.enroll()
        before = self.read("store")
        rows = ["timestamp,tx_bytes"]
        rows += ["%d,%d" % (NOW - 1000 + i, 1500 + i) for i in range(200)]
        for bad in ("x", "%d" % NOW, "%d,1,2" % NOW, "%d,nan" % NOW, "%d,1e999" % NOW, '%d,1}' % NOW, "yesterday,1",
                    '%d,"1' % NOW, "%d,1\0" % NOW):
            text = "\n".join(rows + [bad])
            self.refused("observe", "--device", DEVICE, "--store", self.store(), "--at", NOW,
                         self.write("bad.csv", text))
            self.assertEqual(self.read("store"), before, bad)

    def test_names_that_smuggle_members(self):
        self.enroll()
        before = self.read("store")
        for name in ('a","value":0,"x":"', 'a","time":"2026-11-23T10:00:00Z', "\u001b[2J", "",
                     "x" * 100, "\u202ea", "a b"):
            text = "timestamp,%s\n%d,1\n" % (name, NOW)
            answer = self.run_raw("observe", "--device", DEVICE, "--store", self.store(), "--at",
                                  NOW, self.write("bad.csv", text))
            if answer.status != 0:
                self.assertEqual(self.read("store"), before, name)
            self.harmless(answer.out, name)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    world.main()
