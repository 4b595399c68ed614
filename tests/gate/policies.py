#!/usr/bin/env python3
"""Nothing in a reference policy can be moved without failing one of its own tests.

Takes examples/policies/{consumer,industrial,safety-critical}.json as they are written and in full
(trustctl policy expand), moves one thing at a time by its smallest step, and asks trustctl for the
hash of the result. It is refused, or it has the hash of the original and so means the same; anything
else survived. Arguments: files to take instead. The linter's errors and unexplained warnings, and
policies that are longer than a screen, are refused too.
"""

import concurrent.futures
import copy
import json
import math
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRUSTCTL = os.path.join(ROOT, "build", "bindings", "cli", "trustctl")
REFERENCE = [f"{ROOT}/examples/policies/{name}.json" for name in ("consumer", "industrial", "safety-critical")]
LINES, COLUMNS = 45, 110

VERDICTS = ["allow", "step_up", "quarantine", "deny"]
SCALES = ["ar4si", "permille", "percent", "surprise"]
DURATION = re.compile(r"^([0-9]+)(ms|s|m|h|d)$")
NOT_MOVED = re.compile(r"^(\$schema|title|trust_policy|tests|x_.*)$")

# What no test of a document can see: where it is, and who looks at it instead.
SEEN_ELSEWHERE = [
    (r"^id$|^revision$", "names the document; the store and its manifest hold it"),
    (r"^not_before$|^expires$", "when it is in force is for the engine to ask"),
    (r"^gates\.\d+\.id$", "a name for people; the gate's reason is what a decision says"),
    (r"^overrides\.(approvals|max_ttl|roles)(\.|$)", "who signs, and for how long, is for the engine to check"),
    (r"^step_up\.\d+\.cost$", "only the order of costs is seen"),
    (r"^step_up\.\d+\.action$", "a word for the host, which no verdict depends on"),
    (r"^signals\..*\.scale$", "what a kind of the host measures; the numbers of the policy stay"),
    (r"^calibration(\.|$)", "shown beside a risk; no verdict depends on it"),
]

REMOVED = object()


def trustctl(*arguments, text=""):
    return subprocess.run([TRUSTCTL, *arguments], input=text, capture_output=True, text=True, timeout=60, check=False)


def other_words(document, path, word):
    """The words that could stand there instead."""
    key = next(step for step in reversed(path) if isinstance(step, str))
    signals = document["signals"]
    duration = DURATION.match(word)
    if duration and key not in ("id", "eq", "in", "prefix"):
        number = int(duration.group(1))
        return [f"{n}{duration.group(2)}" for n in (number - 1, number + 1) if n >= 0]
    if word == "never" and key != "never":
        return ["36499d"]  # a day less than the longest that can be written
    if word == "worst":
        return [signals[path[1]]["weight"] - 1]
    if key in ("floor", "on_timeout", "may_lower_to"):
        return [v for v in VERDICTS if v != word]
    if key == "scale":
        return [s for s in SCALES if s != word]
    if key == "group":
        return sorted({s["group"] for s in signals.values() if "group" in s} - {word} | {"another"})
    if key == "reason":
        return ["GATE" if word != "GATE" else "STALE"]
    if key == "next":
        return [stage["id"] for stage in document["stages"] if stage["id"] != word]
    if key in ("absent", "signal", "needs", "not_applicable", "obtain"):
        return [name for name in signals if name != word]
    return [f"{word}x"]


def moves(document, value, path=()):
    """Every (path, value that stands there instead) of one smallest step."""
    if isinstance(value, bool):
        yield path, not value
    elif isinstance(value, int):
        yield path, value - 1
        yield path, value + 1
    elif isinstance(value, str):
        for word in other_words(document, path, value):
            yield path, word
    elif isinstance(value, dict):
        for key, inner in value.items():
            if NOT_MOVED.match(key):
                continue
            yield path + (key,), REMOVED
            yield from moves(document, inner, path + (key,))
    else:
        for i, inner in enumerate(value):
            yield path + (i,), REMOVED
            yield from moves(document, inner, path + (i,))
        if path == ("profiles",):  # the first that is true counts
            for i in range(len(value) - 1):
                yield path, value[:i] + [value[i + 1], value[i]] + value[i + 2:]


def reach(signal, worst):
    """The fewest or the most points that a signal comes to, rounded away from zero."""
    absent = signal["absent"]
    silence, ends = absent["not_requested"], [points for _, points in signal["curve"]]
    end = max(ends) if worst else min(ends)
    fresh = silence + (end - silence) * signal["reliability"] / 1000
    return max(math.ceil(fresh), *absent.values()) if worst else math.floor(fresh)


def idle(document, path, value):
    """Whether it has nothing to act on where it stands. Asked of a document in full."""
    signals, last = document["signals"], path[-1]
    if path[0] == "groups" and isinstance(value, int):  # a cap outside of what its signals come to
        worst = last == "ceiling"
        total = sum(reach(s, worst) for s in signals.values() if s["group"] == path[1])
        caps = (value, document["groups"][path[1]][last])
        return all(cap >= total if worst else cap <= total for cap in caps)
    if path[0] == "signals" and last == "half_life_bad":  # bad news fades to what silence costs
        signal = signals[path[1]]
        return signal["absent"]["not_requested"] == signal["weight"]
    if path[0] == "gates" and last == "final":  # no override comes that far
        gate, overrides = document["gates"][path[1]], document.get("overrides")
        return (overrides is None or gate["reason"] in overrides["never"] or
                VERDICTS.index(gate["floor"]) <= VERDICTS.index(overrides["may_lower_to"]))
    if path[0] == "stages" and last in ("timeout", "on_timeout"):  # nothing comes after the last
        stage = document["stages"][path[1]]
        return path[1] == len(document["stages"]) - 1 or (last == "on_timeout" and stage["timeout"] == "never")
    return False


