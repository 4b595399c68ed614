# The extension module that build_ffi.py makes: cffi has no types for it.
from typing import Any

ffi: Any
lib: Any
