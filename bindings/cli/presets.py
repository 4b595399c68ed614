"""Writes presets.c from the reference policies: one source for who reads them and for trustctl.

Arguments: the file to write, then the documents, named like their presets.
"""

import os
import sys


def main():
    out, *documents = sys.argv[1:]
    names = [os.path.splitext(os.path.basename(path))[0] for path in documents]
    lines = ['/* Made by presets.py from examples/policies. */', '', '#include "presets.h"']
    for i, path in enumerate(documents):
        with open(path, "rb") as file:
            data = file.read()
        lines += ["", f"static const unsigned char document_{i}[] = {{"]
        lines += ["    " + "".join(f"{byte}," for byte in data[at:at + 24]) for at in range(0, len(data), 24)]
        lines += ["};"]
    lines += ["", "const preset presets[] = {"]
    lines += [f'    {{"{name}", document_{i}, sizeof document_{i}}},' for i, name in enumerate(names)]
    lines += ["    {0, 0, 0},", "};", ""]
    with open(out, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


main()
