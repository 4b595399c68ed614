#!/usr/bin/env python3
"""Do the tests notice a changed program? Makes small faults in lib/policy and lib/format, one at a
time, and counts how many of them some test kills.

A mutant is one changed operator, constant, condition or returned value. Its file alone is compiled
anew and linked before the archive into each test, the likeliest test first, until one fails. What
does not compile is no mutant. At least 80 % of the sample must be killed.

  mutants.py [--count N] [--seed N] [--build FOLDER] [--jobs N] [FILE...]

Without --count all mutants are made. The build is one that tests/gate/asan.sh has made, so that a
byte too far is noticed too.
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


def bounded():
    """A mutant that runs away meets these."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))


def run_test(test, program, timeout):
    """Did it pass? A timeout is a failure."""
    env = dict(os.environ, **test.env)
    env.update(CK_FORK="no", TRUST_CASES=CASES, ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1")
    try:
        done = subprocess.run([program] + test.command[1:], env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=timeout,
                              cwd=ROOT, preexec_fn=bounded, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in (0, 77)


def load_tests(build):
    """The tests that link the library's archive and pass as they are, with the time that each takes."""
    listed = json.loads(output_of(["meson", "introspect", "--tests", build], ROOT))
    tests = []
    for entry in listed:
        program = os.path.relpath(entry["cmd"][0], build)
        suites = " ".join(entry["suite"])
        if program.startswith("..") or not re.search(r"unit|corpus|property|fault", suites):
            continue
        link = shlex.split(output_of(["ninja", "-C", build, "-t", "commands", "-s", program], ROOT).splitlines()[-1])
        if not any(word.endswith("libtrust.a") for word in link):
            continue
        test = Test(entry["name"], entry["cmd"], entry["env"], link, 0)
        started = time.monotonic()
        if run_test(test, entry["cmd"][0], 300):
            tests.append(test._replace(seconds=time.monotonic() - started))
        else:
            print(f"{test.name} fails without a mutant and is left out")
    return tests


def likeliest(tests, source):
    """The tests that carry a name like the file's first, then the quick ones before the slow ones."""
    stem = os.path.splitext(os.path.basename(source))[0]
    room = source.split("/")[1]
    return sorted(tests, key=lambda t: (not any(w in stem for w in t.name.split()[-1:]), room not in t.name, t.seconds))


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
            if not run_test(test, program, 5 + 10 * test.seconds):
                return test.name
    return ""


def place(mutant):
    with open(os.path.join(ROOT, mutant.source), encoding="utf-8") as file:
        line = file.read().count("\n", 0, mutant.at) + 1
    shorten = lambda s: s if len(s) <= 40 else s[:37] + "..."
    return f"{mutant.source}:{line}: {shorten(' '.join(mutant.old.split()))}  ->  {shorten(' '.join(mutant.new.split()))}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", default="build/also/asan")
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

    tests = load_tests(build)
    order = {path: likeliest(tests, path) for path in files}
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
            verdicts = pool.map(lambda m: judge(m, compiles[m.source], order[m.source], build), batch)
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
