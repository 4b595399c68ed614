"""What every test of the binding rests on. The package under test is the installed one, never the
folder beside this one, which has no extension module."""

import os
import pathlib
import sys

import pytest
from hypothesis import settings

# The parity gate reads from the loader which functions were called, so each is bound when it first
# is. Before the first import of trust.
sys.setdlopenflags(os.RTLD_LAZY)

# How long one example takes says how busy the machine is.
settings.register_profile("binding", deadline=None)
settings.load_profile("binding")

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def checkout() -> pathlib.Path:
    """The repository; a test that reads it is skipped where there is only the binding."""
    if not (CHECKOUT / "include" / "trust").is_dir():
        pytest.skip("not in a checkout")
    return CHECKOUT
