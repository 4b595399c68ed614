"""The contract of trustctl, as a black box: what each subcommand prints, and with which status it ends.

What hostile devices and files try is in ../attacks."""

import fcntl
import hashlib
import os
import pty
import re
import subprocess
import sys
import termios
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "attacks"))
import world  # noqa: E402
from world import ADDRESS, DEVICE, EAT, METRIC, NOW, b64  # noqa: E402

NONCE = "00112233445566778899aabbccddeeff"
OTHER = "ff" * 16
CHANNEL = "c0" * 32
DIGEST = "5a" * 32
DATA = os.path.join(world.SOURCE, "examples", "data")
GEO = os.path.join(DATA, "geo.mmdb")
VPN = os.path.join(DATA, "vpn.txt")
SIMPLE = {"trust_policy": 1, "id": "simple", "revision": 1,
          "signals": {"attestation": {"weight": 100}, "identity": {"weight": 300}},
          "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650}}


class Case(world.Attack):
    def setUp(self):
        super().setUp()
        self.missing = self.path("nowhere")
        self.simple = self.write("simple.json", SIMPLE)

    def each(self, table):
        """Rows of (status, what standard output or error matches, arguments)."""
        for status, pattern, arguments in table:
            with self.subTest(arguments=arguments):
                answer = self.run_raw(*arguments)
                shown = (answer.err if status >= 2 else answer.out).decode()
                self.assertEqual(answer.status, status, shown)
                self.assertRegex(shown, pattern)

    def token(self, *more, key="key", nonce=NONCE, name="token"):
        if not os.path.exists(self.path(key)):
            self.key(key)
        self.ok("attest", "--key", self.path(key), "--nonce", nonce, "-o", self.path(name), *more)
        return self.path(name)


class Usage(Case):
    def test_refusals(self):
        self.each([
            (2, "no such subcommand", ["asses"]),
            (2, "no such subcommand", ["-x"]),
            (2, "not a subcommand by itself", ["policy"]),
            (2, "not a subcommand by itself", ["policy", "forge"]),
            (2, "an argument is missing", ["policy", "sign"]),
            (2, "a key is needed", ["policy", "sign", self.simple]),
            (2, "no such subcommand", ["help", "nothing"]),
            (2, "no such option", ["assess", "--polizy", "x"]),
            (2, "no such option", ["ip", "1.2.3.4", "--policy", "x"]),
            (2, "a value is missing", ["assess", "--policy"]),
            (2, "given twice", ["assess", "--policy", "a", "--policy=b"]),
            (2, "takes no value", ["bench", "--json=yes"]),
            (2, "--mud: not in this version", ["assess", "--policy", self.simple, "--mud", "x"]),
            (2, "--log: not in this version", ["assess", "--policy", self.simple, "--log", "x"]),
            (2, "given twice", ["assess", "--reference", "a", "--reference", "b"]),
            (2, "an argument is missing", ["ip"]),
            (2, "an argument is missing", ["policy", "lint"]),
            (2, "too many arguments", ["policy", "lint", "a", "b"]),
            (2, "not a time", ["bench", "--at", "tomorrow"]),
            (2, "a policy is needed", ["assess", "--device", "d"]),
            (2, "which device", ["assess", "--policy", self.simple]),
            (2, "1 to 255 bytes", ["assess", "--policy", self.simple, "--device", ""]),
            (2, "of what type", ["appraise", self.simple]),
            (2, "a key and a nonce", ["attest", "--key", "x"]),
            (2, "--nonce", ["attest", "--key", "x", "--nonce", "0011"]),
            (2, "--nonce", ["attest", "--key", "x", "--nonce", "zz" * 8]),
            (2, "--binding", ["attest", "--key", "x", "--nonce", NONCE, "--binding", "0"]),
            (2, "on or off", ["attest", "--key", "x", "--nonce", NONCE, "--debug", "1"]),
            (2, "a component is", ["attest", "--key", "x", "--nonce", NONCE, "--component", "a"]),
            (2, "are needed", ["observe", "--device", "d"]),
            (2, "which device", ["device", "show", "--store", "memory:"]),
            (2, "where", ["device", "show", "d"]),
            (2, "one device", ["device", "show", "d", "--device", "d", "--store", "memory:"]),
            (2, "only bash", ["completion", "zsh"]),
            (4, "memory: and file:", ["device", "show", "d", "--store", "sqlite:x"]),
            (4, "memory: and file:", ["device", "show", "d", "--store", "redis://h"]),
            (4, "memory: and file:",
             ["assess", "--policy", self.simple, "--device", "d", "--store", "postgresql://h/d"]),
        ])

    def test_help_comes_from_one_table(self):
        listed = self.ok("help").out.decode()
        names = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", listed, re.M)
        self.assertIn("policy lint", names)
        manual = self.ok("help", "--man").out.decode()
        script = self.ok("completion", "bash").out.decode()
        for name in names:
            told = self.ok("help", *name.split()).out.decode()
            self.assertEqual(told, self.ok(*name.split(), "--help").out.decode())
            self.assertIn(".SS " + name, manual)
            self.assertIn('"%s "*)' % name, script)
            for option in re.findall(r"^  (--?[a-z-]+)", told, re.M):
                self.assertIn("\\fB" + option.replace("-", "\\-"), manual)
                self.assertIn(option, script)
        self.assertIn("device challenge", self.ok("help", "device").out.decode())
        self.assertEqual(listed, self.ok("--help").out.decode())
        self.assertRegex(self.ok("--version").out, rb"^trustctl \d+\.\d+\.\d+\n$")

    def test_completion_runs(self):
        script = self.write("c.bash", self.ok("completion", "bash").out)
        for words, wanted in (("trustctl ass", "assess"), ("trustctl policy expa", "expand"),
                              ("trustctl assess --prev", "--preview")):
            code = ". %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _trustctl; " \
                   "echo ${COMPREPLY[@]}" % (script, words)
            done = subprocess.run(["bash", "-c", code], stdout=subprocess.PIPE, check=True)
            self.assertEqual(done.stdout.decode().strip(), wanted)

    def test_a_full_disk_at_standard_output(self):
        for arguments in (["help"], ["bench"], ["policy", "schema"],
                          ["assess", "--policy", self.simple, "--device", "d", "--json"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([world.TRUSTCTL, *arguments], stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 4)
            self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_no_arguments(self):
        done = subprocess.run([world.TRUSTCTL], stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 2)


class Keys(Case):
    def test_keygen(self):
        self.ok("keygen", self.path("k"))
        self.assertEqual(os.stat(self.path("k")).st_mode & 0o777, 0o600)
        self.assertIn(b"PRIVATE KEY", self.read("k"))
        before = self.read("k"), self.read("k.pub")
        self.refused("keygen", self.path("k"), status=4)
        self.assertEqual(before, (self.read("k"), self.read("k.pub")))
        told = self.ok("keygen", "-o", self.path("j"), "--json").json()
        self.assertEqual(told["secret_key_file"], self.path("j"))
        self.assertRegex(told["ed25519"], "^[0-9a-f]{64}$")
        self.assertIn("PRIVATE", self.ok("keygen", "-", "--json").json()["secret_key"])
        self.assertIn(b"PUBLIC KEY", self.ok("keygen").out)
        self.refused("keygen", self.missing + "/k", status=4)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["j", "j.pub", "k", "k.pub", "policy.json", "simple.json"])

    def test_attest(self):
        token = self.token()
        self.assertEqual(self.read("token")[0], 0xD2)  # COSE_Sign1
        piped = self.ok("attest", "--key", self.path("key"), "--nonce", NONCE)
        self.assertEqual(piped.out, self.read("token"))
        bundle = self.ok("attest", "--key", self.path("key"), "--nonce", NONCE, "--json").json()
        self.assertEqual(bundle["items"][0], {"type": EAT, "data": b64(piped.out)})
        self.ok("attest", "--key", self.path("key"), "--nonce", NONCE, "--json", "-o",
                self.path("b.json"), "--device", 'a"b')
        self.assertIn(b'"device":"a\\"b"', self.read("b.json"))
        self.ok("attest", "--key", "-", "--nonce", NONCE, stdin=self.read("key"))
        self.each([
            (4, "No such file", ["attest", "--key", self.missing, "--nonce", NONCE]),
            (3, "trustctl: ", ["attest", "--key", token, "--nonce", NONCE]),
            (4, "trustctl: ", ["attest", "--key", self.path("key"), "--nonce", NONCE, "-o",
                               self.missing + "/x"]),
            (3, "trustctl: ", ["attest", "--key", self.path("key"), "--nonce", NONCE,
                               "--bind-key", self.simple]),
        ])


class Sign(Case):
    def sign(self, *more, file=None):
        return self.ok("policy", "sign", "--key", self.path("owner"), file or self.simple, *more)

    def setUp(self):
        super().setUp()
        self.key("owner")
        self.manifest = self.simple + ".manifest"

    def test_what_was_signed_is_told(self):
        told = self.sign("--json", "--not-before", "2026-12-01T00:00:00Z", "--expires",
                         "1827619200").json()
        self.assertEqual((told["kind"], told["id"], told["revision"]), ("policy", "simple", 1))
        self.assertEqual((told["not_before"], told["expires"]),
                         ("2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z"))
        self.assertEqual(told["digest"], hashlib.sha256(self.read("simple.json")).hexdigest())
        self.assertEqual(told["hash"], self.ok("policy", "hash", self.simple).out.decode().strip())
        self.assertEqual(told["manifest_file"], self.manifest)
        self.assertRegex(self.read("simple.json.manifest"), rb"\A[A-Za-z0-9_-]+\n\Z")
        text = self.sign().out.decode()
        self.assertRegex(text, r"policy +simple, revision 1\nholds +always\nsha256 +[0-9a-f]{64}\n")
        self.assertIn(told["ed25519"], text)
        self.assertIn("holds     from 1970-01-01T00:00:00Z until 2026-11-23T10:00:00Z\n",
                      self.sign("--not-before", "0", "--expires", str(NOW)).out.decode())

    def test_where_the_manifest_goes(self):
        self.sign()
        first = self.read("simple.json.manifest")
        told = self.sign("-o", "-")
        self.assertEqual(told.out, first)
        self.assertEqual(self.sign("-o", "-", "--json").json()["manifest"].encode(), first)
        self.sign("-o", self.path("m"))
        self.assertEqual(self.read("m"), first)
        # Signed again it takes the place of what was there.
        self.sign("--expires", "2099-01-01T00:00:00Z")
        self.assertNotEqual(self.read("simple.json.manifest"), first)
        piped = self.ok("policy", "sign", "--key", self.path("owner"), "-", "-o", "-",
                        stdin=self.read("simple.json"))
        self.assertEqual(piped.out, first)

    def test_refusals(self):
        self.sign()
        before = self.read("simple.json.manifest"), self.read("simple.json"), self.read("owner")
        bad = self.write("bad.json", "{}")
        key = ["policy", "sign", "--key", self.path("owner")]
        self.each([
            (3, "missing member", [*key, bad]),
            (4, "No such file", [*key, self.missing]),
            (4, "No such file", ["policy", "sign", "--key", self.missing, self.simple]),
            (3, "trustctl: ", ["policy", "sign", "--key", self.path("owner.pub"), self.simple]),
            (2, "--expires: not a time", [*key, self.simple, "--expires", "soon"]),
            (2, "--not-before: not a time", [*key, self.simple, "--not-before", "2026-13"]),
            (2, "expire after", [*key, self.simple, "--not-before", "9", "--expires", "9"]),
            (2, "expire after", [*key, self.simple, "--expires", "0"]),
            (2, "give -o", [*key, "-"]),
            (2, "take its place", [*key, self.simple, "-o", self.simple]),
            (2, "take its place", [*key, self.simple, "-o", self.path("owner")]),
            (2, "take its place", [*key, self.simple, "-o", self.path(".") + "/owner"]),
            (2, "take its place", [*key, self.simple, "-o", self.path(".") + "/simple.json"]),
            (4, "will not be replaced", ["policy", "draw", self.simple, "-o", self.path("owner")]),
            (4, "will not be replaced", ["policy", "draw", self.simple, "-o", self.path(".")]),
            (4, "trustctl: ", [*key, self.simple, "-o", self.missing + "/m"]),
        ])
        self.assertEqual(before, (self.read("simple.json.manifest"), self.read("simple.json"),
                                  self.read("owner")))
        self.assertFalse(os.path.exists(bad + ".manifest"))

    def test_assess_asks_for_it(self):
        base = ["assess", "--policy", self.simple, "--device", "d", "--json"]
        root = ["--root", self.path("owner.pub")]
        self.assertIs(self.ok(*base).json()["policy"]["signed"], False)
        self.refused(*base, *root, status=4)
        self.assertIs(self.ok(*base, *root, "--allow-unsigned").json()["policy"]["signed"], False)
        self.sign()
        self.assertIs(self.ok(*base, *root).json()["policy"]["signed"], True)
        self.assertIs(self.ok(*base, *root, "--allow-unsigned").json()["policy"]["signed"], True)
        self.assertIs(self.ok(*base).json()["policy"]["signed"], False)
        self.assertIs(self.ok(*base, "--allow-unsigned").json()["policy"]["signed"], False)
        # Several people may sign.
        self.key("deputy")
        both = self.write("both.pem", b"the owner\n" + self.read("owner.pub") + b"and the deputy\n" +
                          self.read("deputy.pub"))
        self.ok(*base, "--root", both)
        self.ok("policy", "sign", "--key", self.path("deputy"), self.simple)
        self.assertIs(self.ok(*base, "--root", both).json()["policy"]["signed"], True)
        self.assertIn(b"no key", self.refused(*base, *root).err)
        self.assertIn(b"no key", self.refused(*base, *root, "--allow-unsigned").err)
        self.each([
            (4, "No such file", [*base, "--root", self.missing]),
            (3, "trustctl: ", [*base, "--root", self.simple]),
            (3, "trustctl: ", [*base, "--root", self.path("owner")]),
            (2, "standard input", ["assess", "--policy", "-", "--device", "d", *root]),
        ])
        self.assertIs(self.ok("assess", "--policy", "-", "--device", "d", "--json", *root,
                              "--allow-unsigned", stdin=self.read("simple.json"))
                      .json()["policy"]["signed"], False)

    def test_observe_asks_for_it_too(self):
        self.enroll()
        line = '{"name": "tx", "value": 1}\n'.encode()
        base = ["observe", "--device", DEVICE, "--store", self.store(), "--policy", self.policy,
                "--at", NOW]
        self.refused(*base, "--root", self.path("owner.pub"), status=4, stdin=line)
        self.sign(file=self.policy)
        self.ok(*base, "--root", self.path("owner.pub"), stdin=line)
        self.assertIn(b"revision 3", self.refused(*base, stdin=line).err)
        self.ok(*base, "--allow-unsigned", stdin=line)


class Appraise(Case):
    def appraise(self, file, *more, nonce=NONCE, key="key.pub"):
        answer = self.run_raw("appraise", "--type", EAT, "--anchor", self.path(key), "--nonce",
                              nonce, "--json", *more, file)
        told = answer.json()
        self.assertEqual(answer.status == 0, told["state"] == "valid" and told["tier"] == 2)
        return told["state"], told["tier"], told["reason"]

    def test_tokens(self):
        good = self.token()
        self.key("other")
        garbage = self.write("garbage", os.urandom(200))
        self.write("empty", "")
        bad = bytearray(self.read("token"))
        bad[-1] ^= 1
        self.assertEqual(self.appraise(good)[:2], ("valid", 2))
        for wanted, arguments in (
                ("NONCE_FOREIGN", {"file": good, "nonce": OTHER}),
                ("SIGNATURE_BAD", {"file": good, "key": "other.pub"}),
                ("SIGNATURE_BAD", {"file": self.write("bad", bytes(bad))}),
                ("MALFORMED", {"file": garbage}),
                ("MALFORMED", {"file": self.path("empty")}),
                ("MALFORMED", {"file": self.write("short", self.read("token")[:-1])})):
            with self.subTest(wanted=wanted, **arguments):
                self.assertEqual(self.appraise(**arguments), ("unbound", 99, wanted))
        self.each([
            (0, "state +valid", ["appraise", "--type", EAT, "--anchor", self.path("key.pub"),
                                 "--anchor", self.path("other.pub"), "--nonce", NONCE, good]),
            (1, "IDENTITY_UNREGISTERED", ["appraise", "--type", EAT, "--nonce", NONCE, "--json",
                                          good]),
            (1, "NONCE_MISSING", ["appraise", "--type", EAT, "--anchor", self.path("key.pub"),
                                  "--json", good]),
            (1, '"state":"unsupported"', ["appraise", "--type", "a/b", "--json", good]),
            (1, r'"type":"a\\"b"', ["appraise", "--type", 'a"b', "--json", good]),
            (2, "media type", ["appraise", "--type", "a\nb", good]),
            (4, "No such file", ["appraise", "--type", EAT, self.missing]),
            (4, "No such file", ["appraise", "--type", EAT, "--anchor", self.missing, good]),
            (3, "trustctl: ", ["appraise", "--type", EAT, "--anchor", self.simple, good]),
            (3, "larger", ["appraise", "--type", EAT, self.write("large", b"\0" * 70000)]),
        ])

    def test_standard_input(self):
        token = self.token()
        with open(token, "rb") as file:
            self.ok("appraise", "--type", EAT, "--anchor", self.path("key.pub"), "--nonce", NONCE,
                    "-", stdin=file.read())

    def test_claims(self):
        token = self.token("--component", "app=2.4=" + DIGEST, "--secure-boot", "on", "--debug",
                           "off")
        told = self.run_raw("appraise", "--type", EAT, "--anchor", self.path("key.pub"), "--nonce",
                            NONCE, "--claims", token)
        self.assertEqual(told.status, 1)
        claims = told.json()["claims"]
        self.assertEqual((claims["oemboot"], claims["dbgstat"]), (True, "disabled"))
        self.assertIn(DIGEST, str(claims["psa-software-components"]))

    def test_reference_values(self):
        token = self.token("--component", "app=2.4=" + DIGEST)
        for status, wanted in (("ok", ("valid", 2)), ("advisory", ("valid", 32)),
                               ("deny", ("valid", 96))):
            values = [{"digest": "sha256:" + DIGEST, "status": status}]
            path = self.write("ref.json", {"trust_reference": 1, "id": "r", "revision": 1,
                                           "values": values})
            self.assertEqual(self.appraise(token, "--reference", path)[:2], wanted)
        self.refused("appraise", "--type", EAT, "--reference", self.simple, token)

    def test_binding(self):
        bound = self.token("--binding", CHANNEL)
        self.assertEqual(self.appraise(bound, "--binding", CHANNEL)[0], "valid")
        self.assertEqual(self.appraise(bound, "--binding", "c1" * 32)[2], "NONCE_FOREIGN")
        self.assertEqual(self.appraise(bound)[2], "NONCE_FOREIGN")

    def test_what_the_host_observed(self):
        self.write("address", "5.8.1.2")
        self.write("metric", '{"name": "tx_bytes", "value": 12}')
        for type, file in ((ADDRESS, "address"), (METRIC, "metric")):
            answer = self.run_raw("appraise", "--type", type, "--json", "--unvouched",
                                  self.path(file))
            self.assertEqual((answer.status, answer.json()["reason"]), (1, "ORIGIN"))
            answer = self.run_raw("appraise", "--type", type, "--json", "--list", "vpn=" + VPN,
                                  self.path(file))
            self.assertEqual(answer.json()["state"], "valid", answer.out)


class Assess(Case):
    KEYS = {"device", "verdict", "risk", "range", "uncertainty", "adverse", "profile", "stage",
            "valid_until", "reasons", "ledger", "next", "actions", "binding", "replay_protection",
            "policy", "inputs", "items"}

    def assess(self, *more, status=0, policy=None):
        answer = self.run_raw("assess", "--policy", policy or self.policy, "--at", NOW, "--json",
                              *more)
        self.assertEqual(answer.status, status, answer.err)
        told = answer.json()
        self.assertLessEqual(self.KEYS, set(told))
        self.assertEqual(sum(row["points"] for row in told["ledger"]), told["risk"])
        self.assertLessEqual(told["range"][0], told["risk"])
        self.assertLessEqual(told["risk"], told["range"][1])
        return told

    def test_a_vouched_bundle(self):
        self.token()
        self.write("address.txt", "5.8.1.2")
        path = self.bundle(
            [{"type": EAT, "data": b64(self.read("token")), "nonce": NONCE},
             {"type": ADDRESS, "file": "address.txt", "collected": "2026-11-23T10:00:00Z"},
             {"type": METRIC, "value": {"name": "tx_bytes", "value": 1532.0, "unit": "By"}},
             {"type": "application/x-unknown", "data": ""}], device=DEVICE)
        told = self.assess("--evidence", path, "--anchor", self.path("key.pub"), "--nonce", NONCE,
                           "--attribute", "country=DE", "--geoip", GEO, "--list", "vpn=" + VPN,
                           "--list", "block=" + VPN)
        self.assertEqual(told["device"], DEVICE)
        self.assertEqual([item["state"] for item in told["items"]],
                         ["valid", "valid", "valid", "unsupported"])
        self.assertEqual(len(told["inputs"]), 3)
        # The same from another folder, and through standard input with its files beside it.
        with open(path, "rb") as file:
            text = file.read()
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        world_path = os.path.abspath(world.TRUSTCTL)
        world.TRUSTCTL = world_path
        os.chdir(self.folder)
        again = self.ok("assess", "--policy", self.policy, "--at", NOW, "--json", "--evidence", "-",
                        "--anchor", "key.pub", "--nonce", NONCE, "--attribute", "country=DE",
                        "--geoip", GEO, "--list", "vpn=" + VPN, "--list", "block=" + VPN,
                        stdin=text).json()
        self.assertEqual(again, told)

    def test_origins(self):
        self.token()
        sent = self.bundle([{"type": EAT, "data": b64(self.read("token"))},
                            {"type": ADDRESS, "value": "5.8.1.2"}], name="sent.json")
        seen = self.bundle([{"type": ADDRESS, "value": "5.8.1.2"}], device=DEVICE)
        told = self.assess("--evidence", seen, "--from-device", sent, "--anchor",
                           self.path("key.pub"), "--nonce", NONCE, "--geoip", GEO, "--attribute",
                           "country=DE")
        self.assertEqual([(item["origin"], item["state"]) for item in told["items"]],
                         [("host", "valid"), ("device", "valid"), ("device", "unbound")])
        # Who vouches for a nonce that nobody issued proves nothing with it.
        told = self.assess("--device", DEVICE, "--from-device", sent, "--anchor",
                           self.path("key.pub"))
        self.assertEqual(told["items"][0]["state"], "unbound")

    def test_binding(self):
        self.key("session")
        for made, given, wanted in (
                (["--binding", CHANNEL], ["--binding", CHANNEL], ("valid", "channel")),
                (["--binding", CHANNEL], ["--binding", "c1" * 32], ("unbound", "none")),
                (["--binding", CHANNEL], [], ("unbound", "none")),
                ([], ["--binding", CHANNEL], ("valid", "none")),
                (["--bind-key", self.path("session.pub")], [], ("valid", "key")),
                ([], [], ("valid", "none"))):
            self.token(*made)
            sent = self.bundle([{"type": EAT, "data": b64(self.read("token"))}])
            told = self.assess("--device", DEVICE, "--from-device", sent, "--anchor",
                               self.path("key.pub"), "--nonce", NONCE, *given)
            with self.subTest(made=made, given=given):
                self.assertEqual((told["items"][0]["state"], told["binding"]), wanted)

    def test_check_follows_the_verdict(self):
        open_door = dict(SIMPLE, signals={"identity": {"weight": 100}},
                         verdicts={"allow": 450, "step_up": 600, "quarantine": 700})
        self.assess("--device", "d", "--check", status=1)
        self.key("key")
        self.token()
        sent = self.bundle([{"type": EAT, "data": b64(self.read("token"))}])
        told = self.assess("--device", "d", "--check", "--from-device", sent, "--anchor",
                           self.path("key.pub"), "--nonce", NONCE,
                           policy=self.write("open.json", open_door))
        self.assertEqual(told["verdict"], "allow")

    def test_bad_input(self):
        run = ["assess", "--policy", self.simple, "--device", "d"]
        self.each([
            (4, "No such file", ["assess", "--policy", self.missing, "--device", "d"]),
            (3, r"line 1, column 1\)", ["assess", "--policy", self.write("no", "no"), "--device",
                                        "d"]),
            (4, "No such file", run + ["--evidence", self.missing]),
            (3, r"\(.*line 1, column", run + ["--evidence", self.write("b", '{"items":[{}]}')]),
            (3, "trustctl: ", run + ["--evidence", self.bundle([{"type": "a/b", "file": "no"}])]),
            (3, "trustctl: ", run + ["--from-device",
                                     self.bundle([{"type": "a/b", "file": "simple.json"}])]),
            (3, "trustctl: ", run + ["--evidence", self.bundle([{"type": "a/b", "x": 1}])]),
            (4, "No such file", run + ["--geoip", self.missing]),
            (3, "trustctl: ", run + ["--geoip", self.simple]),
            (3, r"\(vpn, line 2", run + ["--list", "vpn=" + self.write("l", "1.2.3.4\nx\n")]),
            (2, "NAME=FILE", run + ["--list", VPN]),
            (2, "--nonce", run + ["--nonce", "12"]),
            (2, "--binding", run + ["--binding", ""]),
            (2, "--challenge", run + ["--challenge", "x"]),
            (4, "no such challenge", run + ["--challenge", "7"]),
            (4, "not enrolled", run + ["--store", self.store()]),
            (3, "not a store", run + ["--store", "file:" + self.simple]),
            (4, "No such file", run + ["--store", "file:" + self.missing + "/s"]),
            (2, "attribute", run + ["--attribute", "country"]),
        ])

    def test_a_store_across_processes(self):
        self.enroll()
        challenge = self.challenge()
        answer = self.write("answer.json", self.attest(challenge["nonce"]))
        before = self.read("store")
        store = ["--store", self.store()]
        preview = self.assess("--from-device", answer, "--preview", "--nonce", OTHER,
                              "--challenge", challenge["challenge"], *store)
        self.assertEqual((preview["preview"], self.read("store")), (True, before))
        first = self.assess("--from-device", answer, "--challenge", challenge["challenge"],
                            "--request", "r1", *store)
        self.assertEqual(first["replay_protection"], "durable")
        again = self.assess("--from-device", answer, "--request", "r1", *store)
        self.assertEqual((again["repeated"], again["risk"]), (True, first["risk"]))
        spent = self.assess("--from-device", answer, *store)
        self.assertEqual(spent["items"][0]["why"], "REPLAYED")
        self.assertEqual(self.show()["decisions"], 2)
        self.refused("assess", "--policy", self.policy, "--device", DEVICE, *store, "--anchor",
                     self.path("key.pub"), status=2)

    def test_texts(self):
        told = self.ok("assess", "--policy", self.simple, "--device", "d").out.decode()
        self.assertRegex(told, "^d: deny")
        self.assertNotIn("\033", told)
        subject = self.ok("assess", "--policy", self.simple, "--device", "d", "--for-subject")
        self.assertNotIn(b"identity  ", subject.out)

    def on_a_terminal(self, environment):
        try:
            parent, child = pty.openpty()
        except OSError:  # a bare chroot has no /dev/pts
            self.skipTest("no terminal to be had here")
        attributes = termios.tcgetattr(child)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(child, termios.TCSANOW, attributes)
        fcntl.fcntl(parent, fcntl.F_SETFL, os.O_NONBLOCK)
        subprocess.run([world.TRUSTCTL, "assess", "--policy", self.simple, "--device", "d: deny",
                        "--at", str(NOW)], stdout=child, check=True,
                       env={**os.environ, "TERM": "xterm", **environment})
        os.close(child)
        text = os.read(parent, 65536).decode()
        os.close(parent)
        return text

    def test_colour_is_for_terminals(self):
        plain = self.ok("assess", "--policy", self.simple, "--device", "d: deny", "--at",
                        NOW).out.decode()
        colored = self.on_a_terminal({"NO_COLOR": ""})
        self.assertIn("d: deny: \033[31mdeny\033[0m", colored)
        self.assertEqual(re.sub("\033\\[[0-9]+m", "", colored), plain)
        self.assertEqual(self.on_a_terminal({"NO_COLOR": "1"}), plain)
        self.assertEqual(self.on_a_terminal({"TERM": "dumb", "NO_COLOR": ""}), plain)


class Policies(Case):
    def test_lint(self):
        whole = world.json.dumps(SIMPLE, indent=1)
        for text, line, column in (
                ("", 1, 1), ("[]", 1, 1), (whole[:-1], 18, 1),
                (whole.replace('"revision": 1', '"revision": 1.5'), 4, 14),
                (whole.replace('"weight": 300', '"weight": "300"'), 10, 14),
                (whole.replace('"weight": 300', '"weigth": 300'), 10, 14)):
            path = self.write("broken.json", text)
            answer = self.run_raw("policy", "lint", path, "--json")
            told = answer.json()
            with self.subTest(text=text):
                self.assertEqual((answer.status, told["errors"]), (1, 1))
                remark = told["remarks"][0]
                self.assertEqual((remark["line"], remark["column"]), (line, column))
                shown = self.run_raw("policy", "lint", path).out.decode()
                self.assertTrue(shown.startswith("%s:%d:%d: error: " % (path, line, column)))
                for other in ("hash", "expand", "show"):
                    self.refused("policy", other, path)
        self.ok("policy", "lint", self.simple)

    def test_one_hash(self):
        short = self.ok("policy", "hash", self.simple).out
        self.assertRegex(short, rb"^[0-9a-f]{64}\n$")
        full = self.ok("policy", "expand", self.simple).out
        self.assertEqual(self.ok("policy", "hash", "-", stdin=full).out, short)
        self.assertEqual(self.ok("policy", "expand", "-", stdin=full).out, full)
        self.ok("policy", "lint", "-", stdin=full)
        told = self.ok("policy", "hash", self.simple, "--json").json()
        self.assertEqual((told["id"], told["hash"]), ("simple", short.decode().strip()))
        other = self.write("other.json", dict(SIMPLE, revision=2))
        self.assertNotEqual(self.ok("policy", "hash", other).out, short)

    def test_show_and_schema(self):
        told = self.ok("policy", "show", self.simple, "--json").json()
        self.assertEqual([s["signal"] for s in told["signals"]], ["attestation", "identity"])
        self.assertIn(b"identity", self.ok("policy", "show", self.simple).out)
        schema = self.ok("policy", "schema").json()
        self.assertIn("2020-12", schema["$schema"])
        self.assertEqual(self.ok("policy", "schema", "--json").json(), schema)


class Addresses(Case):
    def test_table(self):
        for text, shown, kind in (
                ("5.8.1.2", "5.8.1.2", "global"), ("::1", "::1", "loopback"),
                ("2002:0508:0102::1", "2002:508:102::1", "global"),
                ("::ffff:5.8.1.2", "5.8.1.2", "global"), ("10.0.0.1", "10.0.0.1", "private"),
                ("127.0.0.1", "127.0.0.1", "loopback"), ("fe80::1", "fe80::1", "link-local")):
            told = self.ok("ip", text, "--json").json()
            with self.subTest(text=text):
                self.assertEqual((told["address"], told["class"]), (shown, kind))
        for text in ("", "1", "010.8.8.8", "1.2.3.4.5", "1.2.3.256", "x", "1.2.3.4/24", "::1::"):
            self.refused("ip", "8.8.8.8", "--", text)

    def test_sources(self):
        answer = self.ok("ip", "5.8.1.2", "45.140.8.1", "::ffff:5.8.1.2", "--geoip", GEO,
                         "--list", "vpn=" + VPN, "--list", "other=" + VPN, "--json")
        rows = [world.json.loads(line) for line in answer.out.splitlines()]
        self.assertEqual([row["country"] for row in rows][0], "DE")
        self.assertEqual(rows[1]["lists"], ["vpn", "other"])
        self.assertEqual(rows[0], rows[2])
        broken = self.run_raw("ip", "45.140.8.1", "--list", b'v"\xff=' + VPN.encode(), "--json")
        if broken.status == 0:
            broken.json()
        many = ["10.0.%d.%d" % (i // 250, i % 250) for i in range(2000)]
        self.assertEqual(self.ok("ip", "--json", *many).out.count(b"\n"), 2000)

    def run_raw(self, *arguments, **more):
        if any(isinstance(a, bytes) for a in arguments):
            done = subprocess.run([world.TRUSTCTL, *arguments], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, check=False)
            answer = world.Answer(done)
            self.check(answer, arguments)
            return answer
        return super().run_raw(*arguments, **more)


class Telemetry(Case):
    def observe(self, text, status=0):
        answer = self.run_raw("observe", "--device", DEVICE, "--store", self.store(), "--at", NOW,
                              "--json", "-", stdin=text.encode())
        self.assertEqual(answer.status, status, (text[:80], answer.err))
        return answer.json() if status == 0 else answer.err.decode()

    def test_forms(self):
        self.enroll()
        for text, metrics in (
                ("", 0), ("\n\n", 0), ("timestamp,a\n", 0),
                ('{"name":"a","value":1}\n{"name":"a","value":1}\n', 2),
                ('{"name":"a","value":1.5,"unit":"By","time":"2026-11-23T10:00:00Z"}', 1),
                ("timestamp,a,b\r\n%d,1,\r\n\r\n%d,2,3\r\n" % (NOW - 2, NOW - 1), 3),
                ('"timestamp","a"\n2026-11-23T09:00:00Z, 1e3 \n', 1),
                ("timestamp,a\n%d,-0.25" % NOW, 1)):
            with self.subTest(text=text):
                told = self.observe(text)
                self.assertEqual((told["device"], told["metrics"]), (DEVICE, metrics))
                self.assertIn(told["due"], (True, False))

    def test_a_bad_line_is_named_and_nothing_learnt(self):
        self.enroll()
        before = self.read("store")
        good = "timestamp,a\n" + "".join("%d,%d\n" % (NOW - 500 + i, i) for i in range(100))
        for text, line in ((good + "x,1\n", 102), (good + "%d,x\n" % NOW, 102),
                           (good + "%d,1,2\n" % NOW, 102), (good + "%d\n" % NOW, 102),
                           ('{"name":"a","value":1}\n\n{"name":"a"}', 3),
                           ('{"name":"a","value":1}\ntimestamp,a\n', 2), ("hello\n", 1),
                           ("timestamp,a\n5,1;2\n", 2)):
            with self.subTest(text=text[-30:]):
                self.assertIn("line %d: " % line, self.observe(text, status=3))
                self.assertEqual(self.read("store"), before)

    def test_who(self):
        self.each([
            (4, "not enrolled", ["observe", "--device", "d", "--store", self.store(), self.simple]),
            (4, "No such file", ["observe", "--device", "d", "--store", self.store(),
                                 self.missing])])

    def test_a_large_file(self):
        self.enroll()
        rows = "".join("%d,%d\n" % (NOW - 200000 + i, 1000 + i % 37) for i in range(100000))
        self.assertEqual(self.observe("timestamp,a\n" + rows)["metrics"], 100000)


class Devices(Case):
    def test_life(self):
        self.key("key")
        id = 'urn:x:"\\é'
        run = [id, "--store", self.store(), "--at", str(NOW)]
        told = self.ok("device", "enroll", *run, "--anchor", self.path("key.pub"), "--attribute",
                       'note=a"b=c', "--json").json()
        self.assertEqual((told["device"], told["attributes"]), (id, {"note": 'a"b=c'}))
        self.assertEqual(told, self.ok("device", "show", *run, "--json").json())
        self.assertEqual((told["risk"], told["enrolled"]), (None, "2026-11-23T10:00:00Z"))
        self.assertIn(id.encode(), self.ok("device", "show", *run).out)
        first = self.ok("device", "challenge", *run, "--ttl", "60", "--json").json()
        second = self.ok("device", "challenge", *run, "--json").json()
        self.assertNotEqual(first["nonce"], second["nonce"])
        self.assertEqual(first["deadline"], "2026-11-23T10:01:00Z")
        self.assertEqual(self.ok("device", "show", *run, "--json").json()["open_challenges"], 2)
        before = self.read("store")
        self.each([
            (4, "already enrolled", ["device", "enroll", *run]),
            (4, "not enrolled", ["device", "show", "e", "--store", self.store()]),
            (4, "not enrolled", ["device", "challenge", "e", "--store", self.store()]),
            (2, "no such kind", ["device", "challenge", *run, "--kind", "x"]),
            (2, "--ttl", ["device", "challenge", *run, "--ttl", "-1"]),
            (2, "--ttl", ["device", "challenge", *run, "--ttl", "2592001"]),
            (2, "1 to 255 bytes", ["device", "enroll", "a\nb", "--store", self.store()]),
        ])
        self.assertEqual(self.read("store"), before)

    def test_four_open_challenges(self):
        self.enroll()
        for _ in range(4):
            self.challenge()
        answer = self.refused("device", "challenge", DEVICE, "--store", self.store(), "--at", NOW,
                              status=4)
        self.assertIn(b"4 challenges are open", answer.err)
        self.challenge(at=NOW + 121)

    def test_ids_that_are_no_text(self):
        for id in (b"a\xff", b"\xc0\x80", b"\xed\xa0\x80", b"x" * 256):
            done = subprocess.run([world.TRUSTCTL, "device", "enroll", id, "--store",
                                   self.store()], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  check=False)
            self.assertEqual(done.returncode, 2)
            self.check(world.Answer(done), id)


class Bench(Case):
    def test_bench(self):
        told = self.ok("bench", "--json").json()
        self.assertGreater(told["ratio"], 1)
        self.assertIn(b"Ed25519", self.ok("bench").out)


if __name__ == "__main__":
    world.main()
