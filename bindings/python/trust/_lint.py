"""What is wrong or unwise about a policy document, and the document's own tests.

Trust: a document comes from a person; one that does not load still gives a report.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from ._constants import Severity
from ._ffi import NULL, check, document, ffi, lib, text, written_text


class Remark(NamedTuple):
    """One remark."""

    severity: Severity
    #: Such as "WITHHOLDING_GAIN".
    code: str
    #: What is wrong and what to do.
    sentence: str
    #: A JSON pointer, and the line and column, in bytes and from 1.
    where: str
    line: int
    column: int
    #: What the code counts, such as the points of a WITHHOLDING_GAIN; 0 for one that counts
    #: nothing.
    number: int

    def __str__(self) -> str:
        where = f" {self.where}" if self.where else ""
        place = f"{self.line}:{self.column}{where}"
        return f"{place}: {self.severity}: {self.sentence} [{self.code}]"


class Report(tuple[Remark, ...]):
    """The remarks about a document, in its order.

    >>> import trust
    >>> report = trust.lint('{ "trust_policy": 1, "id": "door" }')
    >>> report
    <Report: 1 error>
    >>> report.ok, report.errors[0].code
    (False, 'DOES_NOT_LOAD')
    >>> print(report)
    1:1: error: missing member 'revision' [DOES_NOT_LOAD]
    """

    __slots__ = ()

    def _only(self, severity: Severity) -> tuple[Remark, ...]:
        return tuple(remark for remark in self if remark.severity == severity)

    @property
    def errors(self) -> tuple[Remark, ...]:
        """What keeps the document from being used."""
        return self._only(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """What loads but is unwise."""
        return self._only(Severity.WARNING)

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What is worth knowing."""
        return self._only(Severity.NOTE)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def __repr__(self) -> str:
        counts = (
            (len(self.errors), "error"),
            (len(self.warnings), "warning"),
            (len(self.notes), "note"),
        )
        words = [f"{count} {word}{'s' * (count > 1)}" for count, word in counts if count]
        return f"<Report: {', '.join(words) or 'no remark'}>"


def _report(call: Callable[..., int], data: Any) -> Report:
    out = ffi.new("trust_lint **")
    check(call(*document(data), NULL, out))
    lint = ffi.gc(out[0], lib.trust_lint_free)

    def remarks() -> Iterable[Remark]:
        c = ffi.new("trust_lint_remark *")
        for index in range(lib.trust_lint_count(lint)):
            check(lib.trust_lint_remark_at(lint, index, c))
            yield Remark(
                Severity(c.severity),
                text(c.code),
                text(c.sentence),
                text(c.where),
                c.line,
                c.column,
                c.number,
            )

    return Report(remarks())


def lint(data: Any) -> Report:
    """Check a policy document: everything that loading checks, and what loads but is unwise."""
    return _report(lib.trust_policy_lint, data)


def test(data: Any) -> Report:
    """Run a policy document's own tests. Each gives a remark: TEST_PASSED, a note, or TEST_FAILED,
    an error that says what came instead."""
    return _report(lib.trust_policy_test, data)


test.__test__ = False  # type: ignore[attr-defined]  # of pytest it is none


def policy_schema() -> str:
    """The JSON Schema (2020-12) of a policy document."""
    return written_text(lib.trust_policy_schema)
