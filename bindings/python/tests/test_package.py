"""What the package holds: every file, every declaration, every name."""

import doctest
import importlib.metadata
import pathlib
import re
import subprocess
import sys

import trust
from trust._trust import lib

BINDING = pathlib.Path(__file__).parents[1]
FUNCTION = re.compile(r"\bTRUST_API\b[^;{]*?\b(trust_\w+)\(")


def test_meson_names_every_file_of_the_package() -> None:
    named = re.findall(r"'(trust/[\w.]+)'", (BINDING / "meson.build").read_text())
    there = [f"trust/{path.name}" for path in (BINDING / "trust").glob("*.py*")]
    assert sorted(named) == sorted([*there, "trust/py.typed"])


def test_the_installed_package_holds_every_file() -> None:
    package = pathlib.Path(trust.__file__).parent
    assert package != BINDING / "trust"
    for path in [*(BINDING / "trust").glob("*.py*"), BINDING / "trust" / "py.typed"]:
        assert (package / path.name).read_bytes() == path.read_bytes(), path.name


def test_every_function_of_the_headers_is_declared(checkout: pathlib.Path) -> None:
    headers = (checkout / "include" / "trust").glob("*.h*")
    functions = {name for header in headers for name in FUNCTION.findall(header.read_text())}
    assert len(functions) > 100
    assert functions <= set(dir(lib))


def test_all_names_what_there_is() -> None:
    assert len(trust.__all__) == len(set(trust.__all__))
    public = {name for name in vars(trust) if not name.startswith("_")}
    modules = {name for name in public if f"trust.{name}" in sys.modules}
    assert set(trust.__all__) == public - modules - {"annotations"}


def test_the_version_is_the_loaded_librarys(checkout: pathlib.Path) -> None:
    version = re.search(r"version: '([\d.]+)'", (checkout / "meson.build").read_text())
    assert version is not None
    assert trust.version() == trust.__version__ == version.group(1)


def test_import_takes_neither_numpy_nor_asyncio(tmp_path: pathlib.Path) -> None:
    code = "import sys, trust; print(*{'asyncio', 'cffi', 'numpy'}.intersection(sys.modules))"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout == "\n"


def test_the_package_says_what_it_is() -> None:
    said = importlib.metadata.metadata("libtrust")
    shown = BINDING / "README.md"
    assert said["Description-Content-Type"] == "text/markdown"
    # Headers fold lines, a body does not; how many end it is the builder's choice.
    words = said["Description"] or str(said.get_payload())  # type: ignore[attr-defined]
    assert words.strip() == shown.read_text().strip()
    assert said["Author"] == "The libtrust authors"
    assert said["Keywords"]
    assert doctest.testfile(str(shown), module_relative=False).attempted > 0
    assert doctest.testfile(str(shown), module_relative=False).failed == 0
