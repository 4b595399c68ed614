"""The Go blocks of one page of the documentation: each is a program of one module.

A block without "package" is given one, and imports the packages that it uses; statements become the
body of main, beside a function `must` that panics at an error. Messages have the lines of the page.
"""

import os
import re

ENVIRONMENT = {"GOFLAGS": "-mod=mod -buildvcs=false", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
MODULE = """module docs.example

go 1.19

require libtrust.example/go v0.0.0

replace libtrust.example/go => {binding}
"""
IMPORTS = {
    path.split("/")[-1]: path
    for path in ("bytes", "context", "crypto/ed25519", "encoding/hex", "encoding/json", "errors", "fmt", "io", "log",
                 "math", "net/http", "net/netip", "os", "strings", "sync", "time")
}
IMPORTS["trust"] = "libtrust.example/go"
MUST = """
func must[T any](value T, errs ...error) T {
	for _, err := range errs {
		if err != nil {
			panic(err)
		}
	}
	return value
}
"""
OUTPUT = re.compile(r"^// Output:\n((?://.*\n)+)", re.M)


def as_file(page, block):
    place = f"//line {page}:{block.line + 1}\n"
    if block.code.startswith("package "):
        return place + block.code
    used = sorted(set(re.findall(r"\b([a-z0-9]+)\.[A-Z]", block.code)) & set(IMPORTS))
    head = "package main\n\n" + "".join(f'import "{IMPORTS[name]}"\n' for name in used)
    if re.search(r"^func \w", block.code, re.M):
        return head + place + block.code
    return f"{head}{MUST}\nfunc main() {{\n{place}{block.code}}}\n"


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def execute(block, program, go):
    """What went wrong, or nothing."""
    status, output = go("run", f"./{program}")
    said = OUTPUT.search(block.code)
    wanted = re.sub(r"^// ?", "", said.group(1), flags=re.M) if said else output
    if status == 0 and output == wanted:
        return ""
    return f"status {status}\n{output}" + (f"in place of\n{wanted}" if output != wanted else "")


def check(page, blocks, folder, go, binding):
    """The problems of the blocks, by line. go(argument...) gives a status and an output."""
    write(folder, "go.mod", MODULE.format(binding=binding))
    programs = {}
    for block in blocks:
        programs[block] = f"line{block.line}"
        os.mkdir(os.path.join(folder, programs[block]))
        write(folder, f"{programs[block]}/main.go", as_file(page, block))
    status, output = go("vet", "./...")
    if status != 0:
        lines = [int(line) for line in re.findall(rf"{os.path.basename(page)}:(\d+)", output)]
        begun = [block.line for block in blocks if lines and block.line <= lines[0]]
        return {(begun or [blocks[0].line])[-1]: f"status {status}\n{output}"}
    return {block.line: execute(block, programs[block], go) for block in blocks if block.info == "go run"}
