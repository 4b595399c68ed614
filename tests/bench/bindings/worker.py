"""The Python side of bench.py, which says what is asked and how it is answered.

Arguments: the policy, the vectors. NumPy and nanoarrow have rows where they are installed.
"""

import array
import ctypes
import gc
import sys
import time
import tracemalloc

import trust
from trust._trust import ffi

try:
    import numpy
except ImportError:
    numpy = None
try:
    import nanoarrow
except ImportError:
    nanoarrow = None

VECTORS = 64
DEVICES = 4096
SINGLES = 16
BATCHES = 4
OPENED = 1000
HANDLES = 20


def read_vectors(path):
    with open(path, encoding="utf-8") as file:
        words = file.read().split()
    now, names, numbers = int(words[0]), words[1:13], [int(word) for word in words[13:]]
    rows = [numbers[24 * v : 24 * v + 24] for v in range(VECTORS)]
    return now / 1000, names, [[(row[2 * s], row[2 * s + 1]) for s in range(12)] for row in rows]


class Rows:
    def __init__(self, policy, now, names, vectors):
        self.policy = policy
        self.now = now
        self.findings = [
            trust.Findings(
                trust.Finding(
                    name,
                    value,
                    state=trust.State.VALID if there else trust.State.NOT_REQUESTED,
                    time=now,
                )
                for name, (there, value) in zip(names, vector)
            )
            for vector in vectors
        ]
        spread = [vectors[d % VECTORS] for d in range(DEVICES)]
        self.buffers, self.arrow = {}, {}
        columns = []
        for s, name in enumerate(names):
            there = [vector[s][0] for vector in spread]
            values = array.array("i", [vector[s][1] for vector in spread])
            bits = bytearray(DEVICES // 8)
            for d, bit in enumerate(there):
                bits[d // 8] |= bit << d % 8
            columns.append(trust.Column(name, values, present=bytes(bits)))
            if nanoarrow:
                asked = [value if bit else None for value, bit in zip(values, there)]
                self.arrow[name] = nanoarrow.Array(asked, nanoarrow.int32())
        self.columns = columns
        self.few = [
            c._replace(values=c.values[:VECTORS], present=c.present[: VECTORS // 8])
            for c in columns
        ]
        if numpy:
            self.numpy = [
                c._replace(
                    values=numpy.frombuffer(c.values, "int32"),
                    present=numpy.frombuffer(c.present, "uint8"),
                )
                for c in columns
            ]

    def single(self):
        evaluate, now = self.policy.evaluate, self.now
        for findings in self.findings:
            outcome = evaluate(findings, now)
            verdict = outcome.verdict  # noqa: F841
            risk = outcome.risk  # noqa: F841

    def few_row(self):
        return self.policy.evaluate_many(self.few, now=self.now)

    def buffers_row(self):
        return self.policy.evaluate_many(self.columns, now=self.now)

    def numpy_row(self):
        return self.policy.evaluate_many(self.numpy, now=self.now)

    def arrow_row(self):
        return self.policy.evaluate_many(self.arrow, now=self.now)

    def rows(self):
        rows = {"single": (self.single, SINGLES, VECTORS)}
        batches = {"buffers": self.buffers_row}
        if numpy:
            batches["numpy"] = self.numpy_row
        if nanoarrow:
            batches["arrow"] = self.arrow_row
        rows.update({name: (row, BATCHES, DEVICES) for name, row in batches.items()})
        rows["few"] = (self.few_row, SINGLES, VECTORS)
        return rows

    def answers(self, name):
        if name == "single":
            outcomes = [self.policy.evaluate(f, now=self.now) for f in self.findings]
            heads = [(o.verdict, o.risk) for o in outcomes]
        else:
            outcomes = self.rows()[name][0]()
            heads = list(zip(outcomes.verdict, outcomes.risk))
        assert all(head == heads[i % VECTORS] for i, head in enumerate(heads)), name
        return " ".join(f"{int(verdict)}:{risk}" for verdict, risk in heads[:VECTORS])

    def time(self, name):
        row, times, count = self.rows()[name]
        start = time.perf_counter_ns()
        for _ in range(times):
            row()
        return f"{(time.perf_counter_ns() - start) / (times * count):.3f}"


class Mallinfo2(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            [
                "arena",
                "ordblks",
                "smblks",
                "hblks",
                "hblkhd",
                "usmblks",
                "fsmblks",
                "uordblks",
                "fordblks",
                "keepcost",
            ]
        )
    ]


def sizes(make, count):
    """What one more of what is made takes, by malloc, and by what Python counts when it counts."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = Mallinfo2
    held = [None] * count
    for _ in range(2):  # the first time warms up what is made once
        for i in range(count):
            held[i] = None
        gc.collect()
        counted, malloc = tracemalloc.get_traced_memory()[0], mallinfo2().uordblks
        for i in range(count):
            held[i] = make(i)
        malloc = mallinfo2().uordblks - malloc
        counted = tracemalloc.get_traced_memory()[0] - counted
    return malloc / count, counted / count, sys.getsizeof(held[0])


class Owner:
    """The least that owns an object of C."""

    __slots__ = ("_ptr",)

    def __init__(self, pointer):
        self._ptr = ffi.gc(pointer, id)


def memory():
    engine = trust.Engine()
    names = [f"urn:dev:ops:32473-{d:05d}" for d in range(OPENED)]
    for name in names:
        engine.enroll(name).close()

    def open_one(i):
        return engine.device(names[i % OPENED])

    malloc = sizes(open_one, OPENED * HANDLES)[0]
    tracemalloc.start()
    _, heap, bare = sizes(open_one, OPENED * HANDLES)
    _, owner, _ = sizes(lambda i: Owner(ffi.NULL), OPENED * HANDLES)
    tracemalloc.stop()
    return f"malloc {malloc:.1f} heap {heap:.1f} bare {bare} owner {owner:.1f}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        policy = trust.Policy.load_unsigned(file.read())
    rows = Rows(policy, *read_vectors(sys.argv[2]))
    for line in sys.stdin:
        command, name = line.split()
        if command == "rows":
            answer = " ".join(rows.rows())
        elif command == "answers":
            answer = rows.answers(name)
        elif command == "time":
            answer = rows.time(name)
        else:
            answer = memory()
        print(answer, flush=True)


if __name__ == "__main__":
    main()
