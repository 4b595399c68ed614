"""What trustctl makes of a policy document: tables, sentences, a picture, differences.

Refusals that are the same for every subcommand are in test_cli.py."""

import copy
import json
import os
import random
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
            self.ok("policy", "diff", path, path)

    def test_whole_or_not_at_all(self):
        before = sorted(os.listdir(self.folder))
        self.refused("policy", "draw", self.whole, status=2)
        self.refused("policy", "draw", self.whole, "-o", self.path("no/where.svg"), status=4)
        self.refused("policy", "draw", self.path("nowhere"), "-o", self.path("x.svg"), status=4)
        self.refused("policy", "draw", self.write("bad", "{}"), "-o", self.path("x.svg"), status=3)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(before + ["bad"]))
        self.ok("policy", "draw", "-", "-o", self.path("in.svg"), stdin=json.dumps(WHOLE).encode())
        xml.fromstring(self.read("in.svg"))


class Diff(Case):
    def diff(self, change, base=None, status=1):
        other = copy.deepcopy(base or WHOLE)
        change(other)
        paths = self.write("a.json", base or WHOLE), self.write("b.json", other)
        told = self.run_raw("policy", "diff", *paths, "--json")
        shown = self.run_raw("policy", "diff", *paths)
        self.assertEqual((told.status, shown.status), (status, status))
        told = told.json()
        last = shown.out.decode().splitlines()[-1]
        self.assertTrue(last.startswith(told["overall"]), last)
        self.assertEqual("not compared" in last, bool(told["not_compared"]))
        self.assertTrue(all(len(line) <= 100 for line in shown.out.decode().splitlines()[:-1]))
        return told

    def one(self, change, about, what, old, new, effect, overall=None, more=False):
        """This difference is told and no other; with more, profiles that take the number over have it too."""
        told = self.diff(change)
        words = {"stricter": "never milder", "milder": "never stricter", "mixed": "mixed", "neither": "equal",
                 "not compared": "equal"}
        here = [d for d in told["differences"] if (d["about"], d["what"]) == (about, what)]
        self.assertEqual(here, [{"about": about, "what": what, "old": old, "new": new, "effect": effect}],
                         told["differences"])
        others = [(d["what"], d["old"], d["new"], d["effect"]) for d in told["differences"] if d not in here]
        self.assertEqual(set(others), {(what, old, new, effect)} if more else set())
        self.assertEqual(told["overall"], overall or words[effect])
        self.assertEqual(bool(told["not_compared"]), "not compared" in
                         {d["effect"] for d in told["differences"]})

    def test_equal(self):
        told = self.diff(lambda d: d.update(title="another", x_note=1), status=0)
        self.assertEqual((told["differences"], told["overall"]), ([], "equal"))
        self.assertEqual(told["old"]["hash"], told["new"]["hash"])
        full = self.ok("policy", "expand", self.whole).out
        self.ok("policy", "diff", self.whole, "-", stdin=full)
        self.ok("policy", "diff", "-", self.whole, stdin=full)

    def test_numbers(self):
        for change, about, what, old, new, effect in (
                (lambda d: d.update(revision=13), "policy", "revision", 12, 13, "neither"),
                (lambda d: d.update(base=440), "policy", "base", 450, 440, "milder"),
                (lambda d: d["verdicts"].update(quarantine=640), "policy", "verdicts.quarantine", 650, 640, "stricter"),
                (lambda d: d.update(limits={"adverse": 130}), "policy", "limits.adverse", 125, 130, "milder"),
                (lambda d: d["hysteresis"].update(dwell="1h"), "policy", "hysteresis.dwell", "10m", "1h", "stricter"),
                (lambda d: d["hysteresis"].update(margin=20), "policy", "hysteresis.margin", 25, 20, "milder"),
                (lambda d: d.update(expires="2027-11-30T00:00:00Z"), "policy", "expires",
                 "2027-12-01T00:00:00Z", "2027-11-30T00:00:00Z", "stricter"),
                (lambda d: d.pop("not_before"), "policy", "not_before", "2026-12-01T00:00:00Z", None, "milder"),
                (lambda d: d["overrides"].update(may_lower_to="allow"), "policy", "overrides.may_lower_to",
                 "step_up", "allow", "milder"),
                (lambda d: d["overrides"].update(approvals=3), "policy", "overrides.approvals", 2, 3, "stricter"),
                (lambda d: d["overrides"].update(roles=[]), "policy", "overrides.roles", ["secops"], [], "milder"),
                (lambda d: d["actions"].update(allow=["open"]), "policy", "actions.allow", [], ["open"], "neither"),
                (lambda d: d["groups"]["device"].update(floor=-270), "group device", "floor", -280, -270, "stricter"),
                (lambda d: d["gates"][0].update(floor="quarantine"), "gate no-installer", "floor",
                 "step_up", "quarantine", "stricter"),
                (lambda d: d["gates"][0].update(reason="ADVERSE"), "gate no-installer", "reason",
                 "GATE", "ADVERSE", "neither"),
                (lambda d: d["gates"][0].update(final=True), "gate no-installer", "final", False, True, "stricter"),
                (lambda d: d["profiles"][0].update(base=490), "profile safety-critical", "base", 500, 490, "milder"),
                (lambda d: d["profiles"][1].update(not_applicable=[]), "profile no-tee", "not_applicable",
                 ["attestation"], [], "stricter"),
                (lambda d: d["stages"][0].update(timeout="1h"), "stage installer", "timeout", "30m", "1h", "milder"),
                (lambda d: d["stages"][0].update(on_timeout="quarantine"), "stage installer", "on_timeout",
                 "deny", "quarantine", "milder"),
                (lambda d: d["stages"][1].update(on_timeout="deny"), "stage proof", "on_timeout",
                 "quarantine", "deny", "neither"),
                (lambda d: d["stages"][0].update(needs=["human", "identity"]), "stage installer", "needs",
                 ["human"], ["human", "identity"], "stricter"),
                (lambda d: d["step_up"][1].update(cost=2), "step_up human", "cost", 20, 2, "neither"),
                (lambda d: d["signals"]["human"].update(half_life="30d"), "signal human", "half_life",
                 "90d", "30d", "stricter"),
                (lambda d: d["signals"]["place"].update(half_life_bad="never"), "signal place", "half_life_bad",
                 "1d", "never", "stricter"),
                (lambda d: d["signals"]["place"].update(quorum=1), "signal place", "quorum", 2, 1, "stricter"),
                (lambda d: d["signals"]["place"].update(reliability=900), "signal place", "reliability",
                 800, 900, "mixed"),
                (lambda d: d["signals"]["reputation"].update(absent={"refused": 20}), "signal reputation",
                 "absent.refused", 15, 20, "stricter")):
            with self.subTest(about=about, what=what):
                self.one(change, about, what, old, new, effect,
                         more=what in ("verdicts.quarantine", "limits.adverse"))

    def test_curves(self):
        curve = [[2, -200], [32, 75], [96, 300]]
        for new, effect in (([[2, -100], [32, 75], [96, 300]], "stricter"), ([[2, -200], [64, 187], [96, 300]], "milder"),
                            ([[2, -100], [32, 0], [96, 300]], "mixed"), ([[2, -200], [8, -145], [32, 75], [96, 300]], "neither")):
            told = self.diff(lambda d: d["signals"]["attestation"].update(curve=new))
            here = [d for d in told["differences"] if d["what"] == "curve"]
            self.assertEqual(here, [{"about": "signal attestation", "what": "curve", "old": curve, "new": new,
                                     "effect": effect}])

    def test_weight_moves_what_is_known(self):
        told = self.diff(lambda d: d["signals"]["place"].update(
            weight=120, curve=[[100, -35], [400, 20], [1000, 120]], absent=15))
        self.assertEqual({(d["about"], d["what"], d["effect"]) for d in told["differences"]},
                         {("signal place", "weight", "stricter"), ("signal place", "curve", "stricter"),
                          ("group network", "ceiling", "stricter"),
                          ("uncertainty", "how much each signal counts for in it", "not compared")})
        self.assertEqual((told["overall"], len(told["not_compared"])), ("never milder", 1))

    def test_what_gates_go_by(self):
        """A shorter ttl is stricter by the points, but a gate on a mild value lets go sooner."""
        base = copy.deepcopy(WHOLE)
        base["gates"][1]["if"]["at_least"] = 3
        told = self.diff(lambda d: d["signals"]["attestation"].update(ttl="3h"), base=base)
        self.assertEqual([(d["what"], d["effect"]) for d in told["differences"]],
                         [("ttl", "stricter"), ("how long gates and stages go by it", "milder")])
        self.assertEqual(told["overall"], "mixed")

    def test_gates(self):
        gate = "gate anomalies"

        def conditions(change):
            def apply(d):
                change(d["gates"][3]["if"])
            return apply

        for change, effect in ((lambda c: c.update(count=1), "stricter"), (lambda c: c.update(count=3), "milder"),
                               (lambda c: c["of"].pop(), "milder"),
                               (lambda c: c["of"].append({"absent": "identity"}), "stricter"),
                               (lambda c: c["of"][0].update(at_least=800), "stricter"),
                               (lambda c: c["of"][1].update(at_least_points=110), "milder"),
                               (lambda c: c["of"].reverse(), "neither"),
                               (lambda c: (c["of"].pop(), c.update(count=1)), "stricter"),
                               (lambda c: c["of"].__setitem__(0, {"absent": "place"}), "not compared"),
                               (lambda c: c["of"].insert(0, c["of"].pop()), "neither"),
                               (lambda c: (c["of"][0].update(at_least=800), c["of"][2].update(at_least=70)),
                                "not compared")):
            told = self.diff(conditions(change))
            with self.subTest(effect=effect):
                self.assertEqual([(d["about"], d["what"], d["effect"]) for d in told["differences"]],
                                 [(gate, "if", effect)])
        self.one(lambda d: d["gates"][2]["if"]["any"][1].update(older="20m"), "gate no-proof", "if",
                 WHOLE["gates"][2]["if"], {"any": [{"absent": "attestation"}, {"signal": "attestation", "older": "20m"}]},
                 "stricter")
        told = self.diff(lambda d: d["gates"].pop(0))
        self.assertEqual([(d["new"], d["effect"]) for d in told["differences"]], [(None, "milder")])
        told = self.diff(lambda d: d["gates"].append({"id": "x", "if": {"absent": "place"}, "floor": "deny"}))
        self.assertEqual([(d["old"], d["effect"]) for d in told["differences"]], [(None, "stricter")])
        self.one(lambda d: d["gates"][0].update(id="other"), "gate no-installer", "id", "no-installer", "other", "neither")

    def test_what_cannot_be_compared(self):
        self.one(lambda d: d["profiles"][1]["when"].update(eq="no"), "profile no-tee", "when",
                 {"attr": "tee", "eq": "none"}, {"attr": "tee", "eq": "no"}, "not compared")
        self.one(lambda d: d["profiles"].reverse(), "profiles", "which comes first", None, None, "not compared")
        told = self.diff(lambda d: d["stages"].pop(1))
        self.assertEqual(told["not_compared"], ["stages"])
        told = self.diff(lambda d: d["signals"]["place"].update(group="human"))
        self.assertIn("signal place (group)", told["not_compared"])

    def test_parts_that_come_and_go(self):
        def strict(d):
            d["profiles"].insert(0, {"id": "vault", "when": {"attr": "role", "eq": "vault"}, "base": 520,
                                     "verdicts": {"allow": 200}})

        def loose(d):
            d["profiles"].append({"id": "toy", "when": {"attr": "role", "eq": "toy"}, "base": 440})

        for change, about, effect in (
                (strict, "profile vault", "stricter"), (loose, "profile toy", "milder"),
                (lambda d: d["profiles"].pop(0), "profile safety-critical", "milder"),
                (lambda d: d["profiles"].pop(1), "profile no-tee", "mixed"),
                (lambda d: d.pop("stages"), "stages", "milder"), (lambda d: d.pop("overrides"), "policy", "stricter")):
            told = self.diff(change)
            self.assertEqual([(d["about"], d["effect"]) for d in told["differences"] if d["effect"] != "neither"],
                             [(about, effect)])
        told = self.diff(lambda d: d["signals"].update({"acme.lid": {
            "weight": 50, "scale": "percent", "curve": [[0, 0], [100, 50]]}}))
        self.assertIn(("signal acme.lid", "stricter"), {(d["about"], d["effect"]) for d in told["differences"]})
        told = self.diff(lambda d: d["signals"].pop("acme.tamper"))
        self.assertEqual(told["overall"], "mixed")

    def test_final_counts_with_overrides_only(self):
        base = {k: v for k, v in WHOLE.items() if k != "overrides"}
        told = self.diff(lambda d: d["gates"][1].pop("final"), base=base)
        self.assertEqual([(d["what"], d["effect"]) for d in told["differences"]], [("final", "neither")])
        told = self.diff(lambda d: (d["gates"][1].pop("final"), d["overrides"].pop("never")))
        self.assertEqual({(d["about"], d["what"]): d["effect"] for d in told["differences"]},
                         {("policy", "overrides.never"): "neither", ("gate bad-software", "final"): "milder"})

    def test_refusals(self):
        bad = self.write("bad", '{"trust_policy": 1}')
        for status, arguments in ((2, [self.whole]), (2, [self.whole, self.whole, self.whole]), (2, ["-", "-"]),
                                  (3, [bad, self.whole]), (3, [self.whole, bad]), (3, [self.whole, "-"]),
                                  (4, [self.whole, self.path("nowhere")]), (4, [self.path("nowhere"), self.whole])):
            self.refused("policy", "diff", *arguments, status=status)


