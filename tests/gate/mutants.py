#!/usr/bin/env python3
"""Do the tests notice a changed program? Makes small faults in lib/policy and lib/format, one at a
time, and counts how many of them some test kills.

A mutant is one changed operator, constant, condition or returned value. Its file alone is compiled
anew and linked before the archive into the tests that reach its line, the quickest first, until one
fails. A line that no test reaches lets its mutants live; what does not compile is no mutant. At least
80 % of the sample must be killed.

  mutants.py [--count N] [--seed N] [--build FOLDER] [--coverage FOLDER] [--jobs N] [FILE...]

Without --count all mutants are made. Which test reaches which line is measured once, on a build with
coverage.
"""

import argparse
import collections
import concurrent.futures
import glob
import json
import os
import random
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENOUGH = 80  # percent
WRITTEN = 1 << 30  # bytes that a test gone wild may write
CASES = "2000"  # of a property test

Mutant = collections.namedtuple("Mutant", "source at end old new")
Test = collections.namedtuple("Test", "name command env link seconds")

# Binary operators stand between spaces in this layout; a declarator's * does not.
OPERATORS = {
    "<": ["<=", ">"], "<=": ["<"], ">": [">=", "<"], ">=": [">"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"],
    "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["&"],
    "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="],
}
OPERATOR = re.compile(r"(?<= )(" + "|".join(re.escape(o) for o in sorted(OPERATORS, key=len, reverse=True)) + r")(?=[ \n])")
STEP = re.compile(r"\+\+|--")
NUMBER = re.compile(r"(?<![\w.\"'])(0x[0-9a-fA-F]+|\d+)(?=[uUlL]*\b)")
CONDITION = re.compile(r"\b(?:if|while) \(")
RETURN = re.compile(r"\breturn (true|false|TRUST_E_\w+|TRUST_OK);")
BLANKED = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*",
                     re.S | re.M)


def blank(text):
    """The text with comments, strings and directives turned to spaces; every offset stays."""
    return BLANKED.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def closing(code, start):
    """The offset of the parenthesis that closes the one at start."""
    depth = 0
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return start


def mutants_of(source):
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        text = file.read()
    code = blank(text)
    body = code.find("{")
    if body < 0:
        return
    for found in OPERATOR.finditer(code, body):
        for new in OPERATORS[found.group()]:
            yield Mutant(source, found.start(), found.end(), found.group(), new)
    for found in STEP.finditer(code, body):
        yield Mutant(source, found.start(), found.end(), found.group(), "--" if found.group() == "++" else "++")
    for found in NUMBER.finditer(code, body):
        value = int(found.group(), 0)
        yield Mutant(source, found.start(), found.end(), found.group(), str(value + 1))
        if value > 0:
            yield Mutant(source, found.start(), found.end(), found.group(), str(value - 1))
    for found in CONDITION.finditer(code, body):
        start, end = found.end() - 1, closing(code, found.end() - 1) + 1
        yield Mutant(source, start, end, text[start:end], f"(!{text[start:end]})")
        if found.group().startswith("if"):
            yield Mutant(source, start, end, text[start:end], f"(0 && {text[start:end]})")
    for found in RETURN.finditer(code, body):
        start, end = found.span(1)
        new = {"true": "false", "false": "true", "TRUST_OK": "TRUST_E_STATE"}.get(found.group(1), "TRUST_OK")
        yield Mutant(source, start, end, found.group(1), new)


def output_of(command, folder):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


