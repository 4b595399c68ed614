#!/usr/bin/env python3
"""Runs what the documentation shows: the fenced blocks of README.md and docs/*.md.

  ```c            a file, or the statements of a function: compiled as C99, warnings are errors
  ```c run        the same, linked with libtrust.so and run
  ```sh           run in a scratch folder, one for a page, with trustctl in the PATH and the
                  project's examples/ beside it
  ```json policy  linted by trustctl
  ```go           a file, or the statements of a function: compiled and vetted (docs_go.py)
  ```go run       the same, and run in that folder; prints what its "// Output:" says
  ```python       all of a page are one session (docs_session.py) in that folder, after its other
                  blocks; one that begins with >>> prints what it shows; mypy --strict bears them

Every other block is only shown. Arguments: pages to check instead of all. Python's need a Python that
has the binding, named by TRUST_PYTHON; Go's need go. Without them the rest is checked, and the status
is 77.
"""

import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import docs_go

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
TRUSTCTL = os.path.join(BUILD, "bindings", "cli", "trustctl")
PYTHON = os.environ.get("TRUST_PYTHON", "")
GO = os.environ.get("TRUST_GO", "go")
SESSION = os.path.join(ROOT, "tests", "gate", "docs_session.py")
BLOCK = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```", re.M | re.S)
FILE_SCOPE = re.compile(r"^\w[^;\n]*\)\n?\s*\{", re.M)
INCLUDE = re.compile(r"^#include.*\n", re.M)
HEADERS = "".join(
    f"#include <{name}>\n"
    for name in ("stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h",
                 "trust/trust.h", "trust/attest.h")
)

Block = collections.namedtuple("Block", "line info code")


def as_file(code):
    """A block of statements becomes the body of main."""
    if FILE_SCOPE.search(code):
        return HEADERS + code
    includes = "".join(INCLUDE.findall(code))
    return f"{HEADERS}{includes}int main(void)\n{{\n{INCLUDE.sub('', code)}\nreturn 0;\n}}\n"


def compile_c(code, folder, link):
    source = os.path.join(folder, "example.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(as_file(code))
    command = [os.environ.get("CC", "cc"), "-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused",
               "-Wno-missing-field-initializers", "-I", f"{ROOT}/include", "-I", f"{BUILD}/include", source]
    if not link:
        return run(command + ["-fsyntax-only"], folder)
    program = os.path.join(folder, "example")
    library = f"{BUILD}/lib/libtrust.so"
    return run(command + [library, f"-Wl,-rpath,{BUILD}/lib", "-o", program], folder) or run([program], folder)


def execute(command, folder, text="", **variables):
    """Status and output of a command that sees the world as the blocks do."""
    env = dict(os.environ, PATH=f"{os.path.dirname(TRUSTCTL)}:{os.environ['PATH']}", **variables)
    done = subprocess.run(command, cwd=folder, env=env, timeout=300, input=text, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def run(command, folder):
    """What went wrong, or nothing."""
    status, output = execute(command, folder)
    return f"status {status}\n{output}" if status != 0 else ""


def check_each(page, blocks, folder):
    """The problems of blocks that stand alone, by line."""
    return {block.line: check(block.info, block.code, folder) for block in blocks}


def check(info, code, folder):
    """What went wrong, or nothing."""
    if info in ("c", "c run"):
        return compile_c(code, folder, info == "c run")
    if info == "sh":
        return run(["sh", "-eu", "-c", code], folder)
    policy = os.path.join(folder, "policy.json")
    with open(policy, "w", encoding="utf-8") as file:
        file.write(code)
    return run([TRUSTCTL, "policy", "lint", policy], folder)


def check_go(page, blocks, folder):
    """The problems of a page's blocks of Go, by line."""
    def go(*arguments):
        return execute([GO, *arguments], folder, PKG_CONFIG_PATH=f"{BUILD}/meson-uninstalled",
                       LD_LIBRARY_PATH=f"{BUILD}/lib", **docs_go.ENVIRONMENT)
    return docs_go.check(page, blocks, folder, go, f"{ROOT}/bindings/go")


def check_python(page, blocks, folder):
    """The problem of a page's session or of its types, by line."""
    return run_session(page, blocks, folder) or check_types(blocks, folder)


def check_types(blocks, folder):
    """What mypy says of a page, by line: a file whose lines are the page's."""
    lines = [""] * (blocks[-1].line + blocks[-1].code.count("\n") + 1)
    for block in blocks:
        if not block.code.startswith(">>>"):
            lines[block.line:block.line + block.code.count("\n")] = block.code.splitlines()
    session = os.path.join(folder, "session.py")
    with open(session, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    problem = run([PYTHON, "-m", "mypy", "--strict", "--cache-dir", f"{BUILD}/python/kept/mypy-docs", session], folder)
    found = re.search(r"session\.py:(\d+)", problem)
    line = int(found.group(1)) if found else blocks[0].line
    return {max(block.line for block in blocks if block.line <= line): problem} if problem else {}


def run_session(page, blocks, folder):
    session = json.dumps([(block.line, block.code) for block in blocks])
    status, output = execute([PYTHON, SESSION, page], folder, session)
    line, _, problem = output.rpartition("\0")[2].partition("\n")
    if status == 0:
        return {}
    return {int(line): problem} if line.isdigit() else {blocks[0].line: f"status {status}\n{output}"}


# By mark: who checks such blocks, and what is missing for that here.
CHECKS = (
    (("c", "c run", "sh", "json policy"), check_each, ""),
    (("go", "go run"), check_go, "" if shutil.which(GO) else "no go here"),
    (("python",), check_python, "" if PYTHON else "no Python that has the binding here"),
)


def check_page(page, left_out):
    """How many blocks were checked, how many are wrong; what is missing here is added to left_out."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    blocks = [Block(text.count("\n", 0, found.start()) + 1, found.group(2).strip(), found.group(3))
              for found in BLOCK.finditer(text)]
    checked, problems = 0, {}
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))
        for marks, checker, missing in CHECKS:
            mine = [block for block in blocks if block.info in marks]
            if mine and missing:
                left_out.add(missing)
            elif mine:
                checked += len(mine)
                problems.update(checker(page, mine, folder))
    wrong = {line: problem for line, problem in problems.items() if problem}
    for line in sorted(wrong):
        print(f"{os.path.relpath(page, ROOT)}:{line}: {wrong[line]}")
    return checked, len(wrong)


def main():
    pages = [os.path.abspath(page) for page in sys.argv[1:]]
    pages = pages or sorted(glob.glob(f"{ROOT}/README.md") + glob.glob(f"{ROOT}/docs/*.md"))
    left_out = set()
    counts = [check_page(page, left_out) for page in pages]
    checked, wrong = sum(c for c, _ in counts), sum(w for _, w in counts)
    told = "".join(f", {reason}: its blocks were not run" for reason in sorted(left_out))
    print(f"{checked} blocks on {len(pages)} pages, {wrong} wrong{told}")
    if wrong or not checked:
        return 1
    return 77 if left_out else 0


sys.exit(main())