class Claims(Case):
    """What diff claims holds for evidence that nobody chose."""

    VERDICTS = ["allow", "step_up", "quarantine", "deny"]
    AGES = ["0s", "5m", "20m", "45m", "2h", "7h", "30h", "5d", "40d"]
    MOST = {"place": 1000, "reputation": 100, "acme.tamper": 100, "behaviour": 120}

    def move(self, dice, document):
        """One change of the document, at random."""
        name = dice.choice(list(document["signals"]))
        signal, gate = document["signals"][name], dice.choice(document["gates"])
        spans = ["1m", "20m", "3h", "2d"]
        dice.choice([
            lambda: document.update(base=dice.choice([350, 420, 550])),
            lambda: document["verdicts"].update(allow=dice.choice([250, 310])),
            lambda: document.update(limits={"adverse": dice.choice([60, 300])}),
            lambda: document.update(limits={"uncertainty": dice.choice([100, 700])}),
            lambda: document["hysteresis"].update(dwell=dice.choice(spans), backoff=dice.choice([1, 4])),
            lambda: signal.update(absent=dice.choice([0, "worst"])),
            lambda: signal.update({dice.choice(["half_life", "half_life_bad", "ttl_bad", "ttl"]): dice.choice(spans)}),
            lambda: signal.update(quorum=dice.choice([1, 2, 3])),
            lambda: signal.update(reliability=500),
            lambda: document["groups"].update(device={"floor": -dice.choice([100, 320]), "ceiling": 500}),
            lambda: gate.update(floor=dice.choice(self.VERDICTS[1:]), final=dice.choice([True, False])),
            lambda: document["gates"].append({"id": "further", "if": {"absent": name}, "floor": "quarantine"}),
            lambda: document["gates"].remove(gate),
            lambda: document["gates"][-1]["if"].update(count=dice.choice([1, 2, 3])),
            lambda: document["profiles"].pop(dice.randrange(2)),
            lambda: document["profiles"][0].update(dice.choice([{"base": 480}, {"not_applicable": [name]}])),
            lambda: document["stages"][0].update(dice.choice([{"timeout": dice.choice(spans)}, {"needs": [name]}])),
            lambda: document.pop("overrides"),
            lambda: document["overrides"].update(may_lower_to=dice.choice(self.VERDICTS[:3])),
        ])()

    def finding(self, dice, name):
        if dice.random() < 0.15:
            return dice.choice(["refused", "invalid", "pending", "source_down", "expired", "not_applicable"])
        most = self.MOST.get(name, 127)
        return {"value": dice.choice([0, 2, 2, 2, dice.randint(0, most), most]), "age": dice.choice(self.AGES),
                "quality": dice.choice([1000, 1000, 600])}

    def rehearsals(self, dice, document):
        made = []
        for i in range(120):
            names = [name for name in document["signals"] if dice.random() < 0.9]
            evidence = {name: [self.finding(dice, name) for _ in range(dice.choice([1, 1, 2, 3]))] for name in names}
            made.append({"name": "t%d" % i, "evidence": evidence, "previous": dice.choice(self.VERDICTS),
                         "held_for": dice.choice(self.AGES), "stage_age": dice.choice(self.AGES),
                         "stage": dice.choice(["installer", "proof", "operate", "operate"]),
                         "attributes": dice.choice([{}, {"role": "lock"}, {"role": "toy", "risk": "1", "tee": "tz"}]),
                         "expect": {"verdict": "allow"}})
            if dice.random() < 0.2:
                made[-1]["override"] = dice.choice(self.VERDICTS[:3])
        return made

    def verdicts(self, document, tests):
        path = self.write("tested.json", dict(document, tests=tests))
        told = self.run_raw("policy", "test", path, "--json").json()["tests"]
        words = [re.search("got ([a-z_]+)", t["sentence"]) for t in told]
        return [self.VERDICTS.index(word.group(1)) if word else 0 for word in words]

    def test_claims(self):
        dice, claims, seen = random.Random(20261123), {}, set()
        for _ in range(60):
            changed = copy.deepcopy(WHOLE)
            for _ in range(dice.choice([1, 1, 2])):
                try:
                    self.move(dice, changed)
                except KeyError:
                    pass
            paths = self.write("a.json", WHOLE), self.write("b.json", changed)
            if self.run_raw("policy", "hash", paths[1]).status != 0:
                continue
            told = self.run_raw("policy", "diff", *paths, "--json").json()
            claims[told["overall"]] = claims.get(told["overall"], 0) + 1
            if told["not_compared"]:
                continue
            tests = self.rehearsals(dice, WHOLE)
            for was, now in zip(self.verdicts(WHOLE, tests), self.verdicts(changed, tests)):
                seen |= {was, now}
                if told["overall"] in ("never milder", "equal"):
                    self.assertGreaterEqual(now, was, told)
                if told["overall"] in ("never stricter", "equal"):
                    self.assertLessEqual(now, was, told)
        self.assertEqual(seen, {0, 1, 2, 3})
        self.assertGreater(min(claims.get("never milder", 0), claims.get("never stricter", 0)), 8, claims)


