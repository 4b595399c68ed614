#!/usr/bin/env python3
"""Makes series-calm.csv and series-takeover.csv, the telemetry of the examples.

Bytes that a door lock sends in five minutes, over three days, invented: a daily rhythm, noise, and
now and then a firmware check. In the second file the lock is taken over two hours before the end
and floods somebody.
"""

import datetime
import math
import pathlib
import random

HERE = pathlib.Path(__file__).resolve().parent
START = datetime.datetime(2026, 11, 20, tzinfo=datetime.timezone.utc)
STEP = datetime.timedelta(minutes=5)
ROWS = 3 * 288
TAKEN_OVER = ROWS - 24


def value(chance, row):
    rhythm = 1500 + 450 * math.sin(2 * math.pi * (row % 288) / 288 - 2)
    noise = sum(chance.random() for _ in range(12)) - 6
    check = 900 if row % 144 == 40 else 0
    return round(rhythm + 70 * noise + check)


def write(name, taken_over):
    chance = random.Random(2026)
    lines = ["timestamp,value"]
    for row in range(ROWS):
        sent = value(chance, row)
        if row >= taken_over:
            sent = 9 * sent + 13000
        stamp = (START + row * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines.append(f"{stamp},{sent}")
    (HERE / name).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write("series-calm.csv", ROWS)
    write("series-takeover.csv", TAKEN_OVER)
