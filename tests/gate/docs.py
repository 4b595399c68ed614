#!/usr/bin/env python3
"""Runs what the documentation shows: the fenced blocks of README.md and docs/*.md.

  ```c            a file, or the statements of a function: compiled as C99, warnings are errors
  ```c run        the same, linked with libtrust.so and run
  ```sh           run in a scratch folder, one for a page, with trustctl in the PATH and the
                  project's examples/ beside it
  ```json policy  linted by trustctl

Every other block is only shown. Arguments: pages to check instead of all.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
TRUSTCTL = os.path.join(BUILD, "bindings", "cli", "trustctl")
BLOCK = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```", re.M | re.S)
FILE_SCOPE = re.compile(r"^\w[^;\n]*\)\n?\s*\{", re.M)
INCLUDE = re.compile(r"^#include.*\n", re.M)
HEADERS = "".join(
    f"#include <{name}>\n"
    for name in ("stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h",
                 "trust/trust.h", "trust/attest.h")
)


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


def run(command, folder):
    """What went wrong, or nothing."""
    env = dict(os.environ, PATH=f"{os.path.dirname(TRUSTCTL)}:{os.environ['PATH']}")
    done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return f"status {done.returncode}\n{done.stdout}" if done.returncode != 0 else ""


def check(info, code, folder):
    """What went wrong; nothing when it is right; None when the block is only shown."""
    if info in ("c", "c run"):
        return compile_c(code, folder, info == "c run")
    if info == "sh":
        return run(["sh", "-eu", "-c", code], folder)
    if info == "json policy":
        policy = os.path.join(folder, "policy.json")
        with open(policy, "w", encoding="utf-8") as file:
            file.write(code)
        return run([TRUSTCTL, "policy", "lint", policy], folder)
    return None


def check_page(page):
    """How many blocks were checked, how many are wrong."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    checked = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))
        for block in BLOCK.finditer(text):
            problem = check(block.group(2).strip(), block.group(3), folder)
            checked += problem is not None
            if problem:
                wrong += 1
                line = text.count("\n", 0, block.start()) + 1
                print(f"{os.path.relpath(page, ROOT)}:{line}: {block.group(2).strip()}: {problem}")
    return checked, wrong


def main():
    pages = [os.path.abspath(page) for page in sys.argv[1:]]
    pages = pages or sorted(glob.glob(f"{ROOT}/README.md") + glob.glob(f"{ROOT}/docs/*.md"))
    counts = [check_page(page) for page in pages]
    checked, wrong = sum(c for c, _ in counts), sum(w for _, w in counts)
    print(f"{checked} blocks on {len(pages)} pages, {wrong} wrong")
    return 1 if wrong or not checked else 0


sys.exit(main())
