#!/usr/bin/env python3
"""What the bindings cost, against C in the same run; README.md says what is measured and why it is
fair.

Argument: the C worker. TRUST_BENCH_GO names the Go worker, TRUST_BENCH_PYTHON a Python that has the
binding; what is not there is left out. Each worker is a process that answers one line with one line:

    rows -         the names of its rows
    answers ROW    verdict and risk of every vector
    time ROW       nanoseconds of one evaluation
    memory -       bytes of one more handle of a device, by who counts them
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
POLICY = HERE / "twelve.json"
NOW = 1763872496000
SIGNALS = 12
VECTORS = 64
ROUNDS = 41
IMPORTS = 20
VERDICTS = ((1, "allow"), (2, "step_up"), (3, "quarantine"), (4, "deny"))
AIMS = {
    ("C", "many"): 1.1,
    ("Go", "single"): 1.7,
    ("Go", "many"): 1.1,
    ("Python", "single"): 3,
    ("Python", "buffers"): 1.1,
    ("Python", "numpy"): 1.1,
    ("Python", "arrow"): 1.1,
}
SAY = {
    "single": "one evaluation a call",
    "loop": "4096 devices, one a call",
    "many": "4096 devices, one call",
    "few": "64 devices, one call",
    "into": "the same, into slices kept",
    "buffers": "4096 devices, array.array",
    "numpy": "4096 devices, NumPy",
    "arrow": "4096 devices, Arrow with nulls",
}
IMPORT_AIM = 50  # ms
MEMORY_AIM = 64  # bytes


def write_vectors(file):
    """Silence in one of ten places, a warning in one, worse in one: those of tests/bench/policy."""
    names = ["attestation", "identity", "place", "reputation", "behaviour", "human"]
    names += [f"own.{n}" for n in range(7, 13)]
    file.write(f"{NOW}\n{' '.join(names)}\n")
    seed = 42
    for _ in range(VECTORS):
        row = []
        for _ in range(SIGNALS):
            seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
            dice = (seed >> 33) % 2**32 % 10
            row.append(f"{int(dice > 0)} {(2, 32, 96)[0 if dice < 8 else dice - 7]}")
        file.write(" ".join(row) + "\n")
    file.flush()


class Worker:
    def __init__(self, name, command, vectors):
        self.name = name
        # What malloc gave is only told of its first arena.
        environment = dict(os.environ, MALLOC_ARENA_MAX="1")
        self.process = subprocess.Popen(
            [*command, str(POLICY), vectors],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def ask(self, command, argument="-"):
        self.process.stdin.write(f"{command} {argument}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the worker of {self.name} ended at: {command} {argument}")
        return answer.strip()

    def memory(self):
        words = self.ask("memory").split()
        return dict(zip(words[::2], map(float, words[1::2])))

    def end(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit(f"the worker of {self.name} failed")


def compare_answers(rows):
    first = None
    for worker, row in rows:
        answer = worker.ask("answers", row)
        first = first or answer
        if answer != first:
            sys.exit(f"{worker.name}, {row}, answers {answer}\nC answered {first}")
    verdicts = [head.split(":")[0] for head in first.split()]
    seen = ", ".join(f"{name} {verdicts.count(str(n))}" for n, name in VERDICTS)
    print(f"{VECTORS} vectors, the same verdict and risk in all {len(rows)} rows: {seen}")


def measure(rows):
    took = {row: [] for row in rows}
    for _ in range(ROUNDS):
        for worker, row in rows:
            took[worker, row].append(float(worker.ask("time", row)))
    peers = {
        row: statistics.median(took[worker, row]) for worker, row in rows if worker.name == "C"
    }
    print(f"\n{'nanoseconds of one evaluation':<40}{'least':>8}{'median':>8}{'to C':>7}{'aim':>6}")
    for worker, row in rows:
        peer = peers["single" if row == "single" else "loop"]
        median = statistics.median(took[worker, row])
        aim = AIMS.get((worker.name, row), "")
        label = f"{worker.name:<7} {SAY[row]}"
        print(f"{label:<40}{min(took[worker, row]):8.0f}{median:8.0f}{median / peer:7.2f}{aim:>6}")


def measure_memory(workers):
    heads = "".join(f"{word:>8}" for word in ("malloc", "heap", "bare", "owner", "beyond"))
    print(f"\n{'bytes of one more handle of a device':<40}{heads}")
    for worker in workers:
        told = worker.memory()
        if worker.name == "C":
            base = told["malloc"]
            print(f"{'C':<40}{base:8.0f}")
            continue
        beyond = told["malloc"] - base + told["heap"] - told["owner"]
        numbers = "".join(f"{told[word]:8.0f}" for word in ("malloc", "heap", "bare", "owner"))
        print(f"{worker.name:<40}{numbers}{beyond:8.0f}  aim {MEMORY_AIM}")


def milliseconds(python, code):
    """Median of what fresh processes say that the code took."""
    timed = f"import time\nt = time.perf_counter_ns()\n{code}\nprint(time.perf_counter_ns() - t)"
    took = []
    for _ in range(IMPORTS + 1):  # the first one warms the files up
        said = subprocess.run([python, "-c", timed], check=True, capture_output=True, text=True)
        took.append(int(said.stdout) / 1e6)
    return statistics.median(took[1:])


def measure_import(python):
    took = milliseconds(python, "import trust")
    print(f"\nimport trust: {took:.1f} ms, median of {IMPORTS} fresh processes, aim {IMPORT_AIM}")


def main():
    python = os.environ.get("TRUST_BENCH_PYTHON")
    commands = {
        "C": [sys.argv[1]],
        "Go": [os.environ.get("TRUST_BENCH_GO")],
        "Python": [python, str(HERE / "worker.py")],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as vectors:
        write_vectors(vectors)
        workers = [
            Worker(name, command, vectors.name) for name, command in commands.items() if command[0]
        ]
        rows = [(worker, row) for worker in workers for row in worker.ask("rows").split()]
        compare_answers(rows)
        measure(rows)
        measure_memory(workers)
        for worker in workers:
            worker.end()
    if python:
        measure_import(python)
    for name, row in AIMS.keys() - {(worker.name, row) for worker, row in rows}:
        print(f"left out: {name}, {SAY[row]}: it is not here")


if __name__ == "__main__":
    main()
