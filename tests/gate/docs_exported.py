"""Prints what the installed Python binding exports, a name a line: everything in its __all__, and
what its classes have in public. What a record or an enumeration consists of stands in its docstring."""

import enum
import inspect

import trust


def members(kind):
    """The public methods and properties of a class, without those that it has of Python's own."""
    fields = getattr(kind, "_fields", ())
    for owner in kind.__mro__:
        if owner.__module__.split(".")[0] == "trust":
            yield from (name for name in vars(owner) if name[0] != "_" and name not in fields)


found = set(trust.__all__)
for exported in trust.__all__:
    thing = getattr(trust, exported)
    if inspect.isclass(thing) and not issubclass(thing, enum.Enum):
        found.update(members(thing))
print(*sorted(found), sep="\n")
