"""What an outcome consists of: rows of the ledger, steps to take next, actions of the host.

Trust: plain values out of C.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ._constants import RowType, State, Verdict
from ._ffi import lib, text
from ._reason import Reason, reason_of_number

NO_FINDING = 0xFFFFFFFF


class Row(NamedTuple):
    """One row of the ledger. The points of all rows add up to the risk exactly."""

    #: "base", a signal, "cap" and its group, or "clamp".
    name: str
    type: RowType
    #: Of the signal or group, in the policy's order.
    position: int
    #: Of a signal's row; None for the others.
    state: State | None
    points: int
    #: Exact, a point being 20.
    millibits: int
    #: 0 to 65536: how much of the value counted after age and quality.
    certainty: int
    reason: Reason | None
    #: Index of the finding that counted.
    finding: int | None


class Step(NamedTuple):
    """Evidence that would help, were all of it as good as can be."""

    #: The names of the signals to obtain, and what the host does to obtain each.
    signals: tuple[str, ...]
    actions: tuple[str, ...]
    can_reach: Verdict
    #: Of all of it together, in the policy's unit.
    cost: int


class Action(NamedTuple):
    """A response that the policy asks the host for. The library carries none out."""

    name: str
    #: The same everywhere, made from the name.
    id: int
    reason: Reason | None


def row_of(row: Any, name: str) -> Row:
    """A row from the struct of C."""
    return Row(
        name,
        RowType(row.type),
        row.index,
        State(row.state) if row.type == lib.TRUST_ROW_SIGNAL else None,
        row.points,
        row.millibits,
        row.certainty,
        reason_of_number(row.reason),
        None if row.finding == NO_FINDING else row.finding,
    )


def action_of(action: Any) -> Action:
    """An action from the struct of C."""
    return Action(text(action.name), action.id, reason_of_number(action.reason))
