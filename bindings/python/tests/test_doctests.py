"""Every example of every docstring."""

import doctest
import importlib
import pkgutil

import pytest

import trust

MODULES = [module.name for module in pkgutil.iter_modules(trust.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name: str) -> None:
    if name == "_trust":
        return
    module = importlib.import_module(f"trust.{name}")
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_the_examples_of_the_package_run() -> None:
    assert doctest.testmod(trust).attempted > 0
    assert doctest.testmod(trust).failed == 0
