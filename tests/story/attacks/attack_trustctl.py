"""The hostile device, network, gateway and clock, through trustctl as a black box.

One test a lie, named after it; security.md's rule stands beside it.
"""

import json
import os
import struct
import subprocess
import sys

import world
from world import ADDRESS, DEVICE, DIDIT, EAT, METRIC, NOW, Attack, b64, read_store, write_store


def states(decision):
    return [(item["state"], item["why"]) for item in decision["items"]]


class Origin(Attack):
    """Rule 1: who may say what is the caller's word, never the bytes'."""

    def test_the_device_names_files_of_the_host(self):
        self.enroll()
        before = self.read("store")
        os.symlink("/etc/passwd", self.path("link"))
        names = ["../../../../../../etc/passwd", "/etc/passwd", "/dev/zero", "/dev/stdin", "link",
                 "store", "", "a\0b", "\u202egpj.token"]
        for name in names:
            bundle = self.bundle([{"type": EAT, "file": name}])
            answer = self.refused("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                                  self.store(), "--from-device", bundle, "--at", NOW)
            self.assertNotIn(b"root:", answer.err)
        self.assertEqual(self.read("store"), before)

    def test_a_vouched_file_has_no_end(self):
        self.enroll()
        before = self.read("store")
        for name in ["/dev/zero", "nowhere", ".", "/"]:
            bundle = self.bundle([{"type": EAT, "file": name}])
            answer = self.run_raw("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                                  self.store(), "--evidence", bundle, "--at", NOW)
            self.assertIn(answer.status, (3, 4))
        self.assertEqual(self.read("store"), before)

    def test_the_device_says_what_only_the_host_can_see(self):
        self.enroll()
        with open(os.path.join(world.SOURCE, "examples/data/human-approved.json"), "rb") as file:
            human = file.read()
        items = [{"type": ADDRESS, "value": "5.8.1.2", "collected": "2026-11-23T10:00:00Z"},
                 {"type": METRIC, "value": {"name": "tx_bytes", "value": 1500}},
                 {"type": DIDIT, "data": b64(human)}]
        said = self.assess("--from-device", self.bundle(items), "--preview")
        nothing = self.assess("--from-device", self.bundle([]), "--preview")
        self.assertEqual([state for state, _ in states(said)], ["unbound"] * 3)
        self.assertEqual(said["risk"], nothing["risk"])
        self.assertEqual(said["ledger"], nothing["ledger"])

    def test_the_device_brings_its_own_nonce_and_time(self):
        self.enroll()
        self.challenge()
        bundle = self.attest("ab" * 32)
        bundle["items"][0]["nonce"] = "ab" * 32
        bundle["items"][0]["collected"] = "2026-11-23T10:00:00Z"
        path = self.write("own.json", bundle)
        for option in ("--from-device", "--evidence"):
            decision = self.assess(option, path, "--preview")
            self.assertEqual(states(decision)[0][0], "unbound", option)

    def test_yesterdays_post_comes_in_a_new_envelope(self):
        self.enroll()
        bundle = self.attest(self.challenge()["nonce"])
        path = self.write("post.json", bundle)
        self.assertEqual(states(self.assess("--from-device", path))[0][0], "valid")
        later = NOW + 86400
        bundle["items"][0]["collected"] = "2026-11-24T10:00:00Z"
        bundle["items"].append({"type": ADDRESS, "value": "5.8.1.2"})
        self.challenge(at=later)
        again = self.assess("--from-device", self.write("again.json", bundle), "--preview",
                            at=later)
        nothing = self.assess("--preview", at=later)
        self.assertEqual([state for state, _ in states(again)], ["unbound", "unbound"])
        self.assertEqual(again["risk"], nothing["risk"])
        self.assertEqual(again["verdict"], nothing["verdict"])


class Identity(Attack):
    """Rule 2: one device, one attempt."""

    def test_another_devices_key_signs(self):
        self.enroll()
        self.enroll("urn:dev:other", "other-key")
        nonce = self.challenge()["nonce"]
        forged = self.write("f.json", self.attest(nonce, key="other-key"))
        decision = self.assess("--from-device", forged, "--preview")
        self.assertEqual(states(decision)[0][0], "unbound")

    def test_the_envelope_names_another_device(self):
        self.enroll()
        self.enroll("urn:dev:other", "other-key")
        theirs = self.write("t.json", self.attest(self.challenge("urn:dev:other")["nonce"],
                                                  key="other-key", device="urn:dev:other"))
        decision = self.assess("--from-device", theirs, "--preview")
        self.assertEqual(states(decision)[0][0], "unbound")

    def test_an_attempt_borrows_from_another(self):
        self.enroll()
        nonce = self.challenge(more=("--attempt", "one"))["nonce"]
        token = self.write("t.json", self.attest(nonce, more=("--attempt", "one")))
        self.assertEqual(
            states(self.assess("--from-device", token, "--attempt", "two", "--preview"))[0][0],
            "unbound")
        self.assertEqual(
            states(self.assess("--from-device", token, "--attempt", "one", "--preview"))[0][0],
            "valid")

    def test_a_stranger_has_no_record(self):
        self.enroll()
        before = self.read("store")
        bundle = self.bundle([], device="urn:dev:nobody")
        answer = self.run_raw("assess", "--policy", self.policy, "--store", self.store(),
                              "--from-device", bundle, "--at", NOW)
        self.assertGreaterEqual(answer.status, 2)
        self.assertEqual(self.read("store"), before)


class Channel(Attack):
    """Rule 3: the device's side binds; what is bound elsewhere answers nothing here."""

    def offered(self, bound, *more):
        """The item's state and the binding of an answer with these bindings, offered with @more."""
        self.enroll()
        token = self.write("t.json", self.attest(self.challenge()["nonce"], more=bound))
        decision = self.assess("--from-device", token, "--preview", *more)
        return states(decision)[0][0], decision["binding"]

    def test_a_relay_has_another_channel(self):
        self.assertEqual(self.offered(("--binding", "aa" * 32), "--binding", "bb" * 32)[0],
                         "unbound")

    def test_a_relay_strips_the_channel(self):
        self.assertEqual(self.offered(("--binding", "aa" * 32))[0], "unbound")

    def test_the_channel_is_this_one(self):
        self.assertEqual(self.offered(("--binding", "aa" * 32), "--binding", "aa" * 32),
                         ("valid", "channel"))

    def test_nothing_is_bound_and_the_result_says_so(self):
        self.assertEqual(self.offered((), "--binding", "aa" * 32), ("valid", "none"))

    def test_another_verifier_passes_the_answer_on(self):
        self.assertEqual(self.offered(("--verifier", "evil"), "--verifier", "good")[0], "unbound")

    def test_the_answer_was_for_another_purpose(self):
        self.enroll()
        nonce = self.challenge(more=("--purpose", "onboarding"))["nonce"]
        token = self.write("t.json", self.attest(nonce, more=("--purpose", "unlocking")))
        self.assertEqual(states(self.assess("--from-device", token, "--preview"))[0][0], "unbound")


class Freshness(Attack):
    """Rule 4: a nonce is spent for ever, whoever spends it."""

    def answer(self, name="answer.json", at=NOW):
        return self.write(name, self.attest(self.challenge(at=at)["nonce"]))

    def test_the_answer_comes_twice(self):
        self.enroll()
        token = self.answer()
        first = self.assess("--from-device", token)
        self.assertEqual(states(first)[0][0], "valid")
        self.assertEqual(first["replay_protection"], "durable")
        for at in (NOW, NOW + 30, NOW + 3600):
            again = self.assess("--from-device", token, at=at)
            self.assertEqual(states(again)[0][0], "unbound")

    def test_fifty_times_two_gateways_take_one_answer(self):
        self.enroll()
        for _ in range(50):
            token = self.answer()
            command = [world.TRUSTCTL, "assess", "--policy", self.policy, "--device", DEVICE,
                       "--store", self.store(), "--at", str(NOW), "--json", "--from-device", token]
            racers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                      for _ in range(2)]
            outs = [racer.communicate(timeout=60) for racer in racers]
            for racer, (_, err) in zip(racers, outs):
                self.assertEqual(racer.returncode, 0, err)
            won = [states(json.loads(out))[0][0] for out, _ in outs]
            self.assertEqual(sorted(won), ["unbound", "valid"])

    def test_the_question_has_expired(self):
        self.enroll()
        token = self.answer()
        late = self.assess("--from-device", token, at=NOW + 121)
        self.assertEqual(states(late)[0][0], "expired")
        # Nor does turning the clock back help: the record knows that it was later.
        back = self.assess("--from-device", token, at=NOW + 1)
        self.assertEqual(states(back)[0][0], "expired")

    def test_a_nonce_is_adopted_twice(self):
        self.enroll()
        token = self.write("t.json", self.attest("cd" * 16))
        first = self.assess("--from-device", token, "--nonce", "cd" * 16)
        self.assertEqual(states(first)[0][0], "valid")
        answer = self.run_raw("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                              self.store(), "--at", NOW, "--from-device", token, "--nonce",
                              "cd" * 16)
        self.assertGreaterEqual(answer.status, 2)

    def test_questions_flood_the_device(self):
        self.enroll()
        for _ in range(4):
            self.challenge()
        before = self.read("store")
        self.refused("device", "challenge", DEVICE, "--store", self.store(), "--at", NOW, status=4)
        self.assertEqual(self.read("store"), before)
        self.challenge(at=NOW + 121)

    def test_a_nonce_is_guessed(self):
        self.enroll()
        self.challenge()
        for guess in ("00" * 8, "ff" * 64, "00" * 32):
            token = self.write("t.json", self.attest(guess))
            self.assertEqual(states(self.assess("--from-device", token))[0][0], "unbound")

    def test_a_preview_leaves_everything_as_it_was(self):
        self.enroll()
        token = self.answer()
        number = self.show()["open_challenges"]
        before = self.read("store")
        self.assess("--from-device", token, "--preview", "--challenge", "1")
        self.assertEqual(self.read("store"), before)
        self.assertEqual(self.show()["open_challenges"], number)


class Victim(Attack):
    """Rule 7: what anybody could have sent neither harms nor helps the device that it names."""

    def packets(self):
        """Forged packets, all in the name of the victim."""
        self.key("forger")
        self.bound = self.challenge()["nonce"]
        good = self.attest(self.bound)["items"][0]["data"]
        forged = self.attest(self.bound, key="forger")["items"][0]["data"]
        foreign = self.attest("ee" * 32)["items"][0]["data"]
        yield [{"type": EAT, "data": forged}]
        yield [{"type": EAT, "data": foreign}]
        yield [{"type": EAT, "data": good[:-8] + "AAAAAAAA"}]
        yield [{"type": EAT, "data": good[:40]}]
        yield [{"type": EAT, "data": b64(b"\xff" * 60000)}]
        yield [{"type": EAT, "data": b64(b"\xd2\x84" * 20000)}]
        yield [{"type": DIDIT, "data": b64(b'{"status":"Declined"}')}]
        yield [{"type": "application/x-evil\u00e9", "value": "x"}]
        yield [{"type": ADDRESS, "value": "103.20.7.19"}]
        yield [{"type": METRIC, "value": {"name": "tx_bytes", "value": 1e300}}]
        yield [{"type": EAT, "data": forged}] * 64
        yield [{"type": EAT, "data": b64(os.urandom(200))} for _ in range(32)]

    def test_a_stranger_speaks_in_the_victims_name(self):
        self.enroll()
        self.assess("--from-device", self.write("a.json", self.attest(self.challenge()["nonce"])))
        packets = [self.bundle(items, DEVICE if i % 2 else None, "p%d.json" % i)
                   for i, items in enumerate(self.packets())]
        self.write("twin", self.read("store"))
        empty = self.bundle([], name="empty.json")
        for i in range(5 * len(packets)):
            at = NOW + 1 + i
            hit = self.assess("--from-device", packets[i % len(packets)], at=at)
            spared = self.assess("--from-device", empty, at=at, store="twin")
            for member in ("verdict", "risk", "range", "uncertainty", "adverse", "valid_until",
                           "actions"):
                self.assertEqual(hit[member], spared[member], (i, member))
            self.assertEqual([(row["row"], row["points"]) for row in hit["ledger"]],
                             [(row["row"], row["points"]) for row in spared["ledger"]])
        self.assertEqual(self.read("store"), self.read("twin"))
        honest = self.write("honest.json", self.attest(self.bound))
        decision = self.assess("--from-device", honest, at=NOW + 100)
        self.assertEqual(states(decision)[0][0], "valid")

    def test_broken_bundles_leave_no_trace(self):
        self.enroll()
        before = self.read("store")
        deep = "[" * 5000 + "]" * 5000
        for text in ["", "{", "null", deep, '{"items":' + deep + "}", '{"items":[1]}',
                     '{"items":[{"type":"a/b"}]}', '{"items":[],"items":[]}',
                     '{"items":[{"type":"a/b","value":1,"data":"AA"}]}',
                     '{"items":[{"type":"a/b","data":"*"}]}',
                     '{"items":[{"type":"a/b","data":"AA","nonce":"zz"}]}',
                     '{"items":[{"type":"a/b","data":"AA","x\\u202ey\\u001b[2J\\n":1}]}',
                     '{"items":[{"type":"a\\u001b[2Jb","data":"AA"}]}',
                     '{"items":[{"type":"a\\nb","data":"AA"}]}', '{"device":1,"items":[]}',
                     '{"device":"x\\u0000","items":[],"y":0}', "\ufeff{}", '{"items":[]} x',
                     json.dumps({"items": [{"type": "a/b", "value": 1}] * 65}),
                     json.dumps({"items": [{"type": "a/b", "data": b64(b"x" * 65537)}]}),
                     b"\xff\xfe", b'{"items":["\xc3"]}']:
            path = self.write("bad.json", text)
            for option in ("--from-device", "--evidence"):
                self.refused("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                             self.store(), option, path, "--at", NOW)
        self.assertEqual(self.read("store"), before)


class Text(Attack):
    """Rule 12: text from outside is validated and escaped wherever it is shown."""

    NASTY = ["\u001b[31mred", "two\nlines", "\u202egnp.exe", "\u2066hidden\u2069", "\u0085next",
             "a\u007fb", "\u200fmark", "tab\there", 'quote"back\\slash', "\u2028line"]

    def test_names_that_give_a_terminal_orders(self):
        self.key("key")
        for nasty in self.NASTY:
            answer = self.run_raw("device", "enroll", nasty, "--store", self.store(), "--at", NOW)
            self.harmless(answer.out, nasty)
            if answer.status == 0:
                for more in ((), ("--json",)):
                    self.harmless(self.ok("device", "show", nasty, "--store", self.store(),
                                          *more).out, nasty)
            answer = self.run_raw("device", "enroll", "x" + str(len(nasty)), "--store",
                                  self.store("b"), "--attribute", "role=" + nasty, "--at", NOW)
            self.harmless(answer.out, nasty)

    def test_types_that_give_a_terminal_orders(self):
        self.enroll()
        for nasty in self.NASTY:
            bundle = self.bundle([{"type": "a/" + nasty, "value": nasty}], name="n.json")
            for more in ((), ("--json",)):
                answer = self.run_raw("assess", "--policy", self.policy, "--device", DEVICE,
                                      "--store", self.store(), "--from-device", bundle, "--at", NOW,
                                      "--preview", *more)
                self.harmless(answer.out, nasty)
                if more and answer.status == 0:
                    answer.json()

    def test_claims_that_give_a_terminal_orders(self):
        self.key("key")
        for nasty in self.NASTY:
            done = subprocess.run(
                [world.TRUSTCTL, "attest", "--key", self.path("key"), "--nonce", "ab" * 16,
                 "--component", nasty.replace("=", "") + "=1=" + "5a" * 32, "-o",
                 self.path("token")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            if done.returncode != 0:
                continue
            answer = self.run_raw("appraise", "--type", EAT, "--anchor", self.path("key.pub"),
                                  "--nonce", "ab" * 16, "--claims", self.path("token"))
            self.harmless(answer.out, nasty)
            if answer.status < 2:
                answer.json()

    def test_documents_that_give_a_terminal_orders(self):
        for nasty in self.NASTY:
            for member in ("id", "signal", "unknown"):
                policy = json.loads(json.dumps(world.POLICY))
                if member == "id":
                    policy["id"] = nasty
                elif member == "signal":
                    policy["signals"]["acme." + nasty] = {"weight": 1}
                else:
                    policy[nasty] = 1
                path = self.write("nasty.json", policy)
                for command in ("lint", "show", "explain", "expand", "hash"):
                    for more in ((), ("--json",)):
                        answer = self.run_raw("policy", command, path, *more)
                        self.harmless(answer.out, (command, nasty))


class Records(Attack):
    """What was written for one device says nothing of another."""

    def test_a_record_moves_to_another_device(self):
        self.enroll()
        self.enroll("urn:dev:bad", "bad-key")
        self.assess("--from-device", self.write("a.json", self.attest(self.challenge()["nonce"])),
                    "--request", "r1")
        self.assess("--request", "r1", device="urn:dev:bad")
        data = self.read("store")
        records = read_store(data)
        kinds = {}
        for key, (_, value) in records.items():
            kinds.setdefault(key[:1], []).append((key, DEVICE.encode() in value))
        for kind in (b"c", b"o"):
            good = next(key for key, mine in kinds[kind] if mine)
            bad = next(key for key, mine in kinds[kind] if not mine)
            swapped = dict(records)
            swapped[bad] = records[good]
            self.write("swapped", write_store(data[:16], swapped))
            self.refused("assess", "--policy", self.policy, "--device", "urn:dev:bad", "--store",
                         self.store("swapped"), "--at", NOW, "--request", "r1")

    def test_a_store_is_cut_or_edited(self):
        self.enroll()
        self.challenge()
        data = self.read("store")
        cuts = list(range(0, len(data), 7))
        for cut in cuts:
            self.write("cut", data[:cut])
            answer = self.run_raw("device", "show", DEVICE, "--store", self.store("cut"))
            self.assertGreaterEqual(answer.status, 2, cut)
            self.assertEqual(self.read("cut"), data[:cut])
        for at in range(16, len(data), 5):
            edited = bytearray(data)
            edited[at] ^= 0x81
            self.write("edited", bytes(edited))
            self.run_raw("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                         self.store("edited"), "--at", NOW, "--preview")

    def test_a_store_is_something_else(self):
        self.write("precious", b"precious")
        os.symlink(self.path("precious"), self.path("store.new"))
        self.enroll()
        self.assertEqual(self.read("precious"), b"precious")
        for where in ("/dev/zero", "/dev/null", "/", self.folder, self.path("nowhere/store"),
                      self.path("precious"), ""):
            answer = self.run_raw("device", "enroll", "urn:dev:x", "--store", "file:" + where,
                                  "--at", NOW)
            self.assertGreaterEqual(answer.status, 2, where)
        self.assertEqual(self.read("precious"), b"precious")

    def test_a_record_is_written_by_a_newer_version(self):
        self.enroll()
        data = self.read("store")
        for change in (lambda value: b"\x02" + value[1:],
                       lambda value: value + struct.pack(">HH", 0x8FFF, 3) + b"new",):
            records = {key: [revision, change(value)]
                       for key, (revision, value) in read_store(data).items()}
            self.write("newer", write_store(data[:16], records))
            before = self.read("newer")
            self.refused("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                         self.store("newer"), "--at", NOW)
            self.assertEqual(self.read("newer"), before)


class Clock(Attack):
    """Rule 4 and amendment 8: the hostile clock."""

    def test_any_time_is_survived(self):
        times = ["0", "-1", "1", "-62135596800", "253402300799", "253402300800",
                 "9223372036854775", "9223372036854775807", "-9223372036854775808",
                 "99999999999999999999999", "1e9", "NaN", "", " ", "unknown", "never",
                 "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:60-23:59",
                 "2026-02-30T00:00:00Z"]
        for number, at in enumerate(times):
            store = "s%d" % number
            self.enroll(store=store, key="k%d" % number)
            for arguments in (("assess", "--policy", self.policy, "--device", DEVICE, "--store",
                               self.store(store)),
                              ("device", "challenge", DEVICE, "--store", self.store(store))):
                answer = self.run_raw(*arguments, "--at=" + at)
                self.assertIn(answer.status, (0, 2), (at, answer.err))
            decision = self.assess(store=store)
            self.assertNotEqual(decision["verdict"], "allow")

    def test_going_back_revives_nothing(self):
        self.enroll()
        fresh = self.assess("--from-device",
                            self.write("a.json", self.attest(self.challenge()["nonce"])))
        later = [self.assess(at=NOW + hour * 3600)["risk"] for hour in (6, 12, 23)]
        self.assertGreater(later[0], fresh["risk"])
        for at in (NOW + 3600, NOW, 0):
            self.assertGreaterEqual(self.assess(at=at)["risk"], later[-1])


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    world.main()
