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
            for command in ("lint", "test", "hash", "expand", "show", "explain"):
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


class Manifests(Attack):
    """Rule 9: documents do not roll back, and unsigned is a choice that shows."""

    def setUp(self):
        super().setUp()
        self.key("owner")
        self.enroll()

    def revise(self, revision, **changes):
        policy = dict(json.loads(json.dumps(world.POLICY)), revision=revision, **changes)
        self.policy = self.write("policy.json", policy)

    def sign(self, *more, key="owner"):
        self.ok("policy", "sign", "--key", self.path(key), self.policy, *more)

    def try_it(self, *more, root="owner.pub"):
        return self.run_raw("assess", "--policy", self.policy, "--root", self.path(root),
                            "--device", DEVICE, "--store", self.store(), "--at", NOW, "--json", *more)

    def test_the_manifest_is_stripped(self):
        self.sign()
        self.assertIs(self.try_it().json()["policy"]["signed"], True)
        before = self.read("store")
        os.remove(self.policy + ".manifest")
        self.assertEqual(self.try_it().status, 4)
        self.write("policy.json.manifest", b"")
        self.assertEqual(self.try_it().status, 3)
        self.assertEqual(self.try_it("--allow-unsigned").status, 3)
        os.remove(self.policy + ".manifest")
        # Nor does it help to leave --root out: the store remembers.
        for more in ((), ("--preview",)):
            answer = self.refused("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                                  self.store(), "--at", NOW, *more)
            self.assertIn(b"signed revision 3 was used before", answer.err)
        self.assertEqual(self.read("store"), before)
        told = self.assess("--allow-unsigned")
        self.assertIs(told["policy"]["signed"], False)

    def test_the_document_is_swapped(self):
        self.sign()
        for change in ({"base": 1}, {"id": "other"}, {"revision": 4},
                       {"expires": "2099-01-01T00:00:00Z"}):
            policy = dict(json.loads(json.dumps(world.POLICY)), **change)
            self.write("policy.json", policy)
            answer = self.try_it()
            self.assertEqual(answer.status, 3, change)
            self.assertIn(b"not the one that was signed", answer.err)
        self.write("policy.json", json.dumps(world.POLICY) + " ")
        self.assertEqual(self.try_it().status, 3)

    def test_the_manifest_of_another_document(self):
        self.sign()
        first = self.read("policy.json.manifest")
        self.revise(3, id="other")
        self.sign()
        self.write("policy.json.manifest", first)
        self.assertEqual(self.try_it().status, 3)

    def test_an_older_revision_comes_back(self):
        kept = {}
        for revision in (3, 5):
            self.revise(revision)
            self.sign()
            kept[revision] = self.read("policy.json"), self.read("policy.json.manifest")
            self.assertIs(self.try_it().json()["policy"]["signed"], True)
        before = self.read("store")
        self.write("policy.json", kept[3][0])
        self.write("policy.json.manifest", kept[3][1])
        for more in ((), ("--preview",), ("--allow-unsigned",)):
            answer = self.try_it(*more)
            self.assertEqual(answer.status, 3)
            self.assertIn(b"revision 5 was used before, so not revision 3 of 'scene'", answer.err)
        self.assertEqual(self.read("store"), before)
        # The same revision with other words in it is not the same.
        self.revise(5, base=1)
        self.sign()
        self.assertIn(b"revision 5 was used before with another document", self.try_it().err)
        self.assertEqual(self.read("store"), before)
        self.revise(6, base=449)
        self.sign()
        self.assertEqual(self.try_it().status, 0)

    def test_a_preview_raises_nothing(self):
        self.revise(9)
        self.sign()
        self.assertEqual(self.try_it("--preview").status, 0)
        self.revise(4)
        self.sign()
        self.assertEqual(self.try_it().status, 0)

    def test_it_has_expired_or_not_begun(self):
        for more, words in ((("--expires", NOW), b"held until 2026-11-23T10:00:00Z"),
                            (("--not-before", NOW + 1), b"does not hold before")):
            self.sign(*more)
            answer = self.try_it()
            self.assertEqual(answer.status, 3)
            self.assertIn(words, answer.err)
        self.sign("--not-before", NOW, "--expires", NOW + 1)
        self.assertEqual(self.try_it().json()["policy"]["signed"], True)
        for at in ("-1", "253402300800"):
            answer = self.run_raw("assess", "--policy", self.policy, "--root",
                                  self.path("owner.pub"), "--device", DEVICE, "--at=" + at)
            self.assertIn(answer.status, (2, 3), at)

    def test_somebody_elses_signature(self):
        self.key("thief")
        self.sign(key="thief")
        self.assertIn(b"no key that was given", self.try_it().err)
        self.sign(key="key")  # a device's
        self.assertIn(b"no key that was given", self.try_it().err)
        self.assertEqual(self.try_it(root="thief.pub").status, 3)

    def test_a_devices_token_is_no_manifest(self):
        token = self.attest("ab" * 32, key="owner")["items"][0]["data"]
        self.write("policy.json.manifest", token + "\n")
        answer = self.try_it()
        self.assertEqual(answer.status, 3)
        self.assertIn(b"not as a manifest is", answer.err)

    def test_a_manifest_is_no_token(self):
        self.sign(key="key")
        text = self.read("policy.json.manifest").decode().strip()
        self.challenge()
        bundle = self.bundle([{"type": world.EAT, "data": text}])
        told = self.assess("--from-device", bundle, "--preview")
        self.assertEqual([item["state"] for item in told["items"]], ["unbound"])

    def test_manifests_that_are_none(self):
        self.sign()
        before = self.read("store")
        good = self.read("policy.json.manifest")
        bad = list(spoilt(good, 8, 150)) + [good[:-1], good[:-1] + b"\r\n", b" " + good, good + b"\n",
                                            good[:-1] + b"=\n", b"\xef\xbb\xbf" + good,
                                            b"A" * 4096, b"A" * 100000, b"-" * 4095 + b"\n"]
        for text in bad:
            if text == good:
                continue
            self.write("policy.json.manifest", text)
            self.assertEqual(self.try_it().status, 3, text[:60])
        self.assertEqual(self.read("store"), before)
        os.remove(self.policy + ".manifest")
        os.mkdir(self.policy + ".manifest")
        self.assertEqual(self.try_it("--allow-unsigned").status, 4)

    def test_roots_that_are_none(self):
        self.sign()
        key = self.read("owner.pub")
        for text in (b"", b"\n", b"x", key[:-10], key + key[:40], key + self.read("owner"),
                     key * 65, b"\x00" * 32, b"\x01" + b"\x00" * 31, b"x" * 70000):
            self.write("roots", text)
            self.assertEqual(self.try_it(root="roots").status, 3, text[:60])
        self.write("roots", key * 64)
        self.assertEqual(self.try_it(root="roots").status, 0)

    def test_the_memory_in_the_store_is_damaged(self):
        self.sign()
        self.assertEqual(self.try_it().status, 0)
        data = self.read("store")
        records = world.read_store(data)
        self.assertIn(b"floor/policy/scene", records)
        for value in (b"", b"\x80", b"\xff" * 40, records[b"floor/policy/scene"][1][:-1]):
            spoilt_records = dict(records)
            spoilt_records[b"floor/policy/scene"] = [1, value]
            self.write("store", world.write_store(data[:16], spoilt_records))
            answer = self.try_it()
            self.assertEqual(answer.status, 3)
            self.assertIn(b"highest revision", answer.err)


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
