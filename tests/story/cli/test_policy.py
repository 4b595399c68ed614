"""What trustctl makes of a policy document: tables, sentences, a picture.

Refusals that are the same for every subcommand are in test_cli.py."""

import json
import os
import re
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "attacks"))
import world  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
DOCS = os.path.join(world.SOURCE, "docs", "policy.md")

# Every part that a document can have.
WHOLE = {
    "trust_policy": 1, "title": "Locks <of> the \"north\" & west wing \u00e4\u4e2d", "id": "locks.north", "revision": 12,
    "not_before": "2026-12-01T00:00:00Z", "expires": "2027-12-01T00:00:00Z",
    "signals": {"attestation": {"weight": 300, "absent": "worst"}, "identity": {"weight": 300},
                "place": {"weight": 110, "quorum": 2}, "reputation": {"weight": 175},
                "behaviour": {"weight": 200}, "human": {"weight": 150},
                "acme.tamper": {"weight": 120, "scale": "percent", "half_life_bad": "never"}},
    "groups": {"device": {"floor": -280}},
    "hysteresis": {"dwell": "10m", "backoff": 2},
    "gates": [
        {"id": "no-installer", "if": {"absent": "human"}, "floor": "step_up"},
        {"id": "bad-software", "if": {"signal": "attestation", "at_least": 96}, "floor": "deny",
         "reason": "ATTESTATION_FAILED", "final": True, "actions": ["isolate", "page-operator"]},
        {"id": "no-proof", "floor": "quarantine",
         "if": {"any": [{"absent": "attestation"}, {"signal": "attestation", "older": "30m"}]}},
        {"id": "anomalies", "floor": "quarantine",
         "if": {"count": 2, "of": [{"signal": "place", "at_least": 900},
                                   {"signal": "reputation", "at_least_points": 100},
                                   {"signal": "behaviour", "at_least": 60}]}}],
    "profiles": [
        {"id": "safety-critical", "base": 500, "verdicts": {"allow": 250},
         "when": {"any": [{"attr": "role", "in": ["lock", "valve"]}, {"attr": "risk", "ge": 3}]}},
        {"id": "no-tee", "when": {"attr": "tee", "eq": "none"}, "not_applicable": ["attestation"],
         "base": 480}],
    "stages": [{"id": "installer", "needs": ["human"], "timeout": "30m", "on_timeout": "deny"},
               {"id": "proof", "needs": ["identity", "attestation"], "actions": ["open-port"]},
               {"id": "operate"}],
    "step_up": [{"obtain": "attestation", "action": "challenge"}, {"obtain": "human", "cost": 20}],
    "actions": {"quarantine": ["isolate_vlan"], "deny": ["drop_session", "notify"]},
    "overrides": {"may_lower_to": "step_up", "roles": ["secops"], "never": ["ATTESTATION_FAILED"]},
    "calibration": {"knots": [[0, 1000], [1000, 999000]], "data": "sha256:abc"},
    "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650}}

LONG = "a" * 40 + "." + "b" * 22


def many():
    """As large as a document gets: 64 signals with long names, 16 groups, 64 gates, 31 profiles, 32 stages."""
    names = ["%s.%02d" % ("n" * 60, i) for i in range(64)]
    return {
        "trust_policy": 1, "id": "i" * 63, "revision": 9007199254740991, "title": "t" * 400,
        "signals": {name: {"weight": 100000, "scale": "percent", "group": ("g%02d" % (i % 16)) + "g" * 60}
                    for i, name in enumerate(names)},
        "gates": [{"id": ("w%02d" % i) + "w" * 60, "floor": "deny",
                   "if": {"any": [{"signal": name, "at_least": 99}, {"absent": name}]}}
                  for i, name in enumerate(names)],
        "profiles": [{"id": ("p%02d" % i) + "p" * 60, "verdicts": {"allow": 1, "step_up": 2, "quarantine": 3},
                      "when": {"attr": "role", "eq": "v" * 120}} for i in range(31)],
        "stages": [{"id": ("s%02d" % i) + "s" * 60, "needs": names[i:i + 4]} for i in range(32)],
        "verdicts": {"allow": 997, "step_up": 998, "quarantine": 999}}


class Case(world.Attack):
    def setUp(self):
        super().setUp()
        self.whole = self.write("whole.json", WHOLE)

    def lines(self, *arguments):
        return self.ok(*arguments).out.decode().splitlines()


class Show(Case):
    def test_every_part(self):
        shown = "\n".join(self.lines("policy", "show", self.whole))
        for text in ("Locks <of> the", "locks.north, revision 12",
                     r"attestation +300 +22% +-200 +\+300 +\+300 +\+300  device",
                     r"human +90d +365d +never +never +1000 +1 +20  verify_installer",
                     r"place +1d +2d +1d +never +800 +2 +-  not asked for",
                     r"device +-280 +\+600  attestation and identity", r"safety-critical +500 +250 +475 +650",
                     "when role is lock or valve, or risk is at least 3", "not asked for attestation",
                     "dwell 10m, 2 times that for each flap, at most 1d",
                     "bad-software +deny +ATTESTATION_FAILED, final",
                     "attestation is contraindicated", "then isolate and", "from the last 30 minutes",
                     "at least 2 of these 3 hold", r"installer +needs human; next proof; after 30m at best deny",
                     "operate +needs nothing; the last", "deny +drop_session and notify",
                     "to step_up at best, 2 approvals, at most 1d; by secops"):
            self.assertRegex(shown, text)

    def test_fits_a_terminal(self):
        for document in (WHOLE, many(), dict(WHOLE, signals={LONG: {"weight": 1, "scale": "percent"},
                                                             **WHOLE["signals"]})):
            for line in self.lines("policy", "show", self.write("p.json", document)):
                self.assertLessEqual(len(line), 100, line)

    def test_json(self):
        told = self.ok("policy", "show", self.whole, "--json").json()
        self.assertEqual(told["title"], WHOLE["title"])
        self.assertEqual((told["base"], told["verdicts"]), (450, WHOLE["verdicts"]))
        place = next(s for s in told["signals"] if s["signal"] == "place")
        self.assertEqual({k: place[k] for k in ("weight", "best", "absent", "ttl", "quorum", "reliability", "cost")},
                         {"weight": 110, "best": -35, "absent": 15, "ttl": "2d", "quorum": 2,
                          "reliability": 800, "cost": 0})
        self.assertEqual(place["curve"], [[100, -35], [400, 20], [1000, 110]])
        self.assertEqual(sum(len(g["signals"]) for g in told["groups"]), 7)
        self.assertEqual([p["id"] for p in told["profiles"]], ["default", "safety-critical", "no-tee"])
        self.assertEqual(told["profiles"][2]["not_applicable"], ["attestation"])
        gates = told["gates"]
        self.assertEqual([g["need"] for g in gates], [1, 1, 1, 2])
        self.assertEqual([g["final"] for g in gates], [False, True, False, False])
        self.assertEqual(gates[2]["conditions"], [{"signal": "attestation", "absent": True},
                                                  {"signal": "attestation", "older": "30m"}])
        self.assertEqual(gates[3]["conditions"][1], {"signal": "reputation", "at_least_points": 100})
        self.assertEqual(gates[1]["actions"], ["isolate", "page-operator"])
        self.assertEqual([(s["id"], s.get("next"), s["timeout"], s["on_timeout"]) for s in told["stages"]],
                         [("installer", "proof", "30m", "deny"), ("proof", "operate", "never", "quarantine"),
                          ("operate", None, "never", "quarantine")])
        self.assertEqual(told["actions"]["deny"], ["drop_session", "notify"])
        self.assertEqual(told["overrides"], {"may_lower_to": "step_up", "approvals": 2, "max_ttl": "1d",
                                             "roles": ["secops"], "never": ["ATTESTATION_FAILED"]})
        self.assertEqual(told["hysteresis"], {"margin": 25, "dwell": "10m", "backoff": 2, "dwell_max": "1d"})
        plain = self.ok("policy", "show", self.policy, "--json").json()
        self.assertEqual((plain["overrides"], plain["stages"], plain["gates"]), (None, [], []))


class Explain(Case):
    def test_sentences(self):
        told = self.ok("policy", "explain", self.whole, "--json").json()["sentences"]
        about = {}
        for part in told:
            self.assertEqual(sorted(part), ["about", "text"])
            self.assertRegex(part["text"], r"\.$")
            self.assertNotIn("  ", part["text"])
            about.setdefault(part["about"], []).append(part["text"])
        for topic, text in (
                ("the policy", "from 2026-12-01T00:00:00Z until 2027-12-01T00:00:00Z"),
                ("what is weighed", "attestation matters 2.7 times as much as place"),
                ("signal attestation", "the odds against the device 64 times"),
                ("signal attestation", "Silence costs 300 points (the worst), whatever the cause."),
                ("signal human", "Silence costs 75 points when nobody asked or the answer is awaited, 150 (the worst)"),
                ("signal place", "counts only when two sources say it"),
                ("group device", "at most 600 points and take at most 280 away"),
                ("verdict deny", "A risk from 651 to 1000 is deny"),
                ("verdict deny", "drop_session and notify"),
                ("limits", "more than 125 points"), ("limits", "more than 40%"),
                ("gate bad-software", "Whatever the points say, the verdict is deny while"),
                ("gate bad-software", "No override passes it."),
                ("gate no-proof", "the verdict is quarantine or stricter while"),
                ("changes of verdict", "has lasted 10 minutes"),
                ("getting in", "by three stages"), ("stage installer", "After 30 minutes here the verdict is deny"),
                ("what is asked for", "attestation 1 (by challenge), human 20"),
                ("what people may override", "two people in the role of secops"),
                ("what people may override", "They cannot pass bad-software."),
                ("profile safety-critical", "begins at 500 instead of 450; allow ends at 250 instead of 300"),
                ("profile no-tee", "silence about attestation costs nothing"),
                ("probability", "sha256:abc")):
            self.assertTrue(any(text in t for t in about[topic]), (topic, text, about[topic]))

    def test_text_says_the_same(self):
        told = self.ok("policy", "explain", self.whole, "--json").json()["sentences"]
        shown = self.ok("policy", "explain", self.whole).out.decode()
        self.assertTrue(all(len(line) <= 88 for line in shown.splitlines()))
        flat = " ".join(shown.split())
        for part in told:
            self.assertIn(" ".join(part["text"].split()), flat)
        self.assertEqual(re.findall(r"^\S.*$", shown, re.M), list(dict.fromkeys(p["about"] for p in told)))

    def test_what_is_not_there(self):
        plain = self.ok("policy", "explain", self.policy).out.decode()
        for text in ("the policy has no gates", "There are no stages", "Nobody can override a verdict"):
            self.assertIn(text, " ".join(plain.split()))
        self.assertNotIn("profile", plain)


class Draw(Case):
    def drawn(self, document):
        path = self.write("p.json", document)
        self.ok("policy", "draw", path, "-o", self.path("p.svg"))
        return xml.fromstring(self.read("p.svg"))

    def texts(self, picture):
        return ["".join(t.itertext()) for t in picture.iter(SVG + "text")]

    def test_every_part(self):
        picture = self.drawn(WHOLE)
        self.assertEqual(picture.tag, SVG + "svg")
        self.assertEqual(picture.get("role"), "img")
        self.assertIn(WHOLE["title"], picture.find(SVG + "title").text)
        self.assertIn("4 gates, 2 profiles and 3 stages", picture.find(SVG + "desc").text)
        texts = self.texts(picture)
        for text in [WHOLE["title"], "begins at 450", "begins at 500", "\u2212280", "+600", "at best quarantine",
                     "deny", "the device is in", *WHOLE["signals"], *(g["id"] for g in WHOLE["gates"]),
                     *(p["id"] for p in WHOLE["profiles"]), *(s["id"] for s in WHOLE["stages"])]:
            self.assertTrue(any(text in t for t in texts), text)

    def test_nothing_from_outside(self):
        self.drawn(dict(WHOLE, title="<script>alert(1)</script>\u202e<!--]]>&#0;\u0085"))
        drawing = self.read("p.svg").decode()
        for text in ("<script", "href", "url(", "<image", "<style", "\u202e", "<!--", "\u0085", "&#0"):
            self.assertNotIn(text, drawing)
        self.assertEqual(set(re.findall(r'font-family="([^"]*)"', drawing)), {"sans-serif"})
        self.assertEqual(re.findall(r'https?://[^"]*', drawing), ["http://www.w3.org/2000/svg"])

    def test_the_same_bytes(self):
        self.drawn(WHOLE)
        first = self.read("p.svg")
        self.drawn(dict(reversed(list(WHOLE.items()))))
        self.assertEqual(self.read("p.svg"), first)
        self.assertEqual(self.ok("policy", "draw", self.path("p.json"), "-o", "-").out, first)

    def overlaps(self, picture):
        """Texts whose boxes overlap, as wide as a common sans-serif draws them."""
        boxes = []
        for t in picture.iter(SVG + "text"):
            text, size = "".join(t.itertext()), int(t.get("font-size"))
            wide = 0.55 * size * len(text)
            x = int(t.get("x")) - {None: 0, "middle": wide / 2, "end": wide}[t.get("text-anchor")]
            boxes.append((x, x + wide, int(t.get("y")) - 0.75 * size, int(t.get("y")) + 0.2 * size, text))
        return [(a[4], b[4]) for i, a in enumerate(boxes) for b in boxes[i + 1:]
                if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]]

    def test_no_text_over_another(self):
        narrow = dict(WHOLE, base=1000, verdicts={"allow": 0, "step_up": 1, "quarantine": 2}, profiles=[])
        high = dict(WHOLE, base=0, verdicts={"allow": 998, "step_up": 999, "quarantine": 1000}, profiles=[])
        for document in (WHOLE, world.POLICY, narrow, high, many()):
            picture = self.drawn(document)
            self.assertEqual(self.overlaps(picture), [])
            width, height = int(picture.get("width")), int(picture.get("height"))
            for t in picture.iter(SVG + "text"):
                self.assertTrue(0 < int(t.get("x")) < width and 0 < int(t.get("y")) < height)

    def test_every_example_of_the_page(self):
        with open(DOCS, encoding="utf-8") as file:
            examples = re.findall(r"^```json policy\n(.*?)^```", file.read(), re.M | re.S)
        self.assertGreater(len(examples), 5)
        for example in examples:
            path = self.write("example.json", example)
            self.assertEqual(self.overlaps(xml.fromstring(self.ok("policy", "draw", path, "-o", "-").out)), [])
            for command in ("show", "explain"):
                self.ok("policy", command, path)
                self.ok("policy", command, path, "--json").json()
    
    def test_whole_or_not_at_all(self):
        before = sorted(os.listdir(self.folder))
        self.refused("policy", "draw", self.whole, status=2)
        self.refused("policy", "draw", self.whole, "-o", self.path("no/where.svg"), status=4)
        self.refused("policy", "draw", self.path("nowhere"), "-o", self.path("x.svg"), status=4)
        self.refused("policy", "draw", self.write("bad", "{}"), "-o", self.path("x.svg"), status=3)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(before + ["bad"]))
        self.ok("policy", "draw", "-", "-o", self.path("in.svg"), stdin=json.dumps(WHOLE).encode())
        xml.fromstring(self.read("in.svg"))