def load_compiles(build):
    """How each source of libtrust is compiled: file -> argument list with the output last."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    compiles = {}
    for entry in entries:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT)
        if not entry["output"].startswith(("lib/libtrust.so", "lib/libtrust.a")):
            continue
        words = shlex.split(entry["command"])
        for option in ("-MD", "-MP"):
            words = [w for w in words if w != option]
        for option in ("-MQ", "-MF", "-o", "-c"):
            at = words.index(option)
            del words[at:at + 2]
        compiles[path] = words
    return compiles


def bounded(seconds):
    """A mutant that runs away meets these."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def run_test(test, program, seconds, **more):
    """Did it pass within so much CPU time? Sleeping for ever is no better."""
    env = {**os.environ, "CK_FORK": "no", "TRUST_CASES": CASES, **test.env, **more}
    try:
        done = subprocess.run([program] + test.command[1:], env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20 + 20 * seconds,
                              cwd=ROOT, preexec_fn=lambda: bounded(seconds), check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in (0, 77)


def listed_tests(build):
    """The build's tests that may kill a mutant (those in TRUST_ONLY when it is set), by name."""
    only = os.environ.get("TRUST_ONLY", "").split()
    return {
        entry["name"]: entry
        for entry in json.loads(output_of(["meson", "introspect", "--tests", build], ROOT))
        if re.search(r"unit|corpus|property", " ".join(entry["suite"]))
        and entry["cmd"][0].startswith(build)
        and (not only or entry["name"] in only)
    }


def load_test(entry, build):
    """A test that links the library's archive and passes as it is, with the time it takes; or None."""
    program = os.path.relpath(entry["cmd"][0], build)
    link = shlex.split(output_of(["ninja", "-C", build, "-t", "commands", "-s", program], ROOT).splitlines()[-1])
    if not any(word.endswith("libtrust.a") for word in link):
        return None
    test = Test(entry["name"], entry["cmd"], entry["env"], link, 0)
    started = time.monotonic()
    if not run_test(test, entry["cmd"][0], 300):
        print(f"{test.name} fails without a mutant and is left out")
        return None
    return test._replace(seconds=time.monotonic() - started)


class Reach:
    """Which tests reach which line of the mutated files."""

    def __init__(self, tests, files, coverage, jobs):
        self.lines = collections.defaultdict(lambda: collections.defaultdict(set))
        self.functions = collections.defaultdict(set)
        self.named = {test.name: test for test in tests}
        entries = listed_tests(coverage)
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            jobs_done = [pool.submit(self.measure, entries[test.name], test, files, coverage) for test in tests]
            for done in jobs_done:
                done.result()

    def measure(self, entry, test, files, coverage):
        with tempfile.TemporaryDirectory() as folder:
            at_home = test._replace(command=entry["cmd"], env=entry["env"])
            run_test(at_home, entry["cmd"][0], 600, GCOV_PREFIX=folder)
            for data in glob.glob(f"{folder}/**/lib/libtrust.*/*.gcda", recursive=True):
                notes = "/" + os.path.relpath(data, folder)[:-len("gcda")] + "gcno"
                os.symlink(notes, data[:-len("gcda")] + "gcno")
                report = subprocess.run(["gcov", "--json-format", "--stdout", data], cwd=os.path.dirname(data),
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
                self.note(json.loads(report.stdout), test, files, coverage)

    def note(self, report, test, files, coverage):
        for file in report["files"]:
            source = os.path.relpath(os.path.join(coverage, file["file"]), ROOT)
            if source not in files:
                continue
            for function in file["functions"]:
                self.functions[source].add((function["start_line"], function["end_line"]))
            for line in file["lines"]:
                reached = self.lines[source][line["line_number"]]
                if line["count"] > 0:
                    reached.add(test.name)

    def tests(self, source, line):
        """The tests for a mutant of this line, the quickest first."""
        lines = self.lines[source]
        for start, end in self.functions[source]:
            if start <= line <= end:
                known = [n for n in lines if start <= n <= line]
                found = lines[max(known)] if known else set()
                break
        else:  # a table: whoever reaches the file at all, and anyone may where it is nothing else
            found = set().union(*lines.values()) or set(self.named)
        return sorted((self.named[name] for name in found), key=lambda test: test.seconds)


def judge(mutant, compile_words, tests, build):
    """Who killed it, "" when it survived, None when it does not compile."""
    path = os.path.join(ROOT, mutant.source)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with tempfile.TemporaryDirectory() as folder:
        changed = os.path.join(folder, os.path.basename(path))
        with open(changed, "w", encoding="utf-8") as file:
            file.write(text[:mutant.at] + mutant.new + text[mutant.end:])
        compiled = os.path.join(folder, "mutant.o")
        # Quotes in an include look beside the real file.
        command = compile_words + ["-w", "-iquote", os.path.dirname(path), "-c", changed, "-o", compiled]
        if subprocess.run(command, cwd=build, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            return None
        program = os.path.join(folder, "test")
        for test in tests:
            at = test.link.index("-o")
            words = test.link[:at] + ["-o", program, compiled] + test.link[at + 2:]
            subprocess.run(words, cwd=build, check=True, stderr=subprocess.DEVNULL)
            if not run_test(test, program, int(2 + 3 * test.seconds)):
                return test.name
    return ""


def line_of(mutant):
    with open(os.path.join(ROOT, mutant.source), encoding="utf-8") as file:
        return file.read().count("\n", 0, mutant.at) + 1


def place(mutant):
    shorten = lambda s: s if len(s) <= 40 else s[:37] + "..."
    return f"{mutant.source}:{line_of(mutant)}: {shorten(' '.join(mutant.old.split()))}  ->  {shorten(' '.join(mutant.new.split()))}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", default="build")
    parser.add_argument("--coverage", default="build/also/coverage")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*")
    return parser.parse_args()


def main():
    options = arguments()
    build = os.path.join(ROOT, options.build)
    compiles = load_compiles(build)
    files = options.files or sorted(
        path for path in compiles if re.match(r"lib/(policy|format)/", path))
    every = [mutant for path in files for mutant in mutants_of(path)]
    random.Random(options.seed).shuffle(every)
    wanted = options.count or len(every)
    print(f"{len(every)} mutants of {len(files)} files, seed {options.seed}")

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        loaded = list(pool.map(lambda entry: load_test(entry, build), listed_tests(build).values()))
    tests = [test for test in loaded if test is not None]
    reach = Reach(tests, set(files), os.path.join(ROOT, options.coverage), options.jobs)
    killers = collections.Counter()
    survivors = []
    queue = iter(every)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        while sum(killers.values()) + len(survivors) < wanted:
            # What does not compile is replaced by the next.
            missing = wanted - sum(killers.values()) - len(survivors)
            batch = [mutant for _, mutant in zip(range(missing), queue)]
            if not batch:
                break
            verdicts = pool.map(
                lambda m: judge(m, compiles[m.source], reach.tests(m.source, line_of(m)), build), batch)
            for mutant, killer in zip(batch, verdicts):
                if killer == "":
                    survivors.append(mutant)
                elif killer is not None:
                    killers[killer] += 1

    for mutant in survivors:
        print("survived", place(mutant))
    for name, count in killers.most_common():
        print(f"killed by {name}: {count}")
    killed, judged = sum(killers.values()), sum(killers.values()) + len(survivors)
    percent = 100 * killed // judged if judged else 0
    print(f"{killed} of {judged} mutants killed: {percent} %")
    return 0 if judged and percent >= ENOUGH else 1


sys.exit(main())
