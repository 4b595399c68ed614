"""Runs the Python blocks of one page: one namespace, one after the other, as a reader types them.

Argument: the page. Standard input: JSON, a list of [line of the fence, code]. A block that begins
with >>> is a doctest: what it shows must come. The first that fails ends the session, since later
ones build on it: its line, what went wrong, status 1. Tracebacks have the lines of the page.
"""

import doctest
import json
import sys
import traceback


def transcript(code, page, line, names):
    """What a doctest got wrong, or nothing."""
    test = doctest.DocTestParser().get_doctest(code, names, page, page, line)
    told = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    return "".join(told)


def run(code, page, line, names):
    """What went wrong in one block, or nothing."""
    if code.lstrip().startswith(">>>"):
        return transcript(code, page, line, names)
    try:
        exec(compile("\n" * line + code, page, "exec"), names)
    except BaseException:
        return traceback.format_exc()
    return ""


def main():
    page = sys.argv[1]
    names = {"__name__": "__main__"}
    for line, code in json.load(sys.stdin):
        problem = run(code, page, line, names)
        if problem:
            print(f"\0{line}\n{problem}")
            return 1
    return 0


sys.exit(main())
