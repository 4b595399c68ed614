"""Records in an SQLite file: a store for `trust.Engine` that any number of processes may share.

What comes in is the library's own records; what comes out is checked by the library again. Every call
opens the file anew, so a server may fork whenever it likes, and no two threads share a connection.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence

import trust

TABLE = """CREATE TABLE IF NOT EXISTS records
           (key BLOB PRIMARY KEY, revision INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID"""


class SqliteStore:
    """Once a commit returns it survives the process and the machine's power."""

    name = "sqlite"
    durable = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(TABLE)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Closing it rolls back what was begun and not committed.
        with contextlib.closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as it:
            it.execute("PRAGMA synchronous = FULL")
            yield it

    def get(self, key: bytes) -> tuple[bytes, int] | None:
        with self._open() as database:
            found = database.execute("SELECT value, revision FROM records WHERE key = ?", (key,))
            row: tuple[bytes, int] | None = found.fetchone()
            return row

    def commit(self, operations: Sequence[trust.Operation]) -> None:
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            for operation in operations:
                self._apply(database, operation)
            database.execute("COMMIT")

    def _apply(self, database: sqlite3.Connection, operation: trust.Operation) -> None:
        found = database.execute("SELECT revision FROM records WHERE key = ?", (operation.key,))
        revision: int = (found.fetchone() or (0,))[0]
        if operation.expected is not None and operation.expected != revision:
            raise trust.ConflictError("somebody else was faster")
        if operation.type == trust.StoreAction.PUT:
            row = (operation.key, revision + 1, operation.value)
            database.execute("REPLACE INTO records VALUES (?, ?, ?)", row)
        elif operation.type == trust.StoreAction.DELETE:
            database.execute("DELETE FROM records WHERE key = ?", (operation.key,))
