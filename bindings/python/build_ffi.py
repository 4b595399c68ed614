"""Writes the C file of the extension module from the public headers of libtrust.

Arguments: the file to write, then the folders of the headers. No declaration is repeated here: the
headers have no inline function, no conditional declaration and no macro with arguments, so that
taking out comments and attributes leaves what cffi reads. The C compiler then compares every one
with the header itself.
"""

import pathlib
import re
import sys

import cffi

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CONSTANT = re.compile(r"^#define[ \t]+(TRUST_\w+)[ \t]+\\?\s*(.+)$", re.MULTILINE)
ATTRIBUTES = re.compile(r"\b(TRUST_API|TRUST_MUST_CHECK|TRUST_BEGIN_DECLS|TRUST_END_DECLS)\b")
PREPROCESSOR = re.compile(r"^#(?:[^\n]*\\\n)*[^\n]*\n", re.MULTILINE)
NO_CONSTANT = re.compile(r"_(INIT|H|API|MUST_CHECK|DECLS)$")


def constants(text):
    """A declaration for every number and text that a header defines."""
    for name, value in CONSTANT.findall(text):
        if NO_CONSTANT.search(name):
            continue
        if value.startswith('"'):
            yield f"static char *const {name};"
        else:
            yield f"#define {name} ..."


def declarations(text):
    text = COMMENT.sub(" ", text)
    plain = ATTRIBUTES.sub(" ", PREPROCESSOR.sub("", text))
    # The length of an array that a macro names is for the compiler to know.
    plain = re.sub(r"\[TRUST_\w+\]", "[...]", plain)
    return "\n".join(constants(text)) + "\n" + plain


def definitions(text):
    """The declarations of what a file of ours defines."""
    for name in re.findall(r"^static (const \w+ \w+) = ", text, re.MULTILINE):
        yield f"extern {name};"
    for function in re.findall(r"^static ([^;{]+\))\n{", text, re.MULTILINE):
        yield f"{function};"


def find_headers(folders):
    """Every header once, in an order in which each comes after those that it includes."""
    paths = {
        path.name: path for folder in folders for path in sorted(pathlib.Path(folder).glob("*.h"))
    }
    ordered = []

    def visit(name):
        if name in ordered or name not in paths:
            return
        text = paths[name].read_text(encoding="utf-8")
        for included in re.findall(r"#include <trust/(\w+\.h)>", text):
            visit(included)
        ordered.append(name)

    for name in paths:
        visit(name)
    return [paths[name] for name in ordered if name != "export.h"]


def shorten(source, name):
    """The module's C text with one function that leaves errno alone and does not let others run
    meanwhile: to let go of the GIL and take it again is a third of what a call costs."""
    source, count = re.subn(
        rf"(\n_cffi_f_{name}\(.*?)  Py_BEGIN_ALLOW_THREADS\n  _cffi_restore_errno\(\);\n"
        r"(.*?)  _cffi_save_errno\(\);\n  Py_END_ALLOW_THREADS\n",
        r"\1\2",
        source,
        count=1,
        flags=re.DOTALL,
    )
    if count != 1:
        sys.exit(f"cffi writes {name} in another way")
    return source


def main():
    out, *folders = sys.argv[1:]
    headers = find_headers(folders)
    if not headers:
        sys.exit("no header of libtrust found")
    ffi = cffi.FFI()
    for header in headers:
        ffi.cdef(declarations(header.read_text(encoding="utf-8")))
    callbacks = pathlib.Path(__file__).with_name("callbacks.h").read_text(encoding="utf-8")
    ffi.cdef(COMMENT.sub(" ", callbacks))
    shims = pathlib.Path(__file__).with_name("shims.h").read_text(encoding="utf-8")
    ffi.cdef("\n".join(definitions(shims)))
    includes = "".join(f"#include <trust/{header.name}>\n" for header in headers)
    ffi.set_source("trust._trust", includes + shims)
    ffi.emit_c_code(out)
    path = pathlib.Path(out)
    path.write_text(
        shorten(path.read_text(encoding="utf-8"), "trust_py_evaluate"), encoding="utf-8"
    )


main()