class Whole(Case):
    def test_as_large_as_can_be(self):
        path = self.write("many.json", many())
        for command in (["show"], ["show", "--json"], ["explain"], ["explain", "--json"], ["draw", "-o", "-"]):
            self.ok("policy", command[0], path, *command[1:])

    def test_hostile_titles(self):
        title = "\u001b[2J\u202e\u0000\u2028x"
        path = self.write("t.json", dict(WHOLE, title=title.replace("\0", "")))
        for command in (["show"], ["explain"]):
            self.harmless(self.ok("policy", *command, path).out, command)
        self.assertEqual(self.ok("policy", "show", path, "--json").json()["title"], title.replace("\0", ""))

    def test_a_full_disk_at_standard_output(self):
        for arguments in (["show", self.whole], ["explain", self.whole], ["draw", self.whole, "-o", "-"],
                          ["show", self.whole, "--json"]):
            with open("/dev/full", "wb") as full:
                done = world.subprocess.run([world.TRUSTCTL, "policy", *arguments], stdout=full,
                                            stderr=world.subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 4)
            self.assertEqual(done.stderr.count(b"\n"), 1)


class Lint(Case):
    def test_withholding(self):
        free = self.write("free.json", dict(world.POLICY, signals={"attestation": {"weight": 300}, "identity": {"weight": 300}}))
        kept = self.write("kept.json", dict(world.POLICY, signals={
            "attestation": {"weight": 300, "absent": "worst"}, "identity": {"weight": 300}}))
        self.ok("policy", "lint", free)
        gain = [r["number"] for r in self.ok("policy", "lint", free, "--json").json()["remarks"]
                if r["code"] == "WITHHOLDING_GAIN"]
        self.assertEqual(gain, [150, 0])
        self.assertEqual(self.run_raw("policy", "lint", free, "--max-withholding", "149").status, 1)
        self.ok("policy", "lint", free, "--max-withholding", "150")
        self.ok("policy", "lint", kept, "--max-withholding", "0")
        for bad in ("", "-1", "x", "1.5", "99999999999"):
            self.refused("policy", "lint", free, "--max-withholding", bad, status=2)


