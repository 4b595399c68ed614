#!/usr/bin/env python3
"""Makes reasons.md from lib/core/reason.def; with --check only says whether it is up to date."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROW = re.compile(r'X\(\s*(\d+),\s*(\w+),\s*(\d+),\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\s*\)', re.S)
HEAD = """# Reasons

Made from `lib/core/reason.def` by `docs/make_reasons.py`. Numbers and codes are for ever. Severity 3 decides, 2 weighs,
1 informs. The last column is what the person at the device is told: what to do, and no clue for an attacker.

| number | code | severity | for the operator | for the subject |
|---|---|---|---|---|
"""


def main():
    rows = ROW.findall((HERE.parent / "lib/core/reason.def").read_text())
    text = HEAD + "".join(f"| {n} | `{code}` | {severity} | {operator} | {subject} |\n"
                          for n, code, severity, operator, subject in rows)
    target = HERE / "reasons.md"
    if "--check" not in sys.argv:
        target.write_text(text)
    elif target.read_text() != text:
        sys.exit("docs/reasons.md is out of date: run docs/make_reasons.py")


main()