def moved(document, path, value):
    document = copy.copy(document)
    inner = document
    for step in path[:-1]:
        inner[step] = copy.copy(inner[step])
        inner = inner[step]
    if value is REMOVED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


def described(path, value):
    shown = "left out" if value is REMOVED else f"= {json.dumps(value)}" if not isinstance(value, list) else "swapped"
    return f"{'.'.join(map(str, path))} {shown}"


def outcome(document, path, value, original):
    """What becomes of the moved document: refused by a "test" or the "loader", "same", or "survived"."""
    done = trustctl("policy", "hash", "-", text=json.dumps(moved(document, path, value)))
    if done.returncode == 0:
        return "same" if done.stdout == original else "survived"
    if done.returncode not in (1, 3):
        return "survived"  # it did not answer
    return "test" if re.search(r": test '.*expected", done.stderr) else "loader"


def seen_elsewhere(path):
    """Who looks at it, or None."""
    return next((why for pattern, why in SEEN_ELSEWHERE if re.search(pattern, ".".join(map(str, path)))), None)


def tell(name, form, counts, survivors):
    bad = [move for move in survivors if seen_elsewhere(move[0]) is None]
    print(f"{name}, {form}: {sum(counts.values())} moves; {counts['test']} refused by a test, {counts['loader']} by "
          f"the loader, {counts['same']} mean the same, {len(survivors) - len(bad)} are seen elsewhere, "
          f"{len(bad)} survived")
    for _, why in SEEN_ELSEWHERE:
        paths = sorted({".".join(map(str, path)) for path, _ in survivors if seen_elsewhere(path) == why})
        print(f"  {', '.join(paths)}: {why}\n" if paths else "", end="")
    for path, value in bad:
        print(f"  survived: {described(path, value)}")
    return len(bad)


def try_all(name, form, document, original, pool):
    todo = list(moves(document, document))
    if form == "in full":  # what was written has to act on something
        acting = [move for move in todo if not idle(document, *move)]
        print(f"{name}, {form}: {len(todo) - len(acting)} moves have nothing to act on")
        todo = acting
    outcomes = list(pool.map(lambda move: outcome(document, *move, original), todo))
    counts = {word: outcomes.count(word) for word in ("test", "loader", "same", "survived")}
    survivors = [move for move, word in zip(todo, outcomes) if word == "survived"]
    bad = tell(name, form, counts, survivors)
    if counts["test"] < 50:
        print("  too few were refused by a test: are there any?")
        bad += 1
    return bad, len(todo)


def explained(document, pointer):
    """Whether the place, or what it is in, says x_why."""
    inner = document
    for step in pointer.split("/")[1:]:
        if isinstance(inner, dict) and inner is not document and "x_why" in inner:
            return True
        inner = inner[int(step)] if isinstance(inner, list) else inner.get(step)
    return isinstance(inner, dict) and inner is not document and "x_why" in inner


def lint(name, path, document):
    wrong = []
    done = trustctl("policy", "lint", "--json", path)
    for remark in json.loads(done.stdout)["remarks"]:
        if remark["severity"] == "error" or remark["severity"] == "warning" and not explained(document, remark["where"]):
            wrong.append(f"{remark['where']}: {remark['sentence']} [{remark['code']}]")
    return [f"{name}: {problem}" for problem in wrong]


def on_a_screen(name, text):
    lines = text.split("\n")
    tests = next((i for i, line in enumerate(lines) if '"tests"' in line), len(lines))
    wrong = [f"{name}:{i + 1}: over {COLUMNS} columns" for i, line in enumerate(lines) if len(line) > COLUMNS]
    if tests > LINES:
        wrong.append(f"{name}: {tests} lines of policy are more than {LINES}")
    return wrong


def check(path, pool):
    """How much is wrong, and how many moves were tried."""
    name = os.path.basename(path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    document = json.loads(text)
    original = trustctl("policy", "hash", path)
    if original.returncode != 0:
        print(f"{name}: {original.stderr.strip()}")
        return 1, 0
    problems = lint(name, path, document) + on_a_screen(name, text)
    print("".join(f"{problem}\n" for problem in problems), end="")
    full = json.loads(trustctl("policy", "expand", path).stdout)
    full["tests"] = document["tests"]
    written, tried = try_all(name, "as written", document, original.stdout, pool)
    in_full, tried_in_full = try_all(name, "in full", full, original.stdout, pool)
    return len(problems) + written + in_full, tried + tried_in_full


def main():
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("TRUST_JOBS") or os.cpu_count())) as pool:
        results = [check(os.path.abspath(path), pool) for path in sys.argv[1:] or REFERENCE]
    wrong, tried = sum(w for w, _ in results), sum(t for _, t in results)
    print(f"{len(results)} policies, {tried} moves, {wrong} wrong")
    return 1 if wrong or not tried else 0


sys.exit(main())