class Test(Case):
    GOOD = [{"name": "nothing known", "expect": {"verdict": "deny", "risk": 900}},
            {"name": "proved", "evidence": {"attestation": 2, "identity": 2}, "expect": {"verdict": "allow"}}]

    def document(self, tests):
        return self.write("p.json", {
            "trust_policy": 1, "id": "tested", "revision": 1,
            "signals": {"attestation": {"weight": 300}, "identity": {"weight": 300}},
            "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650}, "tests": tests})

    def test_a_line_each(self):
        path = self.document(self.GOOD)
        lines = self.lines("policy", "test", path)
        self.assertEqual(len(lines), 3)
        self.assertRegex(lines[0], r"p.json:\d+:\d+: ok: .*nothing known")
        self.assertEqual(lines[2], path + ": 2 passed, 0 failed")
        told = self.ok("policy", "test", "-", "--json", stdin=self.read("p.json")).json()
        self.assertEqual((told["passed"], told["failed"]), (2, 0))
        self.assertEqual([(t["passed"], t["where"]) for t in told["tests"]], [(True, "/tests/0"), (True, "/tests/1")])

    def test_one_that_fails(self):
        path = self.document([*self.GOOD, {"name": "wishful", "expect": {"verdict": "allow"}}])
        answer = self.run_raw("policy", "test", path)
        lines = answer.out.decode().splitlines()
        self.assertEqual((answer.status, lines[-1]), (1, path + ": 2 passed, 1 failed"))
        self.assertRegex(lines[2], "failed: .*wishful.*deny")
        told = self.run_raw("policy", "test", path, "--json")
        self.assertEqual((told.status, told.json()["failed"]), (1, 1))
        self.assertEqual([t["passed"] for t in told.json()["tests"]], [True, True, False])
        self.refused("policy", "hash", path)

    def test_without_any(self):
        self.assertEqual(self.lines("policy", "test", self.policy), [self.policy + ": 0 passed, 0 failed"])
        self.assertEqual(self.ok("policy", "test", self.policy, "--json").json(),
                         {"tests": [], "passed": 0, "failed": 0})

    def test_what_does_not_load(self):
        for bad in ("", "{}", "[]", json.dumps(WHOLE)[:-1], json.dumps(dict(WHOLE, tests=[{"name": "x"}]))):
            path = self.write("bad.json", bad)
            for more in ([], ["--json"]):
                answer = self.refused("policy", "test", path, *more)
                self.assertRegex(answer.err.decode(), r"line \d+, column \d+\)")
        self.refused("policy", "test", self.path("nowhere"), status=4)
        self.refused("policy", "test", status=2)


if __name__ == "__main__":
    world.main()