class Whole(Case):
    def test_as_large_as_can_be(self):
        path = self.write("many.json", many())
        for command in (["show"], ["show", "--json"], ["explain"], ["explain", "--json"], ["draw", "-o", "-"]):
            self.ok("policy", command[0], path, *command[1:])
        self.ok("policy", "diff", path, path)

    def test_hostile_titles(self):
        title = "\u001b[2J\u202e\u0000\u2028\u009b\u00e4\ufeff\u2066\U0001f512x"
        path = self.write("t.json", dict(WHOLE, title=title.replace("\0", "")))
        for command in ("show", "explain"):
            for more in ([], ["--json"]):
                self.harmless(self.ok("policy", command, path, *more).out, command)
        self.assertEqual(self.ok("policy", "show", path, "--json").json()["title"], title.replace("\0", ""))
        self.harmless(self.ok("policy", "draw", path, "-o", "-").out, "draw")

    def test_a_full_disk_at_standard_output(self):
        for arguments in (["show", self.whole], ["explain", self.whole], ["draw", self.whole, "-o", "-"],
                          ["diff", self.whole, self.policy]):
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


class New(Case):
    PRESETS = ["consumer", "industrial", "safety-critical"]

    def test_each(self):
        for name in self.PRESETS:
            with self.subTest(preset=name):
                text = self.ok("policy", "new", "--preset", name).out
                with open(os.path.join(world.SOURCE, "examples", "policies", name + ".json"), "rb") as file:
                    self.assertEqual(text, file.read())
                path = self.path(name + ".json")
                self.ok("policy", "new", "--preset", name, "--id", "north.wing-7", "-o", path)
                expected = dict(json.loads(text), id="north.wing-7")
                self.assertEqual(json.loads(self.read(name + ".json")), expected)
                self.assertEqual(list(json.loads(self.read(name + ".json"))), list(expected))
                self.assertRegex(self.ok("policy", "lint", path).out.decode(), ": 0 errors, ")
                told = self.ok("policy", "test", path, "--json").json()
                self.assertEqual((told["failed"], told["passed"]), (0, len(expected["tests"])))
                self.assertGreater(told["passed"], 5)
                different = self.run_raw("policy", "diff", "-", path, "--json", stdin=text).json()
                self.assertEqual([d["what"] for d in different["differences"]], ["id"])

    def test_pictures(self):
        for name in self.PRESETS:
            self.ok("policy", "new", "--preset", name, "-o", self.path("p.json"))
            drawn = self.ok("policy", "draw", self.path("p.json"), "-o", "-").out
            self.assertEqual(Draw.overlaps(self, xml.fromstring(drawn)), [])

    def test_refusals(self):
        out = self.path("out.json")
        for status, pattern, arguments in (
                (2, "--preset consumer or industrial or safety-critical", []),
                (2, "consumer or industrial", ["--preset", "home"]), (2, "consumer or industrial", ["--preset", ""]),
                (2, "no such option", ["--prefix", "consumer"]), (2, "given twice", ["--id", "a", "--id", "b"]),
                (2, "--id: ", ["--preset", "consumer", "--id", ""]), (2, "--id: ", ["--preset", "consumer", "--id", "A"]),
                (2, "--id: ", ["--preset", "consumer", "--id", 'x","base":0,"y":"']),
                (2, "--id: ", ["--preset", "consumer", "--id", "x" * 64]),
                (4, "nowhere", ["--preset", "consumer", "-o", self.path("nowhere/p.json")])):
            with self.subTest(arguments=arguments):
                more = [] if "-o" in arguments else ["-o", out]
                self.assertRegex(self.refused("policy", "new", *arguments, *more, status=status).err.decode(), pattern)
                self.assertFalse(os.path.exists(out))


if __name__ == "__main__":
    world.main()
