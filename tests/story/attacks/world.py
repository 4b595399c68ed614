"""What the attacks on trustctl share: a black box, a device with a key, a store in a file."""

import base64
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

TRUSTCTL = ""
SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
VECTORS = os.environ.get("TRUST_VECTORS", "")

NOW = 1795428000  # 2026-11-23T10:00:00Z
DEVICE = "urn:dev:mac:0024befffe804ff1"
EAT = "application/eat+cwt"
ADDRESS = "application/vnd.trust.address"
METRIC = "application/vnd.trust.metric"
DIDIT = "application/vnd.didit.decision+json"
POLICY = {
    "trust_policy": 1, "id": "scene", "revision": 3,
    "signals": {"attestation": {"weight": 300}, "identity": {"weight": 300},
                "place": {"weight": 110}, "reputation": {"weight": 175},
                "behaviour": {"weight": 225}, "human": {"weight": 150}},
    "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650}}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Answer:
    """What one run of trustctl gave."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def json(self):
        return json.loads(self.out)


class Attack(unittest.TestCase):
    """One test a lie. Every run is checked: no crash, and the contract of errors."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="attack-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.policy = self.write("policy.json", POLICY)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_raw(self, *arguments, stdin=b"", timeout=60):
        done = subprocess.run([TRUSTCTL, *map(str, arguments)], input=stdin, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        answer = Answer(done)
        self.check(answer, arguments)
        return answer

    def check(self, answer, arguments):
        """Done, or one line on standard error and nothing on standard output."""
        self.assertIn(answer.status, (0, 1, 2, 3, 4, 5), (arguments, answer.err))
        self.assertNotIn(b"Sanitizer", answer.err, arguments)
        self.assertNotIn(b"runtime error", answer.err, arguments)
        if answer.status >= 2:
            self.assertEqual(answer.out, b"", arguments)
            self.assertTrue(answer.err.startswith(b"trustctl: "), (arguments, answer.err))
            self.assertTrue(answer.err.endswith(b"\n"), (arguments, answer.err))
            self.assertEqual(answer.err.count(b"\n"), 1, (arguments, answer.err))
        self.harmless(answer.err, arguments)

    def harmless(self, text, what):
        """Nothing that a terminal obeys, and nothing that turns a line around."""
        shown = text.decode("utf-8")
        for character in shown:
            code = ord(character)
            bad = (code < 0x20 and character != "\n") or 0x7F <= code < 0xA0
            bad |= code in (0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF)
            bad |= 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
            self.assertFalse(bad, (what, shown))

    def ok(self, *arguments, **more):
        answer = self.run_raw(*arguments, **more)
        self.assertEqual(answer.status, 0, (arguments, answer.err))
        return answer

    def refused(self, *arguments, status=3, **more):
        answer = self.run_raw(*arguments, **more)
        self.assertEqual(answer.status, status, (arguments, answer.out, answer.err))
        return answer

    # ---- the world ----

    def key(self, name):
        self.ok("keygen", self.path(name))
        return self.path(name)

    def store(self, name="store"):
        return "file:" + self.path(name)

    def enroll(self, device=DEVICE, key="key", store="store"):
        self.key(key)
        self.ok("device", "enroll", device, "--store", self.store(store), "--anchor",
                self.path(key + ".pub"), "--attribute", "country=DE", "--attribute",
                "class=lock-1", "--at", NOW)

    def challenge(self, device=DEVICE, at=NOW, store="store", more=()):
        return self.ok("device", "challenge", device, "--store", self.store(store), "--at", at,
                       "--json", *more).json()

    def attest(self, nonce, key="key", device=DEVICE, more=()):
        return self.ok("attest", "--key", self.path(key), "--nonce", nonce, "--device", device,
                       "--component", "app=2.4.1=" + "5a" * 32, "--secure-boot", "on", "--debug",
                       "off", "--json", *more).json()

    def show(self, device=DEVICE, store="store"):
        return self.ok("device", "show", device, "--store", self.store(store), "--json").json()

    def assess(self, *more, at=NOW, device=DEVICE, store="store"):
        return self.ok("assess", "--policy", self.policy, "--device", device, "--store",
                       self.store(store), "--at", at, "--json", *more).json()

    def bundle(self, items, device=None, name="bundle.json"):
        content = {"items": items}
        if device is not None:
            content["device"] = device
        return self.write(name, content)


def read_store(data):
    """The records of a store in a file: key to [revision, value]."""
    records = {}
    at = 16
    while at < len(data):
        key, value, revision = struct.unpack_from(">HIQ", data, at)
        at += 14
        records[data[at:at + key]] = [revision, data[at + key:at + key + value]]
        at += key + value
    return records


def write_store(magic, records):
    out = magic
    for key, (revision, value) in records.items():
        out += struct.pack(">HIQ", len(key), len(value), revision) + key + value
    return out


def main():
    global TRUSTCTL
    TRUSTCTL = sys.argv.pop(1)
    unittest.main(module="__main__", verbosity=1)
